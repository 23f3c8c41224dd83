"""The pool: bounded, and no connection in doubt leaves it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pymysql
import pytest

from common.config import Settings
from common.deadline import Deadline
from common.domain.errors import Busy
from common.store.connect import Connection, connector
from common.store.pool import Pool
from tests.races.arena import Onlooker, wait_until
from tests.store.proxy import Proxy

ALIVE = "SELECT COUNT(*) FROM information_schema.processlist WHERE id = %s"


@pytest.fixture
def build_pool(settings: Settings) -> Iterator[Callable[..., Pool]]:
    """Makes pools with some settings of the database's changed, emptied after the test."""
    built: list[Pool] = []

    def build(base: Settings = settings, **changed: Any) -> Pool:
        database = replace(base.database, **changed)
        built.append(Pool(connector(database), database))
        return built[-1]

    yield build
    for pool in built:
        pool.drop_idle()


def id_of(connection: Connection) -> int:
    """The server's name for a connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT CONNECTION_ID()")
        ((connection_id,),) = cursor.fetchall()
    return int(connection_id)


def use(pool: Pool, *, seconds: float = 5.0) -> int:
    """Take a connection, use it, give it back; which one it was."""
    with pool.connection(Deadline.after(seconds)) as connection:
        return id_of(connection)


def test_a_connection_is_kept_for_the_next(build_pool: Callable[..., Pool]) -> None:
    """Opening one costs more than a bid."""
    pool = build_pool()

    assert use(pool) == use(pool)


def test_no_more_are_open_than_allowed(build_pool: Callable[..., Pool], settings: Settings) -> None:
    """Twelve threads at once work on three connections, and all get their turn."""
    with Proxy(settings.database.host, settings.database.port) as proxy:
        pool = build_pool(proxy.before_database(settings), pool_size=3)
        used: list[int] = []
        threads = [threading.Thread(target=lambda: used.extend(use(pool) for _ in range(5))) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)

        assert len(used) == 60
        assert len(set(used)) <= proxy.connections <= 3


def test_when_all_are_taken_one_waits_until_the_deadline_and_is_busy(build_pool: Callable[..., Pool]) -> None:
    """Both sides: with one place it is Busy, with one more it is not; afterwards there is room again."""
    for places, busy in ((2, False), (1, True)):
        pool = build_pool(pool_size=places)
        with pool.connection(Deadline.after(5)):
            begun = time.monotonic()
            if busy:
                with pytest.raises(Busy):
                    use(pool, seconds=0.2)
                assert 0.19 < time.monotonic() - begun < 1.5
            else:
                use(pool, seconds=0.2)
        use(pool, seconds=0.2)


def test_a_place_that_comes_free_in_time_is_taken(build_pool: Callable[..., Pool]) -> None:
    """The waiting end as soon as a connection is given back."""
    pool, inside = build_pool(pool_size=1), threading.Event()
    may_go = threading.Event()

    def hold() -> None:
        with pool.connection(Deadline.after(5)):
            inside.set()
            assert may_go.wait(5)

    holder = threading.Thread(target=hold)
    holder.start()
    assert inside.wait(5)
    threading.Timer(0.1, may_go.set).start()

    use(pool, seconds=5)
    holder.join(5)


def test_a_connection_that_died_while_idle_is_replaced(build_pool: Callable[..., Pool], onlooker: Onlooker) -> None:
    """It is looked at before it is lent."""
    pool = build_pool(ping_after_idle_seconds=0)
    dead = use(pool)
    onlooker.kill(dead)
    wait_until(lambda: not onlooker.ask(ALIVE, dead))

    assert use(pool) != dead


def test_a_server_that_falls_silent_while_idle_costs_one_network_wait(
    build_pool: Callable[..., Pool], settings: Settings
) -> None:
    """The look at an idle connection is bounded too."""
    with Proxy(settings.database.host, settings.database.port) as proxy:
        pool = build_pool(proxy.before_database(settings), ping_after_idle_seconds=0, network_seconds=1)
        use(pool)
        proxy.silent = True
        begun = time.monotonic()

        with pytest.raises(pymysql.OperationalError):
            use(pool)

        assert time.monotonic() - begun < 3.5


def test_an_old_connection_is_replaced(build_pool: Callable[..., Pool], onlooker: Onlooker) -> None:
    """Peers close sockets after half an hour without a word; ours are younger. The old one is closed."""
    pool = build_pool(recycle_seconds=0)
    old = use(pool)

    assert use(pool) != old
    wait_until(lambda: not onlooker.ask(ALIVE, old))


def test_a_connection_whose_block_raised_is_closed(build_pool: Callable[..., Pool], onlooker: Onlooker) -> None:
    """Whatever state it was in, the server rolls it back."""
    pool = build_pool(pool_size=1)
    broken: list[int] = []

    def break_it() -> None:
        with pool.connection(Deadline.after(5)) as connection:
            broken.append(id_of(connection))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_it()

    assert use(pool) != broken[0]
    wait_until(lambda: not onlooker.ask(ALIVE, broken[0]))


def test_a_place_is_given_back_when_no_connection_can_be_opened(
    build_pool: Callable[..., Pool], settings: Settings
) -> None:
    """A database that is away does not use the pool up."""
    with Proxy(settings.database.host, settings.database.port) as proxy:
        closed = proxy.before_database(settings)
    pool = build_pool(closed, pool_size=1)

    for _ in range(3):
        with pytest.raises(pymysql.OperationalError):
            use(pool, seconds=0.5)


def test_idle_connections_are_dropped_together(build_pool: Callable[..., Pool], onlooker: Onlooker) -> None:
    """At the end of the process, or when one of them was lost."""
    pool = build_pool()
    with pool.connection(Deadline.after(5)) as one, pool.connection(Deadline.after(5)) as other:
        ids = {id_of(one), id_of(other)}

    pool.drop_idle()

    for connection_id in ids:
        wait_until(lambda gone=connection_id: not onlooker.ask(ALIVE, gone))
    assert use(pool) not in ids


def test_the_settings_of_these_tests_are_those_of_a_function(settings: Settings) -> None:
    """What the tests above shorten is ordered: the innermost limit gives up first."""
    limits = settings.database

    assert limits.lock_wait_seconds < limits.statement_seconds < limits.network_seconds
    assert limits.network_seconds < settings.api.request_seconds < 30
    assert limits.recycle_seconds < 1800
    with closing(connector(limits)()) as connection:
        assert id_of(connection) > 0
