"""The rows of a made-up market, numbered as they are added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

NOW = datetime(2026, 6, 15, 12)  # noqa: DTZ001 - as the database writes it: UTC without saying so
"""When the questions are asked."""


class User(NamedTuple):
    """A row of users; the e-mail address is a canary that no answer may hold."""

    id: str
    display_name: str
    email: str
    created_at: datetime


class Listing(NamedTuple):
    """A row of listings."""

    id: str
    seller_id: str
    title: str
    description: str
    category: str
    starting_price: Decimal
    reserve_price: Decimal | None
    buy_now_price: Decimal | None
    current_price: Decimal | None
    highest_bidder_id: str | None
    bid_count: int
    status: str
    starts_at: datetime
    ends_at: datetime
    closed_at: datetime | None
    winner_id: str | None


class Bid(NamedTuple):
    """A row of bids."""

    id: str
    listing_id: str
    bidder_id: str
    amount: Decimal
    placed_at: datetime


class Comment(NamedTuple):
    """A row of comments."""

    id: str
    listing_id: str
    author_id: str
    body: str
    created_at: datetime


class Watch(NamedTuple):
    """A row of watches."""

    user_id: str
    listing_id: str
    created_at: datetime


class Offer(NamedTuple):
    """A bid before it has a row: who, how many cents, when."""

    bidder: str
    cents: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A listing before it has a row; prices in cents. `status` None: as the clock has it."""

    seller: str
    category: str
    starts_at: datetime
    ends_at: datetime
    offers: Sequence[Offer] = ()
    starting: int = 1000
    reserve: int | None = None
    buy_now: int | None = None
    title: str | None = None
    description: str | None = None
    status: str | None = None
    closed_at: datetime | None = None
    miscounted: int = 0

    def state(self) -> str:
        """Its status: the one that was given, else what the clock says."""
        if self.status is not None:
            return self.status
        if self.ends_at <= NOW:
            return "closed"
        return "active" if self.starts_at <= NOW else "scheduled"

    def winner(self) -> str | None:
        """Who bought it: nobody unless it closed with a bid that meets the reserve."""
        if self.state() != "closed" or not self.offers or self.offers[-1].cents < (self.reserve or 0):
            return None
        return self.offers[-1].bidder


@dataclass(slots=True)
class Rows:
    """All rows of a market."""

    users: list[User] = field(default_factory=list)
    listings: list[Listing] = field(default_factory=list)
    bids: list[Bid] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    watches: dict[tuple[str, str], Watch] = field(default_factory=dict)

    def join(self, name: str, at: datetime) -> str:
        """A person who signed in first at that time; the id."""
        number = str(len(self.users) + 1)
        self.users.append(User(number, name, f"person{number}@canary.example", at))
        return number

    def sell(self, lot: Lot) -> str:
        """A listing with its bids; the id."""
        number = str(len(self.listings) + 1)
        last = lot.offers[-1] if lot.offers else None
        state = lot.state()
        done = (lot.closed_at or lot.ends_at) if state in ("closed", "cancelled") else None
        self.listings.append(
            Listing(
                id=number,
                seller_id=lot.seller,
                title=lot.title or f"Lot {number} of {lot.category}",
                description=lot.description or f"Lot {number}, in good condition",
                category=lot.category,
                starting_price=money(lot.starting),
                reserve_price=None if lot.reserve is None else money(lot.reserve),
                buy_now_price=None if lot.buy_now is None else money(lot.buy_now),
                current_price=last and money(last.cents),
                highest_bidder_id=last and last.bidder,
                bid_count=len(lot.offers) + lot.miscounted,
                status=state,
                starts_at=lot.starts_at,
                ends_at=lot.ends_at,
                closed_at=done,
                winner_id=lot.winner(),
            )
        )
        for offer in lot.offers:
            self.bids.append(Bid(str(len(self.bids) + 1), number, offer.bidder, money(offer.cents), offer.at))
        return number

    def say(self, listing: str, author: str, body: str, at: datetime) -> None:
        """A comment."""
        self.comments.append(Comment(str(len(self.comments) + 1), listing, author, body, at))

    def watch(self, listing: str, user: str, at: datetime) -> None:
        """A watch, unless that person watches that listing already."""
        self.watches.setdefault((user, listing), Watch(user, listing, at))


def money(cents: int) -> Decimal:
    """An amount as the analysts' tables have it.

    >>> money(1250)
    Decimal('12.50')
    """
    return Decimal(cents).scaleb(-2)
