"""Analysts read and nothing else: the database itself refuses the rest, whatever SQL reaches it."""

from __future__ import annotations

import traceback
from dataclasses import replace

import pytest

from common.config import ReportingSettings, Settings
from common.deadline import Deadline
from common.store.reporting import SQL_MODE, QueryFailed, Reporting, ResultTable
from dev.stack import ports
from dev.stack.database import DatabaseServer
from tests.market import Records
from tests.store.market_rows import a_bid_on, a_lot, a_user
from tests.store.notes import soon


@pytest.fixture
def reading(settings: Settings) -> ReportingSettings:
    """The settings of the analysts' way."""
    assert settings.reporting is not None
    return settings.reporting


def failure(reporting: Reporting, sql: str, deadline: Deadline | None = None) -> QueryFailed:
    """How a query fails."""
    with pytest.raises(QueryFailed) as failed:
        reporting.run(sql, deadline=deadline or soon())
    return failed.value


WRITES = [
    "INSERT INTO users (id, display_name, created_at) VALUES ('uid-x', 'X', NOW())",
    "UPDATE users SET display_name = 'X'",
    "DELETE FROM bids",
    "REPLACE INTO watches VALUES ('uid-x', 'AAAAAAAAAAA', NOW())",
    "CREATE TABLE mine (id INT)",
    "CREATE TEMPORARY TABLE mine (id INT)",
    "CREATE OR REPLACE VIEW users AS SELECT 1 AS id",
    "DROP VIEW users",
    "ALTER VIEW users AS SELECT 1 AS id",
    "TRUNCATE TABLE bids",
    "LOCK TABLES bids WRITE",
    "GRANT SELECT ON users TO root",
    "SET GLOBAL max_connections = 1",
    "SELECT * FROM users FOR UPDATE",
    "SELECT id FROM users INTO OUTFILE '/tmp/gavel-users'",
    "LOAD DATA INFILE '/etc/passwd' INTO TABLE comments",
    "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE comments",
    "CALL market.nothing()",
    "FLUSH TABLES",
    "SHUTDOWN",
]


@pytest.mark.parametrize("sql", WRITES)
def test_nothing_can_be_written(reporting: Reporting, records: Records, sql: str) -> None:
    """Refused by the server, and nothing has changed."""
    before = records.digest()

    failed = failure(reporting, sql)

    assert failed.errno is not None
    assert records.digest() == before
    reporting.check()


READS = [
    "SELECT id FROM {market}.users",
    "SELECT email FROM users",
    "SELECT u.email FROM users u JOIN bids b ON b.bidder_id = u.id",
    "SELECT max_amount FROM bids",
    "SELECT max_amount FROM {market}.bids",
    "SELECT high_max FROM listings",
    "SELECT question FROM {market}.nl_questions",
    "SELECT facts FROM {market}.audit_log",
    "SELECT * FROM mysql.user",
    "SHOW CREATE VIEW users",
    "TABLE {market}.users",
]


@pytest.mark.parametrize("sql", READS)
def test_nothing_but_the_views_can_be_read(
    reporting: Reporting, database: DatabaseServer, records: Records, sql: str
) -> None:
    """Not by the schema's name, not by a column's."""
    a_bid_on(records, a_lot(records), seq=1, bidder_id=a_user(records))

    failed = failure(reporting, sql.format(market=database.schema))

    assert failed.code in ("unknown_name", "bad_query")
    assert failed.errno is not None


def test_other_tables_are_not_even_listed(reporting: Reporting, database: DatabaseServer) -> None:
    """Nor are their columns, in any schema."""
    for table in ("tables", "columns"):
        found = reporting.run(
            f"SELECT DISTINCT table_schema FROM information_schema.{table}"  # noqa: S608 - our own names
            " WHERE table_schema NOT IN ('information_schema', 'performance_schema')",
            deadline=soon(),
        )
        assert found.rows == ((database.reporting,),)


def test_one_statement_at_a_time(reporting: Reporting) -> None:
    """The connection does not take two."""
    assert failure(reporting, "SELECT 1; SELECT 2").code == "bad_query"
    assert failure(reporting, "SELECT 1; DROP VIEW users").code == "bad_query"


def test_nothing_of_a_session_survives_its_query(reporting: Reporting) -> None:
    """Neither variables nor locks nor settings."""
    for _ in range(2):
        assert reporting.run("SELECT GET_LOCK('gavel-reporting-test', 0)", deadline=soon()).rows == ((1,),)
        assert reporting.run("SELECT @kept IS NULL, (@kept := 5)", deadline=soon()).rows == ((1, 5),)
    reporting.run("SET SESSION sql_select_limit = 1, time_zone = '+05:00'", deadline=soon())

    assert len(reporting.run("SELECT day FROM calendar LIMIT 3", deadline=soon()).rows) == 3
    assert reporting.run("SELECT @@time_zone", deadline=soon()).rows == (("+00:00",),)


def variables(reporting: Reporting, names: str, deadline: Deadline | None = None) -> ResultTable:
    """The session's settings."""
    columns = ", ".join(f"@@SESSION.{name}" for name in names.split())
    return reporting.run(f"SELECT {columns}", deadline=deadline or soon(), row_cap=20)


def test_a_session_has_all_its_limits(reporting: Reporting, database: DatabaseServer) -> None:
    """On both products, each by its own names."""
    common = variables(
        reporting,
        "sql_select_limit max_join_size sql_big_selects lock_wait_timeout innodb_lock_wait_timeout time_zone"
        " group_concat_max_len autocommit",
    )
    mode = variables(reporting, "sql_mode").rows[0][0]
    own = (
        variables(reporting, "tx_read_only tx_isolation")
        if database.version.startswith("MariaDB")
        else variables(reporting, "transaction_read_only transaction_isolation")
    )

    assert common.rows == ((21, 1_000_000_000, 0, 2, 1, "+00:00", 65536, 1),)
    assert sorted(str(mode).split(",")) == sorted(SQL_MODE.split(","))
    assert own.rows == ((1, "READ-COMMITTED"),)


def time_limit(reporting: Reporting, database: DatabaseServer, deadline: Deadline) -> float:
    """The session's, in seconds."""
    if database.version.startswith("MariaDB"):
        ((seconds,),) = variables(reporting, "max_statement_time", deadline).rows
        return float(str(seconds))
    ((milliseconds,),) = variables(reporting, "max_execution_time", deadline).rows
    return int(str(milliseconds)) / 1000


def test_the_shorter_of_limit_and_deadline_counts(
    reporting: Reporting, database: DatabaseServer, reading: ReportingSettings
) -> None:
    """Less the time that it took to get there, and never none at all."""
    assert reading.seconds == 5
    assert 3 < time_limit(reporting, database, Deadline.after(60)) <= 5
    assert 1 < time_limit(reporting, database, Deadline.after(3)) <= 3


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_a_deadline_that_has_passed_asks_nobody(reading: ReportingSettings, seconds: float) -> None:
    """No server is there, and that is not what it fails of."""
    nowhere = Reporting(replace(reading, database=replace(reading.database, port=ports.free_port())))

    assert failure(nowhere, "SELECT 1", Deadline.after(seconds)).code == "timeout"


def test_a_server_that_is_not_there_is_unavailable(reading: ReportingSettings) -> None:
    """And one that does not know the user."""
    nowhere = replace(reading.database, port=ports.free_port())
    nobody = replace(reading.database, password="wrong")

    assert failure(Reporting(replace(reading, database=nowhere)), "SELECT 1").code == "unavailable"
    assert failure(Reporting(replace(reading, database=nobody)), "SELECT 1").code == "unavailable"


@pytest.mark.parametrize(
    ("sql", "code", "errno"),
    [
        ("SELECT zzmarker FROM users", "unknown_name", 1054),
        ("SELECT COUNT(*) FROM zzmarker", "unknown_name", None),
        ("SELECT zzmarker(1)", "unknown_name", None),
        ("SELECT id FROM users WHERE zzmarker zzmarker", "bad_query", 1064),
        ("SELECT display_name, COUNT(*) FROM users GROUP BY id, 'zzmarker' HAVING zzmarker", "unknown_name", 1054),
    ],
)
def test_what_the_driver_says_goes_no_further(reporting: Reporting, sql: str, code: str, errno: int | None) -> None:
    """Neither in the exception's text nor behind it: an error can quote what stands in a row."""
    failed = failure(reporting, sql)

    assert failed.code == code
    assert errno in (None, failed.errno)
    assert failed.milliseconds > 0
    assert (failed.__cause__, failed.__context__) == (None, None)
    assert "zzmarker" not in "".join(traceback.format_exception(failed))
