"""transact when the connection is lost: killed, cut, silent, before or during the commit."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from common.config import Settings
from common.domain.errors import Unavailable
from common.store.store import Store, Transaction
from tests.market import Records
from tests.races.arena import Onlooker, wait_until
from tests.store.notes import connection_id, soon, write, written
from tests.store.proxy import PLAIN_COMMIT, Proxy

pytestmark = pytest.mark.usefixtures("notes")

ALIVE = "SELECT COUNT(*) FROM information_schema.processlist WHERE id = %s"


@pytest.mark.parametrize("repeatable", [True, False])
def test_a_connection_killed_right_before_the_commit_counts_as_killed_by_it(
    store: Store, onlooker: Onlooker, records: Records, *, repeatable: bool
) -> None:
    """The commit finds the connection dead, which looks the same as a commit lost on its way: tried again if it may."""
    connections: list[int] = []

    def attempt(tx: Transaction) -> str:
        connections.append(connection_id(tx))
        write(tx, 10)
        if len(connections) == 1:
            onlooker.kill(connections[0])
            wait_until(lambda: not onlooker.ask(ALIVE, connections[0]))
        return "done"

    if repeatable:
        assert store.transact(attempt, deadline=soon(), repeatable=True) == "done"
    else:
        with pytest.raises(Unavailable):
            store.transact(attempt, deadline=soon())

    assert len(connections) == 1 + repeatable
    assert written(records, 10) == repeatable


def test_a_connection_killed_between_statements_costs_a_try(store: Store, onlooker: Onlooker, records: Records) -> None:
    """The next statement notices it, and another connection does all of it."""
    connections: list[int] = []

    def attempt(tx: Transaction) -> None:
        connections.append(connection_id(tx))
        write(tx, 10)
        if len(connections) == 1:
            onlooker.kill(connections[0])
            wait_until(lambda: not onlooker.ask(ALIVE, connections[0]))
        write(tx, 11)

    store.transact(attempt, deadline=soon())

    assert len(set(connections)) == 2
    assert written(records, 10)
    assert written(records, 11)


@pytest.mark.parametrize("arrived", [True, False], ids=["the commit arrived", "the commit was lost"])
def test_a_commit_without_an_answer_is_not_repeated_unless_it_may_be(
    proxied: tuple[Proxy, Settings], build_store: Callable[..., Store], records: Records, *, arrived: bool
) -> None:
    """Nobody knows whether it happened: Unavailable, and at most one row."""
    proxy, settings = proxied
    (proxy.lose_answer_to if arrived else proxy.lose_request)(PLAIN_COMMIT)
    tries: list[None] = []

    def attempt(tx: Transaction) -> None:
        tries.append(None)
        write(tx, 10)

    with pytest.raises(Unavailable):
        build_store(settings).transact(attempt, deadline=soon())

    assert len(tries) == 1
    assert written(records, 10) == arrived


@pytest.mark.parametrize("arrived", [True, False], ids=["the commit arrived", "the commit was lost"])
def test_a_repeatable_block_is_run_again_after_a_commit_without_an_answer(
    proxied: tuple[Proxy, Settings], build_store: Callable[..., Store], records: Records, *, arrived: bool
) -> None:
    """It finds what it has already done; the caller never learns of the trouble."""
    proxy, settings = proxied
    (proxy.lose_answer_to if arrived else proxy.lose_request)(PLAIN_COMMIT)
    tries: list[bool] = []

    def attempt(tx: Transaction) -> str:
        tries.append(bool(tx._session.rows("SELECT id FROM notes WHERE id = 10")))
        if not tries[-1]:
            write(tx, 10)
        return "done"

    assert build_store(settings).transact(attempt, deadline=soon(), repeatable=True) == "done"

    assert tries == [False, arrived]
    assert written(records, 10)


def test_a_connection_cut_before_the_commit_is_tried_again(
    proxied: tuple[Proxy, Settings], build_store: Callable[..., Store], records: Records
) -> None:
    """The network breaks in the middle of the block."""
    proxy, settings = proxied
    proxy.lose_answer_to(b"INSERT INTO notes")

    build_store(settings).transact(lambda tx: write(tx, 10), deadline=soon())

    assert proxy.lost == 1
    assert written(records, 10)


def test_a_server_that_falls_silent_costs_a_bounded_time(
    proxied: tuple[Proxy, Settings], build_store: Callable[..., Store]
) -> None:
    """No answer to a statement: each wait ends by itself, and the caller's deadline ends the tries."""
    proxy, settings = proxied
    store = build_store(settings, network_seconds=1)
    store.transact(lambda tx: tx.now(), deadline=soon())
    proxy.silent = True
    begun = time.monotonic()

    with pytest.raises(Unavailable):
        store.transact(lambda tx: tx.now(), deadline=soon(1.5))

    assert 0.9 < time.monotonic() - begun < 3.5


def test_a_server_that_never_greets_costs_a_bounded_time(
    proxied: tuple[Proxy, Settings], build_store: Callable[..., Store]
) -> None:
    """A port that accepts connections and says nothing."""
    proxy, settings = proxied
    proxy.silent = True
    begun = time.monotonic()

    with pytest.raises(Unavailable):
        build_store(settings, network_seconds=1, connect_seconds=1).transact(lambda tx: tx.now(), deadline=soon(1))

    assert time.monotonic() - begun < 3.5


def test_a_closed_port_is_unavailable_at_once(settings: Settings, build_store: Callable[..., Store]) -> None:
    """Three quick tries."""
    with Proxy(settings.database.host, settings.database.port) as proxy:
        closed = proxy.before_database(settings)
    begun = time.monotonic()

    with pytest.raises(Unavailable):
        build_store(closed).transact(lambda tx: tx.now(), deadline=soon())

    assert time.monotonic() - begun < 2


def test_connections_that_all_died_together_cost_the_next_caller_nothing(
    build_store: Callable[..., Store], settings: Settings, proxied: tuple[Proxy, Settings]
) -> None:
    """The database restarted: however many dead connections are pooled, a single request finds a living one."""
    proxy, behind = proxied
    store = build_store(behind, pool_size=8)
    together = threading.Barrier(8, timeout=10)
    holders = [
        threading.Thread(
            target=store.transact, args=(lambda tx: (tx.now(), together.wait()),), kwargs={"deadline": soon()}
        )
        for _ in range(8)
    ]
    for holder in holders:
        holder.start()
    for holder in holders:
        holder.join(10)
    assert proxy.connections == 8
    proxy.cut()

    assert store.transact(lambda tx: tx.now(), deadline=soon())
