"""Memory of each function's process after its first request (Linux)."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from dev.bench.calls import OPERATIONS, request_for
from dev.bench.market import Market
from dev.bench.processor import tree
from dev.stack import emulator
from dev.stack.process import StartFailed

_MIRRORING = frozenset({"place_bid", "create_listing", "close_auctions", "sync_mirror"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """MiB of one function: its worker's resident and proportional set; the proportional set of all its processes."""

    name: str
    worker_rss: float
    worker_pss: float
    total_pss: float


def measure(market: Market, operations: Sequence[str] = OPERATIONS, *, mirror: bool = True) -> list[Row]:
    """One function after another, so that none shares pages with another; with the mirror too if there is an emulator.

    Raises:
        StartFailed: a function does not serve its request, or this is no Linux.
    """
    if not Path("/proc/self/smaps_rollup").exists():
        raise StartFailed("Memory is read from /proc/PID/smaps_rollup, which Linux has.")
    with ExitStack() as stack:
        rows = [_of(market, operation, None) for operation in ("empty", *operations)]
        if mirror and not emulator.why_missing(os.environ):
            address = stack.enter_context(emulator.private_emulator()).address
            rows += [_of(market, operation, address) for operation in operations if operation in _MIRRORING]
        return rows


def report(rows: Sequence[Row]) -> Iterator[str]:
    """Lines of text."""
    yield f"{'MiB after the first request':34}{'worker RSS':>12}{'worker PSS':>12}{'all PSS':>12}"
    for row in rows:
        yield f"{row.name:34}{row.worker_rss:12.1f}{row.worker_pss:12.1f}{row.total_pss:12.1f}"
    yield "all: with gunicorn's arbiter, which the framework's command line is"


def _of(market: Market, operation: str, address: str | None) -> Row:
    request = request_for(market, operation)
    running = market.empty_function() if operation == "empty" else market.function(operation, emulator=address)
    with running as process:
        status = request.status_at(int(process.url.rpartition(":")[2]))
        if status != request.status:
            raise StartFailed(f"{operation} answered {status}: {process.log.read_text()[-2000:]}")
        arbiter, *workers = tree(process.pid)
        rss, pss = zip(*(_mebibytes(pid) for pid in workers), strict=True)
        name = f"{operation} with the mirror" if address else operation
        return Row(name=name, worker_rss=sum(rss), worker_pss=sum(pss), total_pss=sum(pss) + _mebibytes(arbiter)[1])


def _mebibytes(pid: int) -> tuple[float, float]:
    """Resident and proportional memory of a process."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kibibytes = {name: int(rest.split()[0]) for name, _, rest in (line.partition(":") for line in lines[1:])}
    return kibibytes["Rss"] / 1024, kibibytes["Pss"] / 1024
