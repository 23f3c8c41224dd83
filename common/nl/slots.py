"""The values in a question: which there may be, how they are read from words, what they become in SQL and in a sentence.

A value that reaches SQL is a whole number within bounds, a decimal, one of a closed list, a date of our own making or
an id of letters, digits, `_` and `-`. Text that somebody typed never does.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar, TypeAlias

from common.nl.normalise import Word
from common.nl.periods import ALL_TIME, USUAL, Period, read_period
from common.nl.wording import Place

Value: TypeAlias = int | str

_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_AMOUNT = re.compile(r"\d{1,10}(?:\.\d{1,2})?", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_LISTING_ID_LENGTH = 11
_BEFORE_CATEGORY = ("in", "for", "of", "within", "from")
_BEFORE_PERIOD = ("in", "for", "during", "over", "of", "within", "on", "from")
_PERIOD_BEGINS = re.compile(
    r"\d.*|today|yesterday|this|last|past|current|previous|all|ever|since|before|from|between|year|quarter|half|week|month"
    r"|q[1-4]|h[12]|first|second|third|fourth|ytd|mtd|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
)
_LONGEST_PERIOD = 12
_DAYS = re.compile(r"(?:\w+\.)?(?:day|week_start|month_start)")
_TO_COME = re.compile(r"(?:\w+\.)?(?:starts_at|ends_at)")


class SlotError(Exception):
    """A value that a slot does not take; `hint` says in a sentence what it takes."""

    def __init__(self, name: str, hint: str) -> None:
        super().__init__(f"{name}: {hint}")
        self.name = name
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place for a value in a question."""

    name: str
    label: str
    default: Value
    type: ClassVar[str]

    def find(self, words: Sequence[Word], place: int) -> Iterator[Place]:
        """The values that can be read from a place on, each with the place behind it."""
        raise NotImplementedError

    def follow(self, words: Sequence[Word], place: int) -> Iterator[Place]:
        """The same where the wording has no place for the slot."""
        return self.find(words, place)

    def read(self, given: object) -> Value:
        """The value that somebody chose.

        Raises:
            SlotError: it is not one.
        """
        raise NotImplementedError

    def phrase(self, value: Value) -> str:
        """As it stands in the question; nothing where it restricts nothing and is usual."""
        return str(value)

    def sql(self, value: Value, column: str, today: date) -> str:
        """As a literal; with a column, as a condition on it, empty for a value that restricts nothing."""
        raise NotImplementedError

    def parameter(self, value: Value) -> dict[str, object]:
        """What a form needs to show the value and to offer others."""
        told: dict[str, object] = {"name": self.name, "type": self.type, "label": self.label, "value": value}
        return told | {"choices": None, "minimum": None, "maximum": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole(Slot):
    """A whole number within bounds."""

    minimum: int = 1
    maximum: int = 100
    type: ClassVar[str] = "whole"

    def find(self, words: Sequence[Word], place: int) -> Iterator[Place]:
        """One word of digits."""
        if place < len(words) and _WHOLE.fullmatch(words[place].text):
            number = int(words[place].text)
            if self.minimum <= number <= self.maximum:
                yield number, place + 1

    def read(self, given: object) -> int:
        """A number, or its digits."""
        if isinstance(given, str) and _WHOLE.fullmatch(given.strip()):
            given = int(given)
        if isinstance(given, bool) or not isinstance(given, int) or not self.minimum <= given <= self.maximum:
            raise SlotError(self.name, f"A whole number from {self.minimum} to {self.maximum}.")
        return given

    def sql(self, value: Value, column: str, today: date) -> str:  # noqa: ARG002 - the same on every day
        """The digits."""
        assert isinstance(value, int)
        assert not column
        return str(value)

    def parameter(self, value: Value) -> dict[str, object]:
        """With its bounds."""
        return Slot.parameter(self, value) | {"minimum": self.minimum, "maximum": self.maximum}


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount(Slot):
    """An amount in major units, not negative, to the cent; kept as its shortest text."""

    type: ClassVar[str] = "amount"

    def find(self, words: Sequence[Word], place: int) -> Iterator[Place]:
        """One word: a number without a currency, for the tables know none."""
        if place < len(words) and _AMOUNT.fullmatch(words[place].text):
            yield _shortest(words[place].text), place + 1

    def read(self, given: object) -> str:
        """A number, or its digits."""
        text = str(given).strip() if isinstance(given, int | float | Decimal | str) else ""
        if isinstance(given, bool) or not _AMOUNT.fullmatch(text):
            raise SlotError(self.name, "An amount such as 500 or 49.99, without a currency.")
        return _shortest(text)

    def sql(self, value: Value, column: str, today: date) -> str:  # noqa: ARG002 - the same on every day
        """The digits."""
        assert isinstance(value, str)
        assert _AMOUNT.fullmatch(value)
        assert not column
        return value

    def parameter(self, value: Value) -> dict[str, object]:
        """With its lower bound."""
        return Slot.parameter(self, value) | {"minimum": 0}


def _shortest(number: str) -> str:
    """An amount in one way of several.

    >>> _shortest("0500.00"), _shortest("49.90")
    ('500', '49.90')
    """
    whole, _, cents = number.partition(".")
    return f"{int(whole)}.{cents.ljust(2, '0')}" if cents.strip("0") else str(int(whole))


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Slot):
    """One of a closed list. Each choice has its SQL, and the words for it beside its own name."""

    choices: Mapping[str, str]
    words: Mapping[str, str]
    type: ClassVar[str] = "choice"

    def find(self, words: Sequence[Word], place: int) -> Iterator[Place]:
        """One to four words that name a choice."""
        for end in range(min(place + 4, len(words)), place, -1):
            chosen = self.words.get(" ".join(word.text for word in words[place:end]))
            if chosen is not None:
                yield chosen, end

    def read(self, given: object) -> str:
        """The choice by its name or by another word for it."""
        chosen = self.words.get(" ".join(given.lower().split())) if isinstance(given, str) else None
        if chosen is None:
            raise SlotError(self.name, f"One of: {', '.join(self.choices)}.")
        return chosen

    def sql(self, value: Value, column: str, today: date) -> str:  # noqa: ARG002 - the same on every day
        """What the list says; with a column, its equality with that."""
        sql = self.choices[str(value)]
        return sql if not column else f"{column} = {sql}"

    def parameter(self, value: Value) -> dict[str, object]:
        """With the list."""
        return Slot.parameter(self, value) | {"choices": list(self.choices)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Category(Choice):
    """A category, or all of them; that is chosen, and not read: "for all categories" may ask for each of them."""

    all: ClassVar[str] = "all categories"

    def find(self, words: Sequence[Word], place: int) -> Iterator[Place]:
        """Its name, with "in" before it or "category" on either side, or without."""
        start = place + (place < len(words) and words[place].text in _BEFORE_CATEGORY)
        named = start + (start < len(words) and words[start].text == "category")
        for value, end in Choice.find(self, words, named):
            if named == start and end < len(words) and words[end].text == "category":
                yield value, end + 1
            else:
                yield value, end

    def follow(self, words: Sequence[Word], place: int) -> Iterator[Place]:
        """Only with a word before it that says so: "watches" may be something else."""
        if place < len(words) and words[place].text in (*_BEFORE_CATEGORY, "category"):
            yield from self.find(words, place)

    def read(self, given: object) -> str:
        """The category by its name or by another word for it, or all of them."""
        return self.all if given == self.all else Choice.read(self, given)

    def phrase(self, value: Value) -> str:
        """With "in" before it; nothing for all of them."""
        return "" if value == self.all else f"in {value}"

    def sql(self, value: Value, column: str, today: date) -> str:
        """Nothing for all of them."""
        return "" if value == self.all and column else Choice.sql(self, value, column, today)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier(Slot):
    """The id of a listing or a person, its case kept; empty until somebody gives one."""

    type: ClassVar[str] = "text"

    def find(self, words: Sequence[Word], place: int) -> Iterator[Place]:
        """A run of characters that looks like an id and not like a word."""
        if place == len(words):
            return
        raw = words[place].raw.lstrip("#")
        end = next((n for n in range(place, len(words)) if words[n].chunk != words[place].chunk), len(words))
        if _ID.fullmatch(raw) and (any(map(str.isdigit, raw)) or len(raw) == _LISTING_ID_LENGTH):
            yield raw, end

    def read(self, given: object) -> str:
        """The id as it was given."""
        text = str(given).strip() if isinstance(given, int | str) and not isinstance(given, bool) else ""
        if not _ID.fullmatch(text):
            raise SlotError(self.name, "An id: letters, digits, _ and -.")
        return text

    def sql(self, value: Value, column: str, today: date) -> str:  # noqa: ARG002 - the same on every day
        """A quoted literal."""
        assert _ID.fullmatch(str(value))
        assert not column
        return f"'{value}'"


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
