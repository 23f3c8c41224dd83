"""get_listing as a client sees it: the listing, its history, what it says to whom, and when it is unchanged."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.market import Document, Market, Person, Records


def fetch(person: Person, listing: Document, *, etag: str | None = None) -> httpx.Response:
    """The response itself."""
    headers = {} if etag is None else {"If-None-Match": etag}
    return person.send("get_listing", params={"id": listing["id"]}, headers=headers)


def test_a_visitor_sees_the_listing_and_no_you(market: Market) -> None:
    """The listing as it was made, no bids, the server's time."""
    listing = market.create()

    answer = market.get(listing)

    assert answer == {"listing": listing, "bids": [], "server_time": answer["server_time"]}
    assert abs((datetime.fromisoformat(answer["server_time"]) - datetime.now(UTC)).total_seconds()) < 30


def test_the_history_shows_prices_newest_first(market: Market) -> None:
    """What each bid led to, under aliases, at the times that were answered."""
    listing = market.create()
    times = [
        market.bid(listing, amount, by=by)["bid"]["placed_at"]
        for by, amount in (("ann", 50_00), ("bob", 20_00), ("ann", 60_00))
    ]

    bids = market.get(listing)["bids"]

    assert bids == [
        {"seq": 3, "bidder": "Bidder 1", "amount": 20_50, "placed_at": times[2]},
        {"seq": 2, "bidder": "Bidder 2", "amount": 20_50, "placed_at": times[1]},
        {"seq": 1, "bidder": "Bidder 1", "amount": 1_00, "placed_at": times[0]},
    ]


def test_the_history_ends_after_a_hundred_bids(market: Market) -> None:
    """The newest hundred; the count goes on."""
    listing, ann = market.create(), market.user("ann")
    for amount in range(1_00, 1_00 + 101):
        ann.bid(listing, amount)

    answer = market.get(listing)

    assert [bid["seq"] for bid in answer["bids"]] == list(range(101, 1, -1))
    assert answer["listing"]["bid_count"] == 101


def test_everyone_is_told_of_himself_alone(market: Market) -> None:
    """Leader, outbid, seller, onlooker."""
    listing = market.user("seller").create()
    market.bid(listing, 50_00, by="ann")
    market.bid(listing, 20_00, by="bob")

    you = {name: market.user(name).get(listing)["you"] for name in ("ann", "bob", "cyd", "seller")}

    assert you == {
        "ann": {"is_seller": False, "leading": True, "your_max": 50_00, "alias": "Bidder 1"},
        "bob": {"is_seller": False, "leading": False, "your_max": 20_00, "alias": "Bidder 2"},
        "cyd": {"is_seller": False, "leading": False, "your_max": None, "alias": None},
        "seller": {"is_seller": True, "leading": False, "your_max": None, "alias": listing["seller"]},
    }


def test_you_shows_the_newest_maximum(market: Market) -> None:
    """After a raise the raised one."""
    listing, ann = market.create(), market.user("ann")
    ann.bid(listing, 50_00)
    ann.bid(listing, 60_00)

    assert ann.get(listing)["you"]["your_max"] == 60_00


def test_an_unchanged_listing_is_answered_304(market: Market) -> None:
    """To the tag it came with, also among others and as any; with the tag again and nothing else."""
    listing = market.create()
    tag = fetch(market.nobody, listing).headers["etag"]

    for etag in (tag, f'"other", {tag}', "*", tag.removeprefix("W/")):
        response = fetch(market.nobody, listing, etag=etag)
        assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", tag)
    for etag in ('"other"', tag.strip('"') + "x", ""):
        assert fetch(market.nobody, listing, etag=etag).status_code == 200


def test_a_bid_changes_the_tag(market: Market) -> None:
    """Even a silent raise, which the history shows."""
    listing = market.create()
    tags = [fetch(market.nobody, listing).headers["etag"]]
    for amount in (50_00, 60_00):
        market.bid(listing, amount, by="ann")
        tags.append(fetch(market.nobody, listing).headers["etag"])

    assert len(set(tags)) == 3
    assert fetch(market.nobody, listing, etag=tags[0]).status_code == 200


def test_the_start_and_the_close_change_the_tag(market: Market, empty_market: Records) -> None:
    """Also where no job has noticed the start."""
    start = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    listing = market.create(starts_at=start)
    tags = [fetch(market.nobody, listing).headers["etag"]]
    empty_market.execute("UPDATE listings SET starts_at = UTC_TIMESTAMP(6) WHERE id = %s", listing["id"])

    begun = fetch(market.nobody, listing, etag=tags[0])
    tags.append(begun.headers["etag"])
    empty_market.execute("UPDATE listings SET ends_at = UTC_TIMESTAMP(6) WHERE id = %s", listing["id"])
    market.scheduler.close_auctions()
    closed = fetch(market.nobody, listing, etag=tags[1])

    assert (begun.status_code, begun.json()["listing"]["status"]) == (200, "active")
    assert (closed.status_code, closed.json()["listing"]["status"]) == (200, "closed")


def test_a_tag_of_one_caller_does_not_hide_anothers_answer(market: Market) -> None:
    """A visitor, the leader and the seller of the same version each get their own; no shared cache may mix them."""
    listing = market.user("seller").create()
    market.bid(listing, 50_00, by="ann")
    people = [market.nobody, market.user("ann"), market.user("seller"), market.user("cyd")]
    responses = [fetch(person, listing) for person in people]

    assert len({response.headers["etag"] for response in responses}) == len(people)
    for response in responses:
        assert response.headers["cache-control"] == "private, no-cache"
        assert "authorization" in response.headers["vary"].lower()


@pytest.mark.parametrize("moved_by", [-1, 3600])
def test_an_ended_listing_shows_as_active_until_it_is_closed(
    market: Market, empty_market: Records, moved_by: int
) -> None:
    """With its end in the past, so that a page can say it is closing."""
    listing = market.create()
    empty_market.ends_in(listing, moved_by)

    answer = market.get(listing)

    assert (answer["listing"]["status"], answer["listing"]["outcome"]) == ("active", None)
    assert (answer["listing"]["ends_at"] < answer["server_time"]) is (moved_by < 0)


def test_a_listing_that_does_not_exist_is_not_found(market: Market) -> None:
    """Whoever asks; and ids are told apart by the case of their letters."""
    listing = market.create()
    other_case = listing["id"].swapcase()

    for person in (market.nobody, market.user("ann")):
        for listing_id in ("AAAAAAAAAAA", other_case):
            response = person.send("get_listing", params={"id": listing_id})
            assert (response.status_code, response.json()["code"]) == (404, "listing_not_found")
