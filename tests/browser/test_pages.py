"""Every page: quiet in the console, narrow enough for a phone, deaf to markup in texts."""

import httpx
from playwright.sync_api import expect

from common.api.problems import STATUS
from tests.browser.conftest import OpenWindow
from tests.market import Market, a_title

HOSTILE = "<script>window.harm=1</script><img src=x onerror='window.harm=2'> &amp; {{7*7}}"


def test_no_page_complains(open_window: OpenWindow, market: Market) -> None:
    """No error in the console, none of the content security policy's; a wrong address has a page too."""
    listing = market.create()
    market.bid(listing, 2_00, by="alice")
    window = open_window()

    for place in ("#/", f"#/listing/{listing['id']}", "#/sell", "#/nowhere", "problems.html"):
        window.open(place)
        expect(window("h1")).to_be_visible()
    window.may_be_refused(404)
    window.open("#/listing/AAAAAAAAAAA")
    expect(window("h1")).to_have_text("There is no such lot")

    assert window.complaints == []


def test_a_complaint_would_be_noticed(open_window: OpenWindow) -> None:
    """The policy refuses a foreign script, and the window takes it down: the test before is no empty one."""
    window = open_window()
    window.open()
    expect(window("h1")).to_be_visible()
    window.page.evaluate(
        "() => { const script = document.createElement('script'); script.textContent = 'window.harm = 1';"
        " document.head.append(script); }"
    )
    assert "Content Security Policy" in window.complaints[0]
    assert window.page.evaluate("() => window.harm") is None
    window.complaints.clear()


def test_a_phone_of_320_pixels_never_scrolls_sideways(open_window: OpenWindow, market: Market) -> None:
    """Market, listing and form, with a title that cannot break, prices of eleven digits, and the dialogs open."""
    word = a_title().split()[-1]
    title = f"{word} {'W' * (139 - len(word))}"
    listing = market.create(title=title, description="W" * 400, starting_price=123_456_789_00, currency="GBP")
    market.bid(listing, 900_000_000_00, by="bob")
    window = open_window(viewport={"width": 320, "height": 640}, has_touch=True)
    window.open(f"#/?q={word}")
    expect(window("listing-card")).to_be_visible()
    assert window.overflow == 0

    window.open_listing(listing)
    window.sign_in(market.user("alice"), "A Rather Long Display Name For A Phone")
    assert window.overflow == 0
    window.review_bid("200,000,000.00")
    assert window.overflow == 0
    window("#cancel-bid").click()

    window.open("#/sell")
    window("#sell-advanced summary").click()
    assert window.overflow == 0
    window.open("problems.html")
    assert window.overflow == 0


def test_markup_in_texts_is_shown_as_text(open_window: OpenWindow, market: Market) -> None:
    """In the market, on the lot's page, in the confirmation and in the window's own title."""
    word = a_title().split()[-1]
    title = f"{word} {HOSTILE}"
    listing = market.create(title=title, description=HOSTILE)
    window = open_window()
    window.open(f"#/?q={word}")
    expect(window("listing-card .card__title")).to_have_text(title)

    window.open_listing(listing)
    window.sign_in(market.user("alice"), "<b>Alice</b>")
    window.review_bid("5")

    expect(window("#lot-title")).to_have_text(title)
    expect(window(".prose")).to_have_text(HOSTILE)
    expect(window("#bid-dialog .confirm__lot")).to_have_text(title)
    expect(window("#account-name b")).to_have_count(0)
    assert title in window.page.title()
    assert window("body img, body script").count() == 0
    assert window.page.evaluate("() => window.harm") is None


def test_every_problem_has_its_paragraph(open_window: OpenWindow, house: str) -> None:
    """`type` of a refusal leads to a heading of its code, for all that functions and gateway can send."""
    window = open_window()
    window.open("problems.html")
    refusal = httpx.post(f"{house}/api/nothing").json()

    headings = {heading.get_attribute("id") for heading in window("h2").all()}

    assert headings == {*STATUS, refusal["code"]}
    window.open(refusal["type"].removeprefix("http://site/"))
    expect(window("h2:target")).to_contain_text("operation_not_found")
    expect(window("h2:target")).to_be_in_viewport()


def test_every_problem_is_listed_with_its_status(open_window: OpenWindow) -> None:
    """The page says the status that the functions send."""
    window = open_window()
    window.open("problems.html")

    for code, status in STATUS.items():
        expect(window(f"#{code} small")).to_have_text(f"HTTP {status.value}")
