"""A bid that was accepted."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class PlacedBid(NamedTuple):
    """One accepted bid and what its listing showed right after it; `max_amount` is secret.

    A tuple, and in the order of the table's columns: a storm makes thousands a second, and a frozen dataclass takes
    three times as long to make.
    """

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
