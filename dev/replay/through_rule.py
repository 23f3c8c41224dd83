"""Replaying through the pure rule: no clock, no database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from common.domain.bidding import place
from common.domain.errors import BidTooLow
from common.domain.increments import increments_of
from common.domain.listing import SoftClose, Standing, Terms, opening_standing
from dev.replay.results import Result, Steps
from dev.replay.rows import RecordedBid

_OPENS = datetime(2000, 1, 1, tzinfo=UTC)  # any time will do: the order of bids decides, and the end never comes


@dataclass(slots=True)
class _Lot:
    terms: Terms
    standing: Standing
    numbers: dict[str, int] = field(default_factory=dict)
    refused: int = 0


def replay(bids: Iterable[RecordedBid], steps: Steps) -> list[Result]:
    """How each listing ended, in order of first appearance; what is kept meanwhile is one standing for each."""
    offer = Terms(
        seller_id="",
        currency=steps.currency,
        starting_price=0,
        increments=increments_of(steps.currency, steps.flat),
        starts_at=_OPENS,
        scheduled_end=_OPENS + timedelta(days=1),
        soft_close=SoftClose(window=timedelta(0)),
    )
    lots: dict[str, _Lot] = {}
    for bid in bids:
        lot = lots.get(bid.listing)
        if lot is None:
            terms = replace(offer, starting_price=bid.starting_price, reserve_price=bid.reserve_price)
            lot = lots[bid.listing] = _Lot(terms, opening_standing(terms))
        _take(lot, bid)
    return [_result(listing, lot) for listing, lot in lots.items()]


def _take(lot: _Lot, bid: RecordedBid) -> None:
    number = lot.numbers.get(bid.bidder) or len(lot.numbers) + 1
    try:
        lot.standing = place(lot.terms, lot.standing, bidder=number, max_amount=bid.amount, now=_OPENS)
    except BidTooLow:
        lot.refused += 1
    else:
        lot.numbers[bid.bidder] = number


def _result(listing: str, lot: _Lot) -> Result:
    bidders = {number: bidder for bidder, number in lot.numbers.items()}
    leader = None if lot.standing.leader is None else bidders[lot.standing.leader]
    return Result.of(listing, lot.terms, lot.standing, leader=leader, refused=lot.refused)
