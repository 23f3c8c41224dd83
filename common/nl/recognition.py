"""Which questions a text asks, by their wordings alone.

A period and a category may stand anywhere in a question that takes them ("In May 2026, how many bids..."): the text
is also read without them, and what is left has to be a wording, whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from common.nl.normalise import Word
from common.nl.slots import SlotError, Value
from common.nl.verified_question import FILTERS, VerifiedQuestion
from common.nl.wording import Nodes, Place, matches, needed

Found = tuple[VerifiedQuestion, Mapping[str, Value]]


@dataclass(frozen=True, slots=True)
class _Wording:
    """One way to ask a question, and the words without which it is not that."""

    question: VerifiedQuestion
    nodes: Nodes
    needed: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Span:
    """A period or category in a text: which words it takes up."""

    name: str
    value: object
    start: int
    end: int

    def overlaps(self, other: _Span) -> bool:
        """Whether they share a word."""
        return self.start < other.end and other.start < self.end


class Recognition:
    """The wordings of many questions, by the rarest word that each needs; under "" what needs none."""

    def __init__(self, questions: Sequence[VerifiedQuestion]) -> None:
        wordings = [_Wording(question, nodes, needed(nodes)) for question in questions for nodes in question.wordings()]
        counts: dict[str, int] = {}
        for wording in wordings:
            for word in wording.needed:
                counts[word] = counts.get(word, 0) + 1
        self._wordings: dict[str, list[_Wording]] = {}
        for wording in wordings:
            rarest = min(wording.needed, key=counts.__getitem__, default="")
            self._wordings.setdefault(rarest, []).append(wording)

    def find(self, words: Sequence[Word]) -> list[Found]:
        """The questions that the words ask, each once, with a value for every slot."""
        found: dict[str, Found] = {}
        for rest, known in _readings(words):
            texts = [word.text for word in rest]
            for wording in self._candidates(texts):
                question = wording.question
                if question.id not in found and known.keys() <= set(question.filters):
                    values = _values(wording, rest, texts, known)
                    if values is not None:
                        found[question.id] = (question, values)
        return list(found.values())

    def _candidates(self, texts: Sequence[str]) -> Iterator[_Wording]:
        present = frozenset(texts)
        for text in ("", *present):
            for wording in self._wordings.get(text, ()):
                if wording.needed <= present:
                    yield wording


def _readings(words: Sequence[Word]) -> Iterator[tuple[Sequence[Word], Mapping[str, object]]]:
    """The words as they are; and without a period, a category, or both, with what these were."""
    yield words, {}
    periods, categories = (_spans(name, words) for name in FILTERS)
    for span in (*periods, *categories):
        yield _without(words, span), {span.name: span.value}
    for period in periods:
        for category in categories:
            if not period.overlaps(category):
                yield _without(words, period, category), {"period": period.value, "category": category.value}


def _spans(name: str, words: Sequence[Word]) -> list[_Span]:
    """Where a period or category stands, with the "in" before it and without: it may belong to "came in".

    None ends within another.
    """
    slot = FILTERS[name]
    spans: list[_Span] = []
    for place in range(len(words)):
        value, end = next(slot.follow(words, place), (None, place))
        if value is not None and not (spans and end < spans[-1].end):
            spans.append(_Span(name, value, place, end))
    return spans


def _without(words: Sequence[Word], *spans: _Span) -> Sequence[Word]:
    return [word for place, word in enumerate(words) if not any(span.start <= place < span.end for span in spans)]


def _values(
    wording: _Wording, words: Sequence[Word], texts: Sequence[str], known: Mapping[str, object]
) -> Mapping[str, Value] | None:
    """The slots' values if the words, all of them, are this wording."""
    question = wording.question

    def read(name: str, place: int) -> Iterator[Place]:
        if name not in known:
            yield from question.slots[name].find(words, place)

    for place, values in matches(wording.nodes, texts, 0, read, known):
        if place == len(texts):
            try:
                return question.values(values)
            except SlotError:  # "all time" where a period must begin
                return None
    return None
