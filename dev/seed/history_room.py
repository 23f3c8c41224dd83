"""The bidding on one lot of the past, bid by bid in time order, each one through the real rule."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.domain.bidding import place
from common.domain.listing import Standing, minimum_bid, opening_standing
from common.domain.placed_bid import PlacedBid
from dev.seed.history_calendar import jitter, near
from dev.seed.history_lots import Lot
from dev.seed.history_people import Bidder, People

LAST_MINUTES = timedelta(minutes=5)
_PEOPLE = {"none": (0, 0), "faint": (1, 3), "some": (3, 6), "busy": (5, 9), "hot": (8, 15)}
_BIDS = {"none": (0, 0), "faint": (1, 4), "some": (4, 14), "busy": (12, 28), "hot": (28, 64)}
_SHILL_BIDS = (2, 6)
_OVERTIME_BIDS = 30
_FEVER = 1.6  # of the estimate: there it ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """A lot and what came of the bidding on it; `numbers` are the bidders', by the order of their first bids."""

    lot: Lot
    opened: bool
    bids: Sequence[PlacedBid]
    standing: Standing
    numbers: dict[str, int]
    drawn: Sequence[str]


class Room:
    """The people whom a lot drew, each with a purse."""

    def __init__(self, lot: Lot, people: People, rng: random.Random, *, key: str) -> None:
        self._lot, self._terms, self._rng, self._key = lot, lot.terms, rng, key
        self._shill = people.shill if lot.terms.seller_id == people.shills_for else None
        count = rng.randint(*_PEOPLE[lot.interest])
        crowd = people.crowd(count, category=lot.category, seller=lot.terms.seller_id, when=lot.when, rng=rng)
        self._purses = {one.handle: self._purse() for one in crowd}
        self._ceiling = int(lot.estimate * _FEVER)
        self._snipers = {one.handle for one in crowd if one.sniper}
        self._patient = {one.handle for one in crowd if one.sniper or rng.random() < 0.35}
        self._crowd: Sequence[Bidder] = crowd
        self._standing = opening_standing(lot.terms)
        self._numbers: dict[str, int] = {}
        self._bids: list[PlacedBid] = []

    def sale(self) -> Sale:
        """Everything that was bid."""
        for moment, by_shill in self._moments():
            if by_shill:
                self._shill_bids(moment)
            else:
                self._somebody_bids(moment)
        if self._lot.cancelled_at is None:
            self._overtime()
        return Sale(
            lot=self._lot,
            opened=self._opened,
            bids=self._bids,
            standing=self._standing,
            numbers=self._numbers,
            drawn=[one.handle for one in self._crowd],
        )

    @property
    def _opened(self) -> bool:
        """Whether close_auctions opened it: what is offered for later begins as scheduled."""
        return self._lot.created_at < self._terms.starts_at

    def _moments(self) -> list[tuple[datetime, bool]]:
        """When somebody looks in, in order, and whether it is the shill."""
        rng, terms = self._rng, self._terms
        length = terms.scheduled_end - terms.starts_at
        count = rng.randint(*_BIDS[self._lot.interest])
        moments = [(self._moment(length), False) for _ in range(count)]
        late = len(self._snipers) + (rng.random() < 0.3)
        moments += [(terms.scheduled_end - jitter(240, rng), False) for _ in range(late if count else 0)]
        if self._shill is not None and count and rng.random() < 0.85:
            moments += [(self._moment(length), True) for _ in range(rng.randint(*_SHILL_BIDS))]
        end = self._lot.cancelled_at or terms.scheduled_end
        return sorted(one for one in moments if terms.starts_at <= one[0] < end)

    def _moment(self, length: timedelta) -> datetime:
        """Some come at once, some in between, half of them on the last day; at most hours of the day in the evening."""
        rng, terms = self._rng, self._terms
        kind = rng.random()
        share = 0.15 * rng.random() if kind < 0.15 else rng.random() if kind < 0.5 else 1 - 0.14 * rng.random() ** 2
        raw = terms.starts_at + length * share
        better = near(raw, rng)
        return better if terms.starts_at <= better < terms.scheduled_end - LAST_MINUTES else raw

    def _somebody_bids(self, moment: datetime) -> bool:
        """One bid of whoever wants to and can; False when nobody does."""
        rng, standing = self._rng, self._standing
        least = minimum_bid(self._terms, standing)
        last_minutes = self._terms.scheduled_end - moment <= LAST_MINUTES
        leader = self._leader()
        present = [one for one in self._purses if one not in self._snipers or last_minutes]
        if leader in present and rng.random() < 0.03:
            return self._leader_raises(leader, moment)
        others = [one for one in present if one != leader]
        willing = [one for one in others if self._purses[one] >= least]
        if not willing and others and rng.random() < 0.7:
            willing = self._fever(rng.choice(others), least)
        if not willing:
            return False
        eager = [one for one in willing if one in self._snipers] if last_minutes else []
        person = rng.choice(eager or willing)
        self._place(person, self._amount(person, least, at_once=person in self._snipers), moment)
        return True

    def _amount(self, person: str, least: int, *, at_once: bool) -> int:
        """A patient one names his limit, often late; the others go on by little more than they must."""
        purse, rng = self._purses[person], self._rng
        if at_once or (person in self._patient and rng.random() < 0.5):
            return purse
        return min(purse, max(least, _rounded(int(least * rng.uniform(1.0, 1.05)), rng)))

    def _fever(self, person: str, least: int) -> list[str]:
        """Somebody who wants it more than he meant to, up to a limit."""
        wish = int(least * self._rng.uniform(1.0, 1.07)) + 100
        if wish > self._ceiling:
            return []
        self._purses[person] = wish
        return [person]

    def _leader_raises(self, leader: str, moment: datetime) -> bool:
        """Silently, as a rule: the price moves only where his own maximum held it down."""
        high_max = self._standing.high_max
        assert high_max is not None, "there is a leader"
        self._purses[leader] = max(self._purses[leader], _rounded(int(high_max * 1.1), self._rng) + 100)
        self._place(leader, max(high_max + 1, self._purses[leader]), moment)
        return True

    def _shill_bids(self, moment: datetime) -> None:
        """Raise the leader's price without passing his maximum: a shill must not win."""
        least, high_max = minimum_bid(self._terms, self._standing), self._standing.high_max
        if self._shill is None or high_max is None or least > high_max:
            return
        self._place(self._shill, min(high_max, int(least * self._rng.uniform(1.0, 1.08))), moment)

    def _overtime(self) -> None:
        """While bids in the last two minutes move the end, those who were outbid may answer."""
        for _ in range(_OVERTIME_BIDS):
            if not self._bids or self._rng.random() < 0.4:
                break
            moment = self._bids[-1].placed_at + timedelta(seconds=5) + jitter(80, self._rng)
            soon = self._standing.ends_at - moment <= self._terms.soft_close.window
            if not (soon and moment < self._standing.ends_at and self._somebody_bids(moment)):
                break

    def _place(self, person: str, amount: int, moment: datetime) -> None:
        number = self._numbers.setdefault(person, len(self._numbers) + 1)
        self._standing = place(self._terms, self._standing, bidder=number, max_amount=amount, now=moment)
        seq = self._standing.bid_count
        assert self._standing.leader is not None, "somebody has just bid"
        self._bids.append(
            PlacedBid(
                listing_id=self._lot.id,
                seq=seq,
                bidder_id=person,
                bidder=number,
                max_amount=amount,
                idempotency_key=f"{self._key}-{seq}",
                placed_at=moment,
                leader=self._standing.leader,
                price=self._standing.price,
                ends_at=self._standing.ends_at,
                version=1 + self._opened + seq,
            )
        )

    def _leader(self) -> str | None:
        return None if self._standing.leader is None else list(self._numbers)[self._standing.leader - 1]

    def _purse(self) -> int:
        return _rounded(int(self._lot.estimate * self._rng.lognormvariate(-0.2, 0.3)), self._rng)


def _rounded(amount: int, rng: random.Random) -> int:
    """As people write it: round, now and then with a few cents to pass others who are round, too."""
    grain = 100 if amount < 100_00 else 500 if amount < 1_000_00 else 2500
    return max(grain, amount // grain * grain) + (rng.choice((1, 50, 77, 111)) if rng.random() < 0.12 else 0)
