"""A session as every connection begins, on MySQL and MariaDB alike."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pymysql
import pytest

from common.config import Settings
from common.store.connect import Connection
from common.store.session import ConstraintViolated, Session, Statement, json_rows, json_table, json_values, zoneless
from dev.stack.database import DatabaseServer


def one(connection: Connection, sql: str, *parameters: object) -> object:
    """The only value that a statement finds."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        ((value,),) = cursor.fetchall()
    return value


def test_a_session_is_utc_and_reads_what_is_committed(
    open_connection: Callable[..., Connection], database: DatabaseServer
) -> None:
    """Whatever the server's defaults are."""
    connection = open_connection()
    isolation = (
        "@@session.tx_isolation" if database.version.startswith("MariaDB") else "@@session.transaction_isolation"
    )

    assert one(connection, "SELECT @@session.time_zone") == "+00:00"
    assert one(connection, f"SELECT {isolation}") == "READ-COMMITTED"
    assert one(connection, "SELECT @@session.autocommit") == 0
    assert one(connection, "SELECT @@session.character_set_client") == "utf8mb4"


def test_a_session_is_strict(open_connection: Callable[..., Connection]) -> None:
    """What does not fit is refused, not cut; a division by zero is an error, not NULL."""
    connection = open_connection()
    mode = str(one(connection, "SELECT @@session.sql_mode"))

    assert {"STRICT_ALL_TABLES", "NO_ENGINE_SUBSTITUTION", "ERROR_FOR_DIVISION_BY_ZERO"} <= set(mode.split(","))
    with pytest.raises(pymysql.DataError), connection.cursor() as cursor:
        cursor.execute("INSERT INTO categories (slug, name) VALUES (REPEAT('x', 41), 'too long')")


def test_every_wait_of_a_session_is_limited(
    open_connection: Callable[..., Connection], settings: Settings, database: DatabaseServer
) -> None:
    """Lock waits and statements, by each product's own variable."""
    connection, limits = open_connection(), settings.database

    assert one(connection, "SELECT @@session.innodb_lock_wait_timeout") == limits.lock_wait_seconds
    if database.version.startswith("MariaDB"):
        assert float(str(one(connection, "SELECT @@session.max_statement_time"))) == limits.statement_seconds
    else:
        assert one(connection, "SELECT @@session.max_execution_time") == 1000 * limits.statement_seconds


def test_times_come_back_aware(open_connection: Callable[..., Connection]) -> None:
    """To the microsecond, and without one."""
    connection = open_connection()

    assert one(connection, "SELECT CAST('2026-11-22 10:00:00.123456' AS DATETIME(6))") == datetime(
        2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC
    )
    now = one(connection, "SELECT UTC_TIMESTAMP(6)")
    assert isinstance(now, datetime)
    assert now.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "text",
    [
        "plain",
        "quote ' and \" and `",
        "back\\slash \\' and \\\\",
        "%s %(rows)s %",
        "new\nline\t\0nul",
        "naïve £ 日本 🎻",
    ],
)
def test_text_passes_as_it_is(open_connection: Callable[..., Connection], text: str) -> None:
    """As a parameter, and as a row of JSON."""
    session = Session(open_connection())

    assert session.rows("SELECT %(text)s", text=text) == ((text,),)
    table = json_table("rows", text="VARCHAR(80) CHARACTER SET utf8mb4")
    found = session.rows(f"SELECT text FROM {table}", rows=json_rows([(text,)]))  # noqa: S608 - our own words
    assert [tuple(row) for row in found] == [(text,)]


def test_times_and_numbers_pass_as_rows_of_json(open_connection: Callable[..., Connection]) -> None:
    """To the microsecond, the largest amount, and nothing at all."""
    session = Session(open_connection())
    times = (datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    row = (10**12, None, *map(zoneless, times))

    table = json_table("rows", amount="BIGINT", nothing="INT", at="DATETIME(6)", on_time="DATETIME(6)")
    found = session.rows(f"SELECT * FROM {table}", rows=json_rows([row]))  # noqa: S608 - our own words

    assert [tuple(one_row) for one_row in found] == [(10**12, None, *times)]


def test_a_large_batch_comes_whole_in_one_value(open_connection: Callable[..., Connection]) -> None:
    """Over a megabyte, where MariaDB by itself would cut it."""
    session = Session(open_connection())
    texts = [f"{number:04}" + "x" * 3000 for number in range(500)]

    table = json_table("rows", text="text")
    ((found,),) = session.rows(f"SELECT JSON_ARRAYAGG(text) FROM {table}", rows=json_rows([(one,) for one in texts]))  # noqa: S608 - our own words

    assert sorted(json_values(found)) == texts


def test_a_violated_key_is_told_by_its_name(open_connection: Callable[..., Connection]) -> None:
    """A unique key and a foreign key, in one statement or in several sent together."""
    session = Session(open_connection())
    again = "INSERT INTO categories (slug, name) VALUES ('art', 'Art again')"

    with pytest.raises(ConstraintViolated) as twice:
        session.execute(again)
    with pytest.raises(ConstraintViolated) as batched:
        session.commit(Statement("SELECT 1", {}), Statement(again, {}))

    assert twice.value.constraint == batched.value.constraint == "PRIMARY"


def test_what_follows_a_statement_that_failed_is_not_run(
    open_connection: Callable[..., Connection], database: DatabaseServer
) -> None:
    """Not even the commit at the end: nothing of the batch is there, and the connection can be used on."""
    connection = open_connection()
    session = Session(connection)
    add = "INSERT INTO categories (slug, name) VALUES (%(slug)s, 'Short-lived')"

    with pytest.raises(ConstraintViolated):
        session.commit(
            Statement(add, {"slug": "first-one"}), Statement(add, {"slug": "art"}), Statement("SELECT 1", {})
        )
    connection.rollback()

    assert one(connection, "SELECT COUNT(*) FROM categories WHERE name = 'Short-lived'") == 0
    assert one(open_connection(), "SELECT COUNT(*) FROM categories WHERE name = 'Short-lived'") == 0


def test_several_selects_answer_in_their_order(open_connection: Callable[..., Connection]) -> None:
    """Also those that find nothing, in one round trip."""
    session = Session(open_connection())

    found = session.rows_of_each(
        Statement("SELECT %(a)s", {"a": 1}),
        Statement("SELECT slug FROM categories WHERE slug = 'nothing'", {}),
        Statement("SELECT %(a)s", {"a": "; SELECT 2"}),
    )

    assert [[tuple(row) for row in rows] for rows in found] == [[(1,)], [], [("; SELECT 2",)]]
