"""Two people at one auction, with live updates: what the one does, the other sees."""

import httpx
import pytest
from playwright.sync_api import expect

from dev.stack.issuer import Issuer
from tests.browser.conftest import OpenWindow
from tests.browser.window import Window
from tests.market import Document, Functions, Market, a_title

pytestmark = pytest.mark.emulator

AT_ONCE_MS = 2000
"""The site promises a second. Here other tests share the processor, so twice that; polling alone would need longer
on average, and `dev.bench push` is what measures."""


@pytest.fixture
def house(live_house: str) -> str:
    """The house with live updates."""
    return live_house


@pytest.fixture
def market(live_functions: Functions, issuer: Issuer, http: httpx.Client) -> Market:
    """Its functions."""
    return Market(live_functions, issuer, http)


@pytest.fixture
def two_people(open_window: OpenWindow, market: Market) -> tuple[Window, Window]:
    """Alice and Bob, signed in, each in a window of their own."""
    alice, bob = open_window(), open_window()
    for window, name in ((alice, "alice"), (bob, "bob")):
        window.open()
        window.sign_in(market.user(name))
    return alice, bob


def watch(listing: Document, *windows: Window) -> None:
    """Open the listing in the windows, and wait until its news come by themselves."""
    for window in windows:
        window.open_listing(listing)
    for window in windows:
        expect(window("#live-badge")).to_have_attribute("state", "live")


def test_two_windows_see_each_others_bids_at_once(two_people: tuple[Window, Window], market: Market) -> None:
    """Price, count, leader and history move in both, without reloading."""
    alice, bob = two_people
    listing = market.create(starting_price=10_00)
    watch(listing, alice, bob)
    for window in (alice, bob):
        window.page.evaluate("() => { window.notReloaded = true; }")

    alice.bid("20")
    bob.sees_price(10_00, within_ms=AT_ONCE_MS)
    expect(bob("#bid-count")).to_have_attribute("data-count", "1", timeout=AT_ONCE_MS)
    bob.bid("15")
    alice.sees_price(15_50, within_ms=AT_ONCE_MS)
    alice.stands("leading")
    bob.stands("outbid")
    bob.bid("30")
    alice.sees_price(20_50, within_ms=AT_ONCE_MS)
    alice.stands("outbid", within_ms=AT_ONCE_MS)

    expect(alice("bid-history tbody tr")).to_have_count(3)
    expect(alice("bid-history tr.is-own")).to_have_count(1)
    assert all(window.page.evaluate("() => window.notReloaded") for window in (alice, bob))


def test_a_bid_that_is_counted_and_not_yet_told_is_not_denied(open_window: OpenWindow, market: Market) -> None:
    """The price comes by itself, the history is asked for: until it is here the page says so, not "No bids yet"."""
    window = open_window()
    listing = market.create(starting_price=10_00)
    watch(listing, window)
    expect(window("bid-history")).to_contain_text("No bids yet")
    before = market.get(listing)
    window.page.route("**/api/get_listing*", lambda route: route.fulfill(json=before))
    market.bid(listing, 12_00, by="carol")

    expect(window("#bid-count")).to_have_attribute("data-count", "1", timeout=AT_ONCE_MS)
    expect(window("bid-history")).to_contain_text("One moment")
    expect(window("bid-history")).not_to_contain_text("No bids yet")
    window.page.unroute("**/api/get_listing*")
    expect(window("bid-history tbody tr")).to_have_count(1)


def test_an_auction_closes_before_both_and_names_its_winner(two_people: tuple[Window, Window], market: Market) -> None:
    """Twelve seconds: bids, the end, the hammer; the winner is told that he won, the other who did."""
    alice, bob = two_people
    listing = market.create(starting_price=5_00, duration_seconds=12, soft_close={"window_seconds": 0})
    watch(listing, alice, bob)

    alice.bid("6")
    bob.bid("9")
    for window in (alice, bob):
        window.is_in_phase("closing", within_ms=14_000)
    market.scheduler.close_auctions()

    for window in (alice, bob):
        window.is_in_phase("sold")
    expect(bob("#status")).to_have_text("You won")
    expect(bob("#winner")).to_have_text("You (Bidder 2) for $6.50")
    alice.stands("lost")
    expect(alice("#status")).to_have_text("Sold to Bidder 2")
    expect(alice("#winner")).to_have_text("Bidder 2 for $6.50")
    expect(alice("#bid-button")).to_be_hidden()


def test_a_late_bid_moves_the_end_in_the_other_window(two_people: tuple[Window, Window], market: Market) -> None:
    """An extension is announced where it was not caused."""
    alice, bob = two_people
    listing = market.create(duration_seconds=60)
    watch(listing, alice, bob)

    alice.bid("2")

    expect(bob("#extension")).to_contain_text("Extended by", timeout=AT_ONCE_MS)
    expect(bob("#ends-at")).not_to_have_attribute("datetime", listing["ends_at"])


def test_a_card_in_the_market_moves_with_the_bids(open_window: OpenWindow, market: Market) -> None:
    """The market is live too."""
    title = a_title()
    listing = market.create(title=title, starting_price=10_00)
    window = open_window()
    window.open(f"#/?q={title.split()[-1]}")
    expect(window("#live-badge")).to_have_attribute("state", "live")

    market.bid(listing, 20_00, by="alice")
    market.bid(listing, 15_00, by="bob")

    price = window(f"listing-card[data-listing-id='{listing['id']}'] price-tag")
    expect(price).to_have_attribute("amount", "1550", timeout=AT_ONCE_MS)
