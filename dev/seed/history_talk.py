"""What people said about the lots of the past, and what they watched."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from dev.seed.history_calendar import jitter
from dev.seed.history_people import People
from dev.seed.history_room import Sale

_DAY = timedelta(days=1)


class Comment(NamedTuple):
    """A row of `comments`."""

    listing_id: str
    author_id: str
    body: str
    created_at: datetime


class Watch(NamedTuple):
    """A row of `watches`."""

    user_id: str
    listing_id: str
    created_at: datetime


def comments(sale: Sale, words: Mapping[str, Sequence[Any]], rng: random.Random) -> Iterator[Comment]:
    """Questions of those whom the lot drew, most of them answered by the seller, and now and then a remark."""
    lot, over = sale.lot, _over(sale)
    for _ in range(rng.choice((0, 0, 0, 0, 1, 1, 2)) if sale.drawn else 0):
        asked_at = _between(lot.terms.starts_at, over, rng)
        yield Comment(lot.id, rng.choice(sale.drawn), rng.choice(words["questions"]), asked_at)
        answered_at = asked_at + jitter(_DAY.total_seconds(), rng)
        if rng.random() < 0.7 and answered_at < over:
            yield Comment(lot.id, lot.terms.seller_id, rng.choice(words["answers"]), answered_at)
    if len(sale.drawn) > 2 and rng.random() < 0.2:
        said_at = _between(lot.terms.starts_at, over, rng)
        yield Comment(lot.id, rng.choice(sale.drawn), rng.choice(words["remarks"]), said_at)


def watches(sale: Sale, people: People, rng: random.Random) -> Iterator[Watch]:
    """Some of those who bid, more of those who only looked."""
    lot, over = sale.lot, _over(sale)
    first_bids: dict[str, datetime] = {}
    for bid in sale.bids:
        first_bids.setdefault(bid.bidder_id, bid.placed_at)
    count = rng.choice((0, 1, 2, 3, 5)) + len(sale.drawn) // 2
    seller = lot.terms.seller_id
    lookers = people.crowd(count, category=lot.category, seller=seller, when=lot.when, rng=rng)
    watchers = dict.fromkeys((one for one in sale.drawn if rng.random() < 0.5), None)
    watchers.update(dict.fromkeys(one.handle for one in lookers))
    if rng.random() < 0.02:
        watchers[rng.choice(people.onlookers[::2])] = None  # the others never do anything
    for watcher in watchers:
        yield Watch(watcher, lot.id, _between(lot.terms.starts_at, first_bids.get(watcher, over), rng))


def _over(sale: Sale) -> datetime:
    return sale.lot.cancelled_at or sale.standing.ends_at


def _between(first: datetime, last: datetime, rng: random.Random) -> datetime:
    return first + (last - first) * rng.random()
