"""What a query found, ready for JSON: each cell is None, a number or a text, whatever the server sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pymysql.constants import FIELD_TYPE
from pymysql.converters import encoders

Cell = int | float | str | None

_INTEGERS = frozenset(
    {FIELD_TYPE.TINY, FIELD_TYPE.SHORT, FIELD_TYPE.LONG, FIELD_TYPE.LONGLONG, FIELD_TYPE.INT24, FIELD_TYPE.YEAR}
)
_DECIMALS = frozenset({FIELD_TYPE.DECIMAL, FIELD_TYPE.NEWDECIMAL})
_FLOATS = frozenset({FIELD_TYPE.FLOAT, FIELD_TYPE.DOUBLE})
_DATETIMES = frozenset({FIELD_TYPE.DATETIME, FIELD_TYPE.TIMESTAMP})
_OTHERS = {FIELD_TYPE.DATE: "date", FIELD_TYPE.NEWDATE: "date", FIELD_TYPE.TIME: "time"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultColumn:
    """A column of a result; `type` is text, integer, decimal, float, date, datetime or time."""

    name: str
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultTable:
    """The rows that a query found, in its order; `truncated` if there were more than were asked for.

    A decimal is a text such as "12.50", one without places an integer; a date "2026-06-15"; a datetime
    "2026-06-15T12:00:00Z", UTC, with microseconds where there are any. `milliseconds` is all that the database took.
    """

    columns: tuple[ResultColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    truncated: bool
    milliseconds: float


def columns_of(description: Sequence[Sequence[Any]]) -> tuple[ResultColumn, ...]:
    """The columns as a cursor describes them; one without a name is called by its expression, read without quotes."""
    return tuple(ResultColumn(name=one[0].replace("`", ""), type=_type_of(one[1], scale=one[5])) for one in description)


def cells_of(row: Sequence[Any], columns: Sequence[ResultColumn]) -> tuple[Cell, ...]:
    """A row as JSON can hold it; PyMySQL has used CONVERSIONS on it already."""
    return tuple(
        int(cell) if column.type == "integer" and isinstance(cell, str) else cell
        for cell, column in zip(row, columns, strict=True)
    )


def size_of(row: Sequence[Cell]) -> int:
    """About how many bytes a row takes in an answer.

    >>> size_of(("Ünit", 12, None))
    15
    """
    return sum(len(cell.encode()) if isinstance(cell, str) else 5 for cell in row)


def _type_of(code: int, *, scale: int) -> str:
    if code in _INTEGERS or (code in _DECIMALS and scale == 0):
        return "integer"
    if code in _DECIMALS:
        return "decimal"
    if code in _FLOATS:
        return "float"
    if code in _DATETIMES:
        return "datetime"
    return _OTHERS.get(code, "text")


def _moment(text: str) -> str:
    """A DATETIME as the server writes it, in a session whose time zone is UTC.

    >>> _moment("2026-06-15 12:00:00.000000"), _moment("2026-06-15 12:00:00.5")
    ('2026-06-15T12:00:00Z', '2026-06-15T12:00:00.500000Z')
    """
    whole, _, fraction = text.partition(".")
    return whole.replace(" ", "T") + (f".{fraction:0<6}" if fraction.strip("0") else "") + "Z"


def _text(value: str | bytes) -> str:
    """Text, though the server may call it binary."""
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


_DECODERS: dict[int, Callable[[Any], Cell]] = {
    **dict.fromkeys(_INTEGERS, int),
    **dict.fromkeys(_FLOATS, float),
    **dict.fromkeys(_DATETIMES, _moment),
    **dict.fromkeys(
        (
            *(FIELD_TYPE.BLOB, FIELD_TYPE.TINY_BLOB, FIELD_TYPE.MEDIUM_BLOB, FIELD_TYPE.LONG_BLOB),
            *(FIELD_TYPE.STRING, FIELD_TYPE.VAR_STRING, FIELD_TYPE.VARCHAR, FIELD_TYPE.BIT, FIELD_TYPE.GEOMETRY),
        ),
        _text,
    ),
}

CONVERSIONS: dict[Any, Any] = {**encoders, **_DECODERS}
"""How PyMySQL is to read cells: nothing that JSON does not know comes out."""
