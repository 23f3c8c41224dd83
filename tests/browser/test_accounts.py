"""Accounts before the functions: what they make of the tokens that the page sends."""

import secrets

import httpx
import jwt
import pytest
from playwright.sync_api import Request, expect

from dev.stack.issuer import Issuer
from tests.browser.accounts import AuthEmulator, sign_tokens
from tests.browser.conftest import OpenWindow
from tests.browser.window import Window
from tests.market import Document, Market, a_key, a_listing

PASSWORD = "four words do well"
UNCONFIRMED = "Your e-mail address is not confirmed yet."


@pytest.fixture
def house(accounts_house: str) -> str:
    """Here people have accounts."""
    return accounts_house


@pytest.fixture
def email() -> str:
    """Nobody else's address."""
    return f"ada-{secrets.token_hex(4)}@example.com"


def bidder(window: Window, listing: Document, email: str) -> None:
    """Open a listing and sign in there."""
    window.open_listing(listing)
    window("#open-sign-in").click()
    window("#sign-in-email").fill(email)
    window("#sign-in-password").fill(PASSWORD)
    window("#sign-in-button").click()
    expect(window("#account-name")).to_contain_text(email)


def test_who_has_confirmed_his_address_bids(
    open_window: OpenWindow, market: Market, auth_emulator: AuthEmulator, issuer: Issuer, email: str
) -> None:
    """Before, he is sent to that step; after it, the page's next token says that he has."""
    auth_emulator.register(email, PASSWORD, confirmed=False)
    listing, window = market.create(), open_window()
    sign_tokens(window.page, auth_emulator, issuer)
    sent: list[str] = []
    window.page.on("request", lambda request: sent.extend(token_of(request)))
    bidder(window, listing, email)
    window("#address-later").click()

    window.may_be_refused(403)
    window.bid("5")
    expect(window("#bid-error")).to_contain_text(UNCONFIRMED)
    expect(window("#address")).to_have_text(email)
    window("#send-again").click()
    auth_emulator.follow_link(auth_emulator.link(email))
    window("#address-confirmed").click()
    expect(window("#sign-in-dialog")).to_be_hidden()
    window.bid("5")

    window.stands("leading")
    claims = jwt.decode(sent[-1], options={"verify_signature": False})
    assert (claims["email"], claims["email_verified"]) == (email, True)


def token_of(request: Request) -> list[str]:
    """What a bid carries."""
    return [request.headers["authorization"].removeprefix("Bearer ")] if "/place_bid" in request.url else []


def test_an_address_confirmed_on_another_device_needs_no_word_here(
    open_window: OpenWindow, market: Market, auth_emulator: AuthEmulator, issuer: Issuer, email: str
) -> None:
    """The refused bid is sent again with a new token."""
    auth_emulator.register(email, PASSWORD, confirmed=False)
    listing, window = market.create(), open_window()
    sign_tokens(window.page, auth_emulator, issuer)
    bidder(window, listing, email)
    window("#send-again").click()
    link = auth_emulator.link(email)
    window("#address-later").click()

    auth_emulator.follow_link(link)
    window.may_be_refused(403)
    window.bid("5")

    window.stands("leading")


def test_a_seller_confirms_his_address_too(
    open_window: OpenWindow, auth_emulator: AuthEmulator, issuer: Issuer, email: str
) -> None:
    """His offer is still there when he comes back from it."""
    auth_emulator.register(email, PASSWORD, confirmed=False)
    window = open_window()
    sign_tokens(window.page, auth_emulator, issuer)
    window.may_be_refused(403)
    window.open("#/sell")
    window("#open-sign-in").click()
    window("#sign-in-email").fill(email)
    window("#sign-in-password").fill(PASSWORD)
    window("#sign-in-button").click()
    window("#address-later").click()
    offer = a_listing()
    window("#sell-form [name=title]").fill(offer["title"])
    window("#sell-form [name=description]").fill(offer["description"])
    window("#sell-form [name=category]").select_option(offer["category"])
    window("#sell-form [name=starting_price]").fill("1")
    window("#sell-button").click()
    window("#confirm-listing").click()
    expect(window("#sell-error")).to_contain_text(UNCONFIRMED)

    window("#send-again").click()
    auth_emulator.follow_link(auth_emulator.link(email))
    window("#address-confirmed").click()
    expect(window("#sign-in-dialog")).to_be_hidden()
    window("#confirm-listing").click()

    expect(window("#lot-title")).to_have_text(offer["title"])


def test_no_function_takes_a_token_that_is_not_signed(
    open_window: OpenWindow, market: Market, auth_emulator: AuthEmulator, email: str
) -> None:
    """The emulator's tokens are what a forger could write; the page then asks to sign in."""
    token, listing = auth_emulator.register(email, PASSWORD), market.create()
    assert jwt.get_unverified_header(token)["alg"] == "none"
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": a_key()}

    refusal = httpx.post(
        market.functions["place_bid"].url, json={"listing_id": listing["id"], "max_amount": 5_00}, headers=headers
    )

    assert (refusal.status_code, refusal.json()["code"]) == (401, "unauthenticated")
    window = open_window()
    window.may_be_refused(401)
    bidder(window, listing, email)
    window.bid("5")
    expect(window("#bid-error")).to_contain_text("Sign in again")
    expect(window("#sign-in-email")).to_be_focused()
