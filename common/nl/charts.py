"""Which chart fits a result: decided from the types of its columns. A chart is data, never code.

A model or an author may wish for one; a wish counts only where the columns exist and their types fit.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

CHART_TYPES = ("line", "bar", "metric", "table")
MOST_BARS = 40
MOST_SERIES = 12

_NUMBERS = frozenset({"integer", "decimal", "float"})
_TIMES = frozenset({"date", "datetime"})
_ID = re.compile(r"(?:^|_)ids?$", re.IGNORECASE)
# Whole numbers that name something instead of measuring it: the hour of the day, "is it so", a rank.
_ORDINAL = re.compile(
    r"(?:year|yr|quarter|qtr|month|mon|week|wk|weekday|dow|dom|day|hour|hr|minute|slot|rank|rk|bucket|decile"
    r"|(?:day|hour|week|month)_of_(?:day|week|month|year)|(?:is|has)_\w+)",
    re.IGNORECASE,
)
_DATE_TEXT = re.compile(r"\d{4}(?:-(?:\d{2}(?:-\d{2})?|[Qq][1-4]|[Ww]\d{2}))?")

Cell = int | float | str | None


class ColumnLike(Protocol):
    """A column of a result: text, integer, decimal, float, date, datetime, time or boolean."""

    @property
    def name(self) -> str:
        """As the query named it."""

    @property
    def type(self) -> str:
        """One of the types above."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartWish:
    """What somebody who saw no row would like; columns by name."""

    type: str
    x: str | None = None
    y: tuple[str, ...] = ()
    series: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart that can be drawn from the result as it is; `type` is one of CHART_TYPES."""

    type: str
    x: str | None = None
    y: tuple[str, ...] = ()
    series: str | None = None


TABLE = Chart(type="table")


@dataclass(frozen=True, slots=True)
class _Column:
    """A column with its cells, and what it can be in a chart: time, number, id or category."""

    name: str
    role: str
    cells: tuple[Cell, ...]

    @property
    def values(self) -> int:
        """How many different ones."""
        return len(set(self.cells))


def choose_chart(columns: Sequence[ColumnLike], rows: Sequence[Sequence[Cell]], wish: ChartWish | None = None) -> Chart:
    """The wish if it fits; else a metric for one cell, a line over time, bars over a category; else the table.

    >>> from collections import namedtuple
    >>> Column = namedtuple("Column", "name type")
    >>> choose_chart([Column("month", "text"), Column("gmv", "decimal")], [["2026-05", "9.50"], ["2026-06", "8.00"]])
    Chart(type='line', x='month', y=('gmv',), series=None)
    """
    read = [_read(column, [row[place] for row in rows]) for place, column in enumerate(columns)]
    if not rows or len({column.name for column in read}) < len(read):
        return TABLE
    wished = _wished(read, wish) if wish else None
    return wished or _usual(read)


def _read(column: ColumnLike, cells: Sequence[Cell]) -> _Column:
    if _ID.search(column.name):
        role = "id"
    elif column.type in _TIMES or (column.type == "text" and _are_dates(cells)):
        role = "time"
    elif column.type in _NUMBERS and not (column.type == "integer" and _ORDINAL.fullmatch(column.name)):
        role = "number"
    else:
        role = "category"
    return _Column(column.name, role, tuple(cells))


def _are_dates(cells: Sequence[Cell]) -> bool:
    """Whether text says years, quarters, months, weeks or days: 2026, 2026-Q1, 2026-05, 2026-W07, 2026-05-01."""
    told = [cell for cell in cells if cell is not None]
    return bool(told) and all(isinstance(cell, str) and _DATE_TEXT.fullmatch(cell) for cell in told)


def _usual(columns: Sequence[_Column]) -> Chart:
    """What the types alone say."""
    if len(columns[0].cells) == 1:
        return Chart(type="metric", y=(columns[0].name,)) if len(columns) == 1 else TABLE
    times, numbers = _of(columns, "time"), _of(columns, "number")
    others = [column for column in columns if column.role in ("category", "id")]
    if len(times) == 1 and numbers:
        return _usual_line(times[0], numbers, others)
    categories = _of(columns, "category")
    if not times and len(numbers) == 1 and len(categories) <= 1:
        return next(_bars_of([*categories, *_of(columns, "id")], numbers[0]), TABLE)
    return TABLE


def _usual_line(time: _Column, numbers: Sequence[_Column], others: Sequence[_Column]) -> Chart:
    if not others:
        return _line(time, numbers, None) or TABLE
    if len(others) > 1 or others[0].values == len(others[0].cells):
        return TABLE  # rows about single things that happen to have a date
    return _line(time, numbers[:1], others[0]) or TABLE


def _bars_of(candidates: Sequence[_Column], number: _Column) -> Iterator[Chart]:
    """A bar for each row, by the first column that tells the rows apart: the title, or the id where titles repeat."""
    for category in candidates:
        bars = _bar(category, [number], None)
        if bars:
            yield bars


def _wished(columns: Sequence[_Column], wish: ChartWish) -> Chart | None:
    """The wish with what it leaves out filled in, or None where it does not fit."""
    by_name = {column.name: column for column in columns}
    if not {name for name in (wish.x, wish.series, *wish.y) if name is not None} <= by_name.keys():
        return None
    series = by_name[wish.series] if wish.series is not None else None
    numbers = [by_name[name] for name in wish.y] or _of(columns, "number")
    if wish.type == "table":
        return TABLE
    if any(number.role != "number" for number in numbers):
        return None
    if wish.type == "metric":
        return _metric(numbers)
    if wish.x is not None:
        return _drawn(wish.type, by_name[wish.x], numbers, series)
    free = [column for role in ("time", "category", "id") for column in _of(columns, role) if column is not series]
    return next((chart for x in free if (chart := _drawn(wish.type, x, numbers, series))), None)


def _drawn(kind: str, x: _Column, numbers: Sequence[_Column], series: _Column | None) -> Chart | None:
    """A line or bars, if they can be drawn; None for any other kind."""
    if series is x or not numbers:
        return None
    return {"line": _line, "bar": _bar}.get(kind, _nothing)(x, numbers, series)


def _nothing(*_: object) -> Chart | None:
    return None


def _metric(numbers: Sequence[_Column]) -> Chart | None:
    """One number of a result of one row."""
    if len(numbers) != 1 or len(numbers[0].cells) != 1:
        return None
    return Chart(type="metric", y=(numbers[0].name,))


def _line(x: _Column, numbers: Sequence[_Column], series: _Column | None) -> Chart | None:
    return _plain("line", x, numbers, series) if x.role == "time" else None


def _bar(x: _Column, numbers: Sequence[_Column], series: _Column | None) -> Chart | None:
    return _plain("bar", x, numbers, series) if x.role != "number" and x.values <= MOST_BARS else None


def _plain(kind: str, x: _Column, numbers: Sequence[_Column], series: _Column | None) -> Chart | None:
    """The chart, if it has at least two points and no two on one spot."""
    chart = Chart(type=kind, x=x.name, y=tuple(number.name for number in numbers))
    if series is None:
        return chart if x.values == len(x.cells) > 1 else None
    spots = Counter(zip(x.cells, series.cells, strict=True))
    fits = series.role in ("category", "id") and series.values <= MOST_SERIES and len(numbers) == 1
    return replace(chart, series=series.name) if fits and x.values > 1 and max(spots.values()) == 1 else None


def _of(columns: Sequence[_Column], role: str) -> list[_Column]:
    return [column for column in columns if column.role == role]
