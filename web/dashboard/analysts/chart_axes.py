"""The axes of a chart: what stands along them, and how time and large numbers are written."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import altair as alt

from analysts.answers import Answer
from analysts.plain import human
from analysts.tables import as_number

SHORT_SPAN_DAYS = 3
YEAR_DAYS = 366
LARGE = 100_000
"""From here on, thousands are read easier."""


def along(form: Any = alt.Undefined) -> alt.Axis:
    """Below upright bars and lines."""
    return alt.Axis(
        title=None, grid=False, labelAngle=0, labelLimit=140, labelOverlap="greedy", tickCount=6, format=form
    )


def down() -> alt.Axis:
    """Beside lying bars; names are cut with an ellipsis."""
    return alt.Axis(title=None, labelLimit=220, ticks=False, domain=False, labelPadding=8)


def up(answer: Answer, places: Sequence[int]) -> alt.Axis:
    """The numbers' axis, named where there is one number only."""
    title = human(answer.columns[places[0]].name) if len(places) == 1 else None
    return alt.Axis(title=title, tickCount=5, domain=False, format="~s" if _is_large(answer, places) else ",~f")


def scale_of(answer: Answer, place: int) -> Any:
    """Days and hours in UTC, as the rows are; numbers from where they begin."""
    column = answer.columns[place]
    if column.is_moment:
        return alt.Scale(type="utc")
    return alt.Scale(zero=False, nice=False) if column.is_number else alt.Undefined


def kind_of(answer: Answer, place: int) -> Any:
    """How a column runs along a line."""
    column = answer.columns[place]
    if column.is_moment:
        return "temporal"
    return "quantitative" if column.is_number else "ordinal"


def time_format(answer: Answer, place: int) -> Any:
    """How a moment is written below a line: hours within three days, days within a year, else months."""
    moments = sorted(str(row[place]) for row in answer.rows if row[place] is not None)
    if not answer.columns[place].is_moment or not moments:
        return alt.Undefined
    try:
        days = (datetime.fromisoformat(moments[-1]) - datetime.fromisoformat(moments[0])).days
    except (ValueError, TypeError):
        return alt.Undefined
    if days < SHORT_SPAN_DAYS:
        return "%-d %b, %H:%M"
    return "%-d %b" if days <= YEAR_DAYS else "%b %Y"


def _is_large(answer: Answer, places: Sequence[int]) -> bool:
    numbers = [as_number(row[place]) or 0 for row in answer.rows for place in places]
    return max(map(abs, numbers), default=0) >= LARGE
