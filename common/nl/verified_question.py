"""One verified question: what it is called, its SQL, and how both are filled with values. Read from verified/*.yaml."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from common.nl.charts import ChartWish
from common.nl.normalise import fold_part
from common.nl.period_slot import PeriodSlot
from common.nl.periods import ALL_TIME
from common.nl.semantic import semantic_layer
from common.nl.slots import Amount, Category, Choice, Identifier, Slot, SlotError, Value, Whole
from common.nl.wording import Nodes, parse

_IN_TEXT = re.compile(r"\{([a-z_]+)\}")
_IN_SQL = re.compile(r"\{([a-z_]+)(?:[:.]([a-z_.]+))?\}")
_COMPARISONS = {
    "more than": (">", "over", "above", "greater than", "higher than", "exceeding"),
    "at least": (">=", "no less than", "not less than"),
    "less than": ("<", "under", "below", "fewer than", "lower than", "cheaper than"),
    "at most": ("<=", "up to", "no more than", "not more than"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedQuestion:
    """A question whose SQL a person has checked.

    `question` is what the app shows, `also` are other wordings (wording.py). The slots in `filters`, a period or a
    category, may stand anywhere in them. A reviewed question has neither slots nor wordings but its own text, and its
    SQL is taken as it stands.
    """

    id: str
    area: str
    question: str
    sql: str
    also: tuple[str, ...] = ()
    slots: Mapping[str, Slot] = field(default_factory=dict)
    filters: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    explanation: str = ""
    assumptions: tuple[str, ...] = ()
    chart: ChartWish | None = None
    may_be_empty: bool = False
    reviewed: bool = False

    def wordings(self) -> Iterator[Nodes]:
        """The grammars of everything that asks this."""
        shown = self.question
        for name in self.filters:
            shown = shown.replace(f"{{{name}}}", f"[{{{name}}}]")
        for wording in (shown, *self.also):
            yield parse(wording, fold_part)

    def values(self, given: Mapping[str, object]) -> Mapping[str, Value]:
        """A value for every slot: the given one, else the usual.

        Raises:
            SlotError: a value does not fit, or there is no such slot.
        """
        for name in given:
            if name not in self.slots:
                raise SlotError(name, f"This question has no {name}.")
        return {
            name: slot.default if given.get(name) is None else slot.read(given[name])
            for name, slot in self.slots.items()
        }

    def text(self, values: Mapping[str, Value], template: str | None = None) -> str:
        """The question with its values; or another text with them."""
        template = self.question if template is None else template
        if self.reviewed:
            return template
        filled = _IN_TEXT.sub(lambda slot: self.slots[slot[1]].phrase(values[slot[1]]), template)
        return " ".join(filled.split()).replace(" ,", ",").replace(" .", ".").replace(" :", ":")

    def statement(self, values: Mapping[str, Value], today: date) -> str:
        """The SQL with its values; a line whose condition restricts nothing is left out."""
        return self.sql if self.reviewed else "\n".join(self._lines(values, today))

    def _lines(self, values: Mapping[str, Value], today: date) -> Iterator[str]:
        begins_where = False
        for line in self.sql.splitlines():
            pieces = [self.slots[slot[1]].sql(values[slot[1]], slot[2] or "", today) for slot in _IN_SQL.finditer(line)]
            if "" in pieces:
                begins_where = begins_where or line.lstrip().startswith("WHERE ")
                continue
            told = _IN_SQL.sub("{}", line).format(*pieces)
            if begins_where and told.lstrip().startswith("AND "):
                told = told.replace("AND ", "WHERE ", 1)
            begins_where = False
            yield told

    def is_over(self, values: Mapping[str, Value], today: date) -> bool:
        """Whether it asks for periods, and all of them have ended."""
        periods = [
            slot.is_over(values[name], today) for name, slot in self.slots.items() if isinstance(slot, PeriodSlot)
        ]
        return bool(periods) and all(periods)

    def parameters(self, values: Mapping[str, Value]) -> tuple[dict[str, object], ...]:
        """What a form shows of the slots."""
        return tuple(slot.parameter(values[name]) for name, slot in self.slots.items())


def read_question(area: str, told: Mapping[str, Any]) -> VerifiedQuestion:
    """A question as a file tells it.

    Raises:
        ValueError, KeyError: the file is wrong.
    """
    filters = tuple(told.get("filters", "").split())
    slots = {**told.get("slots", {}), **{name: told.get("slots", {}).get(name, {}) for name in filters}}
    return VerifiedQuestion(
        id=told["id"],
        area=area,
        question=told["question"],
        sql=told["sql"].rstrip(),
        also=tuple(told.get("also", "").splitlines()),
        slots=MappingProxyType({name: _slot(name, facts) for name, facts in slots.items()}),
        filters=filters,
        terms=tuple(term.strip() for term in told["terms"].split(",")) if "terms" in told else (),
        explanation=told["explanation"],
        assumptions=tuple(told.get("assumptions", "").splitlines()),
        chart=read_wish(told.get("chart")),
        may_be_empty=told.get("may_be_empty", False),
    )


def read_wish(told: Mapping[str, Any] | None) -> ChartWish | None:
    """A chart wish as files and the database have it: `y` is one column or several."""
    if not told:
        return None
    y: str | Sequence[str] = told.get("y") or ()
    columns = (y,) if isinstance(y, str) else tuple(y)
    return ChartWish(type=told["type"], x=told.get("x"), y=columns, series=told.get("series"))


def _slot(name: str, facts: Mapping[str, Any]) -> Slot:
    """A slot as a file tells it; its type goes without saying where its name says it."""
    kind = facts.get("type") or {"n": "whole"}.get(name, name)
    shared: dict[str, Any] = {
        "name": name,
        "label": facts.get("label") or {"n": "Rows"}.get(name, name.replace("_", " ").capitalize()),
    }
    if kind == "whole":
        bounds = {bound: facts[bound] for bound in ("minimum", "maximum") if bound in facts}
        return Whole(**shared, default=facts.get("default", 10), **bounds)
    if kind == "amount":
        return Amount(**shared, default=str(facts["default"]))
    if kind == "period":
        return PeriodSlot(**shared, default=facts.get("default", ALL_TIME), begun=facts.get("begun", False))
    if kind == "listing":
        return Identifier(**shared, default=str(facts.get("default", "12")))
    if kind == "category":
        return _category(shared, facts.get("default", Category.all))
    return _choice(shared, kind, facts)


def _category(shared: Mapping[str, Any], default: str) -> Category:
    choices, words = _categories()
    return Category(**shared, default=default, choices=choices, words=words)


@functools.cache
def _categories() -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The categories as SQL, and the words for them."""
    known = semantic_layer().values["category"]
    words = {word: name for name, others in known.items() for word in (name.lower(), *others)}
    return {Category.all: "", **{name: f"'{name}'" for name in known}}, words


def _choice(shared: Mapping[str, Any], kind: str, facts: Mapping[str, Any]) -> Choice:
    """A comparison, or a list of the file's own: each choice with its SQL first, then other words for it."""
    if kind not in ("comparison", "choice"):
        raise ValueError(f"There is no type of slot called {kind}.")
    listed = _COMPARISONS if kind == "comparison" else facts["choices"]
    choices = {name: told[0] for name, told in listed.items()}
    words = {" ".join(fold_part(word)): name for name, (_, *others) in listed.items() for word in (name, *others)}
    return Choice(**shared, default=facts.get("default") or next(iter(choices)), choices=choices, words=words)


FILTERS: Mapping[str, Slot] = MappingProxyType({name: _slot(name, {}) for name in ("period", "category")})
"""Slots that read a period and a category wherever they stand."""
