"""Everything that must hold of a listing in the database, whatever raced over it (auction-rules, Invariants).

Usage, with any open PyMySQL connection:

    check_listing(connection, listing_id)

It raises InvariantsBroken with every sentence that does not hold: what `dev.audit` tells of it, and who was told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pymysql.connections import Connection

from common.domain.listing import Listing, Status
from common.domain.placed_bid import PlacedBid
from dev.audit import stored
from dev.audit.replaying import Replay

_REPEATED_KEYS = (
    "SELECT bidder_id, idempotency_key, COUNT(*) FROM bids WHERE bidder_id IN"
    " (SELECT bidder_id FROM bidders WHERE listing_id = %s) GROUP BY 1, 2 HAVING COUNT(*) > 1"
)


class InvariantsBroken(AssertionError):  # noqa: N818 - it says what happened
    """What does not hold of a listing, one sentence each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A listing, its bids, the numbers of its bidders, and who was told what of it; read in one snapshot."""

    listing: Listing
    bids: Sequence[PlacedBid]
    numbers: Sequence[tuple[int, str]]
    news: Counter[tuple[str, str]]


def check_listing(connection: Connection[Any], listing_id: str) -> Recorded:
    """What the database holds about a listing, if all of it agrees.

    Ends the connection's transaction; safe to run while others bid.

    Raises:
        InvariantsBroken: naming everything that does not hold.
    """
    with stored.snapshot(connection):
        found = stored.listing(connection, listing_id)
        assert found is not None, f"there is no listing {listing_id}"
        bids = list(stored.bids_of(connection, [listing_id]))
        recorded = Recorded(
            listing=found.listing,
            bids=[one.bid for one in bids],
            numbers=_pairs(connection, "SELECT number, bidder_id FROM bidders WHERE listing_id = %s", listing_id),
            news=Counter(
                _pairs(connection, "SELECT user_id, kind FROM notifications WHERE listing_id = %s", listing_id)
            ),
        )
        broken = [*_disagreements(found, bids), *_about_keys(connection, listing_id), *_about_news(recorded)]
    if broken:
        raise InvariantsBroken(f"listing {listing_id}: " + "; ".join(broken))
    return recorded


def _disagreements(found: stored.StoredListing, bids: Sequence[stored.StoredBid]) -> Iterator[str]:
    replay = Replay(found)
    for bid in bids:
        replay.take(bid)
    yield from (disagreement.said for disagreement in replay.disagreements())


def _about_keys(connection: Connection[Any], listing_id: str) -> Iterator[str]:
    """One row per bidder and key, on whatever listing."""
    if repeated := stored.rows(connection, _REPEATED_KEYS, listing_id):
        yield f"keys with several rows: {repeated}"


def _about_news(recorded: Recorded) -> Iterator[str]:
    """The seller was told the outcome once and the winner that he won, as soon as it is closed, and nobody else."""
    listing = recorded.listing
    expected: Counter[tuple[str, str]] = Counter()
    if listing.status is Status.CLOSED and listing.outcome is not None:
        expected[listing.terms.seller_id, listing.outcome.value] = 1
        expected.update((user_id, "won") for number, user_id in recorded.numbers if number == listing.winner)
    if recorded.news != expected:
        yield f"told were {dict(recorded.news)}, not {dict(expected)}"


def _pairs(connection: Connection[Any], sql: str, listing_id: str) -> list[tuple[Any, Any]]:
    return [(first, second) for first, second in stored.rows(connection, sql, listing_id)]
