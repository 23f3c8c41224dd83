"""One JSON line per request on standard output, as Cloud Logging reads it. No token, secret or maximum goes in."""

from __future__ import annotations

import os
import re
import secrets
import traceback
from collections.abc import Mapping

import orjson

_STDOUT = 1  # the descriptor itself: the framework may have wrapped sys.stdout
_TRACEPARENT = re.compile(r"^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_CLOUD_TRACE = re.compile(r"^([0-9a-f]{32})(?:/|;|$)")


def trace_id_of(headers: Mapping[str, str]) -> str:
    """The caller's trace id (W3C `traceparent`, else Google's header), or a new one.

    >>> trace_id_of({"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"})
    '4bf92f3577b34da6a3ce929d0e0e4736'
    """
    parent = headers.get("traceparent")
    found = _TRACEPARENT.match(parent) if parent else None
    if not found:
        google = headers.get("x-cloud-trace-context")
        found = _CLOUD_TRACE.match(google) if google else None
    return found[1] if found else secrets.token_hex(16)


def write(severity: str, message: str, **facts: object) -> None:
    """One line. `facts` are what an operator filters by."""
    line = orjson.dumps(
        {"severity": severity, "message": message, **facts}, default=str, option=orjson.OPT_APPEND_NEWLINE
    )
    os.write(_STDOUT, line)


def write_fault(message: str, error: BaseException, **facts: object) -> None:
    """One line with the traceback, which Error Reporting groups by."""
    stack = "".join(traceback.format_exception(error))
    write("ERROR", message, stack_trace=stack, **facts)
