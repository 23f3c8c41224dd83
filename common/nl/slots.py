"""Values in a question: which there may be, how they are read from words, what they become in SQL and in a sentence.

A value that reaches SQL is a whole number within bounds, a decimal, one of a closed list, a date of our own making or
an id of letters, digits, `_` and `-`. Text that somebody typed never does. Periods are in period_slot.py.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar, TypeAlias

from common.nl.normalise import Word
from common.nl.wording import Place

Value: TypeAlias = int | str

_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_AMOUNT = re.compile(r"\d{1,10}(?:\.\d{1,2})?", re.ASCII)
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}", re.ASCII)
_LISTING_ID_LENGTH = 11
_BEFORE_CATEGORY = ("in", "for", "of", "within", "from")


class SlotError(Exception):
    """A value that a slot does not take; `hint` says in a sentence what it takes."""

    def __init__(self, name: str, hint: str) -> None:
        super().__init__(f"{name}: {hint}")
        self.name = name
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot(ABC):
    """A place for a value in a question."""

    name: str
    label: str
    default: Value
    type: ClassVar[str]

    @abstractmethod
    def find(self, words: Sequence[Word], place: int) -> Iterator[Place]:
        """The values that can be read from a place on, each with the place behind it."""

    def follow(self, words: Sequence[Word], place: int) -> Iterator[Place]:
        """The same where the wording has no place for the slot."""
        return self.find(words, place)

    @abstractmethod
    def read(self, given: object) -> Value:
        """The value that somebody chose.

        Raises:
            SlotError: it is not one.
        """

    def phrase(self, value: Value) -> str:
        """As it stands in the question; nothing where it restricts nothing and is usual."""
        return str(value)

    @abstractmethod
    def sql(self, value: Value, column: str, today: date) -> str:
        """As a literal; with a column, as a condition on it, empty for a value that restricts nothing."""

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
