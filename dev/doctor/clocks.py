"""Whether this machine, the database and the functions agree what time it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from common.store.connect import utc
from dev.doctor.finding import UNREACHABLE, Check, Finding
from dev.doctor.installation import Installation

CHECK = Check("clocks")
_OLDEST_DATE = timedelta(seconds=2)
"""A Date header is cut to the second, and the server writes a new one only once a second."""
DOUBTFUL = timedelta(seconds=3)
"""Less is no clock's fault: a virtual machine that was paused catches up by about as much."""
WRONG = timedelta(seconds=10)
"""From here on tokens are refused as being from the future (common.auth.tokens)."""


def look(installation: Installation) -> Iterator[Finding]:
    """The difference of the database's clock, and of the first function's that says what time it is."""
    known = {"the database": _database(installation), "the functions": _functions(installation)}
    for whose, skew in known.items():
        if skew is None:
            yield CHECK.doubt(f"{whose} did not say what time it is", "See the other findings about it first.")
        else:
            yield judge(whose, skew)


def judge(whose: str, skew: timedelta) -> Finding:
    """What a difference means.

    >>> judge("the database", timedelta(seconds=-11)).said
    'the database is 11.0 s behind this machine'
    """
    seconds = skew.total_seconds()
    said = f"{whose} is {abs(seconds):.1f} s {'behind' if seconds < 0 else 'ahead of'} this machine"
    said = said.replace("functions is", "functions are")
    if abs(skew) < DOUBTFUL:
        return CHECK.good(f"{whose} and this machine agree")
    if abs(skew) < WRONG:
        return CHECK.doubt(said, "Let whichever is wrong take its time from NTP; at 10 s tokens are refused.")
    advice = (
        "Let whichever is wrong take its time from NTP: auctions end by the database's clock, tokens by the functions'."
    )
    return CHECK.fault(said, advice)


def _database(installation: Installation) -> timedelta | None:
    before = installation.now()
    try:
        ((now,),) = installation.rows("SELECT CAST(UTC_TIMESTAMP(6) AS CHAR)")
    except UNREACHABLE:
        return None
    return _beyond(utc(str(now)), before, installation.now())


def _functions(installation: Installation) -> timedelta | None:
    with installation.http() as http:
        for url in installation.functions.values():
            before = installation.now()
            try:
                date = http.options(url).headers.get("date")
            except UNREACHABLE:
                continue
            if date is not None:
                said = parsedate_to_datetime(date).astimezone(UTC)
                return _beyond(said, before - _OLDEST_DATE, installation.now())
    return None


def _beyond(said: datetime, before: datetime, after: datetime) -> timedelta:
    """By how much a clock lies outside the time in which it was asked.

    >>> noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    >>> _beyond(noon + timedelta(seconds=5), noon, noon + timedelta(seconds=2)).total_seconds()
    3.0
    """
    if said < before:
        return said - before
    return max(said - after, timedelta(0))
