"""A year of sales as rows of the tables, exactly as the functions would have left them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import orjson

from common.domain.aliases import new_seller_alias
from common.domain.closing import outcome_of
from common.domain.listing import Outcome, Status
from dev.seed.history_calendar import jitter
from dev.seed.history_plan import History
from dev.seed.history_room import Sale

Row = tuple[object, ...]

INSERTS = {
    "users": "INSERT INTO users (id, alias, display_name, email, created_at) VALUES (%s, %s, %s, %s, %s)",
    "listings": "INSERT INTO listings (id, seller_id, idempotency_key, title, description, category, currency,"
    " starting_price, reserve_price, buy_now_price, increment, soft_close_window_seconds,"
    " soft_close_extension_seconds, soft_close_max_extension_seconds, created_at, starts_at, scheduled_end, status,"
    " outcome, leader, high_max, second_max, current_price, bid_count, bidder_count, ends_at, closed_at, winner,"
    " version, mirrored_version) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s,"
    " %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
    "bidders": "INSERT INTO bidders (listing_id, bidder_id, number) VALUES (%s, %s, %s)",
    "bids": "INSERT INTO bids (listing_id, seq, bidder_id, bidder, max_amount, idempotency_key, placed_at, leader,"
    " price, ends_at, version) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
    "notifications": "INSERT INTO notifications (user_id, listing_id, kind, created_at) VALUES (%s, %s, %s, %s)",
    "audit_log": "INSERT INTO audit_log (at, actor, action, listing_id, facts) VALUES (%s, %s, %s, %s, %s)",
    "comments": "INSERT INTO comments (listing_id, author_id, body, created_at) VALUES (%s, %s, %s, %s)",
    "watches": "INSERT INTO watches (user_id, listing_id, created_at) VALUES (%s, %s, %s)",
}
"""The tables in an order in which they can be filled."""


def rows_of(history: History) -> dict[str, list[Row]]:
    """The rows of each table but `users`, the history's own order in each."""
    rows: dict[str, list[Row]] = {table: [] for table in INSERTS if table != "users"}
    for sale in history.sales:
        ended = Ended(sale)
        rows["listings"].append(ended.listing())
        rows["bidders"] += [(sale.lot.id, person, number) for person, number in sale.numbers.items()]
        rows["bids"] += sale.bids
        rows["notifications"] += ended.notifications()
        rows["audit_log"] += ended.audit()
    for table in ("notifications", "audit_log"):  # numbered by the database: in the order of time
        rows[table].sort(key=lambda row: str(row[3] if table == "notifications" else row[0]))
    rows["comments"] += history.comments
    rows["watches"] += history.watches
    return rows


def user_row(person: str, first_seen: datetime) -> Row:
    """A person as his token would have described him."""
    return (person, new_seller_alias(), person, f"{person}@example.com", first_seen)


class Ended:
    """A sale after the scheduler saw it, or its seller withdrew it."""

    def __init__(self, sale: Sale) -> None:
        self.sale = sale
        self.outcome: Outcome | None = None
        self.closed_at: datetime | None = None
        if sale.lot.cancelled_at is None:
            self.outcome = outcome_of(sale.lot.terms, sale.standing)
            self.closed_at = sale.standing.ends_at + jitter(58, random.Random(sale.lot.id))
        self.winner = sale.standing.leader if self.outcome is Outcome.SOLD else None

    def listing(self) -> Row:
        """The row of `listings`; what ended long ago, the mirror need not show."""
        lot, standing = self.sale.lot, self.sale.standing
        terms = lot.terms
        soft_close = terms.soft_close
        version = 1 + self.sale.opened + standing.bid_count + (self.outcome is not None)
        return (
            *(lot.id, terms.seller_id, f"history-listing-{lot.id}", lot.title, lot.description, lot.category),
            *(terms.currency, terms.starting_price, terms.reserve_price, lot.buy_now_price, lot.increment),
            *(_seconds(soft_close.window), _seconds(soft_close.extension), _seconds(soft_close.max_extension)),
            *(lot.created_at, terms.starts_at, terms.scheduled_end),
            (Status.CANCELLED if self.outcome is None else Status.CLOSED).value,
            self.outcome and self.outcome.value,
            *(standing.leader, standing.high_max, standing.second_max, standing.price, standing.bid_count),
            *(len(self.sale.numbers), standing.ends_at, self.closed_at, self.winner, version, version),
        )

    def notifications(self) -> Iterator[Row]:
        """The seller heard how it ended, the winner that he won."""
        if self.outcome is not None:
            yield (self.sale.lot.terms.seller_id, self.sale.lot.id, self.outcome.value, self.closed_at)
        for person, number in self.sale.numbers.items():
            if number == self.winner:
                yield (person, self.sale.lot.id, "won", self.closed_at)

    def audit(self) -> Iterator[Row]:
        """Who offered it, and how it was closed."""
        lot, standing = self.sale.lot, self.sale.standing
        offered = {"starting_price": lot.terms.starting_price, "currency": lot.terms.currency}
        yield (lot.created_at, lot.terms.seller_id, "create_listing", lot.id, orjson.dumps(offered).decode())
        if self.outcome is not None:
            facts = {
                "outcome": self.outcome,
                "winner": self.winner,
                "price": standing.price,
                "bid_count": standing.bid_count,
            }
            yield (self.closed_at, "close_auctions", "close", lot.id, orjson.dumps(facts).decode())


def _seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)
