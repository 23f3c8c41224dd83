"""One JSON line per request on standard output, as Cloud Logging reads it. No token, secret or maximum goes in."""

from __future__ import annotations

import asyncio
import os
import random
import re
import traceback
from collections.abc import Mapping

import orjson

TRACE = "logging.googleapis.com/trace"
"""The member by which Cloud Logging puts a line with its trace."""

_STDOUT = 1  # the descriptor itself: the framework may have wrapped sys.stdout
_TRACEPARENT = re.compile(r"^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_CLOUD_TRACE = re.compile(r"^([0-9a-f]{32})(?:/|;|$)")

_gathered: list[bytes] = []


def trace_id_of(traceparent: str | None, cloud_trace: str | None) -> str:
    """The caller's trace id (W3C `traceparent`, else Google's `X-Cloud-Trace-Context`), or a new one.

    >>> trace_id_of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", None)
    '4bf92f3577b34da6a3ce929d0e0e4736'
    """
    found = _TRACEPARENT.match(traceparent) if traceparent else None
    if not found and cloud_trace:
        found = _CLOUD_TRACE.match(cloud_trace)
    return found[1] if found else random.randbytes(16).hex()  # noqa: S311 - a name, not a secret


def write(severity: str, message: str, **facts: object) -> None:
    """One line; `facts` are what an operator filters by."""
    write_line({"severity": severity, "message": message, **facts})


def write_line(line: Mapping[str, object]) -> None:
    """As `write`, of one mapping that has the severity and the message too: putting several into one costs a bid more.

    On an event loop the lines of one turn are written together when the turn ends: bids are answered a batch at a
    time, and a system call each would be a tenth of a bid's cost.
    """
    written = orjson.dumps(line, default=str, option=orjson.OPT_APPEND_NEWLINE)
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        os.write(_STDOUT, written)
        return
    _gathered.append(written)
    if len(_gathered) == 1:
        loop.call_soon(_flush)


def write_fault(message: str, error: BaseException, **facts: object) -> None:
    """One line with the traceback, which Error Reporting groups by."""
    stack = "".join(traceback.format_exception(error))
    write("ERROR", message, stack_trace=stack, **facts)


def _flush() -> None:
    lines = b"".join(_gathered)
    _gathered.clear()
    while lines:
        lines = lines[os.write(_STDOUT, lines) :]
