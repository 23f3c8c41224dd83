"""kill -9 in the middle of the bidding: no acknowledged bid is lost, and all goes on by itself.

The database is a durable server of this module's own; the functions are real processes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from common.config import DatabaseSettings
from common.store.connect import connector
from common.store.migrate import migrate
from common.store.store import Store
from dev.stack import ports
from dev.stack.database import DatabaseServer, prepare
from dev.stack.functions import function_environment, function_program
from dev.stack.issuer import Issuer
from dev.stack.process import Child, Program
from tests.races.arena import offer_all, wait_until
from tests.races.crowd import Crowd
from tests.races.invariants import check_listing

BIDDERS = 8
RECOVERY_SECONDS = 5.0
"""How soon after the database's return the first bid must be accepted, without anybody's help."""


class Killable:
    """A program that is killed and started again, with its port and its files."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._child = Child(program)
        self._child.spawn()
        self._child.wait_ready()

    def kill(self) -> None:
        """Kill -9, it and all it started."""
        self._child.kill_group()

    def start_again(self) -> float:
        """When it was back, on the monotonic clock."""
        self._child = Child(self._program)
        self._child.spawn()
        self._child.wait_ready()
        return time.monotonic()

    def stop(self) -> None:
        """End it in order."""
        self._child.stop()


@dataclass(frozen=True)
class Site:
    """A database and two processes of place_bid."""

    server: DatabaseServer
    database: Killable
    processes: Sequence[Killable]
    crowd: Crowd
    store: Store


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[DatabaseServer, Killable]]:
    """A durable, migrated server whose process is ours to kill."""
    folder = tmp_path_factory.mktemp("durable")
    server, program = prepare(folder, port=ports.free_port(), durable=True, env=os.environ)
    database = Killable(program)
    try:
        settings = DatabaseSettings.from_env(server.environment(server.migrate))
        with closing(connector(replace(settings, statement_seconds=60, network_seconds=60))()) as connection:
            migrate(connection, lambda _: None)
        yield server, database
    finally:
        database.stop()


@pytest.fixture
def site(installed: tuple[DatabaseServer, Killable], issuer: Issuer, project: str, tmp_path: Path) -> Iterator[Site]:
    """Five listings, two processes, a crowd that has not begun."""
    server, database = installed
    env = function_environment(database=server.environment(), issuer=issuer.url, emulator=None, project=project)
    with ExitStack() as stack:
        store = stack.enter_context(closing(Store(DatabaseSettings.from_env(server.environment()))))
        processes, urls = [], []
        for name in ("one", "other"):
            port = ports.free_port()
            program = function_program("place_bid", env, port=port, log=tmp_path / f"{name}.log")
            processes.append(Killable(program))
            stack.callback(processes[-1].stop)
            urls.append(f"http://{ports.HOST}:{port}")
        yield Site(server, database, processes, Crowd(urls, offer_all(store, 5), issuer), store)


def assert_nothing_lost(site: Site) -> None:
    """Every invariant of every listing; every acknowledged bid as it was acknowledged; one row for each key."""
    assert site.crowd.unexpected == []
    recorded = {}
    with closing(connector(DatabaseSettings.from_env(site.server.environment()))()) as connection:
        for lot in site.crowd.lots:
            for bid in check_listing(connection, lot).bids:
                assert (bid.bidder_id, bid.idempotency_key) not in recorded
                recorded[bid.bidder_id, bid.idempotency_key] = bid
    for told in site.crowd.acknowledged:
        bid = recorded[told.bidder_id, told.key]
        assert (bid.listing_id, bid.seq) == (told.listing_id, told.seq)
        assert (bid.max_amount, bid.price) == (told.max_amount, told.price)
    assert len(recorded) == len(site.crowd.acknowledged), "somebody's bid counts and he was never told"


def test_a_killed_database_loses_no_acknowledged_bid(site: Site) -> None:
    """Twice, under load: the functions find their way back within seconds, and those who insist get their answer."""
    with site.crowd.bidding(BIDDERS):
        for _ in range(2):
            before = len(site.crowd.acknowledged)
            wait_until(lambda enough=before + 150: len(site.crowd.acknowledged) > enough)
            calm = site.crowd.retries
            site.database.kill()
            wait_until(lambda calm=calm: site.crowd.retries > calm)  # else a batch may outlast a quick restart
            back = site.database.start_again()
            wait_until(lambda since=back: bool(site.crowd.since(since)), seconds=2 * RECOVERY_SECONDS)
            assert site.crowd.since(back)[0].at - back < RECOVERY_SECONDS
        wait_until(lambda: len(site.crowd.since(back)) > 100)

    assert_nothing_lost(site)


def test_a_killed_process_of_the_function_loses_no_acknowledged_bid(site: Site) -> None:
    """Its callers go to the other one with the same keys, and to it again when it is back."""
    with site.crowd.bidding(BIDDERS):
        for process in site.processes:
            before = len(site.crowd.acknowledged)
            wait_until(lambda enough=before + 100: len(site.crowd.acknowledged) > enough)
            process.kill()
            killed = time.monotonic()
            wait_until(lambda since=killed: len(site.crowd.since(since)) > 20)
            process.start_again()
        back = time.monotonic()
        wait_until(lambda: len(site.crowd.since(back)) > 50)

    assert site.crowd.retries > 0, "nobody was hit by the kill"
    assert_nothing_lost(site)
