"""The analysts' way to the data: one statement on a connection of its own, read-only and bounded in every way.

The guard has said what may run; nothing here relies on it. The user sees the views alone, the session is read-only,
and time, rows and bytes end.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Any

import pymysql
from pymysql.cursors import Cursor, SSCursor

from common.config import ReportingSettings
from common.deadline import Deadline
from common.store.connect import Connection, dialer
from common.store.failed import LimitReached, QueryFailed, failure_of, is_from_server
from common.store.grants import UnsafeGrants, check_grants
from common.store.migrate import view_names
from common.store.results import CONVERSIONS, Cell, ResultColumn, ResultTable, cells_of, columns_of, size_of

__all__ = ["SQL_MODE", "Cell", "QueryFailed", "Reporting", "ResultColumn", "ResultTable", "UnsafeGrants"]

SQL_MODE = (
    "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION"
)
"""Of every analyst's session; whoever tries their questions elsewhere needs the same."""

_LOOK_AFTER_ROWS = 50
_KILL_SECONDS = 1.0
_GRACE_SECONDS = 2.0  # that a busy server may take to notice its own limit before the network's ends the wait

# A year of days beside a million bids is an honest question (4e8 rows by the optimizer's count); every listing beside
# every bid is none.
# Of one temporary table in memory. With MariaDB's 16 MB, grouping a million bids takes ten times as long, on disk.
_TEMPORARY_BYTES = 128 << 20
_LIMITS = (
    "sql_select_limit = {rows}, max_join_size = 1000000000, sql_big_selects = 0, group_concat_max_len = 65536,"
    " tmp_table_size = {temporary}, max_heap_table_size = {temporary},"
    " lock_wait_timeout = 2, innodb_lock_wait_timeout = 1, time_zone = '+00:00', sql_mode = '{mode}', "
)
# MariaDB ends a recursion that is too deep without a word, and the answer would be wrong: there only time ends it.
_MARIADB = (
    "max_statement_time = {seconds:.3f}, tx_read_only = 1, tx_isolation = 'READ-COMMITTED',"
    " max_recursive_iterations = 1000000000"
)
_MYSQL = (
    "max_execution_time = {milliseconds}, transaction_read_only = 1, transaction_isolation = 'READ-COMMITTED',"
    " cte_max_recursion_depth = 1000"
)


class Reporting:
    """The views as analysts read them, by a few queries at a time."""

    def __init__(self, settings: ReportingSettings) -> None:
        self._settings = settings
        self._dial = dialer(settings.database)
        self._places = threading.BoundedSemaphore(settings.database.pool_size)

    def run(self, sql: str, *, deadline: Deadline, row_cap: int = 1000) -> ResultTable:
        """What a query finds, `row_cap` rows of it at most; it takes no longer than the settings and the deadline say.

        Raises:
            QueryFailed: there is no answer, and nothing of the query runs on.
        """
        if not self._places.acquire(timeout=max(0.0, deadline.left())):
            raise QueryFailed("busy")
        started = time.monotonic()
        limit = Deadline.after(min(float(self._settings.seconds), deadline.left()))
        try:
            columns, rows = self._rows(sql, limit, row_cap)
        except (pymysql.MySQLError, OSError, LimitReached) as error:
            failure = failure_of(error, in_time=limit.left() > 0, milliseconds=(time.monotonic() - started) * 1000)
        else:
            return ResultTable(
                columns=columns,
                rows=tuple(rows[:row_cap]),
                truncated=len(rows) > row_cap,
                milliseconds=(time.monotonic() - started) * 1000,
            )
        finally:
            self._places.release()
        raise failure  # outside the handler, so that the driver's words do not travel with it

    def check(self) -> None:
        """Make sure that the analysts' user may read the views and nothing else.

        Raises:
            UnsafeGrants: he may do more or less, or what he may read are no views.
            QueryFailed: the server could not be asked.
        """
        name, deadline = self._settings.database.name, Deadline.after(self._settings.seconds)
        grants = self.run("SHOW GRANTS", deadline=deadline)
        check_grants((str(grant) for (grant,) in grants.rows), schema=name, views=view_names())
        tables = self.run(
            "SELECT table_schema, table_name, table_type FROM information_schema.tables"
            " WHERE table_schema NOT IN ('information_schema', 'performance_schema')",
            deadline=deadline,
        )
        if others := [f"{schema}.{table}" for schema, table, kind in tables.rows if (schema, kind) != (name, "VIEW")]:
            raise UnsafeGrants(f"not a view of {name}: {', '.join(others)}")

    def _rows(self, sql: str, limit: Deadline, row_cap: int) -> tuple[tuple[ResultColumn, ...], list[tuple[Cell, ...]]]:
        with self._connection(limit, row_cap) as connection, self._cursor(connection) as cursor:
            cursor.execute(sql)  # without parameters: a % in it is a %
            columns = columns_of(cursor.description or ())
            return columns, self._fetch(cursor, columns, limit, row_cap)

    def _fetch(
        self, cursor: SSCursor, columns: tuple[ResultColumn, ...], limit: Deadline, row_cap: int
    ) -> list[tuple[Cell, ...]]:
        """One row more than the cap at most, which tells that there are more."""
        rows: list[tuple[Cell, ...]] = []
        size = 0
        while some := cursor.fetchmany(min(_LOOK_AFTER_ROWS, max(1, row_cap + 1 - len(rows)))):
            rows += (cells_of(row, columns) for row in some)
            if len(rows) > row_cap + 1:  # asked for once more only to see the end, which a LIMIT of cap + 1 has there
                break
            size += sum(size_of(row) for row in rows[-len(some) :])
            if size > self._settings.bytes:
                raise LimitReached("too_large")
            if limit.left() <= 0:
                raise LimitReached("timeout")
        return rows

    @contextmanager
    def _connection(self, limit: Deadline, row_cap: int) -> Iterator[Connection]:
        """A connection that nobody had before and nobody has after: variables and locks of a session end with it."""
        if limit.left() <= 0:
            raise LimitReached("timeout")
        connection = self._open(limit.left())
        try:
            with connection.cursor(Cursor) as cursor:
                cursor.execute(_session(connection, limit.left(), row_cap))
            yield connection
        finally:
            connection._force_close()  # type: ignore[attr-defined]  # noqa: SLF001 - PyMySQL's way to drop a socket

    @contextmanager
    def _cursor(self, connection: Connection) -> Iterator[SSCursor]:
        """A cursor that reads as it is asked; what is then left unread is stopped at the server."""
        cursor = connection.cursor(SSCursor)
        ended = False
        try:
            yield cursor
            ended = not _unread(cursor)
        except pymysql.MySQLError as error:
            ended = is_from_server(error)
            raise
        finally:
            if not ended:
                self._kill(connection.thread_id())  # type: ignore[no-untyped-call]
            if _unread(cursor):
                cursor._result.unbuffered_active = False  # type: ignore[attr-defined]  # noqa: SLF001 - nor read it now

    def _kill(self, connection_id: int) -> None:
        """Stop what a connection runs, from another one; if that fails, the server's own limit is left."""
        with suppress(pymysql.MySQLError, OSError), closing(self._open(_KILL_SECONDS)) as connection:
            connection.query(f"KILL QUERY {connection_id}")

    def _open(self, seconds: float) -> Connection:
        """A connection on which one statement can be sent at a time, and no file."""
        database = self._settings.database
        options: dict[str, Any] = {
            "charset": "utf8mb4",
            "connect_timeout": min(seconds, database.connect_seconds),
            "read_timeout": min(seconds + _GRACE_SECONDS, database.network_seconds),
            "write_timeout": min(seconds + _GRACE_SECONDS, database.network_seconds),
            "autocommit": True,
            "conv": CONVERSIONS,
            "local_infile": False,
            "client_flag": 0,
        }
        return self._dial(**options)


def _unread(cursor: SSCursor) -> bool:
    """Whether the server has not said all of a result."""
    result: Any = getattr(cursor, "_result", None)
    return result is not None and result.unbuffered_active


def _session(connection: Connection, seconds: float, row_cap: int) -> str:
    """The statement that gives a session all its limits in one round trip; to the servers 0 would mean no limit."""
    mariadb = "MariaDB" in connection.get_server_info()  # type: ignore[no-untyped-call]
    time_limit = (
        _MARIADB.format(seconds=max(0.001, seconds))
        if mariadb
        else _MYSQL.format(milliseconds=max(1, int(seconds * 1000)))
    )
    return "SET SESSION " + _LIMITS.format(rows=row_cap + 1, mode=SQL_MODE, temporary=_TEMPORARY_BYTES) + time_limit
