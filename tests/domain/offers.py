"""Terms, standings and whole auctions for tests of the rules; builders fill what a test is not about."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from common.domain.bidding import place
from common.domain.errors import BidTooLow
from common.domain.increments import increments_of
from common.domain.listing import Listing, Offer, SoftClose, Standing, Status, Terms, opening_standing

START = datetime(2026, 11, 22, 10, tzinfo=UTC)
END = START + timedelta(days=7)


def the_terms(*, flat: int | None = None, **fields: Any) -> Terms:
    """An offer in dollars from 1.00 without a reserve, for a week, with the usual soft close."""
    usual: dict[str, Any] = {
        "seller_id": "the-seller",
        "currency": "USD",
        "starting_price": 1_00,
        "starts_at": START,
        "scheduled_end": END,
        "soft_close": SoftClose(),
    }
    terms = usual | fields
    return Terms(increments=increments_of(terms["currency"], flat), **terms)


def the_listing(listing_id: str = "listing-one", *, terms: Terms | None = None, **fields: Any) -> Listing:
    """An active listing nobody has bid on."""
    offer = the_offer(listing_id, terms=terms or the_terms())
    usual: dict[str, Any] = {
        "standing": opening_standing(offer.terms),
        "status": Status.ACTIVE,
        "outcome": None,
        "winner": None,
        "bidder_count": 0,
        "version": 1,
    }
    return Listing(offer=offer, **(usual | fields))


def the_offer(listing_id: str, *, terms: Terms) -> Offer:
    """A lamp on these terms."""
    return Offer(
        id=listing_id,
        revision=1,
        terms=terms,
        title="A lamp",
        description="It works.",
        category="furniture",
        seller_alias="Seller 7K2QF9",
        buy_now_price=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One bid and what came of it: `after` is `before` where it was refused."""

    bidder: int
    max_amount: int
    now: datetime
    before: Standing
    after: Standing
    refused: BidTooLow | None

    @property
    def own_raise(self) -> bool:
        """Whether the leader raised himself."""
        return self.before.leader == self.bidder


def bid(terms: Terms, before: Standing, *, bidder: int, max_amount: int, now: datetime = START) -> Step:
    """One bid, accepted or refused."""
    try:
        after, refused = place(terms, before, bidder=bidder, max_amount=max_amount, now=now), None
    except BidTooLow as too_low:
        after, refused = before, too_low
    return Step(bidder=bidder, max_amount=max_amount, now=now, before=before, after=after, refused=refused)


def auction(terms: Terms, bids: Iterable[tuple[int, int]], *, now: datetime = START) -> list[Step]:
    """(bidder, maximum) pairs in their order, all at the same moment."""
    steps: list[Step] = []
    standing = opening_standing(terms)
    for bidder, max_amount in bids:
        steps.append(bid(terms, standing, bidder=bidder, max_amount=max_amount, now=now))
        standing = steps[-1].after
    return steps


def standing_after(terms: Terms, *bids: tuple[int, int], now: datetime = START) -> Standing:
    """The standing after these bids, every one of them accepted."""
    steps = auction(terms, bids, now=now)
    assert all(step.refused is None for step in steps)
    return steps[-1].after
