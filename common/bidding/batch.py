"""Judging a batch of bids on locked listings, in order of arrival: pure but for what it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from common.deadline import Deadline
from common.domain.actor import Actor
from common.domain.bidding import check_may_bid, check_open, place
from common.domain.errors import IdempotencyKeyReused, ListingNotFound, Refusal
from common.domain.listing import Listing, Status
from common.domain.placed_bid import PlacedBid

Pair = tuple[str, str]


class PendingBid(NamedTuple):
    """A bid on its way; `max_amount` is secret. A tuple, as `PlacedBid` is."""

    actor: Actor
    listing_id: str
    max_amount: int
    idempotency_key: str
    deadline: Deadline

    def __repr__(self) -> str:
        """Which bid it is, without what is secret."""
        return f"PendingBid({self.actor.user_id!r}, {self.listing_id!r}, {self.idempotency_key!r})"

    @property
    def key(self) -> Pair:
        """What makes a repetition recognisable."""
        return self.actor.user_id, self.idempotency_key


class AcceptedBid(NamedTuple):
    """A bid that stands (`placed`), and its listing as the whole batch left it (`newest`)."""

    placed: PlacedBid
    newest: Listing


class Lot:
    """One locked listing while bids are folded into it."""

    def __init__(self, listing: Listing, numbers: Mapping[Pair, int], now: datetime) -> None:
        self.listing_id = listing.id
        self._listing = listing
        self._numbers = numbers
        self._now = now
        self._standing = listing.standing
        self._version = listing.version
        self.new_numbers: dict[Pair, int] = {}
        self.placed: list[PlacedBid] = []

    def take(self, bid: PendingBid) -> PlacedBid:
        """Place one bid.

        Raises:
            ListingCancelled, AuctionEnded, AuctionNotStarted, SellerMayNotBid, BidTooLow: in this order.
        """
        listing, before = self._listing, self._standing
        check_open(listing.terms, listing.status, before.ends_at, now=self._now)
        check_may_bid(listing.terms, bid.actor.user_id)
        pair = (self.listing_id, bid.actor.user_id)
        number = self._numbers.get(pair) or self.new_numbers.get(pair) or self._next_number()
        after = place(listing.terms, before, bidder=number, max_amount=bid.max_amount, now=self._now)
        if number == self._next_number():
            self.new_numbers[pair] = number
        self._standing = after
        self._version += 1
        assert after.leader is not None
        placed = PlacedBid(
            self.listing_id,
            after.bid_count,
            bid.actor.user_id,
            number,
            bid.max_amount,
            bid.idempotency_key,
            self._now,
            after.leader,
            after.price,
            after.ends_at,
            self._version,
        )
        self.placed.append(placed)
        return placed

    def listing(self) -> Listing:
        """The listing as it stands now; the first bid also makes a scheduled one active."""
        if not self.placed:
            return self._listing
        offer, _, _, outcome, winner, bidder_count, _ = self._listing
        bidder_count += len(self.new_numbers)
        return Listing(offer, self._standing, Status.ACTIVE, outcome, winner, bidder_count, self._version)

    def _next_number(self) -> int:
        return self._listing.bidder_count + len(self.new_numbers) + 1


def judge(
    bids: Sequence[PendingBid], lots: Mapping[str, Lot], known: Mapping[Pair, PlacedBid]
) -> list[PlacedBid | Refusal]:
    """One outcome per bid, in order; `known` are the bids placed before under the same keys.

    A key seen before gives the same bid again, also within the batch, or IdempotencyKeyReused when it came with
    another listing or amount. Then ListingNotFound, then the refusals of `Lot.take`.
    """
    seen = dict(known)
    outcomes: list[PlacedBid | Refusal] = []
    for bid in bids:
        key = bid.key
        before = seen.get(key)
        try:
            placed = _same_again(bid, before) if before else _lot_of(bid, lots).take(bid)
        except Refusal as refusal:
            outcomes.append(refusal.with_traceback(None))  # whose frames hold the batch, and this list of it
        else:
            seen[key] = placed
            outcomes.append(placed)
    return outcomes


def _same_again(bid: PendingBid, before: PlacedBid) -> PlacedBid:
    if (before.listing_id, before.max_amount) != (bid.listing_id, bid.max_amount):
        raise IdempotencyKeyReused
    return before


def _lot_of(bid: PendingBid, lots: Mapping[str, Lot]) -> Lot:
    if bid.listing_id not in lots:
        raise ListingNotFound
    return lots[bid.listing_id]
