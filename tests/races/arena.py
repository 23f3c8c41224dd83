"""Function instances inside this process, and lots to race over.

`Instance` is what one function instance is in production: its own services and connections, its own event loop on
its own thread. `offer` puts a lot straight into the tables, so that it may end in a second.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pymysql

from common.bidding.batch import AcceptedBid, PendingBid
from common.deadline import Deadline
from common.domain.actor import Actor
from common.domain.aliases import new_listing_id
from common.domain.errors import Refusal
from common.domain.listing import Listing, SoftClose
from common.operations import close_auctions, create_listing, place_bid, sync_mirror
from common.operations.call import Answer, Call
from common.services import Services
from common.store.listings import NewListing
from common.store.store import Store, Transaction
from dev.stack.database import DatabaseServer, connect

T = TypeVar("T")

HARD_CLOSE = SoftClose(window=timedelta(0), extension=timedelta(0), max_extension=timedelta(0))
SECONDS = 10.0
"""What a request gets, and how long tests wait for anything."""


def a_key() -> str:
    """A new Idempotency-Key."""
    return secrets.token_hex(12)


def a_person(name: str = "somebody") -> Actor:
    """Somebody found nowhere else."""
    return Actor(user_id=f"uid-{name}-{secrets.token_hex(4)}", display_name=f"Mx {name.title()}")


def people(count: int) -> list[Actor]:
    """So many of them."""
    return [a_person(f"bidder{number}") for number in range(count)]


def call_of(actor: Actor | None = None, key: str | None = None, *, seconds: float = SECONDS) -> Call:
    """A request as an operation sees it."""
    return Call(deadline=Deadline.after(seconds), actor=actor, idempotency_key=key)


def offer(store: Store, *, ends_in: float = 3600.0, starts_in: float = 0.0, **fields: Any) -> str:
    """The id of a new lot from 1.00 dollar that ends so many seconds from now, by the database's clock."""
    return offer_all(store, 1, ends_in=ends_in, starts_in=starts_in, **fields)[0]


def offer_all(store: Store, count: int, *, ends_in: float = 3600.0, starts_in: float = 0.0, **fields: Any) -> list[str]:
    """The ids of so many lots of one seller; `fields` go over a NewListing's."""
    seller: Actor = fields.pop("seller", None) or a_person("seller")

    def attempt(tx: Transaction) -> list[str]:
        tx.users.remember([seller])
        now = tx.now()
        usual = {
            "seller_id": seller.user_id,
            "idempotency_key": None,
            "title": "A brass ship's lamp",
            "description": "Found in a harbour shed. Works.",
            "category": "furniture",
            "currency": "USD",
            "starting_price": 1_00,
            "reserve_price": None,
            "buy_now_price": None,
            "increment": None,
            "soft_close": SoftClose(),
            "starts_at": now + timedelta(seconds=starts_in),
            "ends_at": now + timedelta(seconds=ends_in),
        }
        lots = [NewListing(**{**usual, "id": new_listing_id(), **fields}) for _ in range(count)]
        for lot in lots:
            tx.listings.insert(lot, now=now)
        return [lot.id for lot in lots]

    return store.transact(attempt, deadline=Deadline.after(SECONDS))


def listing(store: Store, listing_id: str) -> Listing:
    """A listing as it stands."""
    return store.transact(lambda tx: tx.listings.get(listing_id), deadline=Deadline.after(SECONDS))


def database_now(store: Store) -> datetime:
    """The database's clock."""
    return store.transact(lambda tx: tx.now(), deadline=Deadline.after(SECONDS))


class Instance:
    """One function instance: services, and the event loop they are used from."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="instance", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End what still runs, and the loop with it."""
        self.start(self._cancel_all()).result(SECONDS)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(SECONDS)
        self.loop.close()

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Begin some work on this instance's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def bid(self, listing_id: str, by: Actor, max_amount: int, *, key: str | None = None) -> Future[Answer]:
        """The answer of place_bid."""
        return self.start(self.bid_here(listing_id, by, max_amount, key=key))

    async def bid_here(self, listing_id: str, by: Actor, max_amount: int, *, key: str | None = None) -> Answer:
        """The answer of place_bid, for those on this loop."""
        body = place_bid.BidBody(listing_id=listing_id, max_amount=max_amount)
        return await place_bid.run(self.services, call_of(by, key or a_key()), body)

    def pending(self, bid: PendingBid) -> Future[AcceptedBid]:
        """What the desk makes of a bid."""

        async def place() -> AcceptedBid:
            return await self.services.bid_desk.place(bid)

        return self.start(place())

    def close_auctions(self) -> Future[Answer]:
        """The answer of close_auctions."""
        return self.start(close_auctions.run(self.services, call_of(), {}))

    def sync_mirror(self) -> Future[Answer]:
        """The answer of sync_mirror."""
        return self.start(sync_mirror.run(self.services, call_of(), {}))

    def create(self, by: Actor, key: str | None, **fields: Any) -> Future[Answer]:
        """The answer of create_listing."""
        usual = {
            "title": "A lamp",
            "description": "It works.",
            "category": "art",
            "starting_price": 1_00,
            "duration_seconds": 600,
        }
        body = create_listing.Request().read(usual | fields)

        async def run() -> Answer:
            call = call_of(by, key)
            return await self.services.threads.run(lambda: create_listing.run(self.services, call, body))

        return self.start(run())

    async def _cancel_all(self) -> None:
        others = [task for task in asyncio.all_tasks(self.loop) if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def outcomes(futures: Sequence[Future[T]]) -> list[T | Refusal]:
    """What came of each, refusals as themselves; a bug is raised."""
    found: list[T | Refusal] = []
    for future in futures:
        try:
            found.append(future.result(2 * SECONDS))
        except Refusal as refusal:
            found.append(refusal)
    return found


def accepted(results: Sequence[Answer | Refusal]) -> list[Answer]:
    """Those that were not refused."""
    return [result for result in results if isinstance(result, Answer)]


def wait_until(holds: Callable[[], bool], *, seconds: float = SECONDS, every_seconds: float = 0.01) -> None:
    """Look again and again until it holds.

    Raises:
        AssertionError: it did not within the time.
    """
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(every_seconds)


class Onlooker:
    """Sees with root's eyes what waits in the database, and holds what others wait for."""

    def __init__(self, server: DatabaseServer) -> None:
        self._server = server
        self._root = connect(server, server.root)

    def close(self) -> None:
        """Leave."""
        self._root.close()

    def ask(self, sql: str, *parameters: object) -> Any:
        """The only value that a statement finds, None if it finds none."""
        with self._root.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            row = cursor.fetchone()
            return None if row is None else row[0]

    def waiting(self) -> int:
        """How many transactions of this schema wait for a row lock."""
        return int(
            self.ask(
                "SELECT COUNT(*) FROM information_schema.innodb_trx t JOIN information_schema.processlist p"
                " ON p.id = t.trx_mysql_thread_id WHERE t.trx_state = 'LOCK WAIT' AND p.db = %s",
                self._server.schema,
            )
        )

    def await_waiting(self, count: int) -> None:
        """Wait until so many do.

        InnoDB draws a new picture only when nobody, on the whole server, has looked at the old one for 0.1 s. Two
        test processes that share a server must not keep each other from that by looking in turn: hence at random.
        """
        deadline = time.monotonic() + SECONDS
        while self.waiting() != count:
            assert time.monotonic() < deadline, f"{count} did not wait within {SECONDS} s"
            time.sleep(random.uniform(0.11, 0.6))

    def kill(self, connection_id: int) -> None:
        """End a connection as an operator would."""
        self.ask(f"KILL {connection_id}")

    def hold(self, *listing_ids: str) -> pymysql.connections.Connection[pymysql.cursors.Cursor]:
        """A connection that holds these listings' row locks until it is rolled back or closed."""
        holder = connect(self._server, self._server.root)
        holder.begin()
        with holder.cursor() as cursor:
            cursor.execute("SELECT id FROM listings WHERE id IN %s FOR UPDATE", (listing_ids,))
        return holder
