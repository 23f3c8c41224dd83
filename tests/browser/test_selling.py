"""Selling by the form."""

import httpx
from playwright.sync_api import Route, expect

from tests.browser.conftest import OpenWindow
from tests.browser.window import Window
from tests.market import Market, a_title


def describe(window: Window, **fields: str) -> None:
    """Fill in the form, as a patient seller does."""
    usual = {"title": "A globe of 1890", "description": "Paper on plaster.\nOne dent.", "starting_price": "25.00"}
    window("#sell-category").select_option("furniture")
    for name, value in (usual | fields).items():
        window(f"#sell-form [name={name}]").fill(value)


def test_an_item_goes_from_an_empty_form_to_its_page(open_window: OpenWindow, market: Market) -> None:
    """What was typed is previewed, confirmed, and stands on the lot's page and in the market."""
    title = a_title()
    window = open_window()
    window.open()
    window.sign_in(market.user("alice"))
    window(".site-nav a[data-page=sell]").click()
    describe(window, title=title)
    window("#sell-currency").select_option("EUR")
    window("#sell-duration_seconds").select_option("3600")
    window("#sell-button").click()
    expect(window("#sell-dialog")).to_contain_text("€25.00")

    window("#confirm-listing").click()

    expect(window("#lot-title")).to_have_text(title)
    window.sees_price(25_00)
    window.stands("seller")
    expect(window(".prose")).to_have_text("Paper on plaster.\nOne dent.", use_inner_text=True)
    window.open("#/?sort=newest")
    expect(window("listing-card").filter(has_text=title)).to_be_visible()


def test_a_refused_field_says_why_beside_itself(open_window: OpenWindow, market: Market) -> None:
    """Both the page's own complaints and the server's; what was hidden is opened, what is mended falls silent."""
    window = open_window()
    window.open("#/sell")
    window.sign_in(market.user("alice"))
    window.may_be_refused(400)
    describe(window, title=" ")
    window("#sell-button").click()
    expect(window("#sell-title-error")).to_have_text("Give the lot a title.")
    expect(window("#sell-title")).to_be_focused()
    window("#sell-title").fill("A globe")
    expect(window("#sell-title-error")).to_be_empty()
    window("#sell-advanced summary").click()
    window("#sell-reserve_price").fill("24.99")
    window("#sell-advanced summary").click()
    window("#sell-button").click()

    window("#confirm-listing").click()

    expect(window("#sell-dialog")).to_be_hidden()
    expect(window("#sell-reserve_price-error")).to_have_text("Must be at least the starting price.")
    expect(window("#sell-reserve_price")).to_have_attribute("aria-invalid", "true")
    expect(window("#sell-reserve_price")).to_be_focused()


def test_an_offer_whose_answer_is_lost_is_listed_once(open_window: OpenWindow, market: Market) -> None:
    """It is sent again with the same key, and answered with the listing that is there."""
    title = a_title()
    window = open_window()
    window.open("#/sell")
    window.sign_in(market.user("alice"))
    window.may_lose_answers()
    window.page.route("**/api/create_listing", _lose_answer, times=1)
    describe(window, title=title)
    window("#sell-button").click()

    window("#confirm-listing").click()

    expect(window("#lot-title")).to_have_text(title)
    assert len(market.nobody.search(q=title.split()[-1])["listings"]) == 1


def test_a_visitor_keeps_what_he_typed_when_he_signs_in(open_window: OpenWindow, market: Market) -> None:
    """Signing in is asked for when it is needed, not before."""
    window = open_window()
    window.open("#/sell")
    describe(window, title="A globe")
    window("#sell-button").click()

    window("#sign-in-user").fill(market.user("alice").user_id)
    window("#sign-in-button").click()

    expect(window("#account-name")).to_be_visible()
    expect(window("#sell-title")).to_have_value("A globe")
    window("#sell-button").click()
    expect(window("#sell-dialog")).to_be_visible()


def _lose_answer(route: Route) -> None:
    """Let the request arrive, and nothing come back."""
    request = route.request
    sent = httpx.request(request.method, request.url, headers=request.headers, content=request.post_data_buffer)
    assert sent.status_code == 201
    route.abort()
