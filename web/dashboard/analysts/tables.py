"""The rows as a table whose cells are text, numbers and moments, and nothing a browser would act on."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analysts.answers import Answer, Cell, Column
from analysts.plain import human, one_line

MOST_DIGITS = 15
"""More digits than these a float does not keep: such numbers are shown as the text they came as."""

LARGEST_INTEGER = 2**53
ROW_HEIGHT = 36
MOST_ROWS_SEEN = 12
CELL_LENGTH = 2_000


def frame(answer: Answer) -> pd.DataFrame:
    """The rows with columns named by their place: two columns of a result may have one name."""
    return pd.DataFrame(
        {
            key(place): _series(column, [row[place] for row in answer.rows])
            for place, column in enumerate(answer.columns)
        }
    )


def configuration(answer: Answer) -> dict[str, Any]:
    """How each column is shown. The kind is always said: left to guess, Streamlit makes links, lists and pictures."""
    return {
        key(place): _shown(column, [row[place] for row in answer.rows]) for place, column in enumerate(answer.columns)
    }


def show_table(answer: Answer, *, name: str, most_rows: int = MOST_ROWS_SEEN, ids: bool = True) -> None:
    """The table, sortable by a click on a column's head; without `ids` only what people read, if there is any."""
    read = [key(place) for place, column in enumerate(answer.columns) if ids or not column.is_id]
    st.dataframe(
        frame(answer),
        key=name,
        hide_index=True,
        height="content" if len(answer.rows) <= most_rows else ROW_HEIGHT * (most_rows + 1) + 2,
        row_height=ROW_HEIGHT,
        column_config=configuration(answer),
        column_order=read or None,
        placeholder="—",
        alt=f"Table with {len(answer.rows)} rows",
    )


def key(place: int) -> str:
    """The name of a column in the frame."""
    return f"c{place}"


def as_number(cell: Cell) -> float | int | None:
    """A number cell as a number; None where it is none or too long for one."""
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, int):
        return cell if abs(cell) <= LARGEST_INTEGER else None
    if isinstance(cell, float):
        return cell
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if sum(map(str.isdigit, cell)) <= MOST_DIGITS else None


def decimals_of(cells: Sequence[Cell]) -> int:
    """How many places behind the point the cells have, at most 4."""
    texts = [repr(cell) if isinstance(cell, float) else str(cell) for cell in cells if cell is not None]
    places = [len(text.partition(".")[2]) for text in texts if "e" not in text.lower()]
    return min(max(places, default=0), 4)


def _series(column: Column, cells: Sequence[Cell]) -> "pd.Series[Any]":
    if _is_numeric(column, cells):
        return pd.Series([as_number(cell) for cell in cells], dtype="Int64" if _whole(column, cells) else "Float64")
    if column.is_moment:
        return pd.to_datetime(pd.Series([*cells], dtype="object"), utc=True, errors="coerce", format="ISO8601")
    return pd.Series([None if cell is None else one_line(cell, CELL_LENGTH) for cell in cells], dtype="object")


def _shown(column: Column, cells: Sequence[Cell]) -> Any:
    label = human(column.name) or "—"
    if _is_numeric(column, cells):
        return st.column_config.NumberColumn(label, format=_number_format(column, cells))
    if column.type == "date":
        return st.column_config.DatetimeColumn(label, format="D MMM YYYY", timezone="UTC")
    if column.type == "datetime":
        return st.column_config.DatetimeColumn(label, format="D MMM YYYY, HH:mm", timezone="UTC")
    return st.column_config.TextColumn(label)


def _number_format(column: Column, cells: Sequence[Cell]) -> str:
    """Years and identifiers without separators; places behind the point as many as the cells have."""
    if _whole(column, cells):
        return "%d" if column.name.lower().endswith(("year", "id")) else "%,d"
    return f"%,.{decimals_of(cells)}f"


def _is_numeric(column: Column, cells: Sequence[Cell]) -> bool:
    return column.is_number and all(cell is None or as_number(cell) is not None for cell in cells)


def _whole(column: Column, cells: Sequence[Cell]) -> bool:
    return column.type == "integer" and all(cell is None or isinstance(cell, int) for cell in cells)
