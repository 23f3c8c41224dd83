"""What a measurement was made on: without it a figure says nothing."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from dev.bench.market import query
from dev.stack.database import DatabaseServer

_DURABILITY = "innodb_flush_log_at_trx_commit", "sync_binlog", "log_bin"


def load_average() -> str:
    """How busy the machine is, over 1, 5 and 15 minutes."""
    return " ".join(f"{value:.2f}" for value in os.getloadavg())


def facts(server: DatabaseServer, load_before: str) -> Iterator[str]:
    """Lines for the end of a report."""
    yield f"machine: {os.cpu_count()} cores ({_processor()}), {platform.system()} {platform.release()}"
    yield f"load average before: {load_before} · after: {load_average()}"
    yield f"Python {platform.python_version()}, functions-framework {version('functions-framework')}, {_parts()}"
    yield f"database: {server.version}, {', '.join(f'{name}={value}' for name, value in _settings(server).items())}"


def _parts() -> str:
    return ", ".join(f"{name} {version(name)}" for name in ("uvicorn", "gunicorn", "PyMySQL"))


def _settings(server: DatabaseServer) -> Mapping[str, object]:
    (row,) = query(server, f"SELECT {', '.join(f'@@{name}' for name in _DURABILITY)}")
    return dict(zip(_DURABILITY, row, strict=True))


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
