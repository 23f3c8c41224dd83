"""A listing: its terms, which never change once a bid stands, and its standing, which every bid changes.

Amounts are integers in minor units of `Terms.currency`; times are aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from common.domain.increments import Increments

MAX_AMOUNT = 10**12
"""Largest amount anywhere, in minor units: ten thousand million dollars, far inside 64 bits."""


class Status(StrEnum):
    """Where a listing is in its life."""

    SCHEDULED = "scheduled"
    ACTIVE = "active"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """How a closed listing ended."""

    SOLD = "sold"
    RESERVE_NOT_MET = "reserve_not_met"
    NO_BIDS = "no_bids"


class Reserve(StrEnum):
    """All the public learns of a reserve."""

    NONE = "none"
    MET = "met"
    NOT_MET = "not_met"


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftClose:
    """With less than `window` left a bid moves the end to its time + `extension`, `max_extension` at most in all."""

    window: timedelta = timedelta(seconds=120)
    extension: timedelta = timedelta(seconds=120)
    max_extension: timedelta = timedelta(minutes=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the seller offered; the reserve is secret."""

    seller_id: str
    currency: str
    starting_price: int
    increments: Increments
    starts_at: datetime
    scheduled_end: datetime
    reserve_price: int | None = None
    soft_close: SoftClose = SoftClose()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a seller offers: its terms and how it is described.

    It stays as it is for as long as its `revision`, so that bidding may remember it.
    """

    id: str
    revision: int
    terms: Terms
    title: str
    description: str
    category: str
    seller_alias: str
    buy_now_price: int | None


class Standing(NamedTuple):
    """Where the bidding stands. The two maxima are secret.

    A tuple, as `Listing` is: each bid makes one of both, and a frozen dataclass takes three times as long to make.

    leader: the leader's number on this listing (1 is its first bidder), None before the first bid
    high_max: the leader's maximum · second_max: the best maximum of everyone else
    price: the price shown; the starting price before the first bid
    ends_at: the effective end, which every reader uses
    """

    leader: int | None
    high_max: int | None
    second_max: int | None
    price: int
    bid_count: int
    ends_at: datetime


class Listing(NamedTuple):
    """One listing as it stands; `version` rises by one with every change."""

    offer: Offer
    standing: Standing
    status: Status
    outcome: Outcome | None
    winner: int | None
    bidder_count: int
    version: int

    @property
    def id(self) -> str:
        """The offer's."""
        return self.offer.id

    @property
    def terms(self) -> Terms:
        """The offer's."""
        return self.offer.terms


def opening_standing(terms: Terms) -> Standing:
    """The standing before the first bid."""
    return Standing(
        leader=None,
        high_max=None,
        second_max=None,
        price=terms.starting_price,
        bid_count=0,
        ends_at=terms.scheduled_end,
    )


def minimum_bid(terms: Terms, standing: Standing) -> int:
    """Lowest maximum the listing accepts now from anyone but its leader, in minor units.

    The starting price until somebody bids, then one step above the shown price, the step's band taken at that
    price, lower bound inclusive (auction-rules 1 and 2).

    >>> minimum_bid(AN_OFFER, opening_standing(AN_OFFER))
    100
    >>> bid = opening_standing(AN_OFFER)._replace(leader=1, high_max=200_00)
    >>> minimum_bid(AN_OFFER, bid._replace(price=99_99)), minimum_bid(AN_OFFER, bid._replace(price=100_00))
    (10099, 10250)
    """
    return least_bid(terms, leader=standing.leader, price=standing.price)


def least_bid(terms: Terms, *, leader: int | None, price: int) -> int:
    """`minimum_bid` where only the leader and the price shown are known, as of an earlier moment of a listing."""
    return price if leader is None else terms.increments.above(price)


def reserve_met(terms: Terms, price: int) -> bool:
    """Whether a bid reached the reserve, told from the price alone.

    The first maximum at or above the reserve lifts the price to it at once (auction-rules 9), so the price says it.
    """
    return terms.reserve_price is None or price >= terms.reserve_price


def reserve_shown(terms: Terms, *, leader: int | None, price: int) -> Reserve:
    """What the public may know of the reserve, while this bidder leads at this price.

    >>> from dataclasses import replace
    >>> lot = replace(AN_OFFER, reserve_price=100_00)
    >>> [reserve_shown(lot, leader=1, price=price).value for price in (99_99, 100_00)]
    ['not_met', 'met']
    >>> reserve_shown(AN_OFFER, leader=None, price=1_00).value, reserve_shown(lot, leader=None, price=100_00).value
    ('none', 'not_met')
    """
    if terms.reserve_price is None:
        return Reserve.NONE
    return Reserve.MET if leader is not None and reserve_met(terms, price) else Reserve.NOT_MET


def status_at(status: Status, starts_at: datetime, now: datetime) -> Status:
    """The status a reader sees: a scheduled listing is active from its start on, whether or not a job has said so."""
    return Status.ACTIVE if status is Status.SCHEDULED and starts_at <= now else status


AN_OFFER = Terms(
    seller_id="seller",
    currency="USD",
    starting_price=1_00,
    increments=Increments.of([(0, 5), (1_00, 25), (5_00, 50), (25_00, 1_00), (100_00, 2_50)]),
    starts_at=datetime(2026, 1, 1, tzinfo=UTC),
    scheduled_end=datetime(2026, 1, 8, tzinfo=UTC),
)
"""Terms for the examples on these pages."""
