"""The Market page: verified questions over one period and one category."""

import re
from datetime import date

import pytest
from analysts.answers import Parameter, Verified
from analysts.ask_page import FAVOURITES
from analysts.market_page import change, parameters_of
from analysts.market_tiles import ALL_CATEGORIES, FIGURES, TILES
from analysts.periods import period_before
from streamlit.testing.v1 import AppTest

from dev.stack.settings import ROOT
from tests.dashboard import script
from tests.dashboard.conftest import OpenPage
from tests.dashboard.scripted import Stage

PAGE = "from analysts.market_page import market_page\nmarket_page()\n"


def asked(stage: Stage) -> dict[str, dict[str, object]]:
    """The latest parameters of each verified question, those for the period before left out."""
    sent = [body for body in stage.sent("nl_query") if not str(body["parameters"].get("period")).startswith("between")]
    return {body["verified"]: body["parameters"] for body in sent}


def shown(page: AppTest) -> str:
    """The page's words."""
    return "\n".join(str(part.value) for part in [*page.text, *page.caption, *page.markdown])


@pytest.mark.parametrize("name", [tile.id for tile in TILES] + [*FAVOURITES])
def test_every_question_of_the_pages_is_a_verified_one(name: str) -> None:
    """By its id."""
    catalogue = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "common/nl/verified").glob("*.yaml"))

    assert re.search(rf"^- id: {name}$", catalogue, re.MULTILINE)


def test_every_tile_asks_its_verified_question(open_page: OpenPage, stage: Stage) -> None:
    """With the page's period and category, so that both pages agree; the history stays the analyst's own."""
    page = open_page(PAGE)

    assert set(asked(stage)) == {tile.id for tile in TILES}
    assert asked(stage)["gmv"] == {"period": "last 30 days", "category": ALL_CATEGORIES}
    assert all(body["unlisted"] is True for body in stage.sent("nl_query"))
    assert all("conversation_id" not in body for body in stage.sent("nl_query"))
    assert not page.exception


def test_figures_compare_with_the_period_before(open_page: OpenPage) -> None:
    """Where there is one: what is live now has none."""
    page = open_page(PAGE)

    figures = {metric.label: (metric.value, metric.delta) for metric in page.metric}
    assert figures["Bids"] == ("48,211", "+9.3 %")
    assert figures["GMV"] == ("318,204", "-6.4 %")
    assert figures["Sell-through"] == ("63.20 %", "+2.1 %")
    assert figures["Live auctions"] == ("1,284", "")
    assert len(figures) == len(FIGURES)


def test_filters_go_to_every_question_that_takes_them(open_page: OpenPage, stage: Stage) -> None:
    """And to no other."""
    page = open_page(PAGE)
    page.selectbox(key="market-period").set_value("last 7 days")

    page.selectbox(key="market-category").set_value("Wine").run()

    assert asked(stage)["gmv"] == {"period": "last 7 days", "category": "Wine"}
    assert asked(stage)["top-categories"] == {"period": "last 7 days"}
    assert asked(stage)["ending-soon"] == {"category": "Wine"}


def test_drawing_the_page_again_asks_nothing_and_refresh_asks_everything(open_page: OpenPage, stage: Stage) -> None:
    """Past the caches."""
    page = open_page(PAGE)
    first = len(stage.sent("nl_query"))

    page.run()
    second = len(stage.sent("nl_query"))
    page.button(key="market-refresh").click().run()

    assert second == first
    assert len(stage.sent("nl_query")) == 2 * first
    assert stage.sent("nl_query")[-1]["refresh"] is True


def test_a_tile_that_fails_says_so_and_the_others_stand(open_page: OpenPage, stage: Stage) -> None:
    """A verified question that went away leaves no hole either."""
    stage.desk["verified"] = [item for item in stage.desk["verified"] if item["id"] != "bids"]
    stage.refuses = {"gmv": script.PROBLEMS[script.TOO_MANY]}

    page = open_page(PAGE)

    assert "You have asked many questions" in shown(page)
    assert len(page.metric) == len(FIGURES) - 2
    assert not page.exception


def test_other_parameters_keep_their_usual_values() -> None:
    """And a question without categories gets none."""
    count = Parameter("n", "whole", "How many", 10)
    period = Parameter("when", "period", "Period", "all time")
    question = Verified("x", "X", (count, period))

    assert parameters_of(question, "last 7 days", "Wine") == {"n": 10, "when": "last 7 days"}


@pytest.mark.parametrize(
    ("period", "today", "before"),
    [
        ("last 7 days", date(2026, 3, 8), "between 2026-02-22 and 2026-02-28"),
        ("this month", date(2026, 3, 31), "between 2026-02-01 and 2026-02-28"),
        ("last month", date(2026, 1, 1), "between 2025-11-01 and 2025-11-30"),
        ("this year", date(2028, 2, 29), "between 2027-01-01 and 2027-02-28"),
        ("last 12 months", date(2026, 6, 15), "between 2024-06-15 and 2025-06-14"),
        ("2026", date(2026, 6, 15), None),
        ("all time", date(2026, 6, 15), None),
    ],
)
def test_the_period_before_is_as_long(period: str, today: date, before: str | None) -> None:
    """Months and years as far as they have come."""
    assert period_before(period, today) == before


@pytest.mark.parametrize(("now", "before", "said"), [(110, 100, "+10.0 %"), ("0.00", "5", "-100.0 %"), (5, 0, None)])
def test_a_change_is_said_in_percent(now: object, before: object, said: str | None) -> None:
    """From nothing there is no percentage."""
    assert change(now, before) == said
