"""What the functions answer, as values. What is missing or odd becomes empty, never an error on the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Cell = int | float | str | None
"""A cell as JSON brings it: decimals, dates and times are text."""

NUMBERS = frozenset({"integer", "decimal", "float"})
MOMENTS = frozenset({"date", "datetime"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a result."""

    name: str
    type: str

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers."""
        return self.type in NUMBERS

    @property
    def is_id(self) -> bool:
        """Whether its cells name something to machines."""
        return self.name.lower() == "id" or self.name.lower().endswith("_id")

    @property
    def is_moment(self) -> bool:
        """Whether its cells are days or times of a day."""
        return self.type in MOMENTS


@dataclass(frozen=True, slots=True)
class ChartChoice:
    """How the rows are best seen: a kind out of a closed list and names of columns. Never code."""

    type: str = "table"
    x: str | None = None
    y: tuple[str, ...] = ()
    series: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A blank of a verified question, filled in."""

    name: str
    type: str
    label: str
    value: Any
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """A verified question with its blanks; a reviewed one was made of an answer, and its id is that answer's."""

    id: str
    question: str
    parameters: tuple[Parameter, ...] = ()
    area: str = ""
    terms: tuple[str, ...] = ()
    reviewed: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether it can be asked as it is; an id has no usual value."""
        return all(parameter.value not in (None, "") for parameter in self.parameters)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why there are no rows."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer of nl_query."""

    status: str
    request_id: str
    source: str | None = None
    sql: str | None = None
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    truncated: bool = False
    explanation: str = ""
    assumptions: tuple[str, ...] = ()
    chart: ChartChoice = ChartChoice()
    suggestions: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    usage: Mapping[str, Any] = field(default_factory=dict)
    timings: Mapping[str, float] = field(default_factory=dict)
    reason: Reason | None = None
    verified: Verified | None = None
    as_of: datetime | None = None
    cached: bool = False

    def column(self, name: str | None) -> int | None:
        """Where the column of that name stands."""
        return next((place for place, column in enumerate(self.columns) if column.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question of the past: saved, or simply asked before."""

    request_id: str
    question: str
    status: str = "answered"
    source: str | None = None
    sql: str | None = None
    mark: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What lies on an analyst's desk: nl_questions' answer."""

    verified: tuple[Verified, ...] = ()
    saved: tuple[Asked, ...] = ()
    history: tuple[Asked, ...] = ()
    glossary: tuple[tuple[str, str], ...] = ()
    categories: tuple[str, ...] = ()
    model: str | None = None
    reviewer: bool = False
    analyst: str = ""


def read_answer(document: Mapping[str, Any]) -> Answer:
    """The answer in a document of nl_query."""
    columns = tuple(
        Column(_text(column.get("name")), _text(column.get("type"))) for column in _list(document, "columns")
    )
    reason, verified = document.get("reason"), document.get("verified")
    return Answer(
        status=_text(document.get("status")),
        request_id=_text(document.get("request_id")),
        source=document.get("source"),
        sql=document.get("sql"),
        columns=columns,
        rows=tuple(tuple(row) for row in _list(document, "rows") if len(row) == len(columns)),
        truncated=bool(document.get("truncated")),
        explanation=_text(document.get("explanation")),
        assumptions=_texts(document, "assumptions"),
        chart=_chart(document.get("chart")),
        suggestions=_texts(document, "suggestions"),
        options=_texts(document, "options"),
        usage=document.get("usage") or {},
        timings=document.get("timings") or {},
        reason=Reason(_text(reason.get("code")), _text(reason.get("message"))) if reason else None,
        verified=read_verified(verified) if verified else None,
        as_of=read_moment(document.get("as_of")),
        cached=bool(document.get("cached")),
    )


def read_desk(document: Mapping[str, Any]) -> Desk:
    """The desk in a document of nl_questions."""
    return Desk(
        verified=tuple(read_verified(item) for item in _list(document, "verified")),
        saved=tuple(_asked(item) for item in _list(document, "saved")),
        history=tuple(_asked(item) for item in _list(document, "history")),
        glossary=tuple((_text(item.get("term")), _text(item.get("meaning"))) for item in _list(document, "glossary")),
        categories=_texts(document, "categories"),
        model=document.get("model"),
        reviewer=bool(document.get("reviewer")),
        analyst=_text(document.get("analyst")),
    )


def read_verified(document: Mapping[str, Any]) -> Verified:
    """A verified question, from an answer or from the list."""
    return Verified(
        id=_text(document.get("id")),
        question=_text(document.get("question")),
        parameters=tuple(_parameter(item) for item in _list(document, "parameters")),
        area=_text(document.get("area")),
        terms=_texts(document, "terms"),
        reviewed=bool(document.get("reviewed")),
    )


def read_moment(text: object) -> datetime | None:
    """An RFC 3339 moment, None if it is none."""
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _parameter(document: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name=_text(document.get("name")),
        type=_text(document.get("type")),
        label=_text(document.get("label")) or _text(document.get("name")),
        value=document.get("value"),
        choices=_texts(document, "choices"),
        minimum=document.get("minimum"),
        maximum=document.get("maximum"),
    )


def _asked(document: Mapping[str, Any]) -> Asked:
    return Asked(
        request_id=_text(document.get("request_id")),
        question=_text(document.get("question")),
        status=_text(document.get("status")) or "answered",
        source=document.get("source"),
        sql=document.get("sql"),
        mark=document.get("mark"),
        at=read_moment(document.get("at")),
    )


def _chart(document: Mapping[str, Any] | None) -> ChartChoice:
    if not document:
        return ChartChoice()
    y = document.get("y") or ()
    names = (y,) if isinstance(y, str) else tuple(y)
    return ChartChoice(_text(document.get("type")) or "table", document.get("x"), names, document.get("series"))


def _list(document: Mapping[str, Any], name: str) -> Sequence[Any]:
    return document.get(name) or ()


def _texts(document: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(_text(item) for item in _list(document, name))


def _text(value: object) -> str:
    return "" if value is None else str(value)
