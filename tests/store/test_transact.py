"""transact: what returns is committed, what raises is rolled back, what the server takes back is run again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pymysql
import pytest

from common.domain.errors import Busy, ListingNotFound, Unavailable
from common.store.session import ConstraintViolated
from common.store.store import ATTEMPTS, Store, Transaction
from dev.stack.database import DatabaseServer, connect
from tests.market import Records
from tests.store.notes import connection_id, lock, soon, write, written

pytestmark = pytest.mark.usefixtures("notes")

ENDLESS = (
    "SELECT COUNT(*) FROM information_schema.collations a, information_schema.collations b,"
    " information_schema.collations c, information_schema.collations d WHERE a.id + b.id + c.id + d.id < 0"
)


def test_what_returns_is_committed(store: Store, records: Records) -> None:
    """And its value is passed on."""
    assert store.transact(lambda tx: write(tx, 10), deadline=soon()) == 1
    assert written(records, 10)


@pytest.mark.parametrize("error", [ListingNotFound(), ConstraintViolated("notes"), ZeroDivisionError()])
def test_what_raises_is_rolled_back(store: Store, records: Records, error: Exception) -> None:
    """A refusal, a violated constraint and a bug alike; the error itself comes out."""

    def attempt(tx: Transaction) -> None:
        write(tx, 10)
        raise error

    with pytest.raises(type(error)) as raised:
        store.transact(attempt, deadline=soon())

    assert raised.value is error
    assert not written(records, 10)


def test_a_refusal_keeps_its_connection_and_a_bug_drops_it(build_store: Callable[..., Store]) -> None:
    """An answer is no reason to connect anew; after a bug nobody knows what state a connection is in."""
    store = build_store(pool_size=1)

    def connection_after(error: Exception) -> int:
        def attempt(tx: Transaction) -> None:
            raise error

        with pytest.raises(type(error)):
            store.transact(attempt, deadline=soon())
        return store.transact(connection_id, deadline=soon())

    before = store.transact(connection_id, deadline=soon())
    assert connection_after(ListingNotFound()) == before
    assert connection_after(ZeroDivisionError()) != before


def test_a_deadlock_is_run_again(store: Store, records: Records) -> None:
    """Two transactions lock two rows crosswise (1213): the server ends one, its second try succeeds."""
    both_have_one = threading.Barrier(2, timeout=10)
    tries: list[int] = []

    def attempt_for(first: int, second: int) -> Callable[[Transaction], None]:
        begun = False

        def attempt(tx: Transaction) -> None:
            nonlocal begun
            tries.append(first)
            lock(tx, first)
            if not begun:
                begun = True
                both_have_one.wait()
            lock(tx, second)
            write(tx, 10 + first)

        return attempt

    threads = [
        threading.Thread(target=store.transact, args=(attempt_for(*order),), kwargs={"deadline": soon()})
        for order in ((1, 2), (2, 1))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(tries) == 3, "one of them was run twice"
    assert written(records, 11)
    assert written(records, 12)


def test_a_lock_wait_that_times_out_is_run_again(
    build_store: Callable[..., Store], database: DatabaseServer, records: Records
) -> None:
    """Somebody holds the row longer than we wait (1205), and then lets it go."""
    store = build_store(lock_wait_seconds=1)
    tries: list[float] = []

    with connect(database, database.root) as holder:
        holder.begin()
        holder.query("SELECT id FROM notes WHERE id = 1 FOR UPDATE")

        def attempt(tx: Transaction) -> None:
            tries.append(time.monotonic())
            if len(tries) == 2:
                holder.rollback()
            lock(tx, 1)
            write(tx, 10)

        store.transact(attempt, deadline=soon())

    assert len(tries) == 2
    assert tries[1] - tries[0] >= 0.9
    assert written(records, 10)


@pytest.mark.parametrize("errno", [1205, 1213])
def test_contention_that_lasts_is_unavailable_after_three_tries(store: Store, records: Records, errno: int) -> None:
    """Nothing of any try is left; the refusal says when to come back."""
    tries: list[int] = []

    def attempt(tx: Transaction) -> None:
        tries.append(write(tx, 10))
        tx._session.execute(f"SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = {errno}")

    with pytest.raises(Unavailable) as refused:
        store.transact(attempt, deadline=soon())

    assert len(tries) == ATTEMPTS == 3
    assert refused.value.facts["retry_after_seconds"] == 1
    assert not written(records, 10)


def test_no_try_is_begun_after_the_deadline(store: Store) -> None:
    """Contention at the end of a caller's time is Unavailable at once."""
    tries: list[None] = []

    def attempt(tx: Transaction) -> None:
        tries.append(None)
        time.sleep(0.15)
        tx._session.execute("SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1213")

    with pytest.raises(Unavailable):
        store.transact(attempt, deadline=soon(0.1))

    assert len(tries) == 1


def test_an_error_of_ours_is_not_run_again(store: Store) -> None:
    """A statement that is wrong is as wrong the second time; the bug comes out."""
    tries: list[None] = []

    def attempt(tx: Transaction) -> None:
        tries.append(None)
        tx._session.rows("SELECT nonsense FROM notes")

    with pytest.raises(pymysql.OperationalError):
        store.transact(attempt, deadline=soon())

    assert len(tries) == 1


def test_a_statement_that_takes_too_long_is_ended_by_the_server(build_store: Callable[..., Store]) -> None:
    """And not begun again: it would take as long."""
    tries: list[None] = []

    def attempt(tx: Transaction) -> None:
        tries.append(None)
        tx._session.rows(ENDLESS)

    begun = time.monotonic()
    with pytest.raises(Unavailable):
        build_store(statement_seconds=1).transact(attempt, deadline=soon())

    assert len(tries) == 1
    assert 0.9 < time.monotonic() - begun < 3


def test_a_full_pool_is_busy_at_the_deadline(build_store: Callable[..., Store]) -> None:
    """The second caller waits as long as he has, and no longer."""
    store = build_store(pool_size=1)
    inside, may_go = threading.Event(), threading.Event()

    def hold(tx: Transaction) -> None:
        inside.set()
        assert may_go.wait(10)

    holder = threading.Thread(target=store.transact, args=(hold,), kwargs={"deadline": soon()})
    holder.start()
    assert inside.wait(10)
    begun = time.monotonic()
    with pytest.raises(Busy):
        store.transact(lambda tx: tx.now(), deadline=soon(0.2))
    waited = time.monotonic() - begun
    may_go.set()
    holder.join(10)

    assert 0.19 < waited < 1.5
    assert store.transact(lambda tx: tx.now(), deadline=soon(0.2))


def test_the_clock_is_the_databases_and_knows_its_zone(store: Store, records: Records) -> None:
    """Aware UTC, whatever zone this process is in."""
    now = store.transact(lambda tx: tx.now(), deadline=soon())

    assert now.utcoffset() == timedelta(0)
    assert abs(records.value("SELECT TIMESTAMPDIFF(SECOND, %s, UTC_TIMESTAMP(6))", now)) <= 1
