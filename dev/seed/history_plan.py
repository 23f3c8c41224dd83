"""A year of sales, complete and in memory: the same seed number gives the same but for the times."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from dev.seed.history_calendar import Year
from dev.seed.history_lots import Catalogue
from dev.seed.history_people import People, people
from dev.seed.history_room import Room, Sale
from dev.seed.history_talk import Comment, Watch, comments, watches
from dev.seed.plan import DATA as MARKET

DATA = Path(__file__).parents[1] / "data" / "history.json"
_EVEN = (1.0,) * 12


@dataclass(slots=True, kw_only=True)
class History:
    """All that happened; `first_seen` is when each person first signed in."""

    people: People
    sales: list[Sale] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    watches: list[Watch] = field(default_factory=list)
    first_seen: dict[str, datetime] = field(default_factory=dict)


def past_year(*, listings: int, seed: int, now: datetime) -> History:
    """So many lots that ended in the twelve months before `now`, with everything that hangs on them."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    history = History(people=people(data, json.loads(MARKET.read_text(encoding="utf-8"))))
    catalogue = Catalogue(data, history.people, seed=seed, now=now)
    for number in range(listings):
        rng = random.Random(f"history/{seed}/{number}")
        lot = catalogue.lot(number, rng)
        sale = Room(lot, history.people, rng, key=f"history-{seed}-{number}").sale()
        history.sales.append(sale)
        history.comments.extend(comments(sale, data["comments"], rng))
        history.watches.extend(watches(sale, history.people, rng))
    history.comments.sort(key=lambda comment: comment.created_at)
    history.first_seen = _first_seen(history, now)
    return history


def _first_seen(history: History, now: datetime) -> dict[str, datetime]:
    """Shortly before whatever a person did first; those who were there from the beginning, long before."""
    first: dict[str, datetime] = {}
    for person, moment in _doings(history):
        first[person] = min(moment, first.get(person, moment))
    settled = {one.handle for one in history.people.sellers if not one.joins}
    settled |= {one.handle for one in history.people.bidders if not one.joins}
    rng = random.Random("first sign-ins")
    year = Year(now, _EVEN)
    for person in history.people.onlookers:
        first.setdefault(person, year.day(rng.random()))
    return {
        person: moment - timedelta(days=(400 if person in settled else 4) * rng.random())
        for person, moment in sorted(first.items())
    }


def _doings(history: History) -> Iterator[tuple[str, Any]]:
    for sale in history.sales:
        yield sale.lot.terms.seller_id, sale.lot.created_at
        yield from ((bid.bidder_id, bid.placed_at) for bid in sale.bids)
    yield from ((comment.author_id, comment.created_at) for comment in history.comments)
    yield from ((watch.user_id, watch.created_at) for watch in history.watches)
