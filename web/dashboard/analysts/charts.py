"""Charts as data: a kind out of a closed list, columns by name, values inline. Nothing here is ever run.

A hostile title can do nothing in these: records have fixed keys (a name with dots or brackets never becomes a Vega
expression), every label is drawn text, and no tooltip is headed `title` or `image`, which Vega's tooltip shows as a
heading and as a picture that it fetches.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from analysts.answers import Answer, Cell
from analysts.chart_axes import along, down, kind_of, scale_of, time_format, up
from analysts.plain import human, one_line
from analysts.tables import as_number, decimals_of
from analysts.times import moment_text

KINDS = ("line", "bar", "metric", "table")
MOST_BARS = 40
MOST_METRICS = 6
MOST_SERIES = 8
LABEL_LENGTH = 44
LONG_LABEL = 12
BARS_ABREAST = 5
HEIGHT = 320

_DATE_TEXT = re.compile(r"\d{4}(-(\d{2}(-\d{2})?|[Qq][1-4]|[Ww]\d{2}))?")

Record = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Which columns, by their place, are drawn along, up, and apart."""

    x: int
    y: tuple[int, ...]
    series: int | None = None


def kinds_that_fit(answer: Answer) -> tuple[str, ...]:
    """The kinds that make sense for the rows, in the order of the list. A table always does."""
    numbers = _numbers(answer)
    shape = shape_of(answer)
    fits = {
        "line": shape is not None and len(answer.rows) > 1 and _runs(answer, shape.x),
        "bar": shape is not None and len(answer.rows) > 1,
        "metric": len(answer.rows) == 1 and 0 < len(numbers) <= MOST_METRICS,
        "table": True,
    }
    return tuple(kind for kind in KINDS if fits[kind])


def shape_of(answer: Answer) -> Shape | None:
    """The columns that the answer names, as far as they can be drawn; else the first that can."""
    numbers = _numbers(answer)
    wished = tuple(place for name in answer.chart.y if (place := answer.column(name)) is not None and place in numbers)
    x = answer.column(answer.chart.x)
    series = answer.column(answer.chart.series)
    if x is None:
        x = next((place for place in range(len(answer.columns)) if place not in (wished or numbers)), None)
    if x is None and len(numbers) > 1:
        x = numbers[0]
    y = tuple(place for place in wished or numbers if place not in (x, series))[: 1 if series is not None else 4]
    if x is None or not y:
        return None
    return Shape(x=x, y=y, series=series if series != x else None)


def chart_of(answer: Answer, kind: str) -> alt.Chart | alt.LayerChart | None:
    """The chart of that kind, None if it is no line or bar chart or does not fit."""
    shape = shape_of(answer)
    if shape is None or kind not in ("line", "bar") or kind not in kinds_that_fit(answer):
        return None
    chart = _lines(answer, shape) if kind == "line" else _bars(answer, shape)
    chart.background = "transparent"
    return chart


def left_out(answer: Answer, kind: str) -> int:
    """How many rows a chart does not show."""
    shape = shape_of(answer)
    if kind != "bar" or shape is None or _runs(answer, shape.x):
        return 0
    return max(len(answer.rows) - MOST_BARS, 0)


def number_text(cell: Cell, decimals: int) -> str:
    """A number as people read it, a dash if there is none.

    >>> number_text("1234.5", 2), number_text(None, 0), number_text("7", 0)
    ('1,234.50', '—', '7')
    """
    number = as_number(cell)
    if number is None:
        return "—" if cell is None else one_line(cell, LABEL_LENGTH)
    return f"{number:,.{decimals}f}"


def _lines(answer: Answer, shape: Shape) -> alt.Chart | alt.LayerChart:
    records = _records(answer, shape, _in_order(answer, shape))
    base = alt.Chart(alt.InlineData(values=records)).encode(
        x=alt.X(
            field="x",
            type=kind_of(answer, shape.x),
            scale=scale_of(answer, shape.x),
            sort=None,
            axis=along(time_format(answer, shape.x)),
        ),
        y=alt.Y(field="y", type="quantitative", axis=up(answer, shape.y)),
        tooltip=_tooltip(answer, shape, records),
        **_colour(answer, shape, records),
    )
    line: alt.Chart = base.mark_line(
        strokeWidth=2.5, interpolate="monotone", point=alt.OverlayMarkDef(size=70, opacity=0)
    )
    if _series_names(records):
        alone: alt.Chart = line.properties(height=HEIGHT)
        return alone
    filled: alt.LayerChart = (base.mark_area(opacity=0.1, interpolate="monotone") + line).properties(height=HEIGHT)
    return filled


def _bars(answer: Answer, shape: Shape) -> alt.Chart:
    """Upright bars for what runs on and for few short names, lying ones for the rest: no name is turned."""
    runs = _runs(answer, shape.x)
    rows = _in_order(answer, shape) if runs else answer.rows[:MOST_BARS]
    records = _records(answer, shape, rows, discrete=True)
    names = list(dict.fromkeys(record["x"] for record in records))
    upright = runs or (len(names) <= BARS_ABREAST and all(len(str(name)) <= LONG_LABEL for name in names))
    several = bool(_series_names(records)) and shape.series is None
    value: Record = {"field": "y", "type": "quantitative", "axis": up(answer, shape.y)}
    name: Record = {"field": "x", "type": "ordinal", "sort": None, "axis": along() if upright else down()}
    beside: Record = {"field": "s", "type": "nominal", "sort": None}
    chart: alt.Chart = alt.Chart(alt.InlineData(values=records)).mark_bar(cornerRadiusEnd=3)
    if upright:
        offset: Record = {"xOffset": alt.XOffset(**beside)} if several else {}
        chart = chart.encode(x=alt.X(**name), y=alt.Y(**value), **offset).properties(height=HEIGHT)
    else:
        offset = {"yOffset": alt.YOffset(**beside)} if several else {}
        height = 60 + 30 * len(names) * (len(shape.y) if several else 1)
        chart = chart.encode(y=alt.Y(**name), x=alt.X(**value), **offset).properties(height=height)
    drawn: alt.Chart = chart.encode(tooltip=_tooltip(answer, shape, records), **_colour(answer, shape, records))
    return drawn


def _in_order(answer: Answer, shape: Shape) -> Sequence[tuple[Cell, ...]]:
    """All rows, in the order of what runs on."""
    known = [row for row in answer.rows if row[shape.x] is not None]
    if answer.columns[shape.x].is_number:
        return sorted(known, key=lambda row: as_number(row[shape.x]) or 0)
    return sorted(known, key=lambda row: str(row[shape.x]))


def _records(answer: Answer, shape: Shape, rows: Sequence[tuple[Cell, ...]], *, discrete: bool = False) -> list[Record]:
    """One record per mark: x, its words, y, its words, and the series' name."""
    decimals = {place: decimals_of([row[place] for row in answer.rows]) for place in shape.y}
    labels = _labels(answer, shape, rows, discrete=discrete)
    kept = _kept_series(rows, shape)
    return [
        {
            "x": label,
            "words": _words(answer, shape.x, row[shape.x]),
            "y": as_number(row[place]),
            "value": number_text(row[place], decimals[place]),
            "s": _series_name(answer, shape, row, place, kept),
        }
        for row, label in zip(rows, labels, strict=True)
        for place in shape.y
    ]


def _labels(answer: Answer, shape: Shape, rows: Sequence[tuple[Cell, ...]], *, discrete: bool) -> list[Any]:
    """What stands along the axis. Two things of one name stay two, unless a series tells them apart."""
    column = answer.columns[shape.x]
    cells = [row[shape.x] for row in rows]
    if column.is_number:
        return [as_number(cell) for cell in cells]
    if column.is_moment:
        return [moment_text(str(cell)) if discrete else cell for cell in cells]
    names = [one_line("(none)" if cell is None else cell, LABEL_LENGTH) for cell in cells]
    return names if shape.series is not None else _told_apart(names)


def _told_apart(names: Sequence[str]) -> list[str]:
    """Names with a number behind those that came before.

    >>> _told_apart(["Lamp", "Vase", "Lamp"])
    ['Lamp', 'Vase', 'Lamp (2)']
    """
    seen: Counter[str] = Counter()
    apart = []
    for name in names:
        seen[name] += 1
        apart.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return apart


def _kept_series(rows: Sequence[Sequence[Cell]], shape: Shape) -> set[str]:
    """The most frequent names of a series; the rest becomes "Other"."""
    if shape.series is None:
        return set()
    names = Counter(one_line(row[shape.series], LABEL_LENGTH) for row in rows)
    return {name for name, _ in names.most_common(MOST_SERIES)}


def _series_name(answer: Answer, shape: Shape, row: Sequence[Cell], place: int, kept: set[str]) -> str:
    if shape.series is None:
        return human(answer.columns[place].name) if len(shape.y) > 1 else ""
    name = one_line("(none)" if row[shape.series] is None else row[shape.series], LABEL_LENGTH)
    return name if name in kept else "Other"


def _series_names(records: Sequence[Record]) -> list[str]:
    return [name for name in dict.fromkeys(record["s"] for record in records) if name]


def _colour(answer: Answer, shape: Shape, records: Sequence[Record]) -> Mapping[str, Any]:
    if not _series_names(records):
        return {}
    title = human(answer.columns[shape.series].name) if shape.series is not None else None
    legend = alt.Legend(title=title, orient="top", labelLimit=180)
    return {"color": alt.Color(field="s", type="nominal", sort=None, legend=legend)}


def _tooltip(answer: Answer, shape: Shape, records: Sequence[Record]) -> list[alt.Tooltip]:
    """Words only, under headings of ours or capitalised ones: see the top of this module."""
    lines = [alt.Tooltip(field="words", type="nominal", title=human(answer.columns[shape.x].name) or "Name")]
    if _series_names(records):
        lines.append(alt.Tooltip(field="s", type="nominal", title="Series"))
    heading = human(answer.columns[shape.y[0]].name) if len(shape.y) == 1 else "Value"
    return [*lines, alt.Tooltip(field="value", type="nominal", title=heading)]


def _words(answer: Answer, place: int, cell: Cell) -> str:
    if cell is None:
        return "(none)"
    return moment_text(str(cell)) if answer.columns[place].is_moment else one_line(cell, 120)


def _numbers(answer: Answer) -> list[int]:
    """The columns that hold numbers to draw: no identifiers."""
    return [place for place, column in enumerate(answer.columns) if column.is_number and not column.is_id]


def _runs(answer: Answer, place: int) -> bool:
    """Whether a column goes on steadily: time, numbers, months."""
    column = answer.columns[place]
    dates = all(row[place] is None or _DATE_TEXT.fullmatch(str(row[place])) for row in answer.rows)
    return column.is_moment or column.is_number or dates
