"""Spans of time as people name them: "last 30 days", "May 2026", "Q1 2026", "since 2026-03-01".

Calendar spans are whole days of UTC and half-open; spans before now ("last 30 days") go by the database's clock. What
could be meant in two ways ("in May", "the last month", "after 2026") is not a period.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

ALL_TIME = "all time"
USUAL = (
    "today", "yesterday", "last 24 hours", "last 7 days", "last 30 days", "last 90 days", "last 12 months",
    "this week", "last week", "this month", "last month", "this quarter", "last quarter", "this year", "last year",
    ALL_TIME,
)  # fmt: skip
"""What the app offers; others may be typed."""

FIRST_YEAR, LAST_YEAR = 2000, 2099
MOST = {"hour": 8784, "day": 3660, "week": 520, "month": 120, "quarter": 40, "year": 10}
"""The longest spans before now."""

_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_MONTH = {short: number for number, name in enumerate(_MONTHS, 1) for short in (name, name[:3])} | {"sept": 9}
_NAMED = (
    (re.compile(r"(?:year )?(\d{4})(?: year)?"), "year"),
    (re.compile(r"(\d{4})-(\d{2})"), "month"),
    (re.compile(r"([a-z]+) (?:of )?(\d{4})"), "named month"),
    (re.compile(r"(\d{4})-(\d{2})-(\d{2})"), "day"),
    (re.compile(r"(\d{1,2})(?:st|nd|rd|th)? (?:of )?([a-z]+) (\d{4})"), "day month year"),
    (re.compile(r"([a-z]+) (\d{1,2})(?:st|nd|rd|th)? (\d{4})"), "month day year"),
    (re.compile(r"(?:q|quarter )([1-4]) (?:of )?(\d{4})"), "quarter"),
    (re.compile(r"(\d{4})[- ]q([1-4])"), "year quarter"),
    (re.compile(r"(first|second|third|fourth|1st|2nd|3rd|4th) quarter (?:of )?(\d{4})"), "ordinal quarter"),
    (re.compile(r"(?:h|half )([12]) (?:of )?(\d{4})"), "half"),
    (re.compile(r"(first|second|1st|2nd) half (?:of )?(\d{4})"), "half"),
)
_NAMED_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ORDINALS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_ROLLING = re.compile(r"(?:last|past) (\d{1,4}) (hour|day|week|month|quarter|year)s?")
_CURRENT = re.compile(r"(this|last) (week|month|quarter|year)")
_BETWEEN = re.compile(r"(?:between (.+) and (.+)|(?:from )?(.+) (?:to|until|through|till) (.+))")
_SINCE = re.compile(r"(?:since (.+)|from (.+) (?:on|onwards?))")
_SAME = {
    "all of time": ALL_TIME, "all times": ALL_TIME, "ever": ALL_TIME, "current week": "this week",
    "current month": "this month", "current quarter": "this quarter", "current year": "this year",
    "previous week": "last week", "previous month": "last month", "previous quarter": "last quarter",
    "previous year": "last year", "week to date": "this week", "month to date": "this month",
    "quarter to date": "this quarter", "year to date": "this year", "ytd": "this year", "mtd": "this month",
    "this week so far": "this week", "this month so far": "this month", "this quarter so far": "this quarter",
    "this year so far": "this year", "last hour": "last 1 hour", "past hour": "last 1 hour",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A span of time; `text` names it so that it can be read again.

    Either `count` and `unit` (so much before now), or `begins` and `ends` (half-open days, None where it is open), or
    a `relative` one, which depends on the day it is asked.
    """

    text: str
    begins: date | None = None
    ends: date | None = None
    count: int = 0
    unit: str = ""
    relative: str = ""

    def on(self, today: date) -> Period:
        """The same with its days, if it depends on today's date."""
        if not self.relative:
            return self
        begins, ends = _relative(self.relative, today)
        return Period(text=self.text, begins=begins, ends=ends)

    @property
    def begun(self) -> bool:
        """Whether it has a first moment."""
        return bool(self.count or self.begins or self.relative)

    @property
    def phrase(self) -> str:
        """As it stands in a sentence.

        >>> read_period("May 2026").phrase, read_period("last 7 days").phrase, read_period("2026-06-01").phrase
        ('in May 2026', 'in the last 7 days', 'on 2026-06-01')
        """
        if self.count:
            return f"in the {self.text}"
        if self.text == ALL_TIME:
            return f"of {ALL_TIME}"
        if self.relative or self.begins is None or self.ends is None or " to " in self.text:
            return f"from {self.text}" if " to " in self.text else self.text
        return f"{'on' if _NAMED_DAY.fullmatch(self.text) else 'in'} {self.text}"


def read_period(text: str) -> Period | None:
    """The span that a text names, whole and in lower or upper case; None if it names none, or may mean two.

    >>> read_period("between 2026-01-01 and 2026-03-31").ends
    datetime.date(2026, 4, 1)
    >>> read_period("the last month"), read_period("in May"), read_period("Q5 2026")
    (None, None, None)
    """
    return _read(" ".join(text.lower().split()))


@functools.lru_cache(maxsize=1024)
def _read(text: str) -> Period | None:
    text = _SAME.get(text, text)
    if text == ALL_TIME:
        return Period(text=ALL_TIME)
    if text in ("today", "yesterday") or _CURRENT.fullmatch(text):
        return Period(text=text, relative=text)
    if rolling := _ROLLING.fullmatch(text):
        count, unit = int(rolling[1]), rolling[2]
        return _rolling(count, unit) if 1 <= count <= MOST[unit] else None
    return _named(text) or _joined(text)


def _rolling(count: int, unit: str) -> Period:
    return Period(text=f"last {count} {unit}{'s' if count > 1 else ''}", count=count, unit=unit)


def _named(text: str) -> Period | None:
    """A year, half, quarter, month or day."""
    for pattern, kind in _NAMED:
        if found := pattern.fullmatch(text):
            try:
                period = _of_kind(kind, found.groups())
            except ValueError:  # 30 February
                return None
            if period is not None:
                return period
    return None


def _of_kind(kind: str, told: Sequence[str]) -> Period | None:
    if kind == "year":
        return _months(told[0], 1, 12, told[0])
    if kind == "month":
        return _month(told[0], int(told[1]))
    if kind == "named month":
        return _month(told[1], _MONTH.get(told[0], 0))
    if kind in ("quarter", "ordinal quarter", "year quarter"):
        which, year = reversed(told) if kind == "year quarter" else told
        quarter = _ORDINALS.get(which) or int(which)
        return _months(year, 3 * quarter - 2, 3, f"Q{quarter} {year}")
    if kind == "half":
        half = _ORDINALS.get(told[0]) or int(told[0])
        return _months(told[1], 6 * half - 5, 6, f"H{half} {told[1]}")
    return _day(kind, told)


def _month(year: str, month: int) -> Period | None:
    known = 1 <= month <= len(_MONTHS)
    return _months(year, month, 1, f"{_MONTHS[month - 1].capitalize()} {year}") if known else None


def _months(year: str, first: int, count: int, text: str) -> Period | None:
    """So many months of a year."""
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        return None
    return Period(text=text, begins=date(int(year), first, 1), ends=_month_start(int(year), first + count))


def _month_start(year: int, month: int) -> date:
    """The first of a month; 13 is January of the next year, 0 December of the one before."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _day(kind: str, told: Sequence[str]) -> Period | None:
    if kind == "day":
        year, month, day = told[0], int(told[1]), told[2]
    elif kind == "day month year":
        year, month, day = told[2], _MONTH.get(told[1], 0), told[0]
    else:
        year, month, day = told[2], _MONTH.get(told[0], 0), told[1]
    if not FIRST_YEAR <= int(year) <= LAST_YEAR:
        return None
    begins = date(int(year), month, int(day))
    return Period(text=begins.isoformat(), begins=begins, ends=begins + timedelta(days=1))


def _joined(text: str) -> Period | None:
    """Two spans with what lies between them, or all before or since one."""
    if text.startswith("before "):
        last = _named(text.removeprefix("before "))
        return last and Period(text=f"before {last.text}", ends=last.begins)
    if since := _SINCE.fullmatch(text):
        first = _named(since[1] or since[2])
        return first and Period(text=f"since {first.text}", begins=first.begins)
    if between := _BETWEEN.fullmatch(text):
        first, last = _named(between[1] or between[3]), _named(between[2] or between[4])
        if first and last and first.begins and last.ends and first.begins < last.ends and first.begins <= last.begins:  # type: ignore[operator]
            return Period(text=f"{first.text} to {last.text}", begins=first.begins, ends=last.ends)
    return None


def _relative(text: str, today: date) -> tuple[date, date]:
    """The days of "today", "last month" and their like.

    >>> _relative("last quarter", date(2026, 2, 3)), _relative("this week", date(2026, 6, 15))[0]
    ((datetime.date(2025, 10, 1), datetime.date(2026, 1, 1)), datetime.date(2026, 6, 15))
    """
    if text in ("today", "yesterday"):
        begins = today if text == "today" else today - timedelta(days=1)
        return begins, begins + timedelta(days=1)
    which, unit = text.split()
    back = 1 if which == "last" else 0
    if unit == "week":
        begins = today - timedelta(days=today.weekday() + 7 * back)
        return begins, begins + timedelta(days=7)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = (today.month - 1) // months * months + 1 - months * back
    return _month_start(today.year, first), _month_start(today.year, first + months)
