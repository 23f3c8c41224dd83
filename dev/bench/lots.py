"""Listings to bid on, put straight into the database, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Protocol

from common.domain.aliases import new_listing_id
from dev.bench.market import number, query, session
from dev.stack.database import DatabaseServer

SELLER = "the-seller"
STARTING_PRICE = 100
STEP = 1  # so small that bids raised by AMOUNT_STEP pass one another
HOURS_OPEN = 24


class Lots(Protocol):
    """The listings of one design."""

    def open(self, count: int) -> list[str]:
        """New listings, open for a day, without a soft close; their ids."""

    def accepted(self, ids: Sequence[str]) -> int:
        """How many bids stand on these listings."""


@dataclass(frozen=True, slots=True)
class NoLots:
    """Ids of listings that nobody looks up."""

    def open(self, count: int) -> list[str]:
        """Made-up ids."""
        return [new_listing_id() for _ in range(count)]

    def accepted(self, ids: Sequence[str]) -> int:  # noqa: ARG002 - the interface
        """None are."""
        return 0


@dataclass(frozen=True, slots=True)
class GavelLots:
    """Listings in a schema made by Gavel's migrations."""

    server: DatabaseServer

    def open(self, count: int, *, reserve_price: int | None = None) -> list[str]:
        """As `Lots.open`."""
        ids = [new_listing_id() for _ in range(count)]
        with closing(session(self.server)) as connection, connection.cursor() as cursor:
            cursor.execute(
                "INSERT IGNORE INTO users (id, alias, display_name, created_at)"
                " VALUES (%s, 'Seller 234567', 'Seller', UTC_TIMESTAMP(6))",
                (SELLER,),
            )
            cursor.executemany(
                "INSERT INTO listings (id, seller_id, title, description, category, currency, starting_price,"
                " reserve_price, increment, soft_close_window_seconds, soft_close_extension_seconds,"
                " soft_close_max_extension_seconds, created_at, starts_at, scheduled_end, ends_at, status,"
                " current_price) VALUES (%s, %s, 'A lot', 'To be bid on.', 'art', 'USD', %s, %s, %s, 0, 0, 0,"
                " UTC_TIMESTAMP(6), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) + INTERVAL 24 HOUR,"
                " UTC_TIMESTAMP(6) + INTERVAL 24 HOUR, 'active', %s)",
                [(id_, SELLER, STARTING_PRICE, reserve_price, STEP, STARTING_PRICE) for id_ in ids],
            )
        return ids

    def accepted(self, ids: Sequence[str]) -> int:
        """As `Lots.accepted`."""
        return number(self.server, "SELECT SUM(bid_count) FROM listings WHERE id IN %s", tuple(ids))

    def broken(self, ids: Sequence[str]) -> int:
        """How many of these listings do not agree with their own bids; 0, or there is a bug."""
        return number(self.server, _BROKEN, tuple(ids))


_BROKEN = """
    SELECT COUNT(*) FROM listings l
      LEFT JOIN (SELECT listing_id, COUNT(*) AS bids, MAX(seq) AS last, MAX(max_amount) AS highest,
                        COUNT(DISTINCT bidder_id) AS people FROM bids GROUP BY listing_id) b ON b.listing_id = l.id
      LEFT JOIN bids newest ON newest.listing_id = l.id AND newest.seq = b.last
     WHERE l.id IN %s AND (l.bid_count <> COALESCE(b.bids, 0) OR l.bid_count <> COALESCE(b.last, 0)
       OR l.bidder_count <> COALESCE(b.people, 0) OR l.version <> 1 + l.bid_count
       OR NOT l.high_max <=> b.highest OR NOT l.leader <=> newest.leader
       OR l.current_price <> COALESCE(newest.price, l.starting_price)
       OR l.current_price <> IF(l.second_max IS NULL, l.starting_price, LEAST(l.high_max, l.second_max + l.increment)))
"""


@dataclass(frozen=True, slots=True)
class DjangoLots:
    """Listings in the tables of the Django baseline."""

    server: DatabaseServer

    def open(self, count: int) -> list[str]:
        """As `Lots.open`."""
        ids = [new_listing_id() for _ in range(count)]
        with closing(session(self.server)) as connection, connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO listing (id, seller, title, description, category, currency, starting_price,"
                " increment, starts_at, scheduled_end, ends_at, status, current_price, bid_count, version)"
                " VALUES (%s, %s, 'A lot', 'To be bid on.', 'art', 'USD', %s, %s, UTC_TIMESTAMP(6),"
                " UTC_TIMESTAMP(6) + INTERVAL 24 HOUR, UTC_TIMESTAMP(6) + INTERVAL 24 HOUR, 'active', %s, 0, 1)",
                [(id_, SELLER, STARTING_PRICE, STEP, STARTING_PRICE) for id_ in ids],
            )
        return ids

    def accepted(self, ids: Sequence[str]) -> int:
        """As `Lots.accepted`."""
        return number(self.server, "SELECT COUNT(*) FROM bid WHERE listing_id IN %s", tuple(ids))


def end_now(server: DatabaseServer, table: str, listing_id: str) -> None:
    """Let a listing's time be over."""
    query(server, f"UPDATE {table} SET ends_at = UTC_TIMESTAMP(6) WHERE id = %s", listing_id)  # noqa: S608 - ours
