"""Finding listings: filters, orders and pages. Pages continue after a row (a keyset), not after a count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

SortKey = int | datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order of listings: a column, then the id; `descending` holds for both."""

    column: str
    descending: bool


ORDERS: dict[str, Order] = {
    "ending_soon": Order(column="ends_at", descending=False),
    "newest": Order(column="created_at", descending=True),
    "price_asc": Order(column="current_price", descending=False),
    "price_desc": Order(column="current_price", descending=True),
    "most_bids": Order(column="bid_count", descending=True),
}

_STATUS = {
    "scheduled": "l.status = 'scheduled' AND l.starts_at > UTC_TIMESTAMP(6)",
    "active": "l.status IN ('active', 'scheduled') AND l.starts_at <= UTC_TIMESTAMP(6)"
    " AND l.ends_at > UTC_TIMESTAMP(6)",
    "closed": "l.status = 'closed'",
    "cancelled": "l.status = 'cancelled'",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for. `words` must all appear in title or description; `after` is where the last page ended."""

    words: Sequence[str] = ()
    category: str | None = None
    status: str | None = None
    seller_id: str | None = None
    seller_alias: str | None = None
    sort: str = "ending_soon"
    after: tuple[SortKey, str] | None = None
    limit: int = 20

    def condition(self) -> tuple[str, dict[str, object]]:
        """The WHERE clause over `listings l` and its parameters."""
        parts: list[str] = []
        parameters: dict[str, object] = {}
        for number, word in enumerate(self.words):
            parts.append(f"(l.title LIKE %(word{number})s OR l.description LIKE %(word{number})s)")
            parameters[f"word{number}"] = f"%{_literal(word)}%"
        if self.category is not None:
            parts.append("l.category = %(category)s")
            parameters["category"] = self.category
        if self.status is not None:
            parts.append(_STATUS[self.status])
        if self.seller_id is not None:
            parts.append("l.seller_id = %(seller_id)s")
            parameters["seller_id"] = self.seller_id
        if self.seller_alias is not None:
            parts.append("l.seller_id = (SELECT s.id FROM users s WHERE s.alias = %(seller_alias)s)")
            parameters["seller_alias"] = self.seller_alias
        if self.after is not None:
            order = ORDERS[self.sort]
            beyond = "<" if order.descending else ">"
            parts.append(f"(l.{order.column}, l.id) {beyond} (%(after_key)s, %(after_id)s)")
            parameters["after_key"], parameters["after_id"] = self.after
        return " AND ".join(parts) or "TRUE", parameters

    def ordering(self) -> str:
        """The ORDER BY clause."""
        order = ORDERS[self.sort]
        direction = "DESC" if order.descending else "ASC"
        return f"l.{order.column} {direction}, l.id {direction}"


def _literal(word: str) -> str:
    r"""A word for LIKE, its wildcards taken at their word.

    >>> _literal("100%_")
    '100\\%\\_'
    """
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
