"""What is answered without a model: questions whose SQL a person has checked, found by their wording alone.

A question is one of these if its folded words are exactly one of their wordings with every slot read; likeness is
never enough (docs/questions.md says what can be asked). Alike questions are only offered.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import yaml

from common.nl.normalise import ID_LIKE, Word, fold
from common.nl.period_slot import PeriodSlot
from common.nl.recognition import Recognition
from common.nl.similar import Likeness
from common.nl.slots import SlotError, Value
from common.nl.verified_question import VerifiedQuestion, read_question, read_wish

FOLDER = Path(__file__).with_name("verified")
MOST_WORDS = 60

_CLOCK = re.compile(r"\b(?:NOW|CUR(?:RENT_)?(?:DATE|TIME|TIMESTAMP)|UTC_(?:DATE|TIME|TIMESTAMP))\b", re.IGNORECASE)
_PASSING = re.compile(
    r"\b(?:now|today|yesterday|tomorrow|ago|current(?:ly)?|recent(?:ly)?|so far|to date|[ym]td"
    r"|(?:this|last|past|next|previous) (?:\d+ )?\w+)\b"
)


class ReviewedLike(Protocol):
    """A question that a reviewer of the house has verified."""

    @property
    def id(self) -> str:
        """Unlike every other's."""

    @property
    def question(self) -> str:
        """As it is asked."""

    @property
    def sql(self) -> str:
        """As the guard wrote it."""

    @property
    def explanation(self) -> str | None:
        """What the rows are."""

    @property
    def chart(self) -> Any:
        """A wish as a mapping, or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A question that was recognised, with a value for every slot."""

    question: VerifiedQuestion
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A question with its values in it; the SQL still goes through the guard.

    `over`: the period it asks for has ended, so that the answer hardly changes any more. `reviewed`: a reviewer of the
    house made it, and may take it back.
    """

    id: str
    sql: str
    question: str
    parameters: tuple[Mapping[str, object], ...]
    explanation: str
    assumptions: tuple[str, ...]
    over: bool
    reviewed: bool = False


class Catalogue:
    """All of them; read by many threads, never changed."""

    def __init__(self, questions: Sequence[VerifiedQuestion], recognition: Recognition | None = None) -> None:
        self.questions = tuple(questions)
        self._by_id = {question.id: question for question in self.questions}
        self._recognition = recognition or Recognition(self.questions)
        self._reviewed = {_identity(fold(question.question)): question for question in questions if question.reviewed}

    def with_reviewed(self, reviewed: Sequence[ReviewedLike]) -> Catalogue:
        """These and the house's own. One whose "last month" has become dates is left out: it would go stale."""
        known = [_reviewed(told) for told in reviewed if told.id not in self._by_id and not _goes_stale(told)]
        return Catalogue((*self.questions, *known), self._recognition)

    def match(self, text: str, today: date) -> Match | None:
        """The question that the text asks, None if it is none of them or could be two.

        The house's own come first: they were verified here, and may well correct one of ours.
        """
        words = fold(text)
        if not words or len(words) > MOST_WORDS:
            return None
        reviewed = self._reviewed.get(_identity(words))
        if reviewed is not None:
            return Match(question=reviewed, values={})
        del today  # periods are resolved where they become SQL
        found = self._recognition.find(words)
        return Match(question=found[0][0], values=found[0][1]) if len(found) == 1 else None

    def by_id(self, identity: str) -> VerifiedQuestion | None:
        """The question with that id."""
        return self._by_id.get(identity)

    def read_values(self, question: VerifiedQuestion, given: Mapping[str, object]) -> Mapping[str, Value]:
        """A value for every slot, from what somebody chose.

        Raises:
            SlotError: a value does not fit, or there is no such slot.
        """
        return question.values(given)

    def render(self, match: Match, today: date) -> Rendered:
        """The question with its values, ready for the guard."""
        question, values = match.question, match.values
        return Rendered(
            id=question.id,
            sql=question.statement(values, today),
            question=question.text(values),
            parameters=question.parameters(values),
            explanation=question.text(values, question.explanation),
            assumptions=tuple(question.text(values, assumption) for assumption in question.assumptions),
            over=question.is_over(values, today),
            reviewed=question.reviewed,
        )

    def nearest(self, text: str, count: int = 3) -> tuple[str, ...]:
        """Questions to offer, in words that match, with the numbers, periods and categories of the text."""
        words = fold(text)
        return tuple(self._offer(question, words) for question in self.examples(text, count))

    def examples(self, text: str, count: int = 5) -> tuple[VerifiedQuestion, ...]:
        """The questions most alike, best first; fewer when nothing is alike."""
        return tuple(self.questions[place] for place in self._likeness.nearest(text, count))

    @functools.cached_property
    def _likeness(self) -> Likeness:
        """Made when first asked for: most questions never need it."""
        return Likeness([(question.question, *question.also, " ".join(question.terms)) for question in self.questions])

    def _offer(self, question: VerifiedQuestion, words: Sequence[Word]) -> str:
        usual = {name: slot.default for name, slot in question.slots.items()}
        wished = question.text(usual | _values_in(question, words))
        match = self.match(wished, date.min)
        return wished if match is not None and match.question is question else question.text(usual)


@functools.cache
def _built_in() -> Catalogue:
    questions: list[VerifiedQuestion] = []
    for file in sorted(FOLDER.glob("*.yaml")):
        told = yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)
        questions.extend(read_question(file.stem, facts) for facts in told)
    return Catalogue(questions)


def catalogue(reviewed: Sequence[ReviewedLike] = ()) -> Catalogue:
    """The product's questions, read once, and the house's own."""
    return _built_in().with_reviewed(reviewed) if reviewed else _built_in()


def _values_in(question: VerifiedQuestion, words: Sequence[Word]) -> dict[str, Value]:
    """What the words hold for the question's slots, periods first: their numbers are no counts."""
    taken: set[int] = set()
    found: dict[str, Value] = {}
    for name, slot in sorted(question.slots.items(), key=lambda item: not isinstance(item[1], PeriodSlot)):
        for place in range(len(words)):
            value, end = next(slot.follow(words, place), (None, place))
            if value is not None and taken.isdisjoint(range(place, end)):
                found[name] = slot.read(value)
                taken |= set(range(place, end))
                break
    return found


def _identity(words: Sequence[Word]) -> tuple[str, ...]:
    """The words, with ids as they were typed: theirs are the only capitals that matter."""
    return tuple(word.raw if ID_LIKE.fullmatch(word.raw) else word.text for word in words)


def _reviewed(told: ReviewedLike) -> VerifiedQuestion:
    return VerifiedQuestion(
        id=told.id,
        area="reviewed",
        question=told.question,
        sql=told.sql,
        explanation=told.explanation or "",
        chart=read_wish(told.chart),
        reviewed=True,
    )


def _goes_stale(told: ReviewedLike) -> bool:
    """Whether it asks about a time that passes, and its SQL has no clock.

    >>> from types import SimpleNamespace as Told
    >>> _goes_stale(Told(question="GMV last month", sql="SELECT 1 FROM listings WHERE closed_at >= '2026-05-01'"))
    True
    """
    return bool(_PASSING.search(told.question.lower())) and not _CLOCK.search(told.sql)


__all__ = ["Catalogue", "Match", "Rendered", "ReviewedLike", "SlotError", "VerifiedQuestion", "catalogue"]
