"""Who sells and who bids over a year: their handles, what they like, and how much of it they can afford.

A year is the span from 0 to 1 here, so that people come and go alike whatever the day of the year it is made on.
"""

from __future__ import annotations

import bisect
import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

SELLERS = 60
BIDDERS = 350
ONLOOKERS = 25  # signed in, watched at most, never bid
_SNIPERS = 24
_DEALERS = 15  # sellers who bid on others' lots, too


@dataclass(frozen=True, slots=True, kw_only=True)
class Seller:
    """One who offers lots of some categories, more or fewer of them, from a time of the year on."""

    handle: str
    categories: tuple[str, ...]
    weight: float
    joins: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bidder:
    """One who bids from `joins` until `leaves`, as often as `weight` says, and more on what he likes.

    A sniper shows himself in the last minutes alone.
    """

    handle: str
    weight: float
    likes: frozenset[str]
    regular_of: str | None
    joins: float
    leaves: float
    sniper: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everybody. The shill raises one seller's prices and never wins."""

    sellers: Sequence[Seller]
    bidders: Sequence[Bidder]
    onlookers: Sequence[str]
    shill: str
    shills_for: str

    def seller_of(self, category: str, when: float, rng: random.Random) -> Seller:
        """Who offers something of a category at a time of the year."""
        fitting = [one for one in self.sellers if category in one.categories and one.joins <= when]
        return rng.choices(fitting, [one.weight for one in fitting])[0]

    def crowd(self, count: int, *, category: str, seller: str, when: float, rng: random.Random) -> list[Bidder]:
        """Up to so many different bidders whom a lot draws."""
        here = [one for one in self.bidders if one.joins <= when <= one.leaves and one.handle != seller]
        heights = list(itertools.accumulate(_pull(one, category, seller) for one in here))
        drawn: dict[str, Bidder] = {}
        for _ in range(4 * count):
            one = here[bisect.bisect(heights, rng.random() * heights[-1], hi=len(here) - 1)]
            drawn[one.handle] = one
            if len(drawn) == count:
                break
        return list(drawn.values())


def people(data: Mapping[str, Any], market: Mapping[str, Any]) -> People:
    """The same people every time; the first of them are those of the live market."""
    rng = random.Random("people of the past year")
    known_sellers = _categories_of_known(market)
    houses = _handles(data["sellers"], SELLERS, rng, first=list(known_sellers))
    sellers = [_seller(handle, known_sellers.get(handle, ()), data["categories"], rng) for handle in houses]
    names = _handles(data["bidders"], BIDDERS - _DEALERS + ONLOOKERS, rng, first=market["bidders"])
    known = len(market["bidders"])
    names = [*names[:known], *rng.sample(houses, _DEALERS), *names[known:]]
    trades = [one for one in sellers if one.weight > 1]
    bidders = [
        _bidder(names[number], data["categories"], trades, rng, settled=number < known) for number in range(BIDDERS)
    ]
    *honest, shill = bidders
    victim = max(sellers[len(known_sellers) :], key=lambda one: one.weight * len(one.categories) * (1 - one.joins))
    return People(
        sellers=sellers,
        bidders=_some_snipe(honest, rng, spared=known),
        onlookers=names[BIDDERS:],
        shill=shill.handle,
        shills_for=victim.handle,
    )


def _pull(bidder: Bidder, category: str, seller: str) -> float:
    pull = bidder.weight * (4.0 if category in bidder.likes else 0.6)
    return 8.0 * pull if bidder.regular_of == seller else pull


def _categories_of_known(market: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """What the live market's sellers offer there."""
    found: dict[str, list[str]] = {}
    for listing in market["listings"]:
        found.setdefault(listing["seller"], []).append(listing["category"])
    return {seller: tuple(dict.fromkeys(categories)) for seller, categories in found.items()}


def _handles(words: Mapping[str, Sequence[str]], count: int, rng: random.Random, *, first: Sequence[str]) -> list[str]:
    """So many different names of two words, the given ones before them."""
    made = dict.fromkeys(first)
    while len(made) < count:
        one, other = rng.choice(words["first"]), rng.choice(words["second"])
        if one != other:
            made[f"{one}-{other}"] = None
    return list(made)


def _seller(handle: str, offers: Sequence[str], categories: Mapping[str, Any], rng: random.Random) -> Seller:
    """A few sell a great deal, most a little. The live market's sellers, and a few more, were there from the start."""
    shares = [entry["share"] for entry in categories.values()]
    drawn = rng.choices(list(categories), shares, k=rng.choice((1, 1, 2, 2, 3)))
    early = bool(offers) or rng.random() < 0.4
    weight = min(6.0, rng.paretovariate(1.3))
    joins = 0.0 if early else 0.85 * rng.random()
    return Seller(handle=handle, categories=tuple(dict.fromkeys((*offers, *drawn))), weight=weight, joins=joins)


def _bidder(
    handle: str, categories: Mapping[str, Any], trades: Sequence[Seller], rng: random.Random, *, settled: bool
) -> Bidder:
    """Some come back all year, others are gone after a month or two; a settled one stays throughout."""
    shares = [entry["share"] for entry in categories.values()]
    weight = 3.0 if settled else min(6.0, 0.3 * rng.paretovariate(0.9))
    joins = 0.0 if settled or rng.random() < 0.25 else 0.97 * rng.random()
    stays = 1.0 if settled or rng.random() < 0.3 else max(0.06, rng.expovariate(2.5))
    return Bidder(
        handle=handle,
        weight=weight,
        likes=frozenset(rng.choices(list(categories), shares, k=rng.choice((1, 2, 2, 3)))),
        regular_of=rng.choice(trades).handle if rng.random() < 0.35 else None,
        joins=joins,
        leaves=joins + stays,
        sniper=False,
    )


def _some_snipe(bidders: Sequence[Bidder], rng: random.Random, *, spared: int) -> list[Bidder]:
    snipers = {one.handle for one in rng.sample(bidders[spared:], _SNIPERS)}
    return [
        replace(one, sniper=True, weight=min(max(one.weight, 1.5), 3.0)) if one.handle in snipers else one
        for one in bidders
    ]
