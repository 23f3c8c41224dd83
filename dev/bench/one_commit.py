"""One transaction per bid straight at the database, with no HTTP and no rules: what a row lock and a commit cost.

The threads are spread over a process per core, so that Python's lock is not what is measured.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier

import pymysql

from dev.bench.market import session
from dev.stack.database import DatabaseServer

_CONNECT_SECONDS = 30
_LOCK = "SELECT bid_count, current_price, high_max, version, ends_at FROM listings WHERE id = %s FOR UPDATE"
_INSERT = (
    "INSERT INTO bids (listing_id, seq, bidder_id, bidder, max_amount, idempotency_key, placed_at, leader, price,"
    " ends_at, version) VALUES (%s, %s, %s, %s, %s, %s, UTC_TIMESTAMP(6), %s, %s, %s, %s)"
)
_UPDATE = (
    "UPDATE listings SET leader = %s, second_max = high_max, high_max = %s, current_price = %s, bid_count = %s,"
    " version = %s WHERE id = %s"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commits:
    """What the threads did; latencies in seconds, sorted."""

    seconds: float
    latencies: Sequence[float]
    client_cores: float

    def percentile_ms(self, percent: float) -> float:
        """The latency that so many of a hundred bids did not exceed."""
        last = len(self.latencies) - 1
        return 1000 * self.latencies[min(last, math.ceil(last * percent / 100))] if self.latencies else math.nan


def commit_one_by_one(server: DatabaseServer, ids: Sequence[str], *, seconds: float, threads: int) -> Commits:
    """Bids by so many threads in all for the time given, which begins when the last of them is connected."""
    processes = min(threads, os.cpu_count() or 1)
    shares = [threads // processes + (share < threads % processes) for share in range(processes)]
    spawn = multiprocessing.get_context("spawn")
    connected = spawn.Barrier(threads, timeout=_CONNECT_SECONDS)
    with ProcessPoolExecutor(processes, mp_context=spawn, initializer=_remember, initargs=(connected,)) as pool:
        parts = [pool.submit(_process, server, ids, seconds=seconds, threads=share) for share in shares]
        done = [part.result() for part in parts]
    span = max(part.ended_at for part in done) - min(part.begun_at for part in done)
    return Commits(
        seconds=span,
        latencies=sorted(latency for part in done for latency in part.latencies),
        client_cores=sum(part.cpu_seconds for part in done) / span,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What one process or one of its threads did, in seconds since 1970."""

    begun_at: float
    ended_at: float
    latencies: Sequence[float]
    cpu_seconds: float = 0.0


_connected: list[Barrier] = []  # in each process the one that all threads of all processes wait at


def _remember(barrier: Barrier) -> None:
    _connected.append(barrier)


def _process(server: DatabaseServer, ids: Sequence[str], *, seconds: float, threads: int) -> _Part:
    with ThreadPoolExecutor(threads) as pool:
        parts = [
            pool.submit(_bid, server, [*ids[thread:], *ids[:thread]], seconds=seconds) for thread in range(threads)
        ]
        done = [part.result() for part in parts]
    return _Part(
        begun_at=min(part.begun_at for part in done),
        ended_at=max(part.ended_at for part in done),
        latencies=[latency for part in done for latency in part.latencies],
        cpu_seconds=time.process_time(),
    )


def _bid(server: DatabaseServer, ids: Sequence[str], *, seconds: float) -> _Part:
    bidder = f"bidder-{uuid.uuid4().hex[:12]}"
    latencies: list[float] = []
    with closing(session(server)) as connection:
        connection.autocommit(False)  # noqa: FBT003 - the driver's signature
        _connected[0].wait()
        begun_at = now = time.time()
        while now < begun_at + seconds:
            attempt = len(latencies)
            _transaction(connection, ids[attempt % len(ids)], bidder, key=f"{bidder}-{attempt}")
            before, now = now, time.time()
            latencies.append(now - before)
    return _Part(begun_at=begun_at, ended_at=now, latencies=latencies)


def _transaction(
    connection: pymysql.connections.Connection[pymysql.cursors.Cursor], listing_id: str, bidder: str, *, key: str
) -> None:
    connection.begin()
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, (listing_id,))
        ((bid_count, price, _, version, ends_at),) = cursor.fetchall()
        seq, amount, version = bid_count + 1, price + 10, version + 1
        cursor.execute(_INSERT, (listing_id, seq, bidder, 1, amount, key, 1, amount, ends_at, version))
        cursor.execute(_UPDATE, (1, amount, amount, seq, version, listing_id))
    connection.commit()
