"""A bid that was accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedBid:
    """One accepted bid and what its listing showed right after it; `max_amount` is secret."""

    listing_id: str
    seq: int
    bidder_id: str
    bidder: int
    max_amount: int
    idempotency_key: str
    placed_at: datetime
    leader: int
    price: int
    ends_at: datetime
    version: int
