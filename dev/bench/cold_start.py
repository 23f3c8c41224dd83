"""From a process's start to its first good answer, beside the same for a function that does nothing."""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dev.bench.calls import Request, request_for
from dev.bench.market import EMPTY_FUNCTION, Market
from dev.stack import emulator, ports
from dev.stack.functions import FUNCTIONS, function_program
from dev.stack.process import Program, StartFailed
from dev.stack.progress import say

TARGET_RATIO = 2.5
EMPTY = "empty function"
PLAIN = "place_bid"
MIRRORED = "place_bid with the mirror"
_POLL_SECONDS = 0.002
_PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Seconds of each start, by function."""

    seconds: Mapping[str, Sequence[float]]


def measure(market: Market, runs: int, *, mirror: bool = True) -> Result:
    """Interleaved starts, after one of each that fills the system's file cache.

    The mirror's row is there if it is wanted and there is a Firestore emulator.

    Raises:
        StartFailed: a function does not come up.
    """
    if not mirror or emulator.why_missing(os.environ):
        return _starts(market, runs, {PLAIN: None})
    with emulator.private_emulator() as firestore:
        return _starts(market, runs, {PLAIN: None, MIRRORED: firestore.address})


def report(result: Result) -> Iterator[str]:
    """Lines of text."""
    base = statistics.median(result.seconds[EMPTY])
    yield f"{'process start → first answer, ms':34}{'median':>8}{'lowest':>8}{'highest':>8}{'ratio':>8}"
    for name, seconds in result.seconds.items():
        median = statistics.median(seconds)
        cells = [f"{1000 * value:.0f}" for value in (median, min(seconds), max(seconds))]
        yield f"{name:34}" + "".join(f"{cell:>8}" for cell in [*cells, f"{median / base:.2f}"])
    ratio = statistics.median(result.seconds[PLAIN]) / base
    verdict = "met" if ratio <= TARGET_RATIO else "missed"
    yield f"target: {PLAIN} <= {TARGET_RATIO:g} x {EMPTY}: {verdict}; {len(result.seconds[EMPTY])} starts of each"


def _starts(market: Market, runs: int, mirrors: Mapping[str, str | None]) -> Result:
    seconds: dict[str, list[float]] = defaultdict(list)
    for run in range(runs + 1):
        programs = {EMPTY: _program(market, "empty", None)}
        programs |= {name: _program(market, "place_bid", address) for name, address in mirrors.items()}
        for name, program in programs.items():
            request = request_for(market, "empty" if name == EMPTY else "place_bid")
            elapsed = seconds_to_answer(program, request)
            say(f"  start {run}  {name:28} {1000 * elapsed:6.0f} ms" + ("  (not counted)" if run == 0 else ""))
            if run:
                seconds[name].append(elapsed)
    return Result(seconds=seconds)


def _program(market: Market, operation: str, address: str | None) -> Program:
    directory = EMPTY_FUNCTION if operation == "empty" else FUNCTIONS
    log = market.folder / f"{operation}-start.log"
    return function_program(operation, market.settings(address), port=ports.free_port(), directory=directory, log=log)


def seconds_to_answer(program: Program, request: Request) -> float:
    """From just before the process is made until it has served the request; it is ended then.

    It is started without the tether that other children have, which would be measured too.

    Raises:
        StartFailed: it does not serve it.
    """
    assert program.port is not None
    with program.log.open("ab") as log:
        begun = time.perf_counter()
        process = subprocess.Popen(
            program.command,
            env=dict(program.env or {}),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            while (status := request.status_at(program.port)) != request.status:
                if process.poll() is not None or time.perf_counter() - begun > _PATIENCE_SECONDS:
                    raise StartFailed(f"{program.name} answered {status}:\n{program.log.read_text()[-2000:]}")
                time.sleep(_POLL_SECONDS)
            return time.perf_counter() - begun
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(program.grace_seconds + 10)
