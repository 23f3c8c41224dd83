"""What the local stack is told by its environment and by the file `.env`."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
PROJECT = "demo-gavel"  # Google's emulators never reach for a real project whose id starts with "demo-"


class SettingError(Exception):
    """A setting that cannot be used; the message is the sentence to print."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSettings:
    """Where one stack listens, keeps its state and finds its parts."""

    port: int = 8080
    home: Path = ROOT / ".local"
    schedule_seconds: float = 5.0
    history_listings: int = 2500
    functions: Path = ROOT / "functions"
    site: Path = ROOT / "web" / "site"
    project: str = PROJECT

    @classmethod
    def from_env(cls, env: Mapping[str, str], *, root: Path = ROOT) -> Self:
        """Settings named GAVEL_*; relative paths are taken from the repository.

        >>> StackSettings.from_env({"GAVEL_PORT": "8081"}).port
        8081

        Raises:
            SettingError: a setting has a value that makes no sense.
        """
        return cls(
            port=int(_number(env, "GAVEL_PORT", default=8080, lowest=0, highest=65535)),
            home=root / env.get("GAVEL_HOME", ".local"),
            schedule_seconds=_number(env, "GAVEL_SCHEDULE_SECONDS", default=5, lowest=0.1, highest=3600),
            history_listings=int(_number(env, "GAVEL_HISTORY_LISTINGS", default=2500, lowest=0, highest=20_000)),
            functions=root / env.get("GAVEL_FUNCTIONS", "functions"),
            site=root / "web" / "site",
        )

    @property
    def logs(self) -> Path:
        """The folder with one log file per part."""
        return self.home / "logs"

    def operations(self) -> list[str]:
        """The operations that have a folder with a main.py, in alphabetical order."""
        return sorted(path.parent.name for path in self.functions.glob("*/main.py"))


def environment(root: Path = ROOT, process: Mapping[str, str] | None = None) -> dict[str, str]:
    """The variables of the file `.env`, if there is one, below those of the process itself."""
    env: dict[str, str] = {}
    file = root / ".env"
    if file.exists():
        env.update(_assignments(file.read_text(encoding="utf-8")))
    env.update(os.environ if process is None else process)
    return env


def _number(env: Mapping[str, str], name: str, *, default: float, lowest: float, highest: float) -> float:
    text = env.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        raise SettingError(f"{name} must be a number, not {text!r}.") from None
    if not lowest <= value <= highest:
        raise SettingError(f"{name} must lie between {lowest:g} and {highest:g}, not {text}.")
    return value


def _assignments(text: str) -> dict[str, str]:
    r"""NAME=value lines; quotes around a value are dropped, comments and empty lines are skipped.

    >>> _assignments("# a note\nGAVEL_PORT=8081\nNAME='two words'\nEMPTY=\n")
    {'GAVEL_PORT': '8081', 'NAME': 'two words', 'EMPTY': ''}
    """
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and name and not name.startswith("#"):
            found[name.strip()] = value.strip().strip("'\"")
    return found
