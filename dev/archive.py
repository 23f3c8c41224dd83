"""python -m dev.archive [operation …]: write what is deployed into build/<operation>-<start of its SHA-256>.zip.

The same sources give the same bytes on every machine, so that an archive's name says what is in it, and one of an
earlier release can be made again from its commit. Prints {operation: file}, Terraform's variable `archives`, with
paths as seen from its folder.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from dev import stage

TERRAFORM = stage.ROOT / "terraform"

_STAMP = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip archive can hold
_REGULAR_FILE, _UNIX = 0o100644, 3
_DIGITS = 16  # of the digest in the name: 64 bits, which no two releases share


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 all written, 1 not."""
    parser = argparse.ArgumentParser(prog="python -m dev.archive", description=__doc__)
    parser.add_argument("operations", nargs="*", metavar="operation", help="default: every operation")
    parser.add_argument("--into", type=Path, default=stage.BUILD, help="the folder of the archives (default: build)")
    asked = parser.parse_args(arguments)
    try:
        files = {name: archive(name, into=asked.into) for name in asked.operations or stage.operations()}
    except (stage.StageError, OSError) as error:
        print(f"archive: {error}", file=sys.stderr)
        return 1
    print(json.dumps({name: os.path.relpath(file, TERRAFORM) for name, file in files.items()}, indent=1))
    return 0


def archive(operation: str, *, into: Path = stage.BUILD, root: Path = stage.ROOT) -> Path:
    """The archive of one operation, beside its staged folder.

    Raises:
        StageError: there is no such operation, or it names no requirements.
    """
    content = zipped(stage.stage(operation, into=into, root=root))
    file = into / f"{operation}-{hashlib.sha256(content).hexdigest()[:_DIGITS]}.zip"
    file.write_bytes(content)
    return file


def zipped(folder: Path) -> bytes:
    """A folder's files as a zip archive: sorted, all with the same time and mode.

    They are stored as they are: what zlib makes of them depends on its version.
    """
    held = io.BytesIO()
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:
        for name in names:
            member = zipfile.ZipInfo(name, _STAMP)
            member.create_system, member.external_attr = _UNIX, _REGULAR_FILE << 16
            archive.writestr(member, (folder / name).read_bytes())
    return held.getvalue()


if __name__ == "__main__":
    sys.exit(main())
