"""What is deployed: each archive is the same on every machine, and boots alone."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from dev import archive, stage
from dev.stack import ports
from dev.stack.process import Child, Program

OPERATIONS = stage.operations()
READS = {"get_listing", "nl_questions", "search_listings"}
SETTINGS = {
    "GOOGLE_CLOUD_PROJECT": "demo-gavel",
    "K_SERVICE": "deployed",  # what a laptop may do is refused
    "DB_HOST": "127.0.0.1",
    "DB_PORT": "1",  # nobody listens there, and nobody is to ask
    "DB_USER": "nobody",
    "SERVICE_AUDIENCE": "gavel",
    "CLOUD_RUN_TIMEOUT_SECONDS": "30",
    "LOG_EXECUTION_ID": "false",
}


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources as they are now; somebody may be editing them."""
    return copied(stage.ROOT, tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="module")
def archives(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The archive of every operation."""
    into = tmp_path_factory.mktemp("build")
    return {operation: archive.archive(operation, into=into, root=checkout) for operation in OPERATIONS}


def test_every_archive_boots_alone(archives: dict[str, Path], tmp_path: Path) -> None:
    """As the buildpack starts it: with what its requirements.txt names and no more, in its folder, by FUNCTION_TARGET.

    Archives whose requirements.txt are the same bytes share the environment that was made from it.
    """
    for operation, file in archives.items():
        with zipfile.ZipFile(file) as held:
            held.extractall(tmp_path / operation)
    environments = installed({(tmp_path / name / "requirements.txt").read_text() for name in archives}, tmp_path)
    programs = [
        program_of(name, tmp_path, environments[(tmp_path / name / "requirements.txt").read_text()])
        for name in archives
    ]

    with booted(programs):
        answers = {program.name: ask(program) for program in programs}

    unsigned, wrong_query = (401, "unauthenticated"), (400, "invalid_request")
    assert answers == dict.fromkeys(OPERATIONS, unsigned) | {
        "get_listing": wrong_query,
        "search_listings": wrong_query,
    }


def test_two_checkouts_give_the_same_bytes(archives: dict[str, Path], checkout: Path, tmp_path: Path) -> None:
    """Made at another time, under another umask, from files with other times and modes."""
    before = os.umask(0o077)
    try:
        other = copied(checkout, tmp_path / "other")
        for path in other.rglob("*.py"):
            path.chmod(0o700)
            os.utime(path, (1_700_000_000, 1_700_000_000))
        later = archive.archive("place_bid", into=tmp_path / "build", root=other)
    finally:
        os.umask(before)

    assert later.name == archives["place_bid"].name
    assert later.read_bytes() == archives["place_bid"].read_bytes()


def test_another_byte_gives_another_name(archives: dict[str, Path], checkout: Path, tmp_path: Path) -> None:
    """In the product's code as in the requirements; the cloud builds anew where the name is new."""
    other = copied(checkout, tmp_path / "other")
    names = {archives["place_bid"].name}
    for changed in ("common/runtime.py", "functions/place_bid/requirements.txt"):
        with (other / changed).open("a") as file:
            file.write("#")
        names.add(archive.archive("place_bid", into=tmp_path / "build", root=other).name)

    assert len(names) == 3


def test_an_archive_is_named_by_its_own_digest(archives: dict[str, Path]) -> None:
    """So that anybody can tell whether a file is what its name says."""
    for operation, file in archives.items():
        assert file.name == f"{operation}-{hashlib.sha256(file.read_bytes()).hexdigest()[:16]}.zip"


def test_an_archive_holds_the_staged_folder(archives: dict[str, Path]) -> None:
    """In order of name, every file with one time and one mode, none compressed by a zlib of its own."""
    folder = archives["nl_query"].with_name("nl_query")
    with zipfile.ZipFile(archives["nl_query"]) as held:
        members = held.infolist()
        content = {member.filename: held.read(member) for member in members}

    assert [member.filename for member in members] == sorted(content)
    assert content == {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    assert {(m.date_time, m.external_attr >> 16, m.compress_type, m.create_system) for m in members} == {
        ((1980, 1, 1, 0, 0, 0), 0o100644, zipfile.ZIP_STORED, 3)
    }


def test_the_command_prints_what_terraform_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A map from operation to file, relative to Terraform's folder, and only of what was asked for."""
    assert archive.main(["--into", str(tmp_path), "place_bid", "get_listing"]) == 0

    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["place_bid", "get_listing"]
    assert all((archive.TERRAFORM / file).is_file() for file in printed.values())


def test_an_operation_that_does_not_exist_is_refused_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence, and a status that stops a script."""
    assert archive.main(["place_bids"]) == 1

    assert "there is no operation 'place_bids'" in capsys.readouterr().err


def copied(root: Path, to: Path) -> Path:
    """A copy of what archives are made from, without the modes and times of its files."""
    for folder in ("functions", "common"):
        shutil.copytree(root / folder, to / folder, copy_function=shutil.copyfile)
    return to


def installed(requirements: set[str], folder: Path) -> dict[str, Path]:
    """A fresh environment for each text of requirements: the folder of its programs."""
    environments = {text: folder / f"environment{number}" for number, text in enumerate(sorted(requirements))}

    def install(text: str) -> None:
        environment = environments[text]
        venv.create(environment, with_pip=False, symlinks=True)
        file = environment / "requirements.txt"
        file.write_text(text)
        pip = [sys.executable, "-m", "pip", "--python", str(environment / "bin" / "python")]
        options = ["-q", "--disable-pip-version-check", "--no-compile", "--require-hashes", "-r", str(file)]
        subprocess.run([*pip, "install", *options], check=True)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(install, environments))
    return {text: environment / "bin" for text, environment in environments.items()}


def program_of(operation: str, folder: Path, scripts: Path) -> Program:
    """The framework's command line in an archive's folder, with nothing of this process's environment."""
    port = ports.free_port()
    framework = {"FUNCTION_TARGET": operation, "FUNCTION_SIGNATURE_TYPE": "http", "PORT": str(port)}
    return Program(
        name=operation,
        command=["sh", "-c", 'cd "$0" && exec "$@"', str(folder / operation), str(scripts / "functions-framework")],
        log=folder / f"{operation}.log",
        ready=lambda: ports.http_status(f"127.0.0.1:{port}", method="OPTIONS") is not None,
        env={"PATH": os.defpath, "HOST": "127.0.0.1", **framework, **SETTINGS},
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
    if program.name in READS:
        answer = httpx.get(base, params={"unknown": "member"}, trust_env=False)
    else:
        answer = httpx.post(base, json={}, trust_env=False)
    return answer.status_code, answer.json()["code"]
