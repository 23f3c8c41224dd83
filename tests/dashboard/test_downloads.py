"""The CSV: what a spreadsheet would run comes as text, and numbers stay numbers."""

import csv
import io

import pytest
from analysts.answers import Cell, Column
from analysts.downloads import csv_bytes

from tests.dashboard.script import HOSTILE


def rows_of(kind: str, *cells: Cell) -> list[str]:
    """The cells of one column as a spreadsheet reads them."""
    text = csv_bytes([Column("value", kind)], [(cell,) for cell in cells]).decode("utf-8-sig")
    return [row[0] for row in csv.reader(io.StringIO(text, newline=""))][1:]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\nx",
        "  =1",
        "\N{NO-BREAK SPACE}=1",
        "\N{IDEOGRAPHIC SPACE}=1",
        "\N{ZERO WIDTH SPACE}=1",
        "\N{FULLWIDTH EQUALS SIGN}1",
        "\N{FULLWIDTH PLUS SIGN}1",
        "\N{FULLWIDTH HYPHEN-MINUS}1",
        "\N{FULLWIDTH COMMERCIAL AT}1",
        "\N{MINUS SIGN}1",
        HOSTILE[1],
    ],
)
def test_text_that_begins_a_formula_begins_with_an_apostrophe(text: str) -> None:
    """Whatever stands unseen before the sign."""
    assert rows_of("text", text) == ["'" + text]


@pytest.mark.parametrize("text", ["", "a=1", "1-2", "me@home", "Lamp", "'=1", " padded "])
def test_other_text_stays_as_it_is(text: str) -> None:
    """An apostrophe too many would be a wrong title."""
    assert rows_of("text", text) == [text]


def test_negative_numbers_stay_numbers() -> None:
    """In columns of numbers only; what is no number there is text."""
    assert rows_of("decimal", "-12.50", "12.00", None) == ["-12.50", "12.00", ""]
    assert rows_of("integer", -3, 4) == ["-3", "4"]
    assert rows_of("decimal", "-1+2", "=1") == ["'-1+2", "'=1"]


def test_numbers_are_written_without_quotes_and_text_with() -> None:
    """A separator of another country cannot cut a cell in two: it is within quotes."""
    columns = [Column("title", "text"), Column("gmv", "decimal")]

    text = csv_bytes(columns, [("a;=1", "-0.10")]).decode("utf-8-sig")

    assert text == '"title","gmv"\r\n"a;=1",-0.10\r\n'


def test_a_columns_name_is_no_formula_either() -> None:
    """An alias is written by a model or an analyst."""
    assert csv_bytes([Column("=x", "text")], []).decode("utf-8-sig") == '"\'=x"\r\n'
