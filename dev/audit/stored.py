"""What the database holds about listings, read in snapshots: some listings at once, their bids one by one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymysql.cursors import SSCursor

from common.domain.listing import Listing
from common.domain.placed_bid import PlacedBid
from common.store.connect import Connection
from common.store.listing_rows import LISTING_COLUMNS, listing_of

Rows = Sequence[tuple[Any, ...]]

_LISTINGS = f"SELECT {LISTING_COLUMNS}, l.created_at, l.closed_at, l.mirrored_version FROM listings l"  # noqa: S608
_BIDS = (
    "SELECT " + ", ".join(f"b.{column}" for column in PlacedBid._fields) + ", n.number"  # noqa: S608 - our own names
    " FROM bids b FORCE INDEX (PRIMARY)"
    " LEFT JOIN bidders n ON n.listing_id = b.listing_id AND n.bidder_id = b.bidder_id"
    " WHERE b.listing_id IN %s ORDER BY b.listing_id, b.seq"
)
_CLOSINGS = "SELECT listing_id, facts FROM audit_log WHERE listing_id IN %s AND action = 'close' ORDER BY id"
_BIDDERS = "SELECT listing_id, COUNT(*) FROM bidders WHERE listing_id IN %s GROUP BY listing_id"
_WITHOUT_LISTING = (
    "SELECT DISTINCT b.listing_id FROM bids b LEFT JOIN listings l ON l.id = b.listing_id"
    " WHERE l.id IS NULL ORDER BY b.listing_id LIMIT %s"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredListing:
    """A listing as it is stored, without its bids.

    bidders: how many are numbered on it · closings: the facts of each closing on record
    """

    listing: Listing
    created_at: datetime
    closed_at: datetime | None
    mirrored_version: int
    bidders: int
    closings: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class StoredBid:
    """A bid, and the number that its bidder has on the listing; None if he has none."""

    bid: PlacedBid
    number: int | None


@contextmanager
def snapshot(connection: Connection) -> Iterator[None]:
    """Whatever is read in the block is of one moment; nothing can be written in it, and others are not held up."""
    connection.rollback()
    rows(connection, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    rows(connection, "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    try:
        yield
    finally:
        connection.rollback()


def listings_after(connection: Connection, listing_id: str, *, limit: int) -> list[StoredListing]:
    """The next listings in the order of their ids."""
    found = rows(connection, f"{_LISTINGS} WHERE l.id > %s ORDER BY l.id LIMIT %s", listing_id, limit)
    return _stored(connection, found)


def listing(connection: Connection, listing_id: str) -> StoredListing | None:
    """One listing."""
    found = _stored(connection, rows(connection, f"{_LISTINGS} WHERE l.id = %s", listing_id))
    return found[0] if found else None


def bids_of(connection: Connection, listing_ids: Sequence[str]) -> Iterator[StoredBid]:
    """Their bids in the order of listings and sequence numbers, fetched as they are asked for. Ask for all of them."""
    with connection.cursor(SSCursor) as cursor:
        cursor.execute(_BIDS, (tuple(listing_ids),))
        for row in cursor:
            yield StoredBid(PlacedBid._make(row[:-1]), row[-1])


def without_listing(connection: Connection, *, limit: int) -> list[str]:
    """Ids of listings that are not there and have bids: no foreign key forbids it."""
    return [listing_id for (listing_id,) in rows(connection, _WITHOUT_LISTING, limit)]


def rows(connection: Connection, sql: str, *parameters: object) -> Rows:
    """What a statement finds."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return tuple(cursor.fetchall())


def _stored(connection: Connection, found: Rows) -> list[StoredListing]:
    if not found:
        return []
    ids = tuple(row[0] for row in found)
    closings: dict[str, list[Mapping[str, Any]]] = {listing_id: [] for listing_id in ids}
    for listing_id, facts in rows(connection, _CLOSINGS, ids):
        closings[listing_id].append(json.loads(facts))
    bidders: dict[str, int] = dict(rows(connection, _BIDDERS, ids))
    return [
        StoredListing(
            listing=listing_of(row),
            created_at=row[-3],
            closed_at=row[-2],
            mirrored_version=row[-1],
            bidders=bidders.get(row[0], 0),
            closings=closings[row[0]],
        )
        for row in found
    ]
