"""What is deployed: each staged folder is complete, reproducible, and boots alone."""

import ast
import hashlib
import os
import re
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from dev import stage
from dev.stack import ports
from dev.stack.process import Child, Program

OPERATIONS = stage.operations()
CONSTRAINTS = stage.ROOT / "constraints.txt"

# What a module is installed by, where that is not its own name. The longest prefix counts.
DISTRIBUTIONS = {
    "functions_framework": "functions-framework",
    "google.api_core": "google-cloud-firestore",
    "google.auth": "google-cloud-firestore",
    "google.cloud.firestore": "google-cloud-firestore",
    "google.cloud.sql": "cloud-sql-python-connector",
    "jwt": "pyjwt",
}
NOT_IMPORTED = {"uvloop", "httptools"}  # uvicorn takes them when they are there
FIRESTORE = "google-cloud-firestore"

SETTINGS = {
    "GOOGLE_CLOUD_PROJECT": "demo-gavel",
    "DB_HOST": "127.0.0.1",
    "DB_PORT": "1",  # nobody listens there, and nobody is to ask
    "DB_USER": "nobody",
    "SERVICE_AUDIENCE": "gavel-local",
    "CLOUD_RUN_TIMEOUT_SECONDS": "30",
    "LOG_EXECUTION_ID": "false",
}


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every operation, staged by the command."""
    into = tmp_path_factory.mktemp("build")
    assert stage.main(["--into", str(into)]) == 0
    return into


def program_of(operation: str, staged: Path, scripts: Path) -> Program:
    """The framework's command line inside a staged folder, which knows nothing of this repository."""
    port = ports.free_port()
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [str(scripts / "functions-framework"), "--target", operation, "--source", "main.py"]
    inside = f'cd "$0" && exec "$@" --host 127.0.0.1 --port {port}'
    return Program(
        name=operation,
        command=["sh", "-c", inside, str(staged / operation), *command],
        log=staged / f"{operation}.log",
        ready=lambda: ports.http_status(f"127.0.0.1:{port}", method="OPTIONS") is not None,
        env={**env, **SETTINGS},
        port=port,
    )


@contextmanager
def booted(programs: list[Program]) -> Iterator[None]:
    """All of them, started together."""
    children = [Child(program) for program in programs]
    try:
        for child in children:
            child.spawn()
        for child in children:
            child.wait_ready()
        yield
    finally:
        for child in children:
            child.terminate()
        for child in children:
            child.stop()


def ask(program: Program) -> tuple[int, str]:
    """Status and code of the problem that answers a request without token and with a wrong query."""
    base = f"http://127.0.0.1:{program.port}/"
    if program.name in ("get_listing", "search_listings"):
        answer = httpx.get(base, params={"unknown": "member"}, trust_env=False)
    else:
        answer = httpx.post(base, json={}, trust_env=False)
    return answer.status_code, answer.json()["code"]


def test_every_operation_boots_from_its_staged_folder_alone(staged: Path) -> None:
    """Its own code answers, with nothing of the repository to import."""
    scripts = Path(sys.executable).parent
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    elsewhere = subprocess.run(
        [sys.executable, "-c", "import common"], cwd=staged, env=env, check=False, stderr=subprocess.DEVNULL
    )
    assert elsewhere.returncode == 1
    programs = [program_of(operation, staged, scripts) for operation in OPERATIONS]

    with booted(programs):
        answers = {program.name: ask(program) for program in programs}

    assert answers == {
        "close_auctions": (401, "unauthenticated"),
        "create_listing": (401, "unauthenticated"),
        "get_listing": (400, "invalid_request"),
        "place_bid": (401, "unauthenticated"),
        "search_listings": (400, "invalid_request"),
        "sync_mirror": (401, "unauthenticated"),
    }


def test_a_staged_folder_boots_with_its_own_requirements_alone(staged: Path, tmp_path: Path) -> None:
    """In a fresh virtual environment; get_listing has the fewest packages."""
    fewest = min(OPERATIONS, key=lambda operation: len(requirements(operation)))
    venv.create(tmp_path / "fresh", with_pip=False, symlinks=True)
    scripts = tmp_path / "fresh" / "bin"
    asked_for = ["-r", str(staged / fewest / "requirements.txt")]
    install = ["install", "-q", "--disable-pip-version-check", "--no-compile", *asked_for]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(scripts / "python"), *install], check=True)
    program = program_of(fewest, staged, scripts)

    with booted([program]):
        assert ask(program) == (400, "invalid_request")


def test_the_same_sources_give_the_same_folder(staged: Path, tmp_path: Path) -> None:
    """Names, contents, modes and times agree, whatever was in the folder before."""
    (tmp_path / "place_bid").mkdir()
    (tmp_path / "place_bid" / "left_over.py").write_text("")

    stage.stage("place_bid", into=tmp_path)

    assert fingerprint(tmp_path / "place_bid") == fingerprint(staged / "place_bid")
    assert {path.stat().st_mtime for path in (tmp_path / "place_bid").rglob("*")} == {315_532_800}


def test_a_folder_holds_the_product_and_nothing_else(staged: Path) -> None:
    """main.py, requirements.txt, and common/ with its migrations; no caches, no tests, no tools."""
    names = {path.relative_to(staged / "place_bid").as_posix() for path in (staged / "place_bid").rglob("*")}
    files = {name for name in names if "." in name}

    assert {"main.py", "requirements.txt", "common/store/migrations/0001_market.sql"} <= files
    assert all(name.startswith("common/") for name in files - {"main.py", "requirements.txt"})
    assert {Path(name).suffix for name in files} == {".py", ".sql", ".txt"}
    assert not any("__pycache__" in name for name in names)


def test_an_operation_that_does_not_exist_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence, and a status that stops a script."""
    assert stage.main(["place_bids"]) == 1

    assert "there is no operation 'place_bids'" in capsys.readouterr().err


@pytest.mark.parametrize("operation", OPERATIONS)
def test_requirements_are_what_the_operation_imports(operation: str) -> None:
    """Nothing is missing, nothing unused; Firestore's client only where the code can write the mirror."""
    imported = {distribution_of(module) for module in third_party_imports(operation)}
    if not writes_the_mirror(operation):
        imported -= {FIRESTORE}

    assert set(requirements(operation)) - NOT_IMPORTED == imported


@pytest.mark.parametrize("operation", OPERATIONS)
def test_requirements_are_pinned_as_everywhere(operation: str) -> None:
    """Each exactly as constraints.txt, which everything here was tested with."""
    pinned = pins(CONSTRAINTS.read_text())

    assert requirements(operation) == {name: pinned[name] for name in requirements(operation)}


def fingerprint(folder: Path) -> list[tuple[str, int, int, str]]:
    """Everything an archive of the folder would hold."""
    return [
        (
            path.relative_to(folder).as_posix(),
            path.stat().st_mode,
            int(path.stat().st_mtime),
            hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
        )
        for path in sorted(folder.rglob("*"))
    ]


def requirements(operation: str) -> dict[str, str]:
    """The packages an operation asks for, with their versions."""
    return pins((stage.ROOT / "functions" / operation / "requirements.txt").read_text())


def pins(text: str) -> dict[str, str]:
    """Lower-case names and versions of `name[extra]==version` lines; any other line fails."""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            pin = re.fullmatch(r"([\w.-]+)(\[\w+\])?==([\w.]+)", line)
            assert pin, line
            found[pin[1].lower().replace("_", "-")] = pin[3]
    return found


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
    own = [name for name in imports_of(operation) if name.startswith("common.operations.")]
    nodes = [node for name in own for node in ast.walk(ast.parse(source_of(name).read_text()))]
    return any(
        (isinstance(node, ast.keyword) and node.arg == "changed")
        or (isinstance(node, ast.Attribute) and node.attr == "mirror")
        for node in nodes
    )


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
    """The file of one of our modules."""
    return stage.ROOT / Path(*module.split(".")).with_suffix(".py")
