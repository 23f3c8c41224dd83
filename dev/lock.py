"""python -m dev.lock: write functions/*/requirements.txt, every package that a function installs with its hashes.

The image that migrates is locked likewise, in dev/migrate.requirements.txt. What each asks for stands in
dev/data/packages.toml, versions in constraints.txt. What those packages need in turn is read from what is installed
here, the hashes from the package index that pip is set up with: one wheel each for Linux, where functions run, and for
the machines on which their tests run, on Python 3.11 to 3.13.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from dev import stage

CONSTRAINTS = stage.ROOT / "constraints.txt"
DECLARATIONS = stage.ROOT / "dev" / "data" / "packages.toml"
IMAGE = "migrate"
"""What is locked beside the operations."""
PYTHONS = ("3.11", "3.12", "3.13")
# For each kind of machine, what wheels for it are tagged with. The oldest Linux first: such a wheel runs on all later.
MACHINES = {
    ("linux", "x86_64"): ("manylinux2014_x86_64", "manylinux_2_28_x86_64", "manylinux_2_34_x86_64"),
    ("linux", "aarch64"): ("manylinux2014_aarch64", "manylinux_2_28_aarch64", "manylinux_2_34_aarch64"),
    ("darwin", "arm64"): ("macosx_11_0_arm64", "macosx_14_0_arm64"),
}
HEAD = "# Written by `python -m dev.lock` from dev/data/packages.toml and constraints.txt.\n"

Hashes = dict[str, set[str]]


class LockError(Exception):
    """Something that cannot be locked; the message is the sentence to print."""


def main() -> int:
    """Exit status: 0 all written, 1 not."""
    try:
        needed = {name: closure(declared(name)) for name in [*stage.operations(), IMAGE]}
        found = hashes_of(sorted(set().union(*needed.values())))
    except LockError as error:
        print(f"lock: {error}", file=sys.stderr)
        return 1
    for name, packages in needed.items():
        path = lock_of(name)
        path.write_text(written(packages, found), encoding="utf-8")
        print(path.relative_to(stage.ROOT))
    return 0


def lock_of(name: str) -> Path:
    """The file that locks an operation, or the image."""
    if name == IMAGE:
        return stage.ROOT / "dev" / "migrate.requirements.txt"
    return stage.ROOT / "functions" / name / "requirements.txt"


def declared(operation: str) -> list[str]:
    """The packages that a function, or the image, asks for by name, with their extras.

    Raises:
        LockError: a function is named that there is not.
    """
    groups: dict[str, dict[str, list[str]]] = tomllib.loads(DECLARATIONS.read_text(encoding="utf-8"))
    known = [*stage.operations(), IMAGE]
    asked_for = []
    for name, group in groups.items():
        functions = group.get("functions", known)
        if unknown := sorted(set(functions) - set(known)):
            raise LockError(f"[{name}] in dev/data/packages.toml names {unknown[0]!r}, which is no function")
        asked_for += group["packages"] if operation in functions else []
    return asked_for


def pins() -> dict[str, str]:
    """Each package of constraints.txt by its canonical name: the line, `Name==version`."""
    lines = [line for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    return {canonicalize_name(line.partition("==")[0]): line for line in lines}


def closure(packages: Iterable[str]) -> set[str]:
    """Canonical names of the packages and of all they need, on any of the Pythons and machines.

    Raises:
        LockError: one of them is not installed here, or has no version in constraints.txt.
    """
    pinned, needed, waiting = pins(), set[str](), [Requirement(package) for package in packages]
    seen = set[tuple[str, frozenset[str]]]()
    while waiting:
        requirement = waiting.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        needed.add(name)
        if name not in pinned:
            raise LockError(f"{name} has no version in constraints.txt")
        waiting += _needs(name, extras)
    return needed


def _needs(name: str, extras: Iterable[str]) -> Iterator[Requirement]:
    """What an installed package asks for, where that holds for one of the Pythons and machines at least."""
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        raise LockError(f"{name} is not installed here, so that what it needs is unknown") from None
    for requirement in map(Requirement, lines):
        marker = requirement.marker
        if marker is None or any(marker.evaluate(place) for place in _places(extras)):
            yield requirement


def _places(extras: Iterable[str]) -> Iterator[dict[str, str]]:
    """What environment markers may ask about, for each Python, machine and extra (and none)."""
    for system, machine in MACHINES:
        for python in PYTHONS:
            for extra in ("", *extras):
                yield {
                    "extra": extra,
                    "implementation_name": "cpython",
                    "os_name": "posix",
                    "platform_machine": machine,
                    "platform_python_implementation": "CPython",
                    "platform_system": system.capitalize(),
                    "python_full_version": f"{python}.0",
                    "python_version": python,
                    "sys_platform": system,
                }


def hashes_of(names: Sequence[str]) -> Hashes:
    """The SHA-256 of each package's wheels.

    Raises:
        LockError: pip does not find one of them.
    """
    pinned, found = pins(), defaultdict[str, set[str]](set)
    for tags in MACHINES.values():
        for python in PYTHONS:
            for item in _asked([pinned[name] for name in names], python=python, tags=tags)["install"]:
                digest = item["download_info"]["archive_info"]["hashes"]["sha256"]
                found[canonicalize_name(item["metadata"]["name"])].add(digest)
    return found


def _asked(pinned: Sequence[str], *, python: str, tags: Sequence[str]) -> Any:
    """Pip's report on what it would install on such a machine; it installs nothing."""
    with tempfile.TemporaryDirectory(prefix="gavel-lock-") as nowhere:
        command = [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--report", "-"),
            *("--ignore-installed", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"),
            *("--target", nowhere, "--implementation", "cp", "--python-version", python),
            *(part for tag in tags for part in ("--platform", tag)),
            *pinned,
        ]
        pip = subprocess.run(command, capture_output=True, text=True, check=False)
    if pip.returncode:
        raise LockError(f"pip finds no wheels for Python {python} on {tags[0]}:\n{pip.stderr}")
    return json.loads(pip.stdout)


def written(names: Iterable[str], found: Hashes) -> str:
    """The text of a requirements.txt, in alphabetical order.

    >>> print(written(["orjson"], {"orjson": {"89bc"}}).splitlines()[-1])
        --hash=sha256:89bc
    """
    pinned = pins()
    entries = [[pinned[name], *(f"--hash=sha256:{digest}" for digest in sorted(found[name]))] for name in sorted(names)]
    return HEAD + "".join(" \\\n    ".join(entry) + "\n" for entry in entries)


def locked(text: str) -> dict[str, set[str]]:
    r"""The `Name==version` lines of such a text, each with its hashes.

    Raises:
        LockError: a line is neither a comment nor a pinned package with its hashes.

    >>> locked("# head\nh11==0.16.0 \\\n    --hash=sha256:63cf\n")
    {'h11==0.16.0': {'63cf'}}
    """
    entries = {}
    for line in text.replace("\\\n", "").splitlines():
        if not line.startswith("#"):
            entry = re.fullmatch(r"([\w.-]+==[\w.]+)((?: +--hash=sha256:[0-9a-f]+)+)", line)
            if entry is None:
                raise LockError(f"not a locked package: {line!r}")
            entries[entry[1]] = set(re.findall("sha256:([0-9a-f]+)", entry[2]))
    return entries


if __name__ == "__main__":
    sys.exit(main())
