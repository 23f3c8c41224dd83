"""The Django baseline as a server: its packages, its tables, its process."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dev.bench.market import Market, number
from dev.stack import ports
from dev.stack.database import DatabaseServer
from dev.stack.process import Program, StartFailed, running
from dev.stack.settings import ROOT, StackSettings

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
SETTINGS = "dev.bench.django_site.settings"
SCHEMA = "bench_django"


@dataclass(frozen=True, slots=True)
class Shape:
    """How gunicorn runs it."""

    workers: int
    threads: int

    def __str__(self) -> str:
        return f"{self.workers} x {self.threads}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DjangoServer:
    """A running baseline."""

    url: str
    pid: int


@dataclass(frozen=True, slots=True)
class DjangoSite:
    """The baseline on a market, its tables in a schema of their own."""

    market: Market
    server: DatabaseServer
    packages: Path

    @classmethod
    def install(cls, market: Market) -> DjangoSite:
        """Its packages installed and its tables made, each unless that was done before.

        Raises:
            StartFailed: pip or Django failed; the message has their words.
        """
        site = cls(market, market.schema(SCHEMA), _installed_packages())
        there = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = %s"
        if not number(site.server, there, SCHEMA):
            _run([sys.executable, "-m", "django", "migrate", "--run-syncdb", "--verbosity=0"], site.environment())
        return site

    def environment(self) -> dict[str, str]:
        """What its process is told."""
        return {
            **os.environ,
            **self.market.settings(),
            **self.server.environment(),
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(self.packages)]),
        }

    @contextmanager
    def serve(self, shape: Shape) -> Iterator[DjangoServer]:
        """It answers at `url` under gunicorn with threads; stopped at the end."""
        port = ports.free_port()
        program = Program(
            name="django",
            command=[
                *(sys.executable, "-m", "gunicorn", "dev.bench.django_site.wsgi:application"),
                *("--worker-class", "gthread", "--workers", str(shape.workers), "--threads", str(shape.threads)),
                *("--bind", f"{ports.HOST}:{port}", "--keep-alive", "60", "--log-level", "warning"),
            ],
            log=self.market.folder / "django.log",
            ready=lambda: ports.http_status(f"{ports.HOST}:{port}") is not None,
            env=self.environment(),
            port=port,
        )
        with running(program) as child:
            yield DjangoServer(url=f"http://{ports.HOST}:{port}", pid=child.process.pid)


def _installed_packages() -> Path:
    """The folder with the baseline's packages, installed again when the requirements have changed."""
    folder = StackSettings.from_env(os.environ).home / "bench" / "packages"
    stamp = folder / ".installed"
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        target = ["--target", str(folder), "--requirement", str(REQUIREMENTS)]
        _run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", *target])
        stamp.write_text(wanted)
    return folder


def _run(command: list[str], env: dict[str, str] | None = None) -> None:
    result = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode:
        raise StartFailed(f"`{' '.join(command)}` failed:\n{result.stdout}{result.stderr}")
