"""What analysts see of the market: which columns, what they mean, and that the tables' indexes serve them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pymysql
import pytest

from common.config import DatabaseSettings
from common.domain.listing import MAX_AMOUNT
from common.nl.semantic import semantic_layer
from common.store.connect import connector
from common.store.migrate import Analysts, MigrationError, migrate, view_names
from common.store.reporting import Cell, Reporting, ResultTable
from dev.stack.database import DatabaseServer, connect
from tests.market import Records
from tests.store.market_rows import NOW, a_bid_on, a_bidder, a_lot, a_user
from tests.store.notes import soon


@pytest.fixture
def root(database: DatabaseServer) -> Iterator[pymysql.connections.Connection[Any]]:
    """Somebody who may look behind the views."""
    with closing(connect(database, database.root)) as connection:
        yield connection


def ask(reporting: Reporting, sql: str, **names: str) -> ResultTable:
    """What analysts are answered; {names} in the SQL are filled in."""
    return reporting.run(sql.format(**names), deadline=soon())


def one(reporting: Reporting, lot: str, columns: str, *, table: str = "listings", key: str = "id") -> tuple[Cell, ...]:
    """The only row about a listing, or whatever else has this key."""
    names = {"lot": lot, "columns": columns, "table": table, "key": key}
    (row,) = ask(reporting, "SELECT {columns} FROM {table} WHERE {key} = '{lot}'", **names).rows
    return row


def test_there_is_a_view_for_every_table_of_the_semantic_layer() -> None:
    """And for no other."""
    assert view_names() == sorted(semantic_layer().tables)


@pytest.mark.parametrize("view", view_names())
def test_a_view_has_the_columns_and_types_that_the_semantic_layer_tells(reporting: Reporting, view: str) -> None:
    """In the same order: the model is told nothing that is not there, and nothing is there that it is not told."""
    columns = ask(reporting, "SELECT * FROM {view} LIMIT 1", view=view).columns

    told = semantic_layer().tables[view].columns
    assert [(column.name, column.type) for column in columns] == [(name, one.type) for name, one in told.items()]


def test_every_column_of_the_database_is_shown_or_hidden_or_internal(
    root: pymysql.connections.Connection[Any], database: DatabaseServer
) -> None:
    """A new column is nowhere until somebody has decided which it is; what is gone is gone from the lists too."""
    with root.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT c.column_name FROM information_schema.columns c"
            " WHERE c.table_schema = %s AND c.table_name NOT IN ('schema_migrations', 'notes')",
            (database.schema,),
        )
        real = {name for (name,) in cursor.fetchall()}
    layer = semantic_layer()
    shown = {name for table in layer.tables.values() for name in table.columns}

    assert real - shown - layer.hidden == layer.internal
    assert not shown & layer.hidden


@pytest.mark.parametrize("view", view_names())
def test_a_view_is_merged_into_the_query_and_reads_with_its_makers_rights(
    root: pymysql.connections.Connection[Any], database: DatabaseServer, view: str
) -> None:
    """A view that had to be made into a table first would read all of it for every question."""
    with root.cursor() as cursor:
        cursor.execute(f"SHOW CREATE VIEW {database.reporting}.{view}")
        text = cursor.fetchall()[0][1]

    assert "ALGORITHM=MERGE" in text
    assert "SQL SECURITY DEFINER" in text


@pytest.mark.parametrize(
    ("sql", "key"),
    [
        ("SELECT amount FROM bids WHERE listing_id = '{lot}'", "PRIMARY"),
        ("SELECT amount FROM bids WHERE bidder_id = '{person}'", "bids_idempotency"),
        ("SELECT title, category, status, winner_id FROM listings WHERE id = '{lot}'", "PRIMARY"),
        ("SELECT title FROM listings WHERE seller_id = '{person}'", "listings_idempotency"),
        ("SELECT display_name FROM users WHERE id = '{person}'", "PRIMARY"),
        ("SELECT body FROM comments WHERE listing_id = '{lot}'", "comments_of_listing"),
        ("SELECT created_at FROM watches WHERE user_id = '{person}'", "PRIMARY"),
        ("SELECT month FROM calendar WHERE day >= '2026-01-01' AND day < '2026-02-01'", "PRIMARY"),
    ],
)
def test_a_look_up_through_a_view_can_go_by_the_tables_index(
    root: pymysql.connections.Connection[Any], database: DatabaseServer, records: Records, sql: str, key: str
) -> None:
    """The plan is one of tables alone, and knows the index; whether it is worth it depends on how much there is."""
    person = a_user(records)
    lot = a_lot(records, seller_id=person, status="closed", outcome="sold", winner=1, leader=1)
    a_bid_on(records, lot, seq=1, bidder_id=person)
    say_and_watch(records, lot, person)
    with root.cursor(pymysql.cursors.DictCursor) as cursor:
        cursor.execute(f"USE {database.reporting}")
        cursor.execute(f"EXPLAIN FORMAT=TRADITIONAL {sql.format(lot=lot, person=person)}")
        steps = cursor.fetchall()

    assert {step["select_type"] for step in steps} == {"SIMPLE"}
    assert key in str(steps[0]["possible_keys"]).split(",")


def test_amounts_are_in_major_units_to_the_cent(reporting: Reporting, records: Records) -> None:
    """Up to the largest amount there can be."""
    lot = a_lot(
        records,
        starting_price=1,
        reserve_price=MAX_AMOUNT,
        buy_now_price=MAX_AMOUNT - 1,
        current_price=101,
        bid_count=1,
    )

    amounts = one(reporting, lot, "starting_price, reserve_price, buy_now_price, current_price")

    assert amounts == ("0.01", "10000000000.00", "9999999999.99", "1.01")


def test_a_listing_without_bids_has_no_price_and_no_leader(reporting: Reporting, records: Records) -> None:
    """What the table keeps there, the starting price, is nobody's bid; nor is there a reserve where there is none."""
    lot = a_lot(records)

    row = one(reporting, lot, "current_price, highest_bidder_id, winner_id, reserve_price, buy_now_price, closed_at")

    assert row == (None,) * 6


def test_leader_and_winner_are_told_by_their_ids(reporting: Reporting, records: Records) -> None:
    """The numbers under which a listing knows its bidders are looked up on that listing."""
    lot = a_lot(records, status="closed", outcome="sold", leader=2, winner=2, bid_count=2, closed_at=NOW)
    a_bidder(records, lot, 1)
    second = a_bidder(records, lot, 2)
    a_bidder(records, a_lot(records), 2)

    assert one(reporting, lot, "highest_bidder_id, winner_id, closed_at") == (second, second, "2026-06-15T12:00:00Z")


@pytest.mark.parametrize(
    ("status", "outcome"), [("active", None), ("closed", "reserve_not_met"), ("cancelled", None), ("closed", "no_bids")]
)
def test_nobody_won_what_was_not_sold(reporting: Reporting, records: Records, status: str, outcome: str | None) -> None:
    """Though somebody led, and even if a winner stood there."""
    lot = a_lot(records, status=status, outcome=outcome, leader=1, winner=1, bid_count=1)
    leader = a_bidder(records, lot, 1)

    assert one(reporting, lot, "highest_bidder_id, winner_id") == (leader, None)


@pytest.mark.parametrize("condition", ["category = 'Watches'", "category = 'watches'", "category LIKE 'WATCH%'"])
def test_a_category_goes_by_its_name_in_any_case(reporting: Reporting, records: Records, condition: str) -> None:
    """Not by its slug."""
    lot = a_lot(records, category="watches")

    (row,) = ask(
        reporting, "SELECT category FROM listings WHERE id = '{lot}' AND {condition}", lot=lot, condition=condition
    ).rows

    assert row == ("Watches",)


@pytest.mark.parametrize("written", ["closed", "Closed", "CLOSED"])
def test_a_status_is_compared_in_any_case(reporting: Reporting, records: Records, written: str) -> None:
    """As analysts and models write it."""
    lot = a_lot(records, status="closed")

    sql = "SELECT status FROM listings WHERE id = '{lot}' AND status = '{written}'"
    assert ask(reporting, sql, lot=lot, written=written).rows == (("closed",),)


@pytest.mark.parametrize(
    ("stored", "starts_in", "seen"),
    [
        ("scheduled", timedelta(minutes=1), "scheduled"),
        ("scheduled", timedelta(minutes=-1), "active"),
        ("active", timedelta(minutes=-1), "active"),
        ("closed", timedelta(minutes=-1), "closed"),
        ("cancelled", timedelta(minutes=1), "cancelled"),
    ],
)
def test_a_scheduled_listing_is_active_once_its_start_has_passed(
    reporting: Reporting, records: Records, stored: str, starts_in: timedelta, seen: str
) -> None:
    """By the database's clock, whether or not a job has said so; and counted as such."""
    now: datetime = records.value("SELECT UTC_TIMESTAMP(6)")
    lot = a_lot(records, status=stored, starts_at=now + starts_in)

    assert one(reporting, lot, "status") == (seen,)
    sql = "SELECT COUNT(*) FROM listings WHERE id = '{lot}' AND status = '{seen}'"
    assert ask(reporting, sql, lot=lot, seen=seen).rows == ((1,),)


def test_a_bid_is_what_it_led_to_and_never_its_maximum(reporting: Reporting, records: Records) -> None:
    """Its id is the listing's with its place, in digits enough to sort."""
    lot = a_lot(records)
    a_bid_on(records, lot, seq=2, price=7_25, bidder_id="uid-b")
    a_bid_on(records, lot, seq=10, price=8_00, bidder_id="uid-b", placed_at=f"{NOW}.000005")

    rows = ask(reporting, "SELECT * FROM bids WHERE listing_id = '{lot}' ORDER BY id", lot=lot).rows

    assert rows == (
        (f"{lot}-0000000002", lot, "uid-b", "7.25", "2026-06-15T12:00:00Z"),
        (f"{lot}-0000000010", lot, "uid-b", "8.00", "2026-06-15T12:00:00.000005Z"),
    )


def test_a_retracted_bid_is_none(reporting: Reporting, records: Records) -> None:
    """It is in no count and no sum."""
    lot = a_lot(records)
    a_bid_on(records, lot, seq=1)
    a_bid_on(records, lot, seq=2, retracted_at=NOW, retracted_by="uid-b", retraction_reason="typo")

    assert ask(reporting, "SELECT COUNT(*) FROM bids WHERE listing_id = '{lot}'", lot=lot).rows == ((1,),)


def test_people_comments_and_watches_are_told_by_text_ids(reporting: Reporting, records: Records) -> None:
    """Nobody's address is among them."""
    user_id, lot = a_user(records, display_name="Ünal 😀"), a_lot(records)
    say_and_watch(records, lot, user_id)

    at = "2026-06-15T12:00:00Z"
    assert one(reporting, user_id, "*", table="users") == (user_id, "Ünal 😀", at)
    comment_id, *comment = one(reporting, lot, "*", table="comments", key="listing_id")
    assert isinstance(comment_id, str)
    assert comment == [lot, user_id, "Hm?", at]
    assert one(reporting, lot, "*", table="watches", key="listing_id") == (user_id, lot, at)


def test_the_calendar_has_every_day_of_twenty_years(reporting: Reporting) -> None:
    """Weeks begin on Monday, over the end of a year too."""
    assert ask(reporting, "SELECT MIN(day), MAX(day), COUNT(*), COUNT(DISTINCT day) FROM calendar").rows == (
        ("2020-01-01", "2039-12-31", 7305, 7305),
    )
    assert ask(
        reporting, "SELECT day, week_start, month FROM calendar WHERE day BETWEEN '2028-02-27' AND '2028-02-29'"
    ).rows == (
        ("2028-02-27", "2028-02-21", "2028-02"),
        ("2028-02-28", "2028-02-28", "2028-02"),
        ("2028-02-29", "2028-02-28", "2028-02"),
    )
    assert ask(reporting, "SELECT week_start FROM calendar WHERE day = '2020-01-01'").rows == (("2019-12-30",),)


def say_and_watch(records: Records, lot: str, user_id: str) -> None:
    """A comment of somebody's on a listing, which he watches."""
    sql = "INSERT INTO comments (listing_id, author_id, body, created_at) VALUES (%s, %s, 'Hm?', %s)"
    records.execute(sql, lot, user_id, NOW)
    records.execute("INSERT INTO watches VALUES (%s, %s, %s)", user_id, lot, NOW)


def migrate_again(database: DatabaseServer, analysts: Analysts) -> None:
    """A migration that has nothing to apply."""
    settings = DatabaseSettings.from_env(database.environment(database.migrate))
    with closing(connector(replace(settings, statement_seconds=60, network_seconds=90))()) as connection:
        migrate(connection, lambda _: None, analysts=analysts)


def test_every_migration_defines_the_views_anew(
    reporting: Reporting, database: DatabaseServer, root: pymysql.connections.Connection[Any]
) -> None:
    """A view that says something else, or is gone, is as it should be afterwards, and may be read as before."""
    with root.cursor() as cursor:
        cursor.execute(f"CREATE OR REPLACE VIEW {database.reporting}.watches AS SELECT 1 AS user_id")
        cursor.execute(f"DROP VIEW {database.reporting}.calendar")

    migrate_again(database, Analysts(schema=database.reporting, user=database.analyst.user))

    assert len(ask(reporting, "SELECT * FROM watches LIMIT 1").columns) == 3
    assert ask(reporting, "SELECT COUNT(*) FROM calendar").rows == ((7305,),)
    reporting.check()


@pytest.mark.parametrize("name", ["re-porting", "", "a.b", "`x`"])
def test_a_schema_is_named_in_letters_digits_and_underscores(database: DatabaseServer, name: str) -> None:
    """It stands in statements as it is."""
    with pytest.raises(MigrationError, match="letters, digits and underscores"):
        migrate_again(database, Analysts(schema=name, user=None))
