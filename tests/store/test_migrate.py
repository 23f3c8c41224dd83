"""Migrations: forward, in order, each file once, one at a time."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pymysql
import pytest

from common.config import DatabaseSettings
from common.store.connect import Connection, connector
from common.store.migrate import FILES, MigrationError, migrate
from dev.stack.database import DatabaseServer, connect


@pytest.fixture
def open_empty(database: DatabaseServer) -> Iterator[Callable[[], Connection]]:
    """Opens sessions on a schema with nothing in it, dropped after the test."""
    schema = f"gavel_empty_{secrets.token_hex(4)}"
    settings = replace(
        DatabaseSettings.from_env(database.environment(database.root)), name=schema, statement_seconds=60
    )
    with connect(database, database.root) as root, root.cursor() as cursor, ExitStack() as stack:
        cursor.execute(f"CREATE DATABASE {schema} CHARACTER SET utf8mb4")
        stack.callback(cursor.execute, f"DROP DATABASE {schema}")
        yield lambda: stack.enter_context(closing(connector(replace(settings, network_seconds=60))()))


def run(connection: Connection, files: Path = FILES) -> list[str]:
    """Migrate; the names of what was applied."""
    applied: list[str] = []
    migrate(connection, applied.append, files)
    return applied


def rows(connection: Connection, sql: str) -> list[tuple[object, ...]]:
    """What a statement finds."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [tuple(row) for row in cursor.fetchall()]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """Two small migrations."""
    (tmp_path / "0001_lots.sql").write_text("-- Lots.\nCREATE TABLE lots (id INT PRIMARY KEY);\n")
    (tmp_path / "0002_more.sql").write_text(
        "ALTER TABLE lots ADD name VARCHAR(40);\nINSERT INTO lots VALUES (1, 'a; b');\n"
    )
    return tmp_path


def test_ours_apply_to_an_empty_schema_and_a_second_run_does_nothing(open_empty: Callable[[], Connection]) -> None:
    """Every file, in order; then none."""
    connection = open_empty()

    assert run(connection) == sorted(path.name for path in FILES.glob("*.sql"))
    assert run(connection) == []
    assert rows(connection, "SELECT COUNT(*) FROM categories") == [(8,)]


def test_files_are_applied_in_the_order_of_their_names(open_empty: Callable[[], Connection], files: Path) -> None:
    """And only those that are new, when more come."""
    connection = open_empty()
    assert run(connection, files) == ["0001_lots.sql", "0002_more.sql"]
    (files / "0003_drop.sql").write_text("DELETE FROM lots;\n")

    assert run(connection, files) == ["0003_drop.sql"]
    assert rows(connection, "SELECT * FROM lots") == []


def test_a_file_changed_after_it_was_applied_is_refused(open_empty: Callable[[], Connection], files: Path) -> None:
    """By its name, before anything new is applied."""
    connection = open_empty()
    run(connection, files)
    (files / "0001_lots.sql").write_text("CREATE TABLE lots (id BIGINT PRIMARY KEY);\n")
    (files / "0003_new.sql").write_text("CREATE TABLE new (id INT PRIMARY KEY);\n")

    with pytest.raises(MigrationError, match=r"0001_lots\.sql was changed"):
        run(connection, files)

    assert rows(connection, "SHOW TABLES LIKE 'new'") == []


def test_a_file_that_fails_is_not_on_record_and_can_be_mended(
    open_empty: Callable[[], Connection], files: Path
) -> None:
    """What came before it is; the lock is free for the next run."""
    connection = open_empty()
    (files / "0003_wrong.sql").write_text("CREATE TABLE nonsense (;\n")
    with pytest.raises(pymysql.ProgrammingError):
        run(connection, files)

    (files / "0003_wrong.sql").write_text("CREATE TABLE sense (id INT PRIMARY KEY);\n")

    assert run(open_empty(), files) == ["0003_wrong.sql"]


def test_two_at_once_apply_each_file_once(open_empty: Callable[[], Connection]) -> None:
    """The second waits for the first, and finds nothing left to do."""
    applied: list[list[str]] = []
    faults: list[Exception] = []
    connections = [open_empty(), open_empty()]
    together = threading.Barrier(2, timeout=10)

    def one(connection: Connection) -> None:
        together.wait()
        try:
            applied.append(run(connection))
        except Exception as fault:  # noqa: BLE001 - told to the test
            faults.append(fault)

    threads = [threading.Thread(target=one, args=(connection,)) for connection in connections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert faults == []
    assert sorted(applied) == [[], sorted(path.name for path in FILES.glob("*.sql"))]
