"""Where rows on the edges are added: the market so far, and the regulars who take turns in it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dev.ask_eval.fixture_market import Shape
from dev.ask_eval.fixture_rows import NOW, Lot, Offer, Rows

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
JUST = timedelta(milliseconds=500)
"""So much before a bound that a day's 23:59:59 is over and the next has not begun."""

LATE = timedelta(seconds=30)
"""So long after its end an auction may be closed: into the next month, then."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The rows and the shape of the market, and the regulars whom edges need."""

    rows: Rows
    shape: Shape
    sellers: Iterator[str]
    buyers: Iterator[str]
    others: Iterator[str]
    categories: Iterator[str]

    @property
    def seller(self) -> str:
        """One of the sellers, another each time."""
        return next(self.sellers)

    @property
    def buyer(self) -> str:
        """One of the buyers, another each time."""
        return next(self.buyers)

    @property
    def other(self) -> str:
        """One of the bidders beside the buyers, another each time."""
        return next(self.others)

    def sold(self, at: datetime, cents: int, *, late: timedelta = timedelta(0), **facts: str) -> None:
        """A lot that was sold at that moment, so late after its end (unsold in a month without sales)."""
        offers = [Offer(facts.get("buyer", self.buyer), cents, at - DAY)] if self.shape.sells(at) else []
        lot = Lot(
            seller=facts.get("seller") or self.seller,
            category=next(self.categories),
            starts_at=at - 7 * DAY,
            ends_at=at - late,
            closed_at=at,
            offers=offers,
            starting=900,
        )
        self.rows.sell(lot)

    def auction(self, seller: str, end: datetime, bidders: Sequence[str], *, cancelled: bool = False) -> None:
        """One auction in which they bid in turn, an hour apart."""
        offers = [Offer(one, 20_00 + 3_10 * index, end - DAY + index * HOUR) for index, one in enumerate(bidders)]
        lot = Lot(
            seller=seller,
            category=next(self.categories),
            starts_at=end - 5 * DAY,
            ends_at=end,
            offers=offers if self.shape.sells(end) else offers[:0],
            status="cancelled" if cancelled else None,
            closed_at=end - HOUR if cancelled else None,
        )
        self.rows.sell(lot)


def scene_of(rows: Rows, shape: Shape) -> Scene:
    """The market with its regulars, who have been there longer than anybody."""
    early = NOW - 600 * DAY
    sellers = [rows.join(f"Edge seller {number}", early) for number in range(1, 8)]
    buyers = [rows.join(f"Edge buyer {number}", early) for number in range(1, 12)]
    others = [rows.join(f"Edge bidder {number}", early) for number in range(1, 6)]
    turns = (itertools.cycle(these) for these in (sellers, buyers, others, shape.categories()))
    return Scene(rows, shape, *turns)
