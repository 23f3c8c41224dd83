"""No ties where a top list ends: a question for the ten first would have two right answers otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from dev.ask_eval.fixture_rows import NOW, Lot, Offer
from dev.ask_eval.fixture_scene import DAY, HOUR, Scene

ENDS = (1, 3, 5, 10)
"""How long top lists are."""

WATCHED = ("3", "5", "7", "9", "11", "13", "15", "17", "19", "21", "23")
"""Listings with more watchers than any other, each with another number of them."""


def break_ties(scene: Scene) -> None:
    """Among the most watched listings, the buyers with the most auctions, and the days of May with the most bids."""
    people = [user.id for user in scene.rows.users]
    for rank, listing in enumerate(WATCHED):
        for one in people[: 60 - 4 * rank]:
            scene.rows.watch(listing, one, NOW - 30 * DAY)

    def wins() -> Counter[str]:
        return Counter(listing.winner_id for listing in scene.rows.listings if listing.winner_id is not None)

    def bids() -> Counter[datetime]:
        times = [bid.placed_at for bid in scene.rows.bids]
        may = [at for at in times if (at.year, at.month) == (2026, 5)]
        return Counter(at.replace(hour=0, minute=0, second=0, microsecond=0) for at in may)

    _separate(wins, lambda one: scene.sold(NOW - 41 * DAY, 22_40, buyer=one))
    _separate(bids, lambda day: _bid_on(scene, day))


def _separate(count: Callable[[], Counter[str]] | Callable[[], Counter[datetime]], add: Callable[..., None]) -> None:
    """Add to the last of each top list until the next has less."""
    for end in ENDS:
        while True:
            ranked = count().most_common(end + 1)
            if len(ranked) <= end or ranked[end - 1][1] > ranked[end][1]:
                break
            add(ranked[end - 1][0])


def _bid_on(scene: Scene, day: datetime) -> None:
    """One bid more on that day, on a lot that does not reach its reserve."""
    lot = Lot(
        seller=scene.seller,
        category=next(scene.categories),
        starts_at=day - DAY,
        ends_at=day + DAY,
        offers=[Offer(scene.other, 15_00, day + 19 * HOUR)],
        reserve=90_00,
    )
    scene.rows.sell(lot)
