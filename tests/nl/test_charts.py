"""The chart of a result: from its types alone, and from a wish only where it fits."""

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from common.nl.charts import MOST_BARS, MOST_SERIES, TABLE, Cell, Chart, ChartWish, choose_chart


@dataclass(frozen=True)
class Named:
    """A column of a result."""

    name: str
    type: str


def chart_of(columns: str, *rows: Sequence[Cell], wish: ChartWish | None = None) -> Chart:
    """The chart for columns written as `name:type name:type`."""
    return choose_chart([Named(*column.split(":")) for column in columns.split()], rows, wish)


def line(x: str, *y: str, series: str | None = None) -> Chart:
    """The line that is expected."""
    return Chart(type="line", x=x, y=y, series=series)


def bar(x: str, *y: str, series: str | None = None) -> Chart:
    """The bars that are expected."""
    return Chart(type="bar", x=x, y=y, series=series)


def test_one_cell_is_a_metric() -> None:
    """A count, or the day of something; one row of several cells is a table."""
    assert chart_of("n:integer", [3]) == Chart(type="metric", y=("n",))
    assert chart_of("n:integer m:integer", [3, 4]) == TABLE
    assert chart_of("n:integer", [3], [4]) == TABLE


def test_nothing_is_a_table() -> None:
    """Without rows there is nothing to draw, whatever is wished."""
    assert chart_of("day:date n:integer") == TABLE
    assert chart_of("day:date n:integer", wish=ChartWish(type="line")) == TABLE


@pytest.mark.parametrize(
    ("type_", "first", "second"),
    [
        ("date", "2026-05-01", "2026-05-02"),
        ("datetime", "2026-05-01T00:00:00Z", "2026-05-01T01:00:00Z"),
        ("text", "2026-05", "2026-06"),
        ("text", "2026-05-01", "2026-05-02"),
        ("text", "2025", "2026"),
        ("text", "2026-Q1", "2026-Q2"),
        ("text", "2026-W07", "2026-W08"),
    ],
)
def test_numbers_over_time_are_a_line(type_: str, first: str, second: str) -> None:
    """Time is a date, or text that writes one as our queries do."""
    assert chart_of(f"t:{type_} gmv:decimal", [first, "1.50"], [second, "2.50"]) == line("t", "gmv")


@pytest.mark.parametrize("text", ["2026-5", "05-2026", "May 2026", "2026-05-01 to 07", "20260"])
def test_other_text_is_no_time(text: str) -> None:
    """It is a category then."""
    assert chart_of("t:text gmv:decimal", [text, "1.50"], ["other", "2.50"]) == bar("t", "gmv")


def test_a_line_takes_every_number() -> None:
    """Two measures of the same days are two lines."""
    told = chart_of("day:date sold:integer gmv:decimal", ["2026-05-01", 1, "1.5"], ["2026-05-02", 2, "2.5"])

    assert told == line("day", "sold", "gmv")


def test_a_gap_in_the_dates_does_not_make_them_text() -> None:
    """NULL says nothing about a column; nothing but NULL is no time."""
    assert chart_of("t:text n:integer", ["2026-05", 1], [None, 2]) == line("t", "n")
    assert chart_of("t:text n:integer", [None, 1], [None, 2]).type == "table"


def test_one_day_twice_is_no_line() -> None:
    """Two points over one another would be read as one."""
    rows: tuple[Sequence[Cell], ...] = (["2026-05-01", 1], ["2026-05-02", 2], ["2026-05-02", 3])

    assert chart_of("day:date n:integer", *rows[:2]) == line("day", "n")
    assert chart_of("day:date n:integer", *rows) == TABLE


def test_one_day_of_a_series_twice_is_no_line() -> None:
    """The same day of another series is."""
    rows = months_by_category(2)

    assert chart_of("month:text category:text n:integer", *rows) == line("month", "n", series="category")
    assert chart_of("month:text category:text n:integer", *rows, rows[0]) == TABLE


def months_by_category(series: int) -> list[Sequence[Cell]]:
    """Two months of so many categories."""
    return [[month, f"category {n}", n] for month in ("2026-05", "2026-06") for n in range(series)]


def test_a_second_text_column_is_the_series() -> None:
    """As many as can be told apart by colour, not one more."""
    columns = "month:text category:text gmv:integer"

    assert chart_of(columns, *months_by_category(MOST_SERIES)) == line("month", "gmv", series="category")
    assert chart_of(columns, *months_by_category(MOST_SERIES + 1)) == TABLE


def test_rows_about_single_things_are_no_series() -> None:
    """Titles with an end and a price are a list."""
    told = chart_of(
        "id:text title:text price:decimal ends_at:datetime",
        ["1", "Vase", "5.00", "2026-05-01T00:00:00Z"],
        ["2", "Lamp", "6.00", "2026-05-02T00:00:00Z"],
    )

    assert told == TABLE


def test_one_category_and_one_number_are_bars() -> None:
    """The plain case."""
    assert chart_of("category:text n:integer", ["Art", 3], ["Books", 2]) == bar("category", "n")


def test_the_seeds_own_example_is_bars_over_titles() -> None:
    """Its answer has an id beside the title: no measure, and not in the way."""
    told = chart_of("id:text title:text bid_count:integer", ["7", "Vase", 30], ["9", "Lamp", 21])

    assert told == bar("title", "bid_count")


def test_where_titles_repeat_the_id_names_the_bars() -> None:
    """Two listings of one title would be drawn as one bar."""
    assert chart_of("id:text title:text n:integer", ["7", "Vase", 30], ["9", "Vase", 21]) == bar("id", "n")


@pytest.mark.parametrize("name", ["id", "ID", "listing_id", "seller_ids"])
def test_ids_are_no_measures(name: str) -> None:
    """Numbers in their type, not in what they say."""
    assert chart_of(f"category:text {name}:integer", ["Art", 3], ["Books", 2]) == TABLE
    assert chart_of(f"{name}:integer n:integer", [1, 30], [2, 20]) == bar(name, "n")


@pytest.mark.parametrize("name", ["hr", "hour", "weekday", "hour_of_day", "has_reserve", "is_sold", "rank"])
def test_numbers_that_name_are_categories(name: str) -> None:
    """The hour of the day is where a bar stands, not how high it is."""
    assert chart_of(f"{name}:integer n:integer", [0, 30], [1, 20]) == bar(name, "n")


@pytest.mark.parametrize("name", ["bids_per_day", "this_month", "hours", "paid"])
def test_numbers_with_such_words_in_their_names_still_measure(name: str) -> None:
    """Only the whole name counts."""
    assert chart_of(f"category:text {name}:integer", ["Art", 30], ["Books", 20]) == bar("category", name)


def test_many_bars_are_a_table() -> None:
    """Forty can be read."""
    rows = [[f"category {n}", n] for n in range(MOST_BARS + 1)]

    assert chart_of("category:text n:integer", *rows[:MOST_BARS]) == bar("category", "n")
    assert chart_of("category:text n:integer", *rows) == TABLE


def test_one_bar_is_a_table() -> None:
    """There is nothing to compare."""
    assert chart_of("category:text n:integer", ["Art", 3]) == TABLE


@pytest.mark.parametrize("columns", ["category:text status:text n:integer", "category:text a:integer b:integer"])
def test_more_columns_are_a_table(columns: str) -> None:
    """What to compare is not plain from types; a wish may say it."""
    rows = [["Art", "x", 1], ["Books", "y", 2]] if "status" in columns else [["Art", 1, 2], ["Books", 3, 4]]

    assert chart_of(columns, *rows) == TABLE


def test_two_columns_of_one_name_are_a_table() -> None:
    """Nobody could say which is meant."""
    assert chart_of("n:text n:integer", ["Art", 1], ["Books", 2]) == TABLE


MEASURES = "category:text status:text sold:integer gmv:decimal"
MEASURED: tuple[Sequence[Cell], ...] = (["Art", "closed", 1, "9.00"], ["Books", "closed", 2, "8.00"])


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (ChartWish(type="bar", x="category", y=("gmv",)), bar("category", "gmv")),
        (ChartWish(type="bar", x="category", y=("sold", "gmv")), bar("category", "sold", "gmv")),
        (ChartWish(type="bar", x="category", y=("sold",), series="status"), bar("category", "sold", series="status")),
        (ChartWish(type="bar"), bar("category", "sold", "gmv")),
        (ChartWish(type="table", x="category"), TABLE),
    ],
)
def test_a_wish_that_fits_is_granted(wish: ChartWish, expected: Chart) -> None:
    """What it leaves out is filled in."""
    assert chart_of(MEASURES, *MEASURED, wish=wish) == expected


@pytest.mark.parametrize(
    "wish",
    [
        ChartWish(type="pie", x="category", y=("gmv",)),
        ChartWish(type="exec('x')"),
        ChartWish(type="bar", x="nothing", y=("gmv",)),
        ChartWish(type="bar", x="category", y=("nothing",)),
        ChartWish(type="bar", x="category", y=("gmv",), series="nothing"),
        ChartWish(type="bar", x="category", y=("status",)),
        ChartWish(type="bar", x="gmv", y=("sold",)),
        ChartWish(type="bar", x="category", y=("gmv",), series="category"),
        ChartWish(type="bar", x="category", y=("gmv", "sold"), series="status"),
        ChartWish(type="bar", x="status", y=("gmv",)),
        ChartWish(type="line", x="category", y=("gmv",)),
        ChartWish(type="metric", y=("gmv",)),
    ],
)
def test_a_wish_that_does_not_fit_is_as_none(wish: ChartWish) -> None:
    """A kind we do not have, a column that is not there, text as a measure, an axis that repeats."""
    assert chart_of(MEASURES, *MEASURED, wish=wish) == chart_of(MEASURES, *MEASURED) == TABLE


def test_a_wish_cannot_make_an_id_a_measure() -> None:
    """The usual chart is drawn instead."""
    wish = ChartWish(type="bar", x="category", y=("id",))

    told = chart_of("category:text n:integer id:integer", ["Art", 1, 7], ["Books", 2, 9], wish=wish)

    assert told == bar("category", "n")


def test_months_may_be_bars_by_wish() -> None:
    """Time fits on the axis of either."""
    rows: tuple[Sequence[Cell], ...] = (["2026-05", 1], ["2026-06", 2])

    assert chart_of("month:text n:integer", *rows, wish=ChartWish(type="bar", x="month")) == bar("month", "n")


def test_a_metric_may_be_wished_of_one_row() -> None:
    """The one number out of several cells; of two rows it would be a lie."""
    wish = ChartWish(type="metric", y=("n",))

    assert chart_of("category:text n:integer", ["Art", 3], wish=wish) == Chart(type="metric", y=("n",))
    assert chart_of("category:text n:integer", ["Art", 3], ["Books", 2], wish=wish) == bar("category", "n")
