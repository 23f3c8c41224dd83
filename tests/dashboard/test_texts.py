"""Text of other people in the table, in numbers, in labels."""

import pandas as pd
import pytest
from analysts.answers import read_answer
from analysts.charts import number_text
from analysts.plain import human, one_line, plain
from analysts.tables import configuration, decimals_of, frame

from tests.dashboard import script
from tests.dashboard.script import answer, column


def test_every_column_says_its_kind() -> None:
    """Left to guess, Streamlit would make links, lists and pictures of text."""
    given = read_answer(script.wild())

    kinds = [shown["type_config"]["type"] for shown in configuration(given).values()]

    assert kinds == ["text", "datetime", "number", "number"]


def test_columns_of_one_name_stay_two() -> None:
    """The frame names them by their place."""
    given = read_answer(answer(columns=[column("n", "integer"), column("n", "text")], rows=[[1, "a"]]))

    assert frame(given).to_dict("list") == {"c0": [1], "c1": ["a"]}


def test_amounts_become_numbers_that_sort() -> None:
    """And days become days; what is missing stays missing."""
    columns = [column("gmv", "decimal"), column("day", "date"), column("n", "integer")]
    given = read_answer(answer(columns=columns, rows=[["9.50", "2026-06-15", None], ["10.00", None, 3]]))

    table = frame(given)

    assert list(table["c0"]) == [9.5, 10.0]
    assert table["c1"][0] == pd.Timestamp("2026-06-15", tz="UTC")
    assert table["c1"].isna().tolist() == [False, True]
    assert table["c2"].isna().tolist() == [True, False]


@pytest.mark.parametrize(("cell", "kind"), [("9" * 15, "number"), ("9" * 16, "text")])
def test_a_number_too_long_for_a_float_is_shown_as_it_came(cell: str, kind: str) -> None:
    """Rather than another number."""
    given = read_answer(answer(columns=[column("n", "decimal")], rows=[[cell]]))

    (shown,) = configuration(given).values()

    assert shown["type_config"]["type"] == kind
    assert str(frame(given)["c0"][0]).startswith("9" * 15)


@pytest.mark.parametrize(
    ("cells", "places"), [(["1.5", "2.25"], 2), (["7"], 0), ([0.123456], 4), ([None], 0), ([1e-7], 0)]
)
def test_a_column_has_as_many_places_as_its_cells(cells: list[object], places: int) -> None:
    """At most four."""
    assert decimals_of(cells) == places  # type: ignore[arg-type]


def test_a_figure_that_is_no_number_is_shown_as_text() -> None:
    """A dash stands for nothing."""
    assert [number_text(cell, 0) for cell in (None, 12, "x\ny")] == ["—", "12", "x y"]


def test_what_cannot_be_seen_is_not_in_a_line() -> None:
    """Control characters, zero widths and turns of direction."""
    assert one_line("a\tb\u202e\u200bc\x00") == "a b c"


def test_markdown_is_disarmed() -> None:
    """Each sign of it has a backslash; addresses and shortcodes are broken by a joiner."""
    text = plain(":red[x] **b** <b> $x$ https://a.example www.a.example me@a.example :material/bolt:")

    assert "**" not in text.replace("\\*", "")
    assert "https\\:\u2060" in text
    assert "www\u2060\\." in text
    assert "me\\@\u2060a" in text
    assert ":m" not in text


def test_names_of_columns_read_as_words() -> None:
    """As people write them."""
    assert [human(name) for name in ("bid_count", "gmv", "title", "")] == ["Bid count", "GMV", "Title", ""]
