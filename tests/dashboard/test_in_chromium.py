"""The app in Chromium: what only a browser can show. Hostile text, phones, dark mode, files, the way between pages."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.dashboard import script
from tests.dashboard.conftest import OpenWindow
from tests.dashboard.scripted import Stage

PHONE = {"width": 390, "height": 844}


def ask(page: Page, question: str) -> None:
    """Type a question, send it, and wait until it stands above its answer."""
    page.get_by_test_id("stChatInputTextArea").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-asked")).to_have_text(question)


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    width: int = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def hard_to_read(page: Page) -> set[str]:
    """Texts of an answer with less contrast than WCAG asks for."""
    expect(page.locator(".st-key-assumptions")).to_be_visible()
    texts = ("h1", ".st-key-asked *", ".st-key-origin [data-testid=stCaptionContainer] p", "button p")
    return {selector for selector in texts if contrast(page, selector) < 4.5}


def contrast(page: Page, selector: str) -> float:
    """The contrast of a text to the page behind it, as WCAG counts it."""
    ratio: float = page.locator(selector).first.evaluate(
        """element => {
            const numbers = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
            const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
                .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
            const ink = light(numbers(getComputedStyle(element).color));
            const app = document.querySelector('[data-testid=stApp]');
            const paper = light(numbers(getComputedStyle(app).backgroundColor));
            return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
        }"""
    )
    return ratio


def test_the_example_is_answered_charted_and_saved_as_a_file(
    open_window: OpenWindow, stage: Stage, tmp_path: Path
) -> None:
    """The seed's own: Top 5 listings by bids."""
    page = open_window()
    ask(page, script.TOP)

    expect(page.locator(".st-key-origin")).to_contain_text("Verified")
    expect(page.locator(".st-key-origin")).to_contain_text("Cached, as of 14:03")  # 12:03 in UTC, here is Vienna
    expect(page.get_by_test_id("stVegaLiteChart").locator("canvas, svg").first).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    assert hard_to_read(page) == set()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()

    assert download.value.suggested_filename == "gavel-top-5-listings-by-bids.csv"
    download.value.save_as(tmp_path / "rows.csv")
    assert (tmp_path / "rows.csv").read_text(encoding="utf-8-sig").startswith('"id","title","bid_count"')
    assert stage.sent("nl_query")[0]["question"] == script.TOP


def test_hostile_text_is_text_in_table_chart_tooltip_and_labels(open_window: OpenWindow) -> None:
    """No element, link, picture or script comes of it; no other host is asked (the fixture holds it)."""
    page = open_window()
    ask(page, script.WILD)
    chart = page.get_by_test_id("stVegaLiteChart")
    expect(chart).to_be_visible()
    expect(page.locator(".st-key-suggestions")).to_contain_text("Show [this](https:")
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 18)
    expect(page.locator("#vg-tooltip-element")).to_contain_text('<img src=x onerror="document.title=1">')

    assert page.locator('a[href*="evil"], img[src="x"], img[src*="evil"]').count() == 0
    assert page.locator("main strong, main script").count() == 0
    assert page.title() not in ("1", "2")
    expect(page.locator(".st-key-suggestions")).to_contain_text("**now**")


def test_the_table_offers_no_file_of_its_own(open_window: OpenWindow) -> None:
    """Streamlit's would not disarm formulas."""
    page = open_window("market", viewport={"width": 1280, "height": 900})
    table = page.get_by_test_id("stDataFrame").last
    table.scroll_into_view_if_needed()
    table.hover()
    toolbar = page.get_by_test_id("stElementToolbar").filter(has=page.get_by_label("Search"))
    expect(toolbar.last).to_be_visible()

    assert toolbar.get_by_label(re.compile("download", re.IGNORECASE)).count() == 0


def test_every_state_fits_a_phone_in_the_dark(open_window: OpenWindow) -> None:
    """Nothing has to be pushed sideways, everything can be read."""
    page = open_window(viewport=PHONE, color_scheme="dark")
    widths = {}

    for question in (script.UNCLEAR, script.NOT_HERE, script.FORBIDDEN, script.NO_MODEL, script.TOP):
        ask(page, question)
        widths[question] = overflow(page)

    assert {question for question, width in widths.items() if width > 0} == set()
    assert hard_to_read(page) == set()


def test_the_market_fits_a_phone_and_leads_to_ask(open_window: OpenWindow, stage: Stage) -> None:
    """A tile opens with the page's filters, which can be changed there."""
    page = open_window("market", viewport=PHONE)
    expect(page.locator(".st-key-figure-gmv")).to_contain_text("318,204")
    assert overflow(page) <= 0

    page.locator(".st-key-open-gmv button").click()

    expect(page.locator(".st-key-asked")).to_have_text("GMV in the last 30 days")
    expect(page.locator(".st-key-origin")).to_contain_text("Verified")
    assert stage.sent("nl_query")[-1]["parameters"] == {"period": "last 30 days", "category": "all categories"}


def test_waiting_says_what_is_going_on_and_for_how_long(open_window: OpenWindow) -> None:
    """Honestly: one request is one sentence and a clock."""
    page = open_window()
    page.get_by_test_id("stChatInputTextArea").fill(script.SLOW)
    page.keyboard.press("Enter")

    expect(page.locator(".st-key-working")).to_contain_text(re.compile(r"checking and running it · [1-9]\d* s"))
    expect(page.locator(".st-key-examples")).to_be_hidden()
    expect(page.locator(".st-key-asked")).to_have_text(script.SLOW)
