"""Signing in with an account, before Firebase's Auth emulator: everything that the site does up to the token."""

import re
import secrets

import pytest
from playwright.sync_api import Route, expect

from tests.browser.accounts import AuthEmulator
from tests.browser.conftest import OpenWindow
from tests.browser.window import Window

PASSWORD = "four words do well"
NOT_TOGETHER = "This address and password do not belong together. Check both, or set a new password."
SDK = re.compile(r"/assets/accounts-\w+\.js$")


@pytest.fixture
def house(accounts_house: str) -> str:
    """Here people have accounts."""
    return accounts_house


def an_address() -> str:
    """Nobody else's."""
    return f"ada-{secrets.token_hex(4)}@example.com"


def fill(window: Window, email: str, password: str | None = None) -> None:
    """Type into the form that is open, and send it."""
    window("#sign-in-email").fill(email)
    if password is not None:
        window("#sign-in-password").fill(password)
    window("#sign-in-button").click()


def sign_in(window: Window, email: str, password: str = PASSWORD) -> None:
    """From the page to being signed in."""
    window("#open-sign-in").click()
    fill(window, email, password)
    expect(window("#account-name")).to_contain_text(email)


def register(window: Window, email: str) -> None:
    """From the page to the step that asks for confirmation."""
    window("#open-sign-in").click()
    window("#to-register").click()
    fill(window, email, PASSWORD)
    expect(window("#address-confirmed")).to_be_visible()


def test_whoever_opens_an_account_confirms_his_address(open_window: OpenWindow, auth_emulator: AuthEmulator) -> None:
    """The link may be followed anywhere; the page reminds of it until it is told."""
    email, window = an_address(), open_window()
    window.open()
    window("#open-sign-in").click()
    window("#to-register").click()
    window("#sign-in-name").fill("Ada L.")
    fill(window, email, PASSWORD)
    expect(window("#address")).to_have_text(email)
    expect(window("#account-name")).to_contain_text("Ada L.")
    window("#address-later").click()

    window("#confirm-address").click()
    auth_emulator.follow_link(auth_emulator.link(email))
    window("#address-confirmed").click()

    expect(window("#sign-in-dialog")).to_be_hidden()
    expect(window("#confirm-address")).to_have_count(0)
    expect(window("#announcer")).to_have_text("Signed in: Ada L.")


def test_an_address_that_is_not_confirmed_yet_is_asked_for_again(
    open_window: OpenWindow, auth_emulator: AuthEmulator
) -> None:
    """The page says so, and sends the message again."""
    email, window = an_address(), open_window()
    window.open()
    register(window, email)

    window("#address-confirmed").click()
    expect(window("#address-error")).to_contain_text("has not been followed yet")
    window("#send-again").click()
    expect(window("#address-news")).to_contain_text("on its way again")

    expect(window("#address-error")).to_be_empty()
    assert len(auth_emulator.links(email)) == 2


def test_confirming_in_another_tab_is_noticed(open_window: OpenWindow, auth_emulator: AuthEmulator) -> None:
    """One tab asks, all know."""
    email, window = an_address(), open_window()
    window.open()
    register(window, email)
    beside = open_window(beside=window)
    beside.open()
    beside("#confirm-address").click()

    auth_emulator.follow_link(auth_emulator.link(email))
    beside("#address-confirmed").click()

    expect(beside("#confirm-address")).to_have_count(0)
    expect(window("#confirm-address")).to_have_count(0)
    expect(window("#sign-in-dialog")).to_be_hidden()


def test_coming_back_to_the_page_is_enough(open_window: OpenWindow, auth_emulator: AuthEmulator) -> None:
    """Nobody has to press anything after following the link."""
    email, window = an_address(), open_window()
    window.open()
    register(window, email)
    auth_emulator.follow_link(auth_emulator.link(email))

    window.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")

    expect(window("#sign-in-dialog")).to_be_hidden()
    expect(window("#confirm-address")).to_have_count(0)


def test_an_account_is_there_though_its_message_was_not_sent(
    open_window: OpenWindow, auth_emulator: AuthEmulator
) -> None:
    """The service had sent too many: the page says so where the message can be sent again."""
    email, window = an_address(), open_window()
    window.may_be_refused(400)
    window.page.route(
        "**/accounts:sendOobCode**",
        lambda route: route.fulfill(status=400, json={"error": {"message": "TOO_MANY_ATTEMPTS_TRY_LATER"}}),
    )
    window.open()
    register(window, email)
    expect(window("#address-error")).to_contain_text("Wait a few minutes")
    expect(window("#account-name")).to_contain_text(email)

    window.page.unroute_all()
    window("#send-again").click()

    expect(window("#address-news")).to_contain_text("on its way again")
    assert auth_emulator.links(email)


def test_an_account_that_is_gone_is_signed_in_no_longer(open_window: OpenWindow, auth_emulator: AuthEmulator) -> None:
    """The page that remembers a name asks whether there is still such a person."""
    email, window = an_address(), open_window()
    token = auth_emulator.register(email, PASSWORD)
    window.may_be_refused(400)
    window.open()
    sign_in(window, email)

    auth_emulator.delete(token)
    window.page.reload()

    expect(window("#open-sign-in")).to_be_visible()


def test_a_wrong_password_and_an_unknown_address_sound_the_same(
    open_window: OpenWindow, auth_emulator: AuthEmulator
) -> None:
    """The field is marked and has the focus; what is typed next takes the words away."""
    email, window = an_address(), open_window()
    auth_emulator.register(email, PASSWORD)
    window.may_be_refused(400)
    window.open()
    window("#open-sign-in").click()

    for address, password in ((email, "not the one"), (an_address(), PASSWORD)):
        fill(window, address, password)
        expect(window("#sign-in-error")).to_have_text(NOT_TOGETHER)
        expect(window("#sign-in-password")).to_be_focused()
        expect(window("#sign-in-password")).to_have_attribute("aria-invalid", "true")
        window("#sign-in-password").press("Backspace")
        expect(window("#sign-in-error")).to_be_empty()
    expect(window("#open-sign-in")).to_have_count(1)


def test_an_address_has_one_account(open_window: OpenWindow, auth_emulator: AuthEmulator) -> None:
    """Whoever has one is sent to it, with his address typed already."""
    email, window = an_address(), open_window()
    auth_emulator.register(email, PASSWORD)
    window.may_be_refused(400)
    window.open()
    window("#open-sign-in").click()
    window("#to-register").click()

    fill(window, email, PASSWORD)

    expect(window("#sign-in-error")).to_contain_text("has an account already")
    expect(window("#sign-in-email")).to_be_focused()
    window("#to-sign-in").click()
    expect(window("#sign-in-email")).to_have_value(email)


def test_a_new_password_has_eight_characters(open_window: OpenWindow) -> None:
    """Seven are not sent."""
    window = open_window()
    window.open()
    window("#open-sign-in").click()
    window("#to-register").click()

    fill(window, an_address(), "x" * 7)
    expect(window("#sign-in-error")).to_contain_text("at least 8 characters")
    fill(window, an_address(), "x" * 8)

    expect(window("#address-confirmed")).to_be_visible()


def test_a_forgotten_password_is_set_anew(open_window: OpenWindow, auth_emulator: AuthEmulator) -> None:
    """By a link; who has no account is told the same."""
    email, stranger, window = an_address(), an_address(), open_window()
    auth_emulator.register(email, PASSWORD)
    window.may_be_refused(400)
    window.open()
    window("#open-sign-in").click()
    window("#to-reset").click()
    expect(window("#sign-in-password")).to_have_count(0)

    for address in (stranger, email):
        fill(window, address)
        expect(window("#sign-in-news")).to_contain_text(f"If {address} has an account, a message with a link")

    auth_emulator.follow_link(auth_emulator.link(email, "PASSWORD_RESET"), newPassword="another one instead")
    window("#to-sign-in").click()
    fill(window, email, "another one instead")
    expect(window("#account-name")).to_contain_text(email)
    assert auth_emulator.links(stranger, "PASSWORD_RESET") == []


def test_people_stay_signed_in_on_their_device_and_leave_all_tabs_at_once(
    open_window: OpenWindow, auth_emulator: AuthEmulator
) -> None:
    """After a reload and in a new tab; tabs that were open before follow too."""
    email, before = an_address(), open_window()
    auth_emulator.register(email, PASSWORD)
    before.open()
    window = open_window(beside=before)
    window.open()
    sign_in(window, email)
    expect(before("#account-name")).to_contain_text(email)

    window.page.reload()
    expect(window("#account-name")).to_contain_text(email)
    after = open_window(beside=window)
    after.open()
    expect(after("#account-name")).to_contain_text(email)

    after("#sign-out").click()
    for tab in (after, window, before):
        expect(tab("#open-sign-in")).to_be_visible()
    window.page.reload()
    expect(window("#open-sign-in")).to_be_visible()


def test_a_tab_that_is_still_opening_brings_nobody_back(open_window: OpenWindow, auth_emulator: AuthEmulator) -> None:
    """It asks the service about the person, who leaves in another tab before it is answered."""
    email, window = an_address(), open_window()
    auth_emulator.register(email, PASSWORD)
    window.open()
    sign_in(window, email)
    opening = open_window(beside=window)
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    opening.page.route("**/accounts:lookup**", hold, times=1)
    with opening.page.expect_request("**/accounts:lookup**"):
        opening.open()

    window("#sign-out").click()
    expect(window("#open-sign-in")).to_be_visible()
    expect(opening("#account-name")).to_contain_text(email)
    asked[0].continue_()

    for tab in (opening, window):
        expect(tab("#open-sign-in")).to_be_visible()
    window.page.reload()
    expect(window("#open-sign-in")).to_be_visible()
    sign_in(window, email)
    expect(opening("#account-name")).to_contain_text(email)


def test_who_only_watches_does_not_load_the_sign_in(open_window: OpenWindow, auth_emulator: AuthEmulator) -> None:
    """Neither its script nor a word to its service; who has signed in loads it with the page."""
    email, window = an_address(), open_window()
    auth_emulator.register(email, PASSWORD)
    asked: list[str] = []
    window.page.on("request", lambda request: asked.append(request.url))

    def of_the_sign_in() -> list[str]:
        return [url for url in asked if SDK.search(url) or auth_emulator.address in url]

    window.open("#/")
    expect(window("h1")).to_be_visible()
    window.open("#/sell")
    expect(window("h1")).to_have_text("Sell a lot")
    assert of_the_sign_in() == []

    sign_in(window, email)
    assert SDK.search(of_the_sign_in()[0])
    asked.clear()
    window.page.reload()
    expect(window("#account-name")).to_contain_text(email)
    assert of_the_sign_in() or window.page.wait_for_event("request", lambda request: SDK.search(request.url))


def test_without_a_connection_the_page_says_so(open_window: OpenWindow, auth_emulator: AuthEmulator) -> None:
    """And it works again when the connection is back."""
    email, window = an_address(), open_window()
    auth_emulator.register(email, PASSWORD)
    window.may_lose_answers()
    window.open()
    window("#open-sign-in").click()
    window.page.route(f"http://{auth_emulator.address}/**", lambda route: route.abort())

    fill(window, email, PASSWORD)
    expect(window("#sign-in-error")).to_contain_text("could not reach the sign-in service")
    expect(window("#sign-in-button")).to_be_enabled()

    window.page.unroute_all()
    window("#sign-in-button").click()
    expect(window("#account-name")).to_contain_text(email)


def test_browsers_and_password_managers_know_the_fields(open_window: OpenWindow) -> None:
    """An old password is filled in, a new one made up."""
    window = open_window()
    window.open()
    window("#open-sign-in").click()
    expect(window("#sign-in-email")).to_have_attribute("autocomplete", "username")
    expect(window("#sign-in-password")).to_have_attribute("autocomplete", "current-password")

    window("#to-register").click()

    expect(window("#sign-in-email")).to_have_attribute("type", "email")
    expect(window("#sign-in-password")).to_have_attribute("autocomplete", "new-password")
    window("#sign-in-password").fill(PASSWORD)
    window("#show-password").click()
    expect(window("#sign-in-password")).to_have_attribute("type", "text")
    window("#show-password").click()
    expect(window("#sign-in-password")).to_have_attribute("type", "password")


def test_a_keyboard_is_enough(open_window: OpenWindow, auth_emulator: AuthEmulator) -> None:
    """In by Tab and Enter; away by Escape, and the focus is back where it was."""
    email, window = an_address(), open_window()
    auth_emulator.register(email, PASSWORD)
    window.open()
    window("#open-sign-in").focus()
    keyboard = window.page.keyboard
    keyboard.press("Enter")
    expect(window("#sign-in-email")).to_be_focused()
    keyboard.press("Escape")
    expect(window("#open-sign-in")).to_be_focused()

    keyboard.press("Enter")
    keyboard.type(email)
    keyboard.press("Tab")
    keyboard.type(PASSWORD)
    keyboard.press("Enter")

    expect(window("#account-name")).to_contain_text(email)


@pytest.mark.parametrize("width", [320, 360])
def test_no_step_is_wider_than_a_phone(open_window: OpenWindow, width: int) -> None:
    """With an address that cannot break."""
    email = f"{'w' * 50}.{secrets.token_hex(4)}@example.com"
    window = open_window(viewport={"width": width, "height": 640}, has_touch=True)
    window.open("#/sell")
    window("#open-sign-in").click()

    for step in ("#to-reset", "#to-sign-in", "#to-register"):
        assert (window.overflow, sideways(window)) == (0, 0)
        window(step).click()
    fill(window, email, PASSWORD)
    expect(window("#address-confirmed")).to_be_visible()
    assert (window.overflow, sideways(window)) == (0, 0)
    window("#address-later").click()
    expect(window("#confirm-address")).to_be_visible()
    assert window.overflow == 0


def sideways(window: Window) -> int:
    """By how many pixels the dialog's content is wider than the dialog."""
    width: int = window("#sign-in-dialog").evaluate("dialog => dialog.scrollWidth - dialog.clientWidth")
    return width
