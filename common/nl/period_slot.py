"""The slot for a span of time, and what the span becomes in SQL."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from common.nl.normalise import Word
from common.nl.periods import ALL_TIME, USUAL, Period, read_period
from common.nl.slots import Slot, SlotError, Value
from common.nl.wording import Place

_BEFORE_PERIOD = ("in", "for", "during", "over", "of", "within", "on", "from")
_PERIOD_BEGINS = re.compile(
    r"\d.*|today|yesterday|this|last|past|current|previous|all|ever|since|before|from|between|year|quarter|half|week|month"
    r"|q[1-4]|h[12]|first|second|third|fourth|ytd|mtd|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
)
_LONGEST_PERIOD = 12
_DAYS = re.compile(r"(?:\w+\.)?(?:day|week_start|month_start|first_month)")
_TO_COME = re.compile(r"(?:\w+\.)?(?:starts_at|ends_at)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodSlot(Slot):
    """A span of time; `begun` if it must have a first moment."""

    begun: bool = False
    type: ClassVar[str] = "period"

    def find(self, words: Sequence[Word], place: int) -> Iterator[Place]:
        """The span as people name it, the longest first, with or without "in" before it."""
        for period, length in _periods(tuple(word.text for word in words[place : place + _LONGEST_PERIOD])):
            if period.begun or not self.begun:
                yield period.text, place + length

    def read(self, given: object) -> str:
        """The span as people name it, or as `text` names it."""
        period = self._taken(given) if isinstance(given, str) else None
        if period is None:
            raise SlotError(self.name, 'A period such as "last 30 days", "May 2026" or "2026-01-01 to 2026-03-31".')
        return period.text

    def phrase(self, value: Value) -> str:
        """With the word that belongs before it."""
        return "" if value == self.default == ALL_TIME else _period(value).phrase

    def sql(self, value: Value, column: str, today: date) -> str:
        """With a column: from its first moment on, and before its last. "from" and "to" give those moments."""
        period = _period(value).on(today)
        if column in ("from", "to"):
            return _moment(period, column)
        return " AND ".join(_conditions(period, column))

    def is_over(self, value: Value, today: date) -> bool:
        """Whether the span has ended by that day."""
        ends = _period(value).on(today).ends
        return ends is not None and ends <= today

    def parameter(self, value: Value) -> dict[str, object]:
        """With what is usual; other spans may be typed."""
        usual = [text for text in USUAL if self._taken(text)]
        return Slot.parameter(self, value) | {"choices": usual if value in usual else [str(value), *usual]}

    def _taken(self, text: str) -> Period | None:
        period = read_period(text)
        return period if period is not None and (period.begun or not self.begun) else None


@functools.lru_cache(maxsize=4096)
def _periods(words: tuple[str, ...]) -> tuple[tuple[Period, int], ...]:
    """The spans with which the words begin, the longest first, each with its number of words.

    Remembered, because a question is held against many wordings that a period may follow.
    """
    found = []
    for start in (0, 1) if words and words[0] in _BEFORE_PERIOD else (0,):
        if start < len(words) and _PERIOD_BEGINS.fullmatch(words[start]):
            lengths = range(len(words), start, -1)
            found += [(period, n) for n in lengths if (period := read_period(" ".join(words[start:n])))]
    return tuple(found)


def _period(value: Value) -> Period:
    period = read_period(str(value))
    assert period is not None, value
    return period


def _conditions(period: Period, column: str) -> Iterator[str]:
    """The span as conditions; only what may lie in the future needs "until now"."""
    if period.count:
        begins = f"NOW() - INTERVAL {period.count} {period.unit.upper()}"
        yield f"{column} >= DATE({begins})" if _DAYS.fullmatch(column) else f"{column} >= {begins}"
        if _TO_COME.fullmatch(column):
            yield f"{column} <= NOW()"
    if period.begins:
        yield f"{column} >= '{period.begins}'"
    if period.ends:
        yield f"{column} < '{period.ends}'"


def _moment(period: Period, which: str) -> str:
    """The first moment, or the one after the last as far as it has passed."""
    if which == "to":
        return f"LEAST(TIMESTAMP('{period.ends}'), NOW())" if period.ends else "NOW()"
    if period.count:
        return f"NOW() - INTERVAL {period.count} {period.unit.upper()}"
    assert period.begins, "the slot asks for spans that begin"
    return f"TIMESTAMP('{period.begins}')"
