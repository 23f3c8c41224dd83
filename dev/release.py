"""python -m dev.release keep COMMIT | show: the functions of the release before, for the tests of the upgrade.

tests/upgrade runs them against the schema of today. `keep` puts them into tests/upgrade/previous.tar.xz: `common/` and
each function's main.py as they are in that commit, for a checkout may lack the history. Do it right after each release,
with the release's tag, and commit the file. The same commit gives the same archive. `show` says what is in it.
"""

from __future__ import annotations

import argparse
import io
import lzma
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "tests" / "upgrade" / "previous.tar.xz"

_ABOUT = "RELEASE"  # the member that says what is kept
_WANTED = ("common/*", "functions/*/main.py")
_FORMAT = "%H %cs"  # the commit's full id and its day


class NotKept(Exception):  # noqa: N818 - it says what happened
    """The release cannot be kept or found; the message says why."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 1 not."""
    parser = argparse.ArgumentParser(prog="python -m dev.release", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("keep", help="put a release's functions away").add_argument("commit")
    commands.add_parser("show", help="say which are kept")
    asked = parser.parse_args(arguments)
    try:
        if asked.command == "keep":
            keep(asked.commit)
        print(about())
    except (NotKept, OSError) as failure:
        print(f"release: {failure}", file=sys.stderr)
        return 1
    return 0


def keep(commit: str, *, into: Path = KEPT, root: Path = ROOT) -> None:
    """Write the archive of a commit's functions.

    Raises:
        NotKept: the repository has no such commit, or the commit no functions.
    """
    told = _git(root, "show", "--no-patch", f"--format={_FORMAT}", f"{commit}^{{commit}}")
    files = {_ABOUT: told.strip() + b"\n"}
    with tarfile.open(fileobj=io.BytesIO(_git(root, "archive", "--format=tar", told.split()[0].decode()))) as tree:
        for member in tree:
            content = tree.extractfile(member)
            if content is not None and any(fnmatch(member.name, wanted) for wanted in _WANTED):
                files[member.name] = content.read()
    if not any(name.startswith("functions/") for name in files):
        raise NotKept(f"{commit} has no functions")
    into.parent.mkdir(parents=True, exist_ok=True)
    into.write_bytes(lzma.compress(_packed(files), preset=9))


def unpack(into: Path, *, kept: Path = KEPT) -> None:
    """Write the functions that are kept into a folder."""
    with tarfile.open(kept) as archive:
        archive.extractall(into, filter="data")


def about(kept: Path = KEPT) -> str:
    """The commit that is kept, and its day."""
    with tarfile.open(kept) as archive:
        told = archive.extractfile(_ABOUT)
        assert told is not None
        return told.read().decode().strip()


def _packed(files: dict[str, bytes]) -> bytes:
    """A tar archive: sorted, nobody's, of no time."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in sorted(files.items()):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return held.getvalue()


def _git(root: Path, *command: str) -> bytes:
    done = subprocess.run(["git", "-C", str(root), *command], capture_output=True, check=False)
    if done.returncode:
        raise NotKept(f"git {command[0]} {command[-1]}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
