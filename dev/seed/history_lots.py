"""What was offered in a year: lots with terms, times and how much interest they met."""

from __future__ import annotations

import base64
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from common.domain.increments import increments_of
from common.domain.listing import Terms
from dev.seed.history_calendar import Year, end_of_day, jitter
from dev.seed.history_people import People

CURRENCY = "USD"
_INTEREST = {"none": 10, "faint": 26, "some": 34, "busy": 22, "hot": 8}
_LENGTHS = (3, 5, 5, 7, 7, 7, 10)  # days
_NICE = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 18, 20, 25, 30, 35, 40, 45, 50, 60, 75, 80, 90)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """One lot of the past.

    number: its place in the plan, of which its keys are made · when: its place in the year, from 0 to 1
    increment: the seller's flat step or None · estimate: what its bidders think it worth, in minor units
    cancelled_at: None unless the seller withdrew it
    """

    id: str
    number: int
    title: str
    description: str
    category: str
    terms: Terms
    increment: int | None
    buy_now_price: int | None
    created_at: datetime
    cancelled_at: datetime | None
    estimate: int
    interest: str
    when: float


class Catalogue:
    """The lots of one seed number and one day, by their numbers."""

    def __init__(self, data: Mapping[str, Any], people: People, *, seed: int, now: datetime) -> None:
        self._categories: Mapping[str, Any] = data["categories"]
        self._people = people
        self._seed = seed
        self._years = {slug: Year(now, entry["seasons"]) for slug, entry in self._categories.items()}
        self._titles: set[str] = set()

    def lot(self, number: int, rng: random.Random) -> Lot:
        """The next lot, from its own random numbers: the same seed makes the same lots but for the times."""
        shares = [entry["share"] for entry in self._categories.values()]
        (category,) = rng.choices(list(self._categories), shares)
        when = rng.random()
        seller = self._people.seller_of(category, when, rng)
        title, usual_price = self._title(category, rng)
        estimate = int(usual_price * 100 * rng.lognormvariate(0.0, 0.4))
        starting_price = _nice(estimate * rng.choice((0.08, 0.15, 0.25, 0.4, 0.5)))
        reserve = _nice(estimate * rng.uniform(0.55, 1.15)) if rng.random() < 0.38 else None
        reserve = max(reserve, starting_price) if reserve is not None else None
        increment = rng.choice((500, 1000, 2500)) if estimate > 300_00 and rng.random() < 0.06 else None
        buy_now = _nice(max(estimate, reserve or 0) * rng.uniform(1.25, 1.8)) if rng.random() < 0.14 else None
        ends_at = self._years[category].day(when) + end_of_day(rng)
        starts_at = ends_at - timedelta(days=rng.choice(_LENGTHS))
        planned = timedelta(hours=rng.randint(3, 48)) if rng.random() < 0.15 else timedelta()
        (interest,) = rng.choices(list(_INTEREST), list(_INTEREST.values()))
        return Lot(
            id=listing_id(self._seed, number),
            number=number,
            title=title,
            description=self._description(category, rng),
            category=category,
            terms=Terms(
                seller_id=seller.handle,
                currency=CURRENCY,
                starting_price=starting_price,
                reserve_price=reserve,
                increments=increments_of(CURRENCY, increment),
                starts_at=starts_at,
                scheduled_end=ends_at,
            ),
            increment=increment,
            buy_now_price=buy_now,
            created_at=starts_at - planned,
            cancelled_at=_withdrawn(starts_at, ends_at, rng) if rng.random() < 0.03 else None,
            estimate=estimate,
            interest=interest,
            when=when,
        )

    def _title(self, category: str, rng: random.Random) -> tuple[str, int]:
        """A title that no other lot has, and the thing's usual price in whole dollars."""
        entry = self._categories[category]
        while True:
            thing, usual_price, first, last = rng.choice(entry["things"])
            year = rng.randint(first, last)
            made = f"about {year // 10 * 10}" if entry["roughly_dated"] else str(year)
            title = f"{thing}, {rng.choice(entry['details'])}, {made}"
            if title not in self._titles:
                self._titles.add(title)
                return title, usual_price

    def _description(self, category: str, rng: random.Random) -> str:
        return " ".join(rng.choice(sentences) for sentences in self._categories[category]["texts"])


def listing_id(seed: int, number: int) -> str:
    """The id that a lot always has: by it one sees whether the history was written before.

    >>> len(listing_id(1, 0)), listing_id(1, 0) == listing_id(1, 0)
    (11, True)
    """
    drawn = random.Random(f"history/{seed}/{number}/id").randbytes(8)
    return base64.urlsafe_b64encode(drawn).decode().rstrip("=")


def _nice(amount: float) -> int:
    """The amount as sellers write it: two leading digits of the usual ones, whole dollars.

    >>> _nice(37_12), _nice(1_234_00), _nice(12)
    (3500, 120000, 100)
    """
    dollars = max(1, int(amount) // 100)
    scale = 10 ** max(0, len(str(dollars)) - 2)
    return int(max(step for step in _NICE if step <= max(1, dollars // scale)) * scale * 100)


def _withdrawn(starts_at: datetime, ends_at: datetime, rng: random.Random) -> datetime:
    """Most sellers who think better of it do so early."""
    return starts_at + (ends_at - starts_at) * 0.9 * rng.random() ** 2 + jitter(60, rng)
