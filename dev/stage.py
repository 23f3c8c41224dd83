"""python -m dev.stage [operation …]: write what is deployed into build/<operation>/.

Each folder holds main.py, requirements.txt and common/, and boots alone. The same sources give the same folder,
times and modes of the files included, so that an archive of it can be named by its content.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BUILD = ROOT / "build"

_STAMP_SECONDS = 315_532_800  # 1980-01-01T00:00:00Z, the earliest time that a zip archive can hold
_FOLDER_MODE, _FILE_MODE = 0o755, 0o644
_OWN_FILES = ("main.py", "requirements.txt")
_DATA = {(".sql", "migrations"), (".sql", "views"), (".yaml", "nl"), (".yaml", "verified")}


class StageError(Exception):
    """Something that cannot be staged; the message is the sentence to print."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 all staged, 1 not."""
    parser = argparse.ArgumentParser(prog="python -m dev.stage", description=__doc__)
    parser.add_argument("operations", nargs="*", metavar="operation", help="default: every operation")
    parser.add_argument("--into", type=Path, default=BUILD, help="the folder of the folders (default: build)")
    asked = parser.parse_args(arguments)
    try:
        for operation in asked.operations or operations():
            print(stage(operation, into=asked.into))
    except (StageError, OSError) as error:
        print(f"stage: {error}", file=sys.stderr)
        return 1
    return 0


def operations(root: Path = ROOT) -> list[str]:
    """Every operation that can be deployed, in alphabetical order."""
    return sorted(path.parent.name for path in (root / "functions").glob("*/main.py"))


def stage(operation: str, *, into: Path = BUILD, root: Path = ROOT) -> Path:
    """The staged folder of one operation, written anew.

    Raises:
        StageError: there is no such operation, or it names no requirements.
    """
    if operation not in operations(root):
        raise StageError(f"there is no operation {operation!r}; there are {', '.join(operations(root))}")
    sources = dict(_sources(operation, root))
    missing = [name for name in _OWN_FILES if not sources[name].is_file()]
    if missing:
        raise StageError(f"functions/{operation} has no {missing[0]}")
    target = into / operation
    if target.exists():
        shutil.rmtree(target)
    for name, source in sorted(sources.items()):
        _write(target / name, source.read_bytes())
    _settle(target)
    return target


def _sources(operation: str, root: Path) -> Iterator[tuple[str, Path]]:
    """What goes into the folder: its name there, and where it is now."""
    for name in _OWN_FILES:
        yield name, root / "functions" / operation / name
    for path in (root / "common").rglob("*"):
        if path.suffix == ".py" or (path.suffix, path.parent.name) in _DATA:
            yield path.relative_to(root).as_posix(), path


def _write(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def _settle(target: Path) -> None:
    """Give every file and folder the same mode and time; the deepest first, since a change would touch its folder."""
    for path in sorted([target, *target.rglob("*")], reverse=True):
        path.chmod(_FOLDER_MODE if path.is_dir() else _FILE_MODE)
        os.utime(path, (_STAMP_SECONDS, _STAMP_SECONDS))


if __name__ == "__main__":
    sys.exit(main())
