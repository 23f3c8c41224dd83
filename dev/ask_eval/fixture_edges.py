"""Rows on the edges: exactly on every bound that a question can name, and just before it.

A query that says `>` for `>=`, forgets a condition or counts one group too many answers differently because of one of
these rows; `python -m dev.ask_eval --mutants` tells how many such queries are found out.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from dev.ask_eval.fixture_market import Shape
from dev.ask_eval.fixture_people import add_people
from dev.ask_eval.fixture_rows import NOW, Lot, Offer, Rows
from dev.ask_eval.fixture_scene import DAY, HOUR, JUST, LATE, MINUTE, Scene, scene_of
from dev.ask_eval.fixture_ties import break_ties

MIDNIGHT = NOW.replace(hour=0)
MOMENTS: Sequence[datetime] = (
    *(datetime(2025, month, 1) for month in range(5, 13)),  # noqa: DTZ001 - as the database writes it
    *(datetime(2026, month, 1) for month in range(1, 7)),  # noqa: DTZ001
    NOW - 365 * DAY,
    NOW - 90 * DAY,
    NOW - 30 * DAY,
    datetime(2026, 6, 2),  # noqa: DTZ001
    MIDNIGHT - 7 * DAY,
    NOW - 7 * DAY,
    MIDNIGHT - DAY,
    NOW - DAY,
    MIDNIGHT,
    NOW - HOUR,
)
"""Bounds that have passed: months, quarters, years, weeks, days, and spans before now."""

COMING = (timedelta(0), HOUR, 12 * HOUR, DAY, MIDNIGHT + DAY - NOW, 7 * DAY)
"""Bounds from now on, at which running auctions end and others start."""

PRICES = (50_00, 100_00, 250_00, 500_00, 1000_00)
"""Bounds of price bands; each has a lot exactly there, a cent below and a cent above."""


def add_edges(rows: Rows, shape: Shape) -> None:
    """Add them all."""
    scene = scene_of(rows, shape)
    for index, moment in enumerate(MOMENTS):
        _at_moment(scene, moment, 31_07 + 113 * index)
        _at_moment(scene, moment - JUST, 17_03 + 117 * index)
    for _ in shape.categories():
        scene.sold(datetime(2026, 1, 1) + LATE / 3, 99_50, late=LATE)  # noqa: DTZ001
    for index, span in enumerate(COMING):
        _at_coming(scene, NOW + span, 33_10 + 100 * index)
        _at_coming(scene, NOW + span - JUST, 27_30 + 100 * index)
    _prices(scene)
    _last_minutes(scene)
    _odd_endings(scene)
    _same_price(scene)
    add_people(scene)
    break_ties(scene)
    sold = sum(listing.winner_id is not None for listing in rows.listings)
    if (sold % 2 == 1) != shape.odd:
        scene.sold(NOW - 45 * DAY, 64_00, buyer=rows.users[-1].id)


def _at_moment(scene: Scene, at: datetime, cents: int) -> None:
    """Somebody joins, a lot is sold, another is not, a third starts and gets a bid, a comment and a watch."""
    rows = scene.rows
    one = rows.join(f"Edge {at:%Y-%m-%d %H:%M:%S}", at)
    scene.sold(at, cents)
    scene.sold(at + LATE / 3, cents + 250_00, late=LATE)
    unsold = Lot(
        seller=scene.seller,
        category=next(scene.categories),
        starts_at=at - 6 * DAY,
        ends_at=at,
        offers=[Offer(scene.other, cents, at - 2 * DAY)],
        starting=800,
        reserve=cents + 10_00,
    )
    rows.sell(unsold)
    category = next(scene.categories)
    third = rows.sell(
        replace(unsold, category=category, starts_at=at, ends_at=at + 2 * DAY, offers=[Offer(one, 900, at)])
    )
    rows.say(third, one, "Is it authentic?", at)
    rows.watch(third, one, at)


def _at_coming(scene: Scene, at: datetime, cents: int) -> None:
    """A running lot ends, a cancelled one would have ended, and one is to start."""
    category = next(scene.categories)
    for status in ("active", "cancelled"):
        offers = [Offer(scene.buyer, cents, NOW - 26 * HOUR)]
        lot = Lot(
            seller=scene.seller,
            category=category,
            starts_at=NOW - 3 * DAY,
            ends_at=at,
            offers=offers,
            status=status,
            closed_at=NOW - 20 * HOUR if status == "cancelled" else None,
        )
        scene.rows.sell(lot)
    if at > NOW:
        lot = Lot(seller=scene.seller, category=category, starts_at=at, ends_at=at + 7 * DAY, status="scheduled")
        scene.rows.sell(lot)


def _prices(scene: Scene) -> None:
    """Final prices and buy-now prices on each bound, also in the category Watches."""
    at = NOW - 50 * DAY
    for price, cents, category in itertools.product(PRICES, (-1, 0, 1), ("Watches", "Art")):
        buy_now = price + cents
        offers = [Offer(scene.other, price + cents, at - DAY)]
        lot = Lot(
            seller=scene.seller,
            category=category,
            starts_at=at - 5 * DAY,
            ends_at=at,
            offers=offers,
            starting=price + cents,
            buy_now=buy_now,
        )
        scene.rows.sell(lot)
    for price in (99_99, 100_00, 100_01):  # the reserve is 100.00: missed, met exactly, met
        offers = [Offer(scene.buyer, price, at - DAY)]
        lot = Lot(
            seller=scene.seller,
            category="Coins",
            starts_at=at - 5 * DAY,
            ends_at=at,
            offers=offers,
            reserve=100_00,
        )
        scene.rows.sell(lot)


def _last_minutes(scene: Scene) -> None:
    """The winner's first bid 5 minutes (and 1 minute) before the end, just before that, at the end; and a loser's."""
    end = NOW - 43 * DAY
    for index, before in enumerate((5 * MINUTE, 5 * MINUTE + JUST, 5 * MINUTE - JUST, MINUTE, timedelta(0))):
        buyer = scene.buyer
        offers = [Offer(scene.other, 50_00 + index, end - DAY), Offer(buyer, 60_00 + index, end - before)]
        lot = Lot(seller=scene.seller, category="Watches", starts_at=end - 7 * DAY, ends_at=end, offers=offers)
        scene.rows.sell(lot)
        early = [Offer(buyer, 40_00, end - 2 * DAY), *offers]  # the same, but he had bid before
        lot = Lot(seller=scene.seller, category="Coins", starts_at=end - 7 * DAY, ends_at=end, offers=early)
        scene.rows.sell(lot)
        unmet = Lot(
            seller=scene.seller,
            category="Art",
            starts_at=end - 7 * DAY,
            ends_at=end,
            offers=offers,
            reserve=500_00,
        )
        scene.rows.sell(unmet)


def _odd_endings(scene: Scene) -> None:
    """Expired but active; no bids, a reserve; a bid at the start; cancelled; a seller's bid on his own lot."""
    past = NOW - 10 * MINUTE
    lot = Lot(seller=scene.seller, category="Books", starts_at=past - 7 * DAY, ends_at=past)
    twice = scene.buyer  # nobody bids against him
    sell = scene.rows.sell
    sell(replace(lot, status="active", offers=[Offer(scene.buyer, 35_00, NOW - DAY + MINUTE)]))
    sell(replace(lot, status="active"))
    sell(replace(lot, reserve=20_00))
    sell(replace(lot, offers=[Offer(scene.buyer, 12_00, lot.starts_at)]))
    sell(replace(lot, status="cancelled", closed_at=past - 2 * DAY))
    sell(replace(lot, status="cancelled", closed_at=past - 2 * DAY, offers=[_offer(scene, 70_00, past)]))
    sell(replace(lot, offers=[_offer(scene, 12_00, past, twice), Offer(twice, 14_00, past - 2 * DAY)]))
    for status in ("active", "cancelled"):  # the price is the reserve, but it is not sold
        sell(replace(lot, status=status, reserve=80_00, offers=[_offer(scene, 80_00, past)]))
    if scene.shape.wrong:
        offers = [_offer(scene, 11_00, past), Offer(lot.seller, 12_00, past - 2 * DAY)]
        sell(replace(lot, reserve=90_00, offers=offers, miscounted=1))


def _same_price(scene: Scene) -> None:
    """Two other lots went for what listing 44 went for, one of them to the same buyer."""
    (named,) = (listing for listing in scene.rows.listings if listing.id == "44")
    assert named.winner_id is not None
    assert named.current_price is not None
    for buyer in (named.winner_id, scene.other):
        scene.sold(NOW - 39 * DAY, int(named.current_price * 100), buyer=buyer)


def _offer(scene: Scene, cents: int, end: datetime, bidder: str | None = None) -> Offer:
    return Offer(bidder or scene.buyer, cents, end - 3 * DAY)
