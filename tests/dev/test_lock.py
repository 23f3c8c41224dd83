"""What each function installs: what its code imports, in the versions of constraints.txt, byte for byte."""

import ast
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from dev import lock, stage

OPERATIONS = stage.operations()
LOCKED = [*OPERATIONS, lock.IMAGE]

# What a module is installed by, where that is not its own name: the package whose client shows it to us, where it
# belongs to another one. The longest prefix counts.
DISTRIBUTIONS = {
    "aiohttp": "cloud-sql-python-connector",
    "functions_framework": "functions-framework",
    "google.api_core": "google-cloud-firestore",
    "google.auth": "google-cloud-firestore",
    "google.cloud.firestore": "google-cloud-firestore",
    "google.cloud.sql": "cloud-sql-python-connector",
    "httpx2": "openai",
    "jwt": "pyjwt",
    "opentelemetry": "opentelemetry-sdk",
    "opentelemetry.exporter.otlp.proto.http": "opentelemetry-exporter-otlp-proto-http",
    "yaml": "pyyaml",
}
NOT_IMPORTED = {"uvloop", "httptools"}  # uvicorn takes them when they are there
FIRESTORE = "google-cloud-firestore"
FOR_ANALYSTS = {"sqlglot", "openai", "pyyaml"}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_is_declared_is_what_the_operation_imports(operation: str) -> None:
    """Nothing is missing, nothing unused; Firestore's client only where the code can write the mirror."""
    imported = {distribution_of(module) for module in third_party_imports(operation)}
    if not writes_the_mirror(operation):
        imported -= {FIRESTORE}
    if not asks_questions(operation):
        imported -= FOR_ANALYSTS

    declared = {canonicalize_name(Requirement(package).name) for package in lock.declared(operation)}
    assert declared - NOT_IMPORTED == imported


@pytest.mark.parametrize("name", LOCKED)
def test_a_lock_holds_what_was_declared_and_all_that_needs(name: str) -> None:
    """Each exactly in the version of constraints.txt, which everything here was tested with, and no other."""
    pinned = lock.pins()
    wanted = {pinned[package] for package in lock.closure(lock.declared(name))}

    assert set(lock.locked(text_of(name))) == wanted


@pytest.mark.parametrize("name", LOCKED)
def test_every_locked_package_has_whole_hashes(name: str) -> None:
    """SHA-256 each; at most one wheel for each Python on each kind of machine."""
    for package, hashes in lock.locked(text_of(name)).items():
        assert 1 <= len(hashes) <= len(lock.PYTHONS) * len(lock.MACHINES), package
        assert {len(digest) for digest in hashes} == {64}, package


def test_all_functions_install_the_same_bytes_of_a_package() -> None:
    """Locks that were written at different times would differ."""
    entries: dict[str, set[str]] = {}
    for name in LOCKED:
        for package, hashes in lock.locked(text_of(name)).items():
            assert entries.setdefault(package, hashes) == hashes, f"{package} of {name}"


def test_a_lock_is_written_as_it_is_read() -> None:
    """The files are the command's own text, so that writing them again changes nothing that was not changed."""
    for name in LOCKED:
        held = lock.locked(text_of(name))
        found = {canonicalize_name(package.partition("==")[0]): hashes for package, hashes in held.items()}

        assert lock.written(found, found) == text_of(name)


@pytest.mark.parametrize("line", ["h11==0.16.0", "h11>=0.16.0 --hash=sha256:63cf", "-r other.txt", "h11"])
def test_a_line_without_version_and_hash_is_no_lock(line: str) -> None:
    """Pip would take the index's word for it."""
    with pytest.raises(lock.LockError, match=re.escape(line)):
        lock.locked(line)


def test_a_package_brings_what_it_needs_on_any_of_the_pythons() -> None:
    """And on any of the machines, whichever this one is; but not what only other systems need."""
    assert lock.closure(["anyio"]) >= {"anyio", "idna", "typing-extensions"}  # the last below Python 3.13 alone
    assert "colorama" not in lock.closure(["click"])


def test_an_extra_brings_its_packages() -> None:
    """Without it they are left out."""
    assert "cryptography" not in lock.closure(["PyJWT"])
    assert lock.closure(["PyJWT[crypto]"]) >= {"pyjwt", "cryptography", "cffi"}


def test_a_package_without_a_version_is_refused() -> None:
    """What constraints.txt does not name was never tested."""
    with pytest.raises(lock.LockError, match=r"not-a-package has no version in constraints\.txt"):
        lock.closure(["not-a-package"])


def test_a_function_that_does_not_exist_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was misspelt, and would install too little."""
    declarations = tmp_path / "packages.toml"
    declarations.write_text('[mirroring]\npackages = ["grpcio"]\nfunctions = ["place_bids"]\n')
    monkeypatch.setattr(lock, "DECLARATIONS", declarations)

    with pytest.raises(lock.LockError, match="'place_bids', which is no function"):
        lock.declared("place_bid")


def text_of(name: str) -> str:
    """A function's requirements.txt, or the image's."""
    return lock.lock_of(name).read_text(encoding="utf-8")


def distribution_of(module: str) -> str:
    """The package that brings a module."""
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        prefix = ".".join(parts[:length])
        if prefix in DISTRIBUTIONS:
            return DISTRIBUTIONS[prefix]
    return parts[0]


def third_party_imports(operation: str) -> set[str]:
    """Modules of other people that an operation's code imports, now or later."""
    everything = set().union(*imports_of(operation).values())
    return {name for name in everything if name.split(".")[0] not in {"common", *sys.stdlib_module_names}}


def writes_the_mirror(operation: str) -> bool:
    """Whether its own modules hand changed listings to `answer`, or the mirror itself something to write."""
    return bool({"changed", "mirror"} & names_in(operation))


def asks_questions(operation: str) -> bool:
    """Whether its own modules go to the desk for questions, whose packages are imported when it is first made."""
    return "question_desk" in names_in(operation)


def names_in(operation: str) -> set[str]:
    """The attributes and keyword arguments that stand in an operation's own modules."""
    own = [name for name in imports_of(operation) if name.startswith("common.operations.")]
    nodes = [node for name in own for node in ast.walk(ast.parse(source_of(name).read_text()))]
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return attributes | {node.arg for node in nodes if isinstance(node, ast.keyword) and node.arg}


def imports_of(operation: str) -> Mapping[str, set[str]]:
    """What each of our modules that an operation reaches imports, at its top or inside."""
    reached = {"main": imports_in(stage.ROOT / "functions" / operation / "main.py")}
    waiting = set(reached["main"])
    while waiting:
        name = waiting.pop()
        if name.startswith("common.") and name not in reached and source_of(name).exists():
            reached[name] = imports_in(source_of(name))
            waiting |= reached[name]
    return reached


def imports_in(file: Path) -> set[str]:
    """Every module that a file names in an import; `from a import b` may mean a.b."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
            names |= {node.module} - {"google.cloud"}  # a namespace, which no package brings
    return names


def source_of(module: str) -> Path:
    """The file of one of our modules, or of a package of ours."""
    path = stage.ROOT / Path(*module.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
