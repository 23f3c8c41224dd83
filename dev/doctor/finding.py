"""What a check found: one line, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import aiohttp
import httpx
import pymysql
from google.auth.exceptions import GoogleAuthError

UNREACHABLE = (pymysql.MySQLError, OSError, httpx.HTTPError, GoogleAuthError, aiohttp.ClientError)
"""What the ways to databases, issuers and functions raise when they lead nowhere."""


class Level(StrEnum):
    """How bad it is; the mark that stands before the line."""

    GOOD = "✓"
    DOUBT = "!"
    FAULT = "✗"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report; `advice` is a sentence, empty where nothing is to be done."""

    check: str
    level: Level
    said: str
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """What is looked at under one name.

    >>> check = Check("clock")
    >>> check.good("they agree"), check.fault("it is wrong", "Set it.").level
    (Finding(check='clock', level=<Level.GOOD: '✓'>, said='they agree', advice=''), <Level.FAULT: '✗'>)
    """

    name: str

    def good(self, said: str) -> Finding:
        """All is as it should be."""
        return Finding(check=self.name, level=Level.GOOD, said=said)

    def doubt(self, said: str, advice: str) -> Finding:
        """It works, but not everything, or not for long."""
        return Finding(check=self.name, level=Level.DOUBT, said=said, advice=advice)

    def fault(self, said: str, advice: str) -> Finding:
        """Somebody is not served, or is served what he should not be."""
        return Finding(check=self.name, level=Level.FAULT, said=said, advice=advice)


def told(error: BaseException) -> str:
    """An error in a few words on one line.

    >>> told(ConnectionRefusedError(111, "Connection refused"))
    'ConnectionRefusedError: Connection refused'
    """
    words = " ".join(str(error.args[-1] if error.args else error).split())
    return f"{type(error).__name__}: {words[:200]}" if words else type(error).__name__


def guarded(check: Check, advice: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What is found, or one fault where the way leads nowhere."""
    try:
        yield from look()
    except UNREACHABLE as error:
        yield check.fault(told(error), advice)
