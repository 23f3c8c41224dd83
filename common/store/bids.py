"""The bids, and under which number each bidder is known on a listing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from common.domain.placed_bid import PlacedBid
from common.store.connect import utc
from common.store.session import Session

BID_COLUMNS = ", ".join(PlacedBid._fields)


def bid_of_json(row: list[Any]) -> PlacedBid:
    """A JSON_ARRAY of BID_COLUMNS, parsed."""
    row[6], row[9] = utc(row[6]), utc(row[9])
    return PlacedBid._make(row)


class Bids:
    """Tables `bids` and `bidders`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def number_of(self, listing_id: str, bidder_id: str) -> int | None:
        """A bidder's number on a listing, None if he has not bid on it."""
        rows = self._session.rows(
            "SELECT number FROM bidders WHERE listing_id = %(listing)s AND bidder_id = %(bidder)s",
            listing=listing_id,
            bidder=bidder_id,
        )
        return rows[0][0] if rows else None

    def user_ids(self, wanted: Sequence[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """Who stands behind these (listing id, number) pairs."""
        rows = self._session.rows(
            "SELECT listing_id, number, bidder_id FROM bidders FORCE INDEX (bidders_number)"
            " WHERE (listing_id, number) IN %(wanted)s",
            wanted=tuple(wanted),
        )
        return {(listing_id, number): bidder_id for listing_id, number, bidder_id in rows}

    def newest(self, listing_id: str, *, up_to: int, limit: int) -> Sequence[PlacedBid]:
        """The last bids on a listing up to a sequence number, newest first."""
        rows = self._session.rows(
            f"SELECT {BID_COLUMNS} FROM bids WHERE listing_id = %(id)s AND seq <= %(up_to)s"
            " ORDER BY seq DESC LIMIT %(limit)s",
            id=listing_id,
            up_to=up_to,
            limit=limit,
        )
        return [PlacedBid._make(row) for row in rows]

    def highest_of(self, listing_id: str, bidder_id: str) -> int | None:
        """A bidder's own highest maximum on a listing, for his eyes alone."""
        rows = self._session.rows(
            "SELECT MAX(max_amount) FROM bids FORCE INDEX (bids_idempotency)"
            " WHERE listing_id = %(id)s AND bidder_id = %(bidder)s AND retracted_at IS NULL",
            id=listing_id,
            bidder=bidder_id,
        )
        highest: int | None = rows[0][0]
        return highest
