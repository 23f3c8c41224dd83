"""close_auctions as the scheduler sees it: every due auction once, with winner, news and a record of it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from tests.market import Document, Market, Records, id_of

NONE = {"sold": 0, "reserve_not_met": 0, "no_bids": 0}


def news_of(records: Records, listing: Document) -> Sequence[tuple[str, str]]:
    """Who was told what of a listing, in order."""
    return records.rows("SELECT user_id, kind FROM notifications WHERE listing_id = %s ORDER BY id", listing["id"])


@pytest.mark.parametrize(
    ("reserve", "bid", "outcome", "winner"),
    [
        (None, None, "no_bids", None),
        (50_00, None, "no_bids", None),
        (50_00, 49_99, "reserve_not_met", None),
        (50_00, 50_00, "sold", "Bidder 1"),
        (None, 1_00, "sold", "Bidder 1"),
    ],
)
def test_a_due_auction_ends_by_its_bids_and_reserve(  # noqa: PLR0913 - fixtures and the row of a table
    market: Market,
    empty_market: Records,
    *,
    reserve: int | None,
    bid: int | None,
    outcome: str,
    winner: str | None,
) -> None:
    """Sold, reserve not met or no bids; the answer counts it, the listing shows it."""
    listing = market.create(reserve_price=reserve)
    if bid:
        market.bid(listing, bid, by="ann")
    empty_market.ends_in(listing, 0)
    before = market.get(listing)["listing"]

    counts = market.scheduler.close_auctions()

    assert counts == NONE | {outcome: 1}
    assert market.get(listing)["listing"] == before | {
        "status": "closed",
        "outcome": outcome,
        "winner": winner,
        "version": before["version"] + 1,
    }


def test_the_highest_bidder_wins_at_the_price_shown(market: Market, empty_market: Records) -> None:
    """Not at his maximum; his alias is the winner's."""
    listing = market.create()
    market.bid(listing, 20_00, by="ann")
    market.bid(listing, 50_00, by="bob")
    empty_market.ends_in(listing, 0)

    market.scheduler.close_auctions()

    closed = market.get(listing)["listing"]
    assert (closed["winner"], closed["leader"], closed["current_price"]) == ("Bidder 2", "Bidder 2", 20_50)


def test_seller_and_winner_are_told(market: Market, empty_market: Records) -> None:
    """The others are not; what was not sold is told to the seller alone."""
    sold, unsold, unwanted = (market.create(reserve_price=reserve) for reserve in (None, 90_00, None))
    for listing in (sold, unsold):
        market.bid(listing, 20_00, by="ann")
        market.bid(listing, 50_00, by="bob")
    for listing in (sold, unsold, unwanted):
        empty_market.ends_in(listing, 0)

    market.scheduler.close_auctions()

    seller, bob = market.user("seller").user_id, market.user("bob").user_id
    assert news_of(empty_market, sold) == ((seller, "sold"), (bob, "won"))
    assert news_of(empty_market, unsold) == ((seller, "reserve_not_met"),)
    assert news_of(empty_market, unwanted) == ((seller, "no_bids"),)


def test_the_audit_log_says_how_each_auction_ended(market: Market, empty_market: Records) -> None:
    """One row, by the operation itself, without a maximum."""
    listing = market.create()
    market.bid(listing, 50_00, by="ann")
    empty_market.ends_in(listing, 0)

    market.scheduler.close_auctions()

    ((actor, facts),) = empty_market.rows(
        "SELECT actor, facts FROM audit_log WHERE action = 'close' AND listing_id = %s", listing["id"]
    )
    assert actor == "close_auctions"
    assert json.loads(facts) == {"outcome": "sold", "winner": 1, "price": 1_00, "bid_count": 1}


def test_the_time_of_the_close_is_kept(market: Market, empty_market: Records) -> None:
    """By the database's clock, not before the end."""
    listing = market.create()
    empty_market.ends_in(listing, -30)

    market.scheduler.close_auctions()

    late = empty_market.value(
        "SELECT TIMESTAMPDIFF(MICROSECOND, ends_at, closed_at) FROM listings WHERE id = %s", listing["id"]
    )
    assert 30_000_000 <= late < 60_000_000


def test_a_second_run_does_nothing(market: Market, empty_market: Records) -> None:
    """The scheduler delivers at least once."""
    listing = market.create()
    market.bid(listing, 50_00, by="ann")
    empty_market.ends_in(listing, 0)
    assert market.scheduler.close_auctions() == NONE | {"sold": 1}
    before = empty_market.digest()

    assert market.scheduler.close_auctions() == NONE
    assert empty_market.digest() == before


def test_what_is_not_due_goes_on(market: Market, empty_market: Records) -> None:
    """Running, scheduled, cancelled; and running by its extension alone."""
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    running, scheduled, cancelled, extended = (market.create(starts_at=start) for start in (None, later, None, None))
    empty_market.ends_in(cancelled, 0)
    empty_market.execute("UPDATE listings SET status = 'cancelled' WHERE id = %s", cancelled["id"])
    empty_market.ends_in(extended, 1)
    market.bid(extended, 5_00, by="ann")
    empty_market.execute(
        "UPDATE listings SET scheduled_end = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND WHERE id = %s", extended["id"]
    )
    before = empty_market.digest()

    assert market.scheduler.close_auctions() == NONE

    assert empty_market.digest() == before
    states = [market.get(listing)["listing"]["status"] for listing in (running, scheduled, cancelled, extended)]
    assert states == ["active", "scheduled", "cancelled", "active"]


def test_a_listing_whose_start_has_come_is_opened(market: Market, empty_market: Records) -> None:
    """Once, as a change of its own."""
    listing = market.create(starts_at=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    empty_market.starts_in(listing, 0)
    before = empty_market.value("SELECT version FROM listings WHERE id = %s", listing["id"])

    for _ in range(2):
        market.scheduler.close_auctions()

    ((status, version),) = empty_market.rows("SELECT status, version FROM listings WHERE id = %s", listing["id"])
    assert (status, version) == ("active", before + 1)


def test_a_listing_that_came_and_went_between_runs_is_closed(market: Market, empty_market: Records) -> None:
    """Never opened by a job, due all the same."""
    listing = market.create(starts_at=(datetime.now(UTC) + timedelta(hours=1)).isoformat())
    empty_market.starts_in(listing, -60)
    empty_market.ends_in(listing, -30)

    assert market.scheduler.close_auctions() == NONE | {"no_bids": 1}
    assert market.get(listing)["listing"]["status"] == "closed"


def test_more_than_one_batch_is_closed_in_one_run(market: Market, empty_market: Records) -> None:
    """1,003 at once, each told once."""
    listing = market.create()
    names = [row[0] for row in empty_market.rows("SHOW COLUMNS FROM listings") if "GENERATED" not in row[5]]
    columns = [name for name in names if name not in ("id", "idempotency_key", "ends_at")]
    listed = ", ".join(columns)
    empty_market.execute(
        f"INSERT INTO listings (id, ends_at, {listed}) SELECT CONCAT('batch', LPAD(seq, 6, '0')),"  # noqa: S608
        f" UTC_TIMESTAMP(6), {listed} FROM listings,"
        " JSON_TABLE(%s, '$[*]' COLUMNS (seq INT PATH '$')) numbers WHERE id = %s",
        json.dumps(list(range(1003))),
        id_of(listing),
    )

    counts = market.scheduler.close_auctions()

    assert counts == NONE | {"no_bids": 1003}
    assert empty_market.counts()["notifications"] == 1003
    assert market.get(listing)["listing"]["status"] == "active"
