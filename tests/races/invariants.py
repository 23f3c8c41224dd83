"""Everything that must hold of a listing in the database, whatever raced over it (auction-rules, Invariants).

Usage, with any open PyMySQL connection:

    check_listing(connection, listing_id)

It raises InvariantsBroken with every sentence that does not hold.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pymysql.connections import Connection

from common.domain.bidding import check_may_bid, check_open, place
from common.domain.closing import outcome_of
from common.domain.errors import Refusal
from common.domain.listing import Listing, Outcome, Status, opening_standing
from common.domain.placed_bid import PlacedBid
from common.store.bids import BID_COLUMNS
from common.store.listings import LISTING_COLUMNS, listing_of

Rows = Sequence[tuple[Any, ...]]


class InvariantsBroken(AssertionError):  # noqa: N818 - it says what happened
    """What does not hold of a listing, one sentence each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """All that the database holds about one listing, read in one snapshot."""

    listing: Listing
    created_at: Any
    closed_at: Any
    mirrored_version: int
    bids: Sequence[PlacedBid]
    numbers: Sequence[tuple[int, str]]
    repeated_keys: Rows
    closings: Sequence[dict[str, Any]]
    news: Counter[tuple[str, str]]


def check_listing(connection: Connection[Any], listing_id: str) -> Recorded:
    """What the database holds about a listing, if all of it agrees.

    Ends the connection's transaction; safe to run while others bid.

    Raises:
        InvariantsBroken: naming everything that does not hold.
    """
    recorded = read(connection, listing_id)
    broken = list(violations(recorded))
    if broken:
        raise InvariantsBroken(f"listing {listing_id}: " + "; ".join(broken))
    return recorded


def read(connection: Connection[Any], listing_id: str) -> Recorded:
    """The listing's rows of all tables, as one moment saw them."""
    connection.rollback()
    _rows(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    _rows(connection, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    try:
        return _recorded(connection, listing_id)
    finally:
        connection.rollback()


def violations(recorded: Recorded) -> Iterator[str]:
    """Every sentence that does not hold."""
    yield from _about_rows(recorded)
    yield from _about_prices(recorded)
    yield from _about_minimums(recorded)
    yield from _about_replay(recorded)
    yield from _about_the_leader(recorded)
    yield from _about_the_end(recorded)
    yield from _about_closing(recorded)


def _about_rows(recorded: Recorded) -> Iterator[str]:
    """Dense sequence and bidder numbers, one row per key, no seller among the bidders."""
    bids, listing = recorded.bids, recorded.listing
    if [bid.seq for bid in bids] != list(range(1, len(bids) + 1)):
        yield f"sequence numbers are not dense from 1: {[bid.seq for bid in bids]}"
    if listing.standing.bid_count != len(bids):
        yield f"bid_count is {listing.standing.bid_count}, there are {len(bids)} bids"
    first_bidders = list(dict.fromkeys((bid.bidder, bid.bidder_id) for bid in bids))
    if list(recorded.numbers) != first_bidders or [number for number, _ in first_bidders] != list(
        range(1, len(first_bidders) + 1)
    ):
        yield f"bidders {recorded.numbers} are not numbered by their first bids {first_bidders}"
    if listing.bidder_count != len(first_bidders):
        yield f"bidder_count is {listing.bidder_count}, there are {len(first_bidders)} bidders"
    if recorded.repeated_keys:
        yield f"keys with several rows: {recorded.repeated_keys}"
    if listing.terms.seller_id in {bid.bidder_id for bid in bids}:
        yield "the seller bid"
    if any(later.placed_at < earlier.placed_at for earlier, later in pairwise(bids)):
        yield "a later bid has an earlier time"


def _about_prices(recorded: Recorded) -> Iterator[str]:
    """The price never falls, stands between the starting price and the leader's maximum, one step over the second."""
    terms, standing = recorded.listing.terms, recorded.listing.standing
    prices = [terms.starting_price, *(bid.price for bid in recorded.bids), standing.price]
    if any(later < earlier for earlier, later in pairwise(prices)):
        yield f"the price fell: {prices}"
    if standing.high_max is None:
        if standing.price != terms.starting_price:
            yield "the price left the starting price without a bid"
        return
    if standing.price > standing.high_max:
        yield f"price {standing.price} is over the leader's maximum {standing.high_max}"
    reasons = [terms.starting_price]
    if standing.second_max is not None:
        reasons.append(terms.increments.above(standing.second_max))
    if terms.reserve_price is not None and terms.reserve_price <= standing.high_max:
        reasons.append(terms.reserve_price)
    if standing.price > max(reasons):
        yield f"price {standing.price} is more than a step over the second maximum {standing.second_max}"


def _about_minimums(recorded: Recorded) -> Iterator[str]:
    """Every accepted bid met the minimum that the row before it says; told without `place`."""
    terms, highest = recorded.listing.terms, dict[int, int]()
    leader, price = None, terms.starting_price
    for bid in recorded.bids:
        if leader is None:
            least = terms.starting_price
        elif bid.bidder == leader:
            least = highest[leader] + 1
        else:
            least = price + terms.increments.step_at(price)
        if bid.max_amount < least:
            yield f"bid {bid.seq} of {bid.max_amount} was accepted under the minimum {least}"
        highest[bid.bidder] = max(highest.get(bid.bidder, 0), bid.max_amount)
        leader, price = bid.leader, bid.price


def _about_replay(recorded: Recorded) -> Iterator[str]:
    """The rows, put through the pure rules in sequence order, give themselves and the stored state again."""
    listing = recorded.listing
    terms, standing = listing.terms, opening_standing(listing.terms)
    opened = _times_opened(recorded)
    for bid in recorded.bids:
        try:
            check_open(terms, Status.ACTIVE, standing.ends_at, now=bid.placed_at)
            check_may_bid(terms, bid.bidder_id)
            standing = place(terms, standing, bidder=bid.bidder, max_amount=bid.max_amount, now=bid.placed_at)
        except Refusal as refusal:
            yield f"bid {bid.seq} is refused when replayed: {refusal!r}"
            return
        again = (standing.leader, standing.price, standing.ends_at, 1 + opened + bid.seq)
        if again != (bid.leader, bid.price, bid.ends_at, bid.version):
            yield f"bid {bid.seq} says {(bid.leader, bid.price, bid.ends_at, bid.version)}, its replay {again}"
    if standing != listing.standing:
        yield f"the listing says {listing.standing}, its bids {standing}"
    expected = 1 + opened + len(recorded.bids) + (listing.status is Status.CLOSED)
    if listing.version != expected:
        yield f"version {listing.version} is not {expected}"
    if recorded.mirrored_version > listing.version:
        yield f"the mirror is at {recorded.mirrored_version}, ahead of version {listing.version}"


def _times_opened(recorded: Recorded) -> int:
    """Whether close_auctions opened it, which it does once at most, before the first bid, if it began scheduled."""
    listing = recorded.listing
    if listing.terms.starts_at <= recorded.created_at:
        return 0
    if recorded.bids:
        return min(1, max(0, recorded.bids[0].version - 2))
    return min(1, max(0, listing.version - 1 - (listing.status is Status.CLOSED)))


def _about_the_leader(recorded: Recorded) -> Iterator[str]:
    """The leader's maximum is the highest; of equal ones, the one that was set first. Told from the rows alone."""
    standing = recorded.listing.standing
    best: dict[int, tuple[int, int]] = {}
    for bid in recorded.bids:
        if bid.max_amount > best.get(bid.bidder, (0, 0))[0]:
            best[bid.bidder] = (bid.max_amount, -bid.seq)
    if not best:
        if (standing.leader, standing.high_max, standing.second_max) != (None, None, None):
            yield "somebody leads without a bid"
        return
    leader = max(best, key=lambda bidder: best[bidder])
    others = [maximum for bidder, (maximum, _) in best.items() if bidder != leader]
    told = (leader, best[leader][0], max(others, default=None))
    if told != (standing.leader, standing.high_max, standing.second_max):
        stored = (standing.leader, standing.high_max, standing.second_max)
        yield f"leader, maximum and second maximum are {stored}, the bids say {told}"


def _about_the_end(recorded: Recorded) -> Iterator[str]:
    """The end never moves back nor beyond the longest extension; every bid came before it, none before the start."""
    terms = recorded.listing.terms
    ends = [terms.scheduled_end, *(bid.ends_at for bid in recorded.bids), recorded.listing.standing.ends_at]
    if any(later < earlier for earlier, later in pairwise(ends)):
        yield f"the end moved back: {ends}"
    if ends[-1] > terms.scheduled_end + terms.soft_close.max_extension:
        yield "the end moved beyond the longest extension"
    for bid, end in zip(recorded.bids, ends, strict=False):
        if not terms.starts_at <= bid.placed_at < end:
            yield f"bid {bid.seq} of {bid.placed_at} is not between {terms.starts_at} and {end}"


def _about_closing(recorded: Recorded) -> Iterator[str]:
    """Closed once or not at all, at or after the end, with the one winner that the rules name, who was told."""
    listing = recorded.listing
    if listing.status is not Status.CLOSED:
        if recorded.closings or recorded.news or recorded.closed_at or listing.outcome or listing.winner:
            yield f"it is {listing.status} and has traces of a closing"
        return
    outcome = outcome_of(listing.terms, listing.standing)
    winner = listing.standing.leader if outcome is Outcome.SOLD else None
    if (listing.outcome, listing.winner) != (outcome, winner):
        yield f"it ended {listing.outcome} with winner {listing.winner}, by the rules {outcome} with {winner}"
    if recorded.closed_at < listing.standing.ends_at:
        yield f"it was closed at {recorded.closed_at}, before its end {listing.standing.ends_at}"
    facts = {
        "outcome": outcome,
        "winner": winner,
        "price": listing.standing.price,
        "bid_count": listing.standing.bid_count,
    }
    if list(recorded.closings) != [facts]:
        yield f"it has the closings {recorded.closings} on record, not once {facts}"
    expected = Counter({(listing.terms.seller_id, outcome.value): 1})
    expected.update((user_id, "won") for number, user_id in recorded.numbers if number == winner)
    if recorded.news != expected:
        yield f"told were {dict(recorded.news)}, not {dict(expected)}"


def _recorded(connection: Connection[Any], listing_id: str) -> Recorded:
    def of_it(sql: str) -> Rows:
        return _rows(connection, sql, listing_id)

    columns = f"{LISTING_COLUMNS}, l.created_at, l.closed_at, l.mirrored_version"
    listings = of_it(f"SELECT {columns} FROM listings l WHERE l.id = %s")  # noqa: S608 - our own constants
    bids = of_it(f"SELECT {BID_COLUMNS} FROM bids WHERE listing_id = %s ORDER BY seq")  # noqa: S608 - as above
    assert listings, f"there is no listing {listing_id}"
    closings = of_it("SELECT facts FROM audit_log WHERE listing_id = %s AND action = 'close' ORDER BY id")
    return Recorded(
        listing=listing_of(listings[0]),
        created_at=listings[0][-3],
        closed_at=listings[0][-2],
        mirrored_version=listings[0][-1],
        bids=[PlacedBid(**dict(zip(BID_COLUMNS.split(", "), row, strict=True))) for row in bids],
        numbers=_pairs(of_it("SELECT number, bidder_id FROM bidders WHERE listing_id = %s ORDER BY number")),
        repeated_keys=of_it(
            "SELECT bidder_id, idempotency_key, COUNT(*) FROM bids WHERE bidder_id IN"
            " (SELECT bidder_id FROM bidders WHERE listing_id = %s) GROUP BY 1, 2 HAVING COUNT(*) > 1"
        ),
        closings=[json.loads(facts) for (facts,) in closings],
        news=Counter(_pairs(of_it("SELECT user_id, kind FROM notifications WHERE listing_id = %s"))),
    )


def _rows(connection: Connection[Any], sql: str, *parameters: object) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return tuple(cursor.fetchall())


def _pairs(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, Any]]:
    return [(first, second) for first, second in rows]
