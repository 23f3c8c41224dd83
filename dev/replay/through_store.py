"""Replaying through the real place_bid and its database, in this process.

Every row is a bid under an idempotency key of its own, so that a lost connection repeats nothing. The listings are
made with a hard close far off; at the end they are closed, so that none stays open in a database that lives on.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

import pymysql

from common import runtime
from common.config import DatabaseSettings, Settings, SettingsError
from common.deadline import Deadline
from common.domain.actor import Actor
from common.domain.aliases import bidder_alias, new_listing_id
from common.domain.closing import outcome_of
from common.domain.errors import BidTooLow, Refusal
from common.domain.listing import Listing, Outcome, SoftClose, Status
from common.operations import place_bid
from common.operations.call import Call
from common.services import Services
from common.store.connect import connector
from common.store.listings import NewListing
from common.store.migrate import migrate
from common.store.store import Transaction
from dev.replay.results import ReplayFailed, Result, Steps
from dev.replay.rows import RecordedBid
from dev.stack.database import private_server
from dev.stack.process import StartFailed

T = TypeVar("T")

_AT_ONCE = 1024  # bids on their way together: a few batches in each lane, well inside what a lane holds
_SECONDS = 60
_OPEN_FOR = timedelta(days=3650)
_CATEGORY = "books"


def replay(bids: Iterable[RecordedBid], steps: Steps) -> list[Result]:
    """How each listing ended, in order of first appearance.

    Raises:
        ReplayFailed: the database is not there, does not answer or has not our schema.
    """
    try:
        with _database() as env:
            services = runtime.build(Settings.from_env({**env, "GOOGLE_CLOUD_PROJECT": "replay", "MIRROR": "off"}))
            with closing(services.store):
                return asyncio.run(_Replay(services, steps).run(bids))
    except (Refusal, SettingsError, StartFailed, pymysql.Error) as failure:
        raise ReplayFailed(f"{type(failure).__name__}: {failure}") from failure


@contextmanager
def _database() -> Iterator[Mapping[str, str]]:
    """The database's settings: the one of the environment, else a private one as long as the block."""
    if os.environ.get("DB_HOST") or os.environ.get("CLOUD_SQL_INSTANCE"):
        yield os.environ
        return
    with (
        tempfile.TemporaryDirectory(prefix="gavel-replay-") as folder,
        private_server(Path(folder), durable=False) as own,
    ):
        with closing(connector(DatabaseSettings.from_env(own.environment(own.migrate)))()) as connection:
            migrate(connection, lambda _: None)
        yield own.environment()


@dataclass(slots=True)
class _Lot:
    id: str
    bidders: dict[str, str] = field(default_factory=dict)  # by their aliases
    refused: int = 0


class _Replay:
    def __init__(self, services: Services, steps: Steps) -> None:
        self._services = services
        self._steps = steps
        self._run = f"replay-{secrets.token_hex(5)}"
        self._lots: dict[str, _Lot] = {}
        self._people: dict[str, Actor] = {}

    async def run(self, bids: Iterable[RecordedBid]) -> list[Result]:
        for part in _parts(bids, _AT_ONCE):
            self._offer(part)
            await asyncio.gather(*(self._place(bid) for bid in part))
        return [result for part in _parts(self._lots, _AT_ONCE) for result in self._close(part)]

    def _offer(self, bids: Sequence[RecordedBid]) -> None:
        """Make the listings that these bids are the first on."""
        first = {bid.listing: bid for bid in reversed(bids) if bid.listing not in self._lots}
        new = {bid.listing: first[bid.listing] for bid in bids if bid.listing in first}
        made = {listing: _Lot(new_listing_id()) for listing in new}
        seller = Actor(user_id=f"{self._run}-seller", display_name="")

        def attempt(tx: Transaction) -> None:
            tx.users.remember([seller])
            for listing, bid in new.items():
                self._insert(tx, made[listing].id, bid, seller)

        if new:
            self._services.store.transact(attempt, deadline=Deadline.after(_SECONDS))
            self._lots.update(made)

    def _insert(self, tx: Transaction, listing_id: str, bid: RecordedBid, seller: Actor) -> None:
        now = tx.now()
        listing = NewListing(
            id=listing_id,
            seller_id=seller.user_id,
            idempotency_key=None,
            title=f"Replay of {bid.listing[:100]}",
            description="A listing of another time, replayed from its recorded bids.",
            category=_CATEGORY,
            currency=self._steps.currency,
            starting_price=bid.starting_price,
            reserve_price=bid.reserve_price,
            buy_now_price=None,
            increment=self._steps.flat,
            soft_close=SoftClose(window=timedelta(0)),
            starts_at=now,
            ends_at=now + _OPEN_FOR,
        )
        tx.listings.insert(listing, now=now)

    async def _place(self, bid: RecordedBid) -> None:
        """Place one bid. Nothing waits before its lane holds it: bids arrive in the order of their tasks."""
        lot = self._lots[bid.listing]
        call = Call(
            deadline=Deadline.after(_SECONDS),
            actor=self._person(bid.bidder),
            idempotency_key=f"{self._run}-{bid.line}",
        )
        body = place_bid.BidBody(listing_id=lot.id, max_amount=bid.amount)
        try:
            answer = await place_bid.run(self._services, call, body)
        except BidTooLow:
            lot.refused += 1
        else:
            lot.bidders[answer.body["you"]["alias"]] = bid.bidder

    def _person(self, bidder: str) -> Actor:
        """Somebody of our own making for a name in the file, which may be longer than an id, or a real user's."""
        if bidder not in self._people:
            number = len(self._people) + 1
            self._people[bidder] = Actor(user_id=f"{self._run}-{number}", display_name="")
        return self._people[bidder]

    def _close(self, names: Sequence[str]) -> Iterator[Result]:
        """Close these listings as they stand in the database, and say how."""
        ids = [self._lots[name].id for name in names]

        def attempt(tx: Transaction) -> Mapping[str, Listing]:
            docket = tx.dockets.open(ids, keys=(), bidders=(), offers={})
            tx.listings.write_outcomes([_closed(each) for each in docket.listings.values()], closed_at=docket.now)
            return docket.listings

        closed = self._services.store.transact(attempt, deadline=Deadline.after(_SECONDS))
        for name in names:
            lot, listing = self._lots[name], closed[self._lots[name].id]
            leader = bidder_alias(listing.standing.leader)
            yield Result.of(
                name,
                listing.terms,
                listing.standing,
                leader=lot.bidders[leader] if leader else None,
                refused=lot.refused,
            )


def _closed(listing: Listing) -> Listing:
    outcome = outcome_of(listing.terms, listing.standing)
    return listing._replace(
        status=Status.CLOSED,
        outcome=outcome,
        winner=listing.standing.leader if outcome is Outcome.SOLD else None,
        version=listing.version + 1,
    )


def _parts(things: Iterable[T], size: int) -> Iterator[Sequence[T]]:
    """The things in tuples of at most this size."""
    rest = iter(things)
    while part := tuple(islice(rest, size)):
        yield part
