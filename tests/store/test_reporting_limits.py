"""A query ends: by its time, its rows, its bytes, and nothing of it runs on at the server."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from common.config import ReportingSettings, Settings
from common.deadline import Deadline
from common.store.reporting import QueryFailed, Reporting
from dev.stack.database import DatabaseServer, connect
from tests.market import eventually
from tests.store.notes import soon

SLOW = (
    "SELECT COUNT(DISTINCT SHA2(CONCAT(a.day, b.day, '{mark}'), 512)) FROM calendar a JOIN calendar b"
    " ON b.day < '2026-01-01'"
)
"""Minutes of work under the limit of rows joined."""

MANY = "SELECT a.day, REPEAT('x', 200), '{mark}' FROM calendar a JOIN calendar b ON b.day < '2026-01-01' LIMIT 10000000"


@pytest.fixture
def reading(settings: Settings) -> ReportingSettings:
    """The settings of the analysts' way."""
    assert settings.reporting is not None
    return settings.reporting


@pytest.fixture
def mark() -> str:
    """Something to know a query by."""
    return secrets.token_hex(8)


class Watch:
    """Somebody who sees what the server runs."""

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def runs(self, mark: str) -> bool:
        """Whether a statement with this in it runs."""
        self._cursor.execute("SHOW FULL PROCESSLIST")
        own = self._cursor.connection.thread_id()
        return any(mark in str(row) for row in self._cursor.fetchall() if row[0] != own)


@pytest.fixture
def watch(database: DatabaseServer) -> Iterator[Watch]:
    """Root's eyes."""
    with closing(connect(database, database.root)) as connection, connection.cursor() as cursor:
        yield Watch(cursor)


def failure(reporting: Reporting, sql: str, row_cap: int = 1000) -> QueryFailed:
    """How a query fails."""
    with pytest.raises(QueryFailed) as failed:
        reporting.run(sql, deadline=soon(60), row_cap=row_cap)
    return failed.value


def test_a_slow_query_ends_by_the_servers_limit(reading: ReportingSettings, watch: Watch, mark: str) -> None:
    """The server says so itself, and runs it no more."""
    reporting = Reporting(replace(reading, seconds=1))

    failed = failure(reporting, SLOW.format(mark=mark))

    assert failed.code == "timeout"
    assert failed.errno in (1969, 3024)
    assert eventually(lambda: not watch.runs(mark))


def test_a_server_that_goes_on_is_stopped_from_a_second_connection(
    reading: ReportingSettings, watch: Watch, mark: str
) -> None:
    """Here its own limit is far off, and the network's comes first."""
    reporting = Reporting(replace(reading, seconds=300, database=replace(reading.database, network_seconds=1)))

    failed = failure(reporting, SLOW.format(mark=mark))

    assert (failed.errno, failed.milliseconds < 100_000) == (2013, True)
    assert eventually(lambda: not watch.runs(mark))


def test_rows_left_unread_are_not_worked_out(reading: ReportingSettings, watch: Watch, mark: str) -> None:
    """Ten million rows behind a LIMIT that the cap does not know: ten are taken, and the rest is stopped."""
    found = Reporting(replace(reading, seconds=300)).run(MANY.format(mark=mark), deadline=soon(300), row_cap=10)

    assert (len(found.rows), found.truncated) == (10, True)
    assert eventually(lambda: not watch.runs(mark))


def test_a_result_that_is_too_large_is_stopped(reading: ReportingSettings, watch: Watch, mark: str) -> None:
    """By its bytes, however many rows would be allowed."""
    reporting = Reporting(replace(reading, seconds=300))

    failed = failure(reporting, MANY.format(mark=mark), row_cap=10_000_000)

    assert (failed.code, failed.errno) == ("too_large", None)
    assert eventually(lambda: not watch.runs(mark))


@pytest.mark.parametrize(("size", "fits"), [(1000, True), (1001, False)])
def test_bytes_are_counted_on_both_sides_of_their_limit(reading: ReportingSettings, size: int, fits: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Bytes of UTF-8, not letters."""
    reporting = Reporting(replace(reading, bytes=1000))
    sql = f"SELECT CONCAT(REPEAT('é', 100), REPEAT('x', {size - 200}))"

    if fits:
        assert len(reporting.run(sql, deadline=soon()).rows) == 1
    else:
        assert failure(reporting, sql).code == "too_large"


@pytest.mark.parametrize("limit", ["", "LIMIT 11", "LIMIT 12", "LIMIT 5000"])
def test_more_rows_than_the_cap_are_cut_and_said_to_be(reporting: Reporting, limit: str) -> None:
    """With a LIMIT of one more, as the guard sets it; with none; with one that is too large."""
    found = reporting.run(f"SELECT day FROM calendar ORDER BY day {limit}", deadline=soon(), row_cap=10)  # noqa: S608

    assert [row[0] for row in found.rows] == [f"2020-01-{day:02}" for day in range(1, 11)]
    assert found.truncated


@pytest.mark.parametrize("rows", [0, 1, 9, 10])
def test_as_many_rows_as_the_cap_are_whole(reporting: Reporting, rows: int) -> None:
    """Up to exactly the cap."""
    found = reporting.run(f"SELECT day FROM calendar ORDER BY day LIMIT {rows}", deadline=soon(), row_cap=10)  # noqa: S608

    assert (len(found.rows), found.truncated) == (rows, False)
    assert found.columns[0].name == "day"


@pytest.mark.parametrize(("rows", "truncated"), [(1000, False), (1001, True)])
def test_the_usual_cap_is_a_thousand(reporting: Reporting, rows: int, truncated: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A thousand rows are read in several pieces, each in its place."""
    found = reporting.run(f"SELECT day FROM calendar ORDER BY day LIMIT {rows}", deadline=soon())  # noqa: S608

    assert (len(found.rows), found.truncated) == (1000, truncated)
    days = [row[0] for row in found.rows]
    assert days == sorted(set(map(str, days)))


def test_a_join_of_too_many_rows_is_refused_where_the_server_can(
    reporting: Reporting, database: DatabaseServer
) -> None:
    """MariaDB refuses before it begins; MySQL leaves it to the limit of time."""
    sql = (
        "SELECT COUNT(*) FROM calendar a JOIN calendar b JOIN calendar c WHERE a.month < b.month AND b.month < c.month"
    )

    failed = failure(reporting, sql)

    assert failed.code == ("too_many_rows_to_read" if database.version.startswith("MariaDB") else "timeout")


def test_only_so_many_read_at_once(reading: ReportingSettings, watch: Watch, mark: str) -> None:
    """Who finds no place before his deadline is told so; afterwards there is one again."""
    single = Reporting(replace(reading, database=replace(reading.database, pool_size=1)))
    slow = threading.Thread(target=lambda: single.run(f"SELECT SLEEP(1.5), '{mark}'", deadline=soon()))
    slow.start()
    assert eventually(lambda: watch.runs(mark))

    with pytest.raises(QueryFailed, match="busy"):
        single.run("SELECT 1", deadline=Deadline.after(0.1))

    slow.join(10)
    assert single.run("SELECT 1", deadline=soon()).rows == ((1,),)
