"""The bids, and under which number each bidder is known on a listing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from common.domain.placed_bid import PlacedBid
from common.store.session import Row, Session

Pair = tuple[str, str]

_FIELDS = "listing_id, seq, bidder_id, bidder, max_amount, idempotency_key, placed_at, leader, price, ends_at, version"


class Bids:
    """Tables `bids` and `bidders`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def by_keys(self, keys: Sequence[Pair]) -> tuple[datetime, dict[Pair, PlacedBid]]:
        """The database's time now, and the bids placed before under these (bidder id, idempotency key) pairs.

        Call it when the listings are locked: the time is then one at which the bids may be judged.
        """
        rows = self._session.rows(
            f"SELECT UTC_TIMESTAMP(6), {_FIELDS} FROM (SELECT 1) clock LEFT JOIN bids FORCE INDEX (bids_idempotency)"
            " ON (bidder_id, idempotency_key) IN %(keys)s",
            keys=tuple(keys),
        )
        placed = [_placed(row[1:]) for row in rows if row[1] is not None]
        return rows[0][0], {(bid.bidder_id, bid.idempotency_key): bid for bid in placed}

    def numbers(self, pairs: Sequence[Pair]) -> dict[Pair, int]:
        """The numbers of those (listing id, bidder id) pairs that have bid before."""
        rows = self._session.rows(
            "SELECT listing_id, bidder_id, number FROM bidders FORCE INDEX (PRIMARY)"
            " WHERE (listing_id, bidder_id) IN %(pairs)s",
            pairs=tuple(pairs),
        )
        return {(listing_id, bidder_id): number for listing_id, bidder_id, number in rows}

    def number_of(self, listing_id: str, bidder_id: str) -> int | None:
        """A bidder's number on a listing, None if he has not bid on it."""
        return self.numbers([(listing_id, bidder_id)]).get((listing_id, bidder_id))

    def user_ids(self, wanted: Sequence[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """Who stands behind these (listing id, number) pairs."""
        rows = self._session.rows(
            "SELECT listing_id, number, bidder_id FROM bidders FORCE INDEX (bidders_number)"
            " WHERE (listing_id, number) IN %(wanted)s",
            wanted=tuple(wanted),
        )
        return {(listing_id, number): bidder_id for listing_id, number, bidder_id in rows}

    def number_bidders(self, numbers: dict[Pair, int]) -> None:
        """Write down new numbers by (listing id, bidder id); needs the listings' locks."""
        self._session.insert(
            "INSERT INTO bidders (listing_id, bidder_id, number) VALUES (%s, %s, %s)",
            [(listing_id, bidder_id, number) for (listing_id, bidder_id), number in sorted(numbers.items())],
        )

    def insert(self, bids: Sequence[PlacedBid]) -> None:
        """Add accepted bids; needs their listings' locks.

        Raises:
            ConstraintViolated: `bids_idempotency`, another transaction has just used a key on another listing.
        """
        self._session.insert(
            f"INSERT INTO bids ({_FIELDS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                (
                    bid.listing_id,
                    bid.seq,
                    bid.bidder_id,
                    bid.bidder,
                    bid.max_amount,
                    bid.idempotency_key,
                    bid.placed_at,
                    bid.leader,
                    bid.price,
                    bid.ends_at,
                    bid.version,
                )
                for bid in bids
            ],
        )

    def newest(self, listing_id: str, *, up_to: int, limit: int) -> Sequence[PlacedBid]:
        """The last bids on a listing up to a sequence number, newest first."""
        rows = self._session.rows(
            f"SELECT {_FIELDS} FROM bids WHERE listing_id = %(id)s AND seq <= %(up_to)s"
            " ORDER BY seq DESC LIMIT %(limit)s",
            id=listing_id,
            up_to=up_to,
            limit=limit,
        )
        return [_placed(row) for row in rows]

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


def _placed(row: Row) -> PlacedBid:
    return PlacedBid(
        listing_id=row[0],
        seq=row[1],
        bidder_id=row[2],
        bidder=row[3],
        max_amount=row[4],
        idempotency_key=row[5],
        placed_at=row[6],
        leader=row[7],
        price=row[8],
        ends_at=row[9],
        version=row[10],
    )
