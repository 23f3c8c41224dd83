"""Charts: which kinds fit, what is drawn, and that nothing in them is anything but data."""

import json
from typing import Any

import pytest
from analysts.answers import Answer, read_answer
from analysts.charts import MOST_BARS, MOST_SERIES, chart_of, kinds_that_fit, left_out

from tests.dashboard import script
from tests.dashboard.script import answer, column


def spec_of(given: Answer, kind: str) -> dict[str, Any]:
    """The chart as the browser gets it."""
    chart = chart_of(given, kind)
    assert chart is not None
    spec: dict[str, Any] = json.loads(chart.to_json())
    return spec


def values_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The records of a chart."""
    (records,) = [*spec["datasets"].values()] if "datasets" in spec else [spec["data"]["values"]]
    found: list[dict[str, Any]] = records
    return found


def made(columns: list[tuple[str, str]], rows: list[list[Any]], **chart: Any) -> Answer:
    """An answer with rows and a chart."""
    usual = {"type": "table", "x": None, "y": [], "series": None}
    return read_answer(answer(columns=[column(*pair) for pair in columns], rows=rows, chart=usual | chart))


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        (script.months(), ("line", "bar", "table")),
        (script.top_listings(), ("bar", "table")),
        (script.ANSWERS[script.ONE_NUMBER], ("metric", "table")),
        (script.top_listings(1), ("metric", "table")),
        (script.split(), ("line", "bar", "table")),
        (script.ANSWERS[script.NOTHING], ("table",)),
    ],
)
def test_only_kinds_that_make_sense_are_offered(given: dict[str, Any], kinds: tuple[str, ...]) -> None:
    """A line needs something that runs on, a figure needs one row, bars need two."""
    assert kinds_that_fit(read_answer(given)) == kinds


def test_an_identifier_is_no_number_to_draw() -> None:
    """Even where it is one."""
    given = made([("listing_id", "integer"), ("title", "text")], [[1, "Lamp"], [2, "Vase"]])

    assert kinds_that_fit(given) == ("table",)


def test_a_kind_that_does_not_fit_is_not_drawn() -> None:
    """Whoever asks for it."""
    assert chart_of(read_answer(script.top_listings()), "line") is None
    assert chart_of(read_answer(script.top_listings()), "javascript") is None


def test_hostile_text_is_only_ever_a_value() -> None:
    """No field, title, expression or address of the chart is made of cells; keys are ours."""
    spec = spec_of(read_answer(script.wild()), "bar")

    records = values_of(spec)
    spec.pop("datasets", None)
    spec["data"] = {}
    rest = json.dumps(spec)
    assert [set(record) for record in records] == [{"x", "words", "y", "value", "s"}] * len(script.HOSTILE)
    assert [record["words"] for record in records] == [*script.HOSTILE]
    assert not any(text in rest for text in script.HOSTILE)
    assert "expr" not in rest
    assert "href" not in rest
    assert '"url"' not in rest.replace('"$schema"', "")


@pytest.mark.parametrize("name", ["image", "title", "a.b[0]", "datum.x; alert(1)"])
def test_no_tooltip_is_headed_by_a_name_that_vega_takes_for_more(name: str) -> None:
    """A tooltip's `image` is fetched, its `title` becomes a heading; dots and brackets would be paths."""
    given = made([(name, "text"), ("n", "integer")], [["https://evil.example/x.png", 1], ["b", 2]], x=name, y=["n"])

    spec = spec_of(given, "bar")

    headings = [line["title"] for line in spec["encoding"]["tooltip"]]
    assert not {"image", "title"} & set(headings)
    assert {line["field"] for line in spec["encoding"]["tooltip"]} <= {"words", "s", "value"}


def test_two_things_of_one_name_stay_two_bars() -> None:
    """Titles are not unique."""
    given = made([("title", "text"), ("bids", "integer")], [["Lamp", 3], ["Lamp", 2]], x="title", y=["bids"])

    assert [record["x"] for record in values_of(spec_of(given, "bar"))] == ["Lamp", "Lamp (2)"]


@pytest.mark.parametrize(("rows", "hidden"), [(MOST_BARS, 0), (MOST_BARS + 1, 1)])
def test_more_bars_than_can_be_read_are_left_out_and_counted(rows: int, hidden: int) -> None:
    """The table has them all."""
    given = made([("title", "text"), ("bids", "integer")], [[f"Lamp {n}", n] for n in range(rows)])

    assert len(values_of(spec_of(given, "bar"))) == MOST_BARS
    assert left_out(given, "bar") == hidden


@pytest.mark.parametrize(("names", "shown"), [(MOST_SERIES, MOST_SERIES), (MOST_SERIES + 1, MOST_SERIES + 1)])
def test_series_beyond_the_legends_measure_become_one(names: int, shown: int) -> None:
    """Nine names are eight and "Other"."""
    rows = [[f"2026-06-{day:02d}", f"name {name}", day] for name in range(names) for day in (1, 2)]
    given = made([("day", "date"), ("who", "text"), ("n", "integer")], rows, x="day", y=["n"], series="who")

    series = {record["s"] for record in values_of(spec_of(given, "line"))}

    assert len(series) == shown
    assert ("Other" in series) == (names > MOST_SERIES)


def test_days_stand_in_utc_and_in_order() -> None:
    """Whatever the visitor's zone and the query's order."""
    given = made([("day", "date"), ("n", "integer")], [["2026-06-02", 2], ["2026-06-01", 1]], x="day", y=["n"])

    spec = spec_of(given, "line")

    assert [record["x"] for record in values_of(spec)] == ["2026-06-01", "2026-06-02"]
    assert spec["layer"][0]["encoding"]["x"]["scale"] == {"type": "utc"}
