"""What is offered and who bids what, decided beforehand: the same seed number plans the same market.

Bidders act by a purse and a temper against the real rule, so that every planned bid is one that will be accepted.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from common.domain.bidding import place
from common.domain.increments import increments_of
from common.domain.listing import Standing, Terms, minimum_bid, opening_standing, reserve_met

DATA = Path(__file__).parents[1] / "data" / "market.json"
SOON = timedelta(minutes=10)

_BIDS = {"none": (0, 0), "some": (1, 5), "busy": (6, 10), "hot": (15, 21)}
_BIDDERS = {"none": (0, 0), "some": (2, 3), "busy": (4, 6), "hot": (6, 9)}
_WIDEST_PURSE = 1.5  # of the estimate: there fever ends
_WHENEVER = datetime(2000, 1, 1, tzinfo=UTC)  # prices do not depend on when


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedBid:
    """A proxy maximum in minor units."""

    bidder: str
    max_amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedListing:
    """One listing: `offer` is create_listing's body but for the times; a start of None is at once."""

    seller: str
    offer: dict[str, Any]
    duration: timedelta
    starts_in: timedelta | None
    bids: tuple[PlannedBid, ...]


def planned_market(*, listings: int, seed: int) -> list[PlannedListing]:
    """The market of a seed number; of fewer listings, the beginning of it."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    items = list(_by_turns(data["listings"]))
    return [
        _planned(items[number % len(items)], data["bidders"], random.Random(f"{seed}/{number}"))
        for number in range(listings)
    ]


def terms_of(item: dict[str, Any]) -> Terms:
    """An item's terms, in minor units, between times that do not matter."""
    step, reserve = item.get("increment"), item.get("reserve_price")
    return Terms(
        seller_id=item["seller"],
        currency=item["currency"],
        starting_price=item["starting_price"] * 100,
        reserve_price=reserve and reserve * 100,
        increments=increments_of(item["currency"], step and step * 100),
        starts_at=_WHENEVER,
        scheduled_end=_WHENEVER + timedelta(days=1),
    )


def _by_turns(items: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The first of each category, then the second of each: any beginning is a mixed market."""
    turns: dict[str, int] = {}
    ordered = []
    for item in items:
        turns[item["category"]] = turns.get(item["category"], 0) + 1
        ordered.append((turns[item["category"]], item))
    yield from (item for _, item in sorted(ordered, key=lambda pair: pair[0]))


def _planned(item: dict[str, Any], bidders: Sequence[str], rng: random.Random) -> PlannedListing:
    starts_in = item.get("starts_in_minutes")
    ends_in = timedelta(minutes=item["ends_in_minutes"])
    offer = {name: item[name] for name in ("title", "description", "category", "currency")}
    for name in ("starting_price", "reserve_price", "buy_now_price", "increment"):
        if name in item:
            offer[name] = item[name] * 100
    if ends_in <= SOON:  # so that a visitor sees it end, whatever is bid meanwhile
        offer["soft_close"] = {"window_seconds": 30, "extension_seconds": 30, "max_extension_seconds": 300}
    return PlannedListing(
        seller=item["seller"],
        offer=offer,
        duration=ends_in,
        starts_in=None if starts_in is None else timedelta(minutes=starts_in),
        bids=() if starts_in else tuple(_Room(item, bidders, rng).bids()),
    )


class _Room:
    """The bidders on one item, each with a purse; patient ones name it at once, the others go step by step."""

    def __init__(self, item: dict[str, Any], bidders: Sequence[str], rng: random.Random) -> None:
        self._rng = rng
        self._terms = terms_of(item)
        self._target = rng.randint(*_BIDS[item["interest"]])
        people = rng.sample(bidders, rng.randint(*_BIDDERS[item["interest"]]))
        estimate = item["estimate"] * 100
        self._purses = {person: _rounded(int(estimate * rng.uniform(0.55, 1.1)), rng) for person in people}
        self._patient = {person for person in people if rng.random() < 0.3}
        self._ceiling = int(estimate * _WIDEST_PURSE)
        self._saviour: str | None = None  # who meets the reserve at last, if nobody does before
        reserve = self._terms.reserve_price
        if reserve and item["reserve_will_be_met"]:
            self._saviour = people[-1]
            self._purses[people[-1]] = max(self._purses[people[-1]], _rounded(int(reserve * 1.08), rng))
        elif reserve:
            self._ceiling = reserve - 1

    def bids(self) -> Iterator[PlannedBid]:
        """Bids until the target is reached or nobody goes on; the last one is the deepest purse's."""
        standing = opening_standing(self._terms)
        while standing.bid_count < self._target:
            bid = self._next(standing, last=standing.bid_count == self._target - 1)
            if bid is None:
                break
            number = list(self._purses).index(bid.bidder) + 1
            standing = place(self._terms, standing, bidder=number, max_amount=bid.max_amount, now=self._terms.starts_at)
            yield bid

    def _next(self, standing: Standing, *, last: bool) -> PlannedBid | None:
        if last and self._saviour and not reserve_met(self._terms, standing.price):
            return PlannedBid(bidder=self._saviour, max_amount=self._purse(self._saviour))
        least = minimum_bid(self._terms, standing)
        people = list(self._purses)
        others = [person for person in people if standing.leader is None or person != people[standing.leader - 1]]
        willing = [person for person in others if self._purse(person) >= least]
        if not willing:
            person = self._rng.choice(others)
            self._purses[person] = int(least * self._rng.uniform(1.02, 1.08)) + 100
            willing = [person] if self._purse(person) >= least else []
        if not willing:
            return None
        deepest = max(willing, key=self._purse)
        person = deepest if last else self._rng.choice(willing)
        if last or (person in self._patient and self._rng.random() < standing.bid_count / self._target):
            return PlannedBid(bidder=person, max_amount=self._purse(person))
        step = _rounded(int(least * self._rng.uniform(1.0, 1.04)), self._rng)
        return PlannedBid(bidder=person, max_amount=min(self._purse(person), max(least, step)))

    def _purse(self, person: str) -> int:
        return min(self._purses[person], self._ceiling)


def _rounded(amount: int, rng: random.Random) -> int:
    """An amount as people write it: round, and now and then with some cents to pass others who are round, too."""
    grain = 100 if amount < 100_00 else 500 if amount < 1_000_00 else 2500
    round_amount = max(grain, amount // grain * grain)
    return round_amount + (rng.choice((1, 50, 77, 111)) if rng.random() < 0.15 else 0)
