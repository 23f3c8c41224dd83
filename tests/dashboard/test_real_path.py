"""The main path with nothing scripted: the app, the gateway, the functions, the database."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dev.stack.gateway import GatewayFacts, served
from dev.stack.issuer import Issuer
from tests.dashboard.conftest import DASHBOARD, SECONDS
from tests.market import Functions, Market, Records

TOP = "Top 7 listings by bids"
"""No other test asks for seven: nothing of it is cached."""

MARKET_PAGE = "from analysts.market_page import market_page\nmarket_page()\n"


@pytest.fixture(scope="module")
def house(
    functions: Functions, issuer: Issuer, project: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of a stack, without the site's pages."""
    facts = GatewayFacts(
        functions={operation: function.url for operation, function in functions.items()},
        issuer=issuer,
        dist=Path(tmp_path_factory.mktemp("dist")),
        emulator=None,
        project=project,
        site_url="http://site",
    )
    with served(facts) as url:
        yield url


@pytest.fixture
def settings(house: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app's settings for that stack; an analyst of this test alone, whose questions a minute are counted."""
    monkeypatch.setenv("GAVEL_ANALYST", f"analyst-{secrets.token_hex(4)}@mail.example")
    monkeypatch.setenv("GAVEL_API", f"{house}/api")
    monkeypatch.setenv("GAVEL_SIGN_IN", f"{house}/dev/analyst")


def test_the_example_is_answered_by_the_real_function(settings: None, empty_market: Records, market: Market) -> None:
    """Verified, with what the listing was bid on; SQL that reads more than it may is stopped."""
    listing = market.create(title="A lamp with bids")
    for name, amount in (("bob", 5_00), ("carol", 9_00), ("bob", 12_00)):
        market.bid(listing, amount, by=name)
    page = AppTest.from_file(DASHBOARD / "app.py", default_timeout=SECONDS).run()

    page = page.chat_input[0].set_value(TOP).run()

    assert "Verified" in "".join(part.value for part in page.markdown)
    assert "A lamp with bids" in [str(cell) for cell in page.dataframe[0].value.to_numpy().ravel()]
    assert "SELECT" in page.code[0].value

    page = next(button for button in page.button if str(button.key).startswith("edit-")).click().run()
    page.text_area[0].set_value("SELECT email FROM users")
    page = next(button for button in page.button if str(button.key).startswith("run-")).click().run()

    assert "Stopped by the guard" in "".join(part.value for part in page.markdown)


def test_every_tile_of_the_market_is_answered(settings: None, market: Market) -> None:
    """None of its verified questions is refused, for all categories and for one."""
    market.create()
    page = AppTest.from_string(MARKET_PAGE, default_timeout=SECONDS).run()

    def complaints(page: AppTest) -> list[str]:
        return [caption.value for caption in page.caption if not caption.value.startswith("As of")]

    assert complaints(page) == []
    assert len(page.metric) == 6
    assert complaints(page.selectbox(key="market-category").set_value("Wine").run()) == []
