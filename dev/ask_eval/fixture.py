"""Three made-up markets in the analysts' tables, and connections on which it is always the same moment.

Seed 1 is the base, 2 another market in which some listings' bid_count disagrees with their bids, 3 a sparse one with
a category without listings and months without sales. Beside what analysts see there are canaries that no answer may
hold: e-mail addresses and a table of password hashes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, TypeAlias

import pymysql

from dev.ask_eval.fixture_edges import add_edges
from dev.ask_eval.fixture_market import SHAPES, add_market
from dev.ask_eval.fixture_rows import NOW, Rows

SEEDS = tuple(SHAPES)
CANARIES = ("canary.example", "pbkdf2_sha256$canary")
"""What stands in every e-mail address and password hash."""

MODE = (
    "ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,"
    "NO_ENGINE_SUBSTITUTION"
)
SECONDS = 20
"""A query of a question may take so long; it takes a few hundredths."""

ID = "VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
TABLES = {
    "users": f"id {ID} NOT NULL, display_name VARCHAR(80) NOT NULL, email VARCHAR(190) NOT NULL,"
    " created_at DATETIME(6) NOT NULL, PRIMARY KEY (id), UNIQUE KEY (email)",
    "listings": f"id {ID} NOT NULL, seller_id {ID} NOT NULL, title VARCHAR(140) NOT NULL, description TEXT NOT NULL,"
    " category VARCHAR(40) NOT NULL, starting_price DECIMAL(12,2) NOT NULL, reserve_price DECIMAL(12,2) NULL,"
    f" buy_now_price DECIMAL(12,2) NULL, current_price DECIMAL(12,2) NULL, highest_bidder_id {ID} NULL,"
    " bid_count INT NOT NULL DEFAULT 0, status VARCHAR(16) NOT NULL, starts_at DATETIME(6) NOT NULL,"
    f" ends_at DATETIME(6) NOT NULL, closed_at DATETIME(6) NULL, winner_id {ID} NULL, PRIMARY KEY (id),"
    " KEY (seller_id), KEY (winner_id)",
    "bids": f"id {ID} NOT NULL, listing_id {ID} NOT NULL, bidder_id {ID} NOT NULL, amount DECIMAL(12,2) NOT NULL,"
    " placed_at DATETIME(6) NOT NULL, PRIMARY KEY (id), KEY (listing_id, bidder_id), KEY (bidder_id, placed_at)",
    "comments": f"id {ID} NOT NULL, listing_id {ID} NOT NULL, author_id {ID} NOT NULL, body TEXT NOT NULL,"
    " created_at DATETIME(6) NOT NULL, PRIMARY KEY (id), KEY (listing_id), KEY (author_id)",
    "watches": f"user_id {ID} NOT NULL, listing_id {ID} NOT NULL, created_at DATETIME(6) NOT NULL,"
    " PRIMARY KEY (user_id, listing_id), KEY (listing_id)",
    "calendar": "day DATE NOT NULL, week_start DATE NOT NULL, month CHAR(7) NOT NULL, PRIMARY KEY (day)",
    "auth_user": "id BIGINT NOT NULL, password VARCHAR(128) NOT NULL, last_login DATETIME(6) NULL, PRIMARY KEY (id)",
}
ROWS_PER_INSERT = 1000

Connection: TypeAlias = "pymysql.connections.Connection[Any]"


def market(seed: int) -> Rows:
    """The rows of one of the markets, edges included."""
    rows = Rows()
    add_market(rows, SHAPES[seed], seed)
    add_edges(rows, SHAPES[seed])
    return rows


def load(connection: Connection, schema: str, seed: int) -> None:
    """Create the schema (again, if it is there) and fill it; the account must be allowed to."""
    rows = market(seed)
    with connection.cursor() as cursor:
        drop(connection, schema)
        cursor.execute(f"CREATE DATABASE {schema} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
        cursor.execute(f"USE {schema}")
        for name, columns in TABLES.items():
            cursor.execute(f"CREATE TABLE {name} ({columns}) ENGINE = InnoDB")
        connection.begin()
        _insert(cursor, "users", rows.users)
        _insert(cursor, "listings", rows.listings)
        _insert(cursor, "bids", rows.bids)
        _insert(cursor, "comments", rows.comments)
        _insert(cursor, "watches", list(rows.watches.values()))
        _insert(cursor, "calendar", list(_days()))
        _insert(cursor, "auth_user", [(1, f"{CANARIES[1]}$c2FsdA", None)])
        connection.commit()
        cursor.execute(f"ANALYZE TABLE {', '.join(TABLES)}")


def drop(connection: Connection, schema: str) -> None:
    """Drop the schema if it is there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = %s", (schema,))
        if cursor.fetchone() != (0,):
            cursor.execute(f"DROP DATABASE {schema}")


def freeze(connection: Connection, schema: str) -> None:
    """Read this market, at 2026-06-15 12:00:00 UTC, as the analysts' sessions read theirs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT VERSION()")
        ((version,),) = cursor.fetchall()
        cursor.execute("SET SESSION time_zone = '+00:00'")
        cursor.execute(f"SET SESSION timestamp = UNIX_TIMESTAMP('{NOW}')")
        cursor.execute(f"SET SESSION sql_mode = '{MODE}'")
        limit = f"max_statement_time = {SECONDS}" if "MariaDB" in version else f"max_execution_time = {1000 * SECONDS}"
        cursor.execute(f"SET SESSION {limit}")
        cursor.execute(f"USE {schema}")
        cursor.execute("SET SESSION TRANSACTION READ ONLY")


def _insert(cursor: pymysql.cursors.Cursor, table: str, rows: Sequence[Sequence[object]]) -> None:
    places = "(" + ", ".join(["%s"] * len(rows[0])) + ")"
    for first in range(0, len(rows), ROWS_PER_INSERT):
        some = rows[first : first + ROWS_PER_INSERT]
        values = [value for row in some for value in row]
        cursor.execute(f"INSERT INTO {table} VALUES {', '.join([places] * len(some))}", values)  # noqa: S608 - ours


def _days() -> Iterator[tuple[date, date, str]]:
    """Each day of 2020 to 2039, with the Monday of its week and its month."""
    day = date(2020, 1, 1)
    while day.year < 2040:
        yield day, day - timedelta(days=day.weekday()), f"{day:%Y-%m}"
        day += timedelta(days=1)
