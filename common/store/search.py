"""Finding listings: filters, orders and pages. Pages continue after a row (a keyset), not after a count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

SortKey = int | datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order of listings: a column, then the id; `descending` holds for both."""

    column: str
    descending: bool

    @property
    def direction(self) -> str:
        """As SQL has it."""
        return "DESC" if self.descending else "ASC"


ENDING_SOON = "ending_soon"

ORDERS: dict[str, Order] = {
    ENDING_SOON: Order(column="ends_at", descending=False),
    "newest": Order(column="created_at", descending=True),
    "price_asc": Order(column="current_price", descending=False),
    "price_desc": Order(column="current_price", descending=True),
    "most_bids": Order(column="bid_count", descending=True),
}
"""The orders by their names. `ending_soon` turns round after what has not ended: the past comes last, newest first."""

_STORED = {
    None: ("scheduled", "active", "closed", "cancelled"),
    "scheduled": ("scheduled",),
    "active": ("active", "scheduled"),
    "closed": ("closed",),
    "cancelled": ("cancelled",),
}
"""How listings of a status are stored: one that has begun need not have been opened yet."""

_CLOCK = {
    "scheduled": "l.starts_at > UTC_TIMESTAMP(6)",
    "active": "l.starts_at <= UTC_TIMESTAMP(6) AND l.ends_at > UTC_TIMESTAMP(6)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of an order: `found` selects `id` and `sort_key` of its first `limit` listings and maybe of others."""

    found: str
    ordering: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for.

    words: must all appear in title or description
    moment: what ends later has not ended yet; the same for all pages, or a listing could change sides between two
    after: where the last page ended
    """

    words: Sequence[str] = ()
    category: str | None = None
    status: str | None = None
    seller_id: str | None = None
    seller_alias: str | None = None
    sort: str = ENDING_SOON
    moment: datetime
    after: tuple[SortKey, str] | None = None
    limit: int = 20

    def parts(self) -> Sequence[Part]:
        """The stretches of the order from where the last page ended, one after the other."""
        order = ORDERS[self.sort]
        if self.sort != ENDING_SOON or self.status in _CLOCK:
            return [self._part(order, self._rest(order))]
        ended = replace(order, descending=True)
        if self.status is not None or self._is_in_the_past():
            return [self._part(ended, self._rest(ended))]
        running = "l.ends_at > %(moment)s" if self.after is None else self._rest(order)
        return [self._part(order, running), self._part(ended, "l.ends_at <= %(moment)s")]

    def parameters(self) -> dict[str, object]:
        """The values that the parts name, except for `limit`."""
        after_key, after_id = self.after or (None, None)
        return {
            **{f"word{number}": f"%{_literal(word)}%" for number, word in enumerate(self.words)},
            "category": self.category,
            "statuses": _STORED[self.status],
            "seller_id": self.seller_id,
            "seller_alias": self.seller_alias,
            "moment": self.moment,
            "after_key": after_key,
            "after_id": after_id,
        }

    def _is_in_the_past(self) -> bool:
        key = None if self.after is None else self.after[0]
        return isinstance(key, datetime) and key <= self.moment

    def _rest(self, order: Order) -> str:
        """What comes after the last page. The first comparison is for the indexes: MySQL looks up no pairs in them."""
        if self.after is None:
            return "TRUE"
        key, beyond = f"l.{order.column}", "<" if order.descending else ">"
        return f"{key} {beyond}= %(after_key)s AND ({key}, l.id) {beyond} (%(after_key)s, %(after_id)s)"

    def _part(self, order: Order, stretch: str) -> Part:
        """A part in which this holds.

        By their end, listings are looked up one stored status at a time: so the indexes (status, ends_at) and
        (category, status, ends_at) have them in order, and no page sorts a house's past. One statement for all, so
        that a listing which is closed meanwhile is found, and once.
        """
        filters = " AND ".join([*self._filters(), stretch])
        found = [
            f"(SELECT l.id, l.{order.column} AS sort_key FROM listings l WHERE {status} AND {filters}"
            f" ORDER BY l.{order.column} {order.direction}, l.id {order.direction} LIMIT %(limit)s)"
            for status in self._statuses()
        ]
        ordering = f"found.sort_key {order.direction}, found.id {order.direction}"
        return Part(found=" UNION ALL ".join(found), ordering=ordering)

    def _statuses(self) -> Sequence[str]:
        """Conditions of which every listing that is looked for meets one."""
        if self.sort == ENDING_SOON:
            return [f"l.status = '{stored}'" for stored in _STORED[self.status]]
        return ["TRUE" if self.status is None else "l.status IN %(statuses)s"]

    def _filters(self) -> Sequence[str]:
        """Conditions all of which it meets."""
        parts = [
            f"(l.title LIKE %(word{number})s OR l.description LIKE %(word{number})s)"
            for number in range(len(self.words))
        ]
        if self.category is not None:
            parts.append("l.category = %(category)s")
        if self.status in _CLOCK:
            parts.append(_CLOCK[self.status])
        if self.seller_id is not None:
            parts.append("l.seller_id = %(seller_id)s")
        if self.seller_alias is not None:
            parts.append("l.seller_id = (SELECT s.id FROM users s WHERE s.alias = %(seller_alias)s)")
        return parts


def _literal(word: str) -> str:
    r"""A word for LIKE, its wildcards taken at their word.

    >>> _literal("100%_")
    '100\\%\\_'
    """
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
