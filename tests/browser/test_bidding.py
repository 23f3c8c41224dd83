"""Bidding on the page where there are no live updates: the pages poll, and everything else is the same."""

import httpx
from playwright.sync_api import Route, expect

from tests.browser.conftest import OpenWindow
from tests.market import Market


def test_without_live_updates_the_badge_says_so_and_bids_appear_by_polling(
    open_window: OpenWindow, market: Market
) -> None:
    """A bid in one window comes to the other with the next look."""
    listing = market.create(starting_price=10_00)
    market.bid(listing, 20_00, by="carol")
    alice, visitor = open_window(), open_window()
    alice.open_listing(listing)
    alice.sign_in(market.user("alice"))
    visitor.open_listing(listing)
    expect(visitor("#live-badge")).to_have_text("Live updates off")

    alice.bid("15")

    visitor.sees_price(15_50)
    expect(visitor("#bid-count")).to_have_text("2 bids")
    visitor.stands("none")


def test_a_bid_below_the_minimum_cannot_be_confirmed(open_window: OpenWindow, market: Market) -> None:
    """The least is said beside the field, and there is nothing to confirm; one cent more there is."""
    window = open_window()
    window.open_listing(market.create(starting_price=10_00))
    window.sign_in(market.user("alice"))
    expect(window("#bid-amount")).to_have_value("10.00")

    window("#bid-amount").fill("9.99")
    window("#bid-button").click()

    expect(window("#bid-error")).to_contain_text("Enter $10.00 or more")
    expect(window("#bid-amount")).to_have_attribute("aria-invalid", "true")
    expect(window("#bid-amount")).to_be_focused()
    expect(window("#bid-dialog")).to_be_hidden()
    window.review_bid("10.00")
    expect(window("#confirm-amount")).to_have_text("$10.00")


def test_who_is_outbid_at_once_is_told(open_window: OpenWindow, market: Market) -> None:
    """The bid counts, a standing maximum is above it: the new price and what would be needed."""
    listing = market.create(starting_price=10_00)
    market.bid(listing, 50_00, by="bob")
    window = open_window()
    window.open_listing(listing)
    window.sign_in(market.user("alice"))

    window.bid("20")

    expect(window("#bid-result")).to_have_attribute("data-mood", "bad")
    expect(window("#bid-result")).to_contain_text("the price is now $20.50. Bid at least $21.00")
    window.stands("outbid")
    expect(window("#your-max")).to_contain_text("$20.00")
    expect(window("#bid-amount")).to_have_value("21.00")


def test_who_leads_is_told_and_raises_his_maximum_unseen(open_window: OpenWindow, market: Market) -> None:
    """A leader's own raise does not move the price."""
    window = open_window()
    window.open_listing(market.create(starting_price=10_00))
    window.sign_in(market.user("alice"))

    window.bid("20")
    expect(window("#bid-result")).to_have_text("You lead at $10.00. We bid for you up to $20.00.")
    window.bid("30")

    expect(window("#bid-result")).to_have_text("You lead at $10.00. We bid for you up to $30.00.")
    expect(window("#your-max")).to_contain_text("$30.00")
    window.sees_price(10_00)


def test_what_a_leader_was_told_follows_the_price(open_window: OpenWindow, market: Market) -> None:
    """While others bid below his maximum; it goes when one bids more."""
    listing = market.create(starting_price=10_00)
    window = open_window()
    window.open_listing(listing)
    window.sign_in(market.user("alice"))
    window.bid("20")
    expect(window("#bid-result")).to_have_text("You lead at $10.00. We bid for you up to $20.00.")

    market.bid(listing, 15_00, by="bob")
    expect(window("#bid-result")).to_have_text("You lead at $15.50. We bid for you up to $20.00.")
    market.bid(listing, 40_00, by="bob")

    expect(window("#bid-result")).to_be_empty()
    window.stands("outbid")


def test_a_bid_that_comes_too_late_for_its_amount_gets_the_new_minimum(open_window: OpenWindow, market: Market) -> None:
    """Somebody bids between review and confirmation, unseen: the refusal is said and the minimum filled in."""
    listing = market.create(starting_price=10_00)
    window = open_window()
    window.open_listing(listing)
    window.sign_in(market.user("alice"))
    expect(window("#bid-button")).to_have_text("Review bid")
    window.may_be_refused(409)
    before = market.user("alice").get(listing)
    window.page.route("**/api/get_listing*", lambda route: route.fulfill(json=before))
    window.review_bid("12")
    market.bid(listing, 40_00, by="bob")
    market.bid(listing, 15_00, by="carol")

    window("#confirm-bid").click()

    expect(window("#bid-error")).to_contain_text("Your maximum is below the least that is taken now, $16.00")
    expect(window("#bid-amount")).to_have_value("16.00")
    window.page.unroute("**/api/get_listing*")
    window.sees_price(15_50)
    window.bid("16")
    window.sees_price(16_50)


def test_news_while_a_bid_is_reviewed_stop_what_has_become_too_low(open_window: OpenWindow, market: Market) -> None:
    """The confirmation follows the price, and cannot be given any more."""
    listing = market.create(starting_price=10_00)
    window = open_window()
    window.open_listing(listing)
    window.sign_in(market.user("alice"))
    window.review_bid("10")

    market.bid(listing, 40_00, by="bob")
    market.bid(listing, 20_00, by="carol")

    expect(window("#confirm-bid")).to_be_disabled()
    expect(window("#confirm-news")).to_contain_text("the least is $21.00 now")
    window("#cancel-bid").click()
    expect(window("#bid-error")).to_contain_text("Enter $21.00 or more")


def test_a_bid_whose_answer_is_lost_counts_once(open_window: OpenWindow, market: Market) -> None:
    """The page sends it again by itself, with the same key."""
    listing = market.create(starting_price=10_00)
    window = open_window()
    window.open_listing(listing)
    window.sign_in(market.user("alice"))
    window.may_lose_answers()
    window.page.route("**/api/place_bid", _lose_answer, times=1)

    window.bid("20")

    expect(window("#bid-result")).to_contain_text("You lead")
    assert market.get(listing)["listing"]["bid_count"] == 1


def test_two_tabs_are_two_people_and_one_signs_out_alone(open_window: OpenWindow, market: Market) -> None:
    """A tab is a person, also after a reload; signing out in one leaves the other signed in."""
    listing = market.create(starting_price=10_00)
    alice = open_window()
    alice.open_listing(listing)
    alice.sign_in(market.user("alice"), "Alice")
    bob = open_window(beside=alice)
    bob.open_listing(listing)
    expect(bob("#open-sign-in")).to_be_visible()
    bob.sign_in(market.user("bob"), "Bob")

    alice.bid("20")
    alice.page.reload()
    bob("#sign-out").click()

    expect(alice("#account-name")).to_contain_text("Alice")
    alice.stands("leading")
    expect(bob("#bid-button")).to_have_text("Sign in to bid")
    bob.stands("none")
    expect(bob("#your-max")).to_be_hidden()


def test_the_keyboard_alone_signs_in_bids_and_confirms(open_window: OpenWindow, market: Market) -> None:
    """Tab, letters and Enter; where the focus is can be seen, and Escape takes a step back."""
    window = open_window()
    window.open_listing(market.create(starting_price=10_00))
    keyboard = window.page.keyboard

    def tab_to(selector: str) -> None:
        for _ in range(40):
            if window(f"{selector}:focus-visible").count():
                return
            keyboard.press("Tab")
        raise AssertionError(f"{selector} is not reached by Tab")

    tab_to("#open-sign-in")
    keyboard.press("Enter")
    keyboard.type(market.user("alice").user_id)
    keyboard.press("Enter")
    expect(window("#account-name")).to_be_visible()
    tab_to("#bid-amount")
    keyboard.press("Control+a")
    keyboard.type("12.50")
    keyboard.press("Enter")
    expect(window("#confirm-bid")).to_be_focused()
    keyboard.press("Escape")
    expect(window("#bid-dialog")).to_be_hidden()
    expect(window("#bid-amount")).to_be_focused()
    keyboard.press("Enter")
    expect(window("#confirm-bid")).to_be_focused()
    keyboard.press("Enter")

    expect(window("#bid-result")).to_contain_text("up to $12.50")
    window.stands("leading")


def test_a_seller_is_shown_no_form_to_bid(open_window: OpenWindow, market: Market) -> None:
    """Sellers may not bid on their own, and are told how it stands."""
    window = open_window()
    window.open_listing(market.create())
    expect(window("#bid-button")).to_be_visible()

    window.sign_in(market.user("seller"))

    window.stands("seller")
    expect(window("#bid-button")).to_be_hidden()


def _lose_answer(route: Route) -> None:
    """Let the request arrive, and nothing come back."""
    request = route.request
    sent = httpx.request(request.method, request.url, headers=request.headers, content=request.post_data_buffer)
    assert sent.status_code == 201
    route.abort()
