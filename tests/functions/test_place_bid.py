"""place_bid as a client sees it: what is answered, refused and remembered, and what nobody learns."""

from datetime import UTC, datetime

import pytest

from tests.market import Market, Records, a_key, eventually

SECRET = 76_543_21
"""A maximum that no price of these tests comes near, and no id is likely to hold."""


def test_an_accepted_bid_is_answered_with_everything_that_matters(market: Market) -> None:
    """Every member; the price is the starting price, not the maximum."""
    listing = market.create(starting_price=10_00)

    answer = market.bid(listing, 50_00, by="ann")

    placed_at = answer["bid"]["placed_at"]
    assert abs((datetime.fromisoformat(placed_at) - datetime.now(UTC)).total_seconds()) < 30
    assert answer == {
        "bid": {"seq": 1, "placed_at": placed_at},
        "leading": True,
        "listing": listing
        | {"bid_count": 1, "leader": "Bidder 1", "current_price": 10_00, "minimum_bid": 10_50, "version": 2},
        "you": {"is_seller": False, "leading": True, "your_max": 50_00, "alias": "Bidder 1"},
    }


def test_a_bid_below_a_standing_maximum_is_accepted_but_does_not_lead(market: Market) -> None:
    """201 all the same; the price moves one step above it."""
    listing = market.create()
    market.bid(listing, 50_00, by="ann")

    answer = market.bid(listing, 20_00, by="bob")

    assert (answer["leading"], answer["you"]["leading"], answer["you"]["alias"]) == (False, False, "Bidder 2")
    assert (answer["listing"]["leader"], answer["listing"]["current_price"]) == ("Bidder 1", 20_50)
    assert answer["bid"]["seq"] == 2


def test_the_leader_may_raise_himself_in_silence(market: Market) -> None:
    """The price stays; the count and the version do not."""
    listing = market.create()
    before = market.bid(listing, 50_00, by="ann")["listing"]

    answer = market.bid(listing, 60_00, by="ann")

    assert answer["listing"] == before | {"bid_count": 2, "version": 3}
    assert answer["you"]["your_max"] == 60_00


@pytest.mark.parametrize(("by", "max_amount", "minimum"), [("bob", 1_24, 1_25), ("ann", 50_00, 50_01)])
def test_a_bid_too_low_is_told_the_least_that_would_do(
    market: Market, records: Records, by: str, max_amount: int, minimum: int
) -> None:
    """The challenger's is public, the leader's his own maximum and a cent; nothing is written."""
    listing = market.create()
    market.bid(listing, 50_00, by="ann")
    market.user("bob").try_bid(market.create(), 5_00)
    before = records.digest()

    response = market.user(by).try_bid(listing, max_amount)

    assert (response.status_code, response.json()["code"]) == (409, "bid_too_low")
    assert response.json()["minimum_bid"] == minimum
    assert records.digest() == before
    assert market.user(by).try_bid(listing, minimum).status_code == 201


def test_the_first_bid_must_reach_the_starting_price(market: Market) -> None:
    """Equality is enough."""
    listing = market.create(starting_price=10_00)

    assert market.user("ann").try_bid(listing, 9_99).json()["minimum_bid"] == 10_00
    assert market.user("ann").try_bid(listing, 10_00).status_code == 201


def test_sellers_may_not_bid_on_their_own_listings(market: Market) -> None:
    """On others' they may."""
    listing = market.user("ann").create()

    response = market.user("ann").try_bid(listing, 5_00)

    assert (response.status_code, response.json()["code"]) == (403, "seller_may_not_bid")
    assert market.user("ann").try_bid(market.user("bob").create(), 5_00).status_code == 201


def test_a_listing_that_does_not_exist_takes_no_bid(market: Market) -> None:
    """404."""
    response = market.user("ann").try_bid("AAAAAAAAAAA", 5_00)

    assert (response.status_code, response.json()["code"]) == (404, "listing_not_found")


def test_an_ended_auction_takes_no_bid_whether_or_not_it_was_closed(market: Market, empty_market: Records) -> None:
    """The end is in the answer."""
    listing = market.create()
    empty_market.ends_in(listing, 0)

    unclosed = market.user("ann").try_bid(listing, 5_00)
    market.scheduler.close_auctions()
    closed = market.user("ann").try_bid(listing, 5_00)

    ends_at = market.get(listing)["listing"]["ends_at"]
    for response in (unclosed, closed):
        assert (response.status_code, response.json()["code"]) == (409, "auction_ended")
        assert response.json()["ends_at"] == ends_at


def test_a_scheduled_auction_takes_bids_from_its_start_on(market: Market, records: Records) -> None:
    """Whether or not a job has opened it; before, the start is in the answer."""
    listing = market.create(starts_at=datetime.fromtimestamp(datetime.now(UTC).timestamp() + 600, UTC).isoformat())

    early = market.user("ann").try_bid(listing, 5_00)
    records.starts_in(listing, 0)
    answer = market.bid(listing, 5_00, by="ann")

    assert (early.status_code, early.json()["code"]) == (409, "auction_not_started")
    assert early.json()["starts_at"] == listing["starts_at"]
    assert answer["listing"]["status"] == "active"


def test_a_cancelled_listing_takes_no_bid(market: Market, records: Records) -> None:
    """And says so before anything else."""
    listing = market.create()
    records.execute("UPDATE listings SET status = 'cancelled' WHERE id = %s", listing["id"])

    response = market.user("seller").try_bid(listing, 1)

    assert (response.status_code, response.json()["code"]) == (409, "listing_cancelled")


def test_a_repeated_key_gives_the_same_answer_byte_for_byte(market: Market, empty_market: Records) -> None:
    """At once, after others have bid, after his own raise, after the close; and one row."""
    listing, ann, key = market.create(), market.user("ann"), a_key()
    first = ann.try_bid(listing, 50_00, key=key)
    answers = [ann.try_bid(listing, 50_00, key=key)]
    market.bid(listing, 70_00, by="bob")
    answers.append(ann.try_bid(listing, 50_00, key=key))
    market.bid(listing, 90_00, by="ann")
    answers.append(ann.try_bid(listing, 50_00, key=key))
    empty_market.ends_in(listing, 0, scheduled=False)
    market.scheduler.close_auctions()
    answers.append(ann.try_bid(listing, 50_00, key=key))

    assert first.status_code == 201
    assert {(answer.status_code, answer.content) for answer in answers} == {(201, first.content)}
    assert empty_market.counts()["bids"] == 3


def test_a_key_reused_for_something_else_is_refused(market: Market, records: Records) -> None:
    """For another amount or another listing; nothing is written."""
    listing, other, ann, key = market.create(), market.create(), market.user("ann"), a_key()
    ann.bid(listing, 50_00, key=key)
    before = records.digest()

    for target, amount in ((listing, 60_00), (other, 50_00), ("AAAAAAAAAAA", 50_00)):
        response = ann.try_bid(target, amount, key=key)
        assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")

    assert records.digest() == before


def test_a_refused_bids_key_may_come_again(market: Market) -> None:
    """Nothing stands under it."""
    listing, ann, key = market.create(), market.user("ann"), a_key()

    assert ann.try_bid(listing, 99, key=key).status_code == 409
    assert ann.try_bid(listing, 5_00, key=key).status_code == 201


def test_the_same_key_of_two_bidders_is_two_bids(market: Market) -> None:
    """Keys are each bidder's own."""
    listing, key = market.create(), a_key()

    assert market.user("ann").bid(listing, 5_00, key=key)["bid"]["seq"] == 1
    assert market.user("bob").bid(listing, 9_00, key=key)["bid"]["seq"] == 2


def test_keys_are_told_apart_by_the_case_of_their_letters(market: Market) -> None:
    """And by every byte."""
    listing, ann = market.create(), market.user("ann")

    assert ann.bid(listing, 5_00, key="a-key-of-mine")["bid"]["seq"] == 1
    assert ann.bid(listing, 6_00, key="A-key-of-mine")["bid"]["seq"] == 2


def test_aliases_are_stable_and_numbered_by_first_bids(market: Market) -> None:
    """Per listing: on another one the same people have other numbers."""
    listing, other = market.create(), market.create()
    ann, bob = market.user("ann"), market.user("bob")

    order = [ann.bid(listing, 5_00), bob.bid(listing, 9_00), ann.bid(listing, 20_00)]
    elsewhere = [bob.bid(other, 5_00), ann.bid(other, 9_00)]

    assert [answer["you"]["alias"] for answer in order] == ["Bidder 1", "Bidder 2", "Bidder 1"]
    assert [answer["you"]["alias"] for answer in elsewhere] == ["Bidder 1", "Bidder 2"]
    assert [bid["bidder"] for bid in market.get(listing)["bids"]] == ["Bidder 1", "Bidder 2", "Bidder 1"]


def test_a_bid_in_the_last_moments_moves_the_end(market: Market, records: Records) -> None:
    """Two minutes from the bid on; the scheduled end stays."""
    listing = market.create()
    records.ends_in(listing, 20)

    answer = market.bid(listing, 5_00, by="ann")

    placed_at = datetime.fromisoformat(answer["bid"]["placed_at"])
    ends_at = datetime.fromisoformat(answer["listing"]["ends_at"])
    assert (ends_at - placed_at).total_seconds() == 120
    assert answer["listing"]["scheduled_end"] < answer["listing"]["ends_at"]


def test_a_reserve_reached_shows_at_once(market: Market) -> None:
    """As met, and as the price."""
    listing = market.create(reserve_price=40_00)

    low = market.bid(listing, 39_99, by="ann")["listing"]
    high = market.bid(listing, 50_00, by="bob")["listing"]

    assert (low["reserve"], low["current_price"]) == ("not_met", 1_00)
    assert (high["reserve"], high["current_price"]) == ("met", 40_99)


def test_the_largest_amount_can_be_bid(market: Market) -> None:
    """10^12 minor units."""
    listing = market.create()

    assert market.bid(listing, 10**12, by="ann")["you"]["your_max"] == 10**12


def test_nobodys_maximum_is_told_to_anyone_else(market: Market, empty_market: Records) -> None:
    """Not to a visitor, another bidder, the seller or the scheduler; not in a search, a refusal or after the close."""
    listing = market.user("seller").create()
    market.bid(listing, SECRET, by="ann")
    people = [market.nobody, market.user("bob"), market.user("seller")]

    texts = [market.user("bob").try_bid(listing, amount).text for amount in (5_00, 5_00, 60_00, 1)]
    texts += [market.user("seller").try_bid(listing, SECRET + 1_00).text]
    texts += [person.send("get_listing", params={"id": listing["id"]}).text for person in people]
    texts += [person.send("search_listings").text for person in people]
    empty_market.ends_in(listing, 0)
    texts += [market.scheduler.send("close_auctions", json={}).text]
    texts += [person.send("get_listing", params={"id": listing["id"]}).text for person in people]

    assert market.user("ann").get(listing)["you"]["your_max"] == SECRET
    assert [text for text in texts if str(SECRET) in text] == []


def test_a_reserve_is_told_to_nobody(market: Market) -> None:
    """Not before it is met, and not in what a bidder just below it gets."""
    listing = market.create(reserve_price=SECRET)

    texts = [market.user("ann").try_bid(listing, SECRET - 1).text, market.user("bob").try_bid(listing, SECRET - 2).text]
    texts += [market.user("seller").send("get_listing", params={"id": listing["id"]}).text]

    assert [text for text in texts if str(SECRET) in text] == []


def test_the_logs_hold_no_secrets(market: Market) -> None:
    """One JSON line per request, without token, maximum, name or address."""
    listing = market.create(reserve_price=SECRET + 11)
    ann = market.user("ann")
    ann.bid(listing, SECRET)
    ann.try_bid(listing, SECRET)
    ann.get(listing)

    logs = [function.log for function in market.functions.values()]

    assert eventually(lambda: sum(log.read_text().count(ann.user_id) for log in logs) == 3)
    for secret in (str(SECRET), str(SECRET + 11), ann.token or "-", ann.email, "Mx Ann"):
        assert [log.name for log in logs if secret in log.read_text()] == []
