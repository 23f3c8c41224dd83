"""What runs gives the same rows as what was written, on a real server."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pymysql
import pytest

from common.nl.guard import guard
from dev.stack.database import DatabaseServer
from tests.nl.guarded import POLICY

HONEST = [
    json.loads(line)
    for line in (Path(__file__).parent / "statements" / "honest.jsonl").read_text(encoding="utf-8").splitlines()
]
EVERY_ROW = replace(POLICY, row_cap=10_000_000)
TEXTS = [
    "it's",
    'say "so"',
    "back\\slash",
    "\\",
    "100%",
    "a_b",
    "%\\_%",
    "\\'",
    "''",
    "line\nend",
    "tab\there",
    "日本 ✓ é",
    "`",
    "--",
]


@pytest.mark.parametrize("statement", HONEST, ids=lambda statement: statement["id"])
def test_the_text_that_runs_gives_the_rows_of_the_one_that_was_written(
    statement: dict[str, str],
    database: DatabaseServer,
    fixture_databases: tuple[pymysql.Connection, ...],  # type: ignore[type-arg]
) -> None:
    """All of them, as many times; what only MySQL knows, MariaDB refuses in both forms."""
    forms = (statement["sql"], guard(statement["sql"], EVERY_ROW).sql)
    if "engines" in statement and "MariaDB" in database.version:
        for form in forms:
            with pytest.raises(pymysql.MySQLError):
                rows(fixture_databases[0], form)
    else:
        written, guarded = (rows(fixture_databases[0], form) for form in forms)
        assert guarded == written


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_reaches_the_server_as_it_was_meant(
    text: str,
    fixture_databases: tuple[pymysql.Connection, ...],  # type: ignore[type-arg]
) -> None:
    """Whatever quotes and backslashes are in it, and whichever quotes it was written in."""
    escaped = text.replace("\\", "\\\\")
    single = "'" + escaped.replace("'", "\\'") + "'"
    double = '"' + escaped.replace('"', '""') + '"'

    for literal in (single, double):
        assert rows(fixture_databases[0], guard(f"SELECT {literal} AS t", POLICY).sql) == Counter({(text,): 1})


def rows(connection: pymysql.Connection, sql: str) -> Counter[tuple[object, ...]]:  # type: ignore[type-arg]
    """The rows of a query, however they are ordered."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return Counter(cursor.fetchall())
