"""What a stack keeps in its GAVEL_HOME."""

import json
import shutil
from pathlib import Path
from typing import Any

STATE = "stack.json"
# Only what a stack has made is ever removed: GAVEL_HOME may name a folder with other things in it.
DATA = ("database", "seeded", "issuer.pem", "ports.json", "logs", STATE, "lock")


def read(home: Path) -> dict[str, Any]:
    """The facts about the stack that runs, or that ended without cleaning up; empty if there is none."""
    file = home / STATE
    facts: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}
    return facts


def present(home: Path) -> list[Path]:
    """What there is to forget."""
    return [home / name for name in DATA if (home / name).exists()]


def forget(home: Path) -> None:
    """Remove everything a stack has kept, and the folder if nothing else is in it."""
    for path in present(home):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    if home.is_dir() and not any(home.iterdir()):
        home.rmdir()
