"""Signing in through Google's window, as far as it can be had here: the window is the emulator's, the script our own.

What is real is what can go wrong on a deployed site: the content security policy, the window's way back to the page,
the SDK between them, and what the page says when it does not work.
"""

import re
import secrets
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.accounts import AuthEmulator
from tests.browser.conftest import OpenWindow
from tests.browser.window import Window

SCRIPT = re.compile(r"https://apis\.google\.com/js/api\.js")
STAND_IN = Path(__file__).with_name("gapi.js").read_text(encoding="utf-8")


@pytest.fixture
def house(google_house: str) -> str:
    """Google is switched on here, and nobody opens an account otherwise."""
    return google_house


def with_google(window: Window, *, stand_in: str = STAND_IN) -> None:
    """Serve Google's script, and let the emulator's window do without its fonts."""
    context = window.page.context
    context.route(re.compile(r"https://"), lambda route: route.abort())
    context.route(SCRIPT, lambda route: route.fulfill(body=stand_in, content_type="text/javascript"))


def googles_window(window: Window) -> Page:
    """What opens at the click."""
    with window.page.expect_popup() as popup:
        window("#google-sign-in").click()
    return popup.value


def test_googles_window_answers_the_page(open_window: OpenWindow) -> None:
    """Who comes through it needs neither a password nor another confirmation."""
    email, window = f"ada-{secrets.token_hex(4)}@example.com", open_window()
    with_google(window)
    window.open()
    window("#open-sign-in").click()

    popup = googles_window(window)
    popup.locator(".js-new-account").click()
    popup.locator("#email-input").fill(email)
    popup.locator("#display-name-input").fill("Ada at Google")
    popup.locator("#sign-in").click()

    expect(window("#account-name")).to_contain_text("Ada at Google")
    expect(window("#sign-in-dialog")).to_be_hidden()
    expect(window("#confirm-address")).to_have_count(0)
    window.page.reload()
    expect(window("#account-name")).to_contain_text("Ada at Google")


def test_a_window_that_is_closed_is_no_sign_in(open_window: OpenWindow) -> None:
    """The page says so, and the visitor may try again."""
    window = open_window()
    with_google(window)
    window.open()
    window("#open-sign-in").click()

    googles_window(window).close()

    expect(window("#sign-in-error")).to_contain_text("was closed before you had signed in", timeout=30_000)
    expect(window("#google-sign-in")).to_be_enabled()


def test_a_window_that_the_browser_blocks_is_explained(open_window: OpenWindow) -> None:
    """With what to do about it."""
    window = open_window()
    with_google(window, stand_in=f"{STAND_IN}; window.open = () => null;")
    window.open()
    window("#open-sign-in").click()

    window("#google-sign-in").click()

    expect(window("#sign-in-error")).to_contain_text("Allow pop-up windows for this site")


def test_without_google_the_page_says_so(open_window: OpenWindow, auth_emulator: AuthEmulator) -> None:
    """The script is allowed, and does not come; the password still works."""
    email, window = f"ada-{secrets.token_hex(4)}@example.com", open_window()
    auth_emulator.register(email, "four words do well")
    window.may_lose_answers()
    window.page.context.route(SCRIPT, lambda route: route.abort())
    window.open()
    window("#open-sign-in").click()

    window("#google-sign-in").click()
    expect(window("#sign-in-error")).to_contain_text("could not reach the sign-in service")

    window("#sign-in-email").fill(email)
    window("#sign-in-password").fill("four words do well")
    window("#sign-in-button").click()
    expect(window("#account-name")).to_contain_text(email)


def test_only_what_is_switched_on_is_offered(open_window: OpenWindow) -> None:
    """No account can be opened where that is switched off; a script of Google's is fetched by nobody's page."""
    window = open_window()
    asked: list[str] = []
    window.page.on("request", lambda request: asked.append(request.url))
    window.open()
    window("#open-sign-in").click()

    expect(window("#google-sign-in")).to_be_visible()
    expect(window("#to-reset")).to_be_visible()
    expect(window("#to-register")).to_have_count(0)
    assert [url for url in asked if "google" in url] == []
