"""Bringing a schema up to date: forward only, in order, one at a time, each file once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from common.store.connect import Connection

FILES = Path(__file__).parent / "migrations"
_LOCK_SECONDS = 60


class MigrationError(Exception):
    """The schema cannot be brought up to date; the message says what to do."""


def migrate(connection: Connection, report: Callable[[str], None], files: Path = FILES) -> None:
    """Apply what is missing; a second migration at the same time waits for the first.

    MySQL commits every CREATE and ALTER by itself, so a file that fails half-way stays half done: each is to be
    small, and written so that the functions of the version before it go on working.

    Raises:
        MigrationError: an applied file was changed since, or another migration holds the lock.
    """
    with _alone(connection), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations (name VARCHAR(100) CHARACTER SET ascii NOT NULL PRIMARY KEY,"
            " digest CHAR(64) CHARACTER SET ascii NOT NULL, applied_at DATETIME(6) NOT NULL) ENGINE = InnoDB"
        )
        cursor.execute("SELECT name, digest FROM schema_migrations")
        applied = dict(cursor.fetchall())
        for path in sorted(files.glob("*.sql")):
            text = path.read_text(encoding="utf-8")
            digest = hashlib.sha256(text.encode()).hexdigest()
            if applied.get(path.name, digest) != digest:
                raise MigrationError(f"{path.name} was changed after it was applied; add a new file instead")
            if path.name in applied:
                continue
            for statement in _statements(text):
                cursor.execute(statement)
            cursor.execute("INSERT INTO schema_migrations VALUES (%s, %s, UTC_TIMESTAMP(6))", (path.name, digest))
            connection.commit()
            report(path.name)


def _statements(text: str) -> Iterator[str]:
    r"""The statements of a file: each ends with a semicolon at the end of a line.

    >>> list(_statements("-- why\nCREATE TABLE a (b INT);\nINSERT INTO a VALUES (1);\n"))
    ['CREATE TABLE a (b INT)', 'INSERT INTO a VALUES (1)']
    """
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("--")]
    for statement in ("\n".join(lines) + "\n").split(";\n"):
        if statement.strip():
            yield statement.strip()


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT GET_LOCK(CONCAT('migrate ', DATABASE()), %s)", (_LOCK_SECONDS,))
        if cursor.fetchall() != ((1,),):
            raise MigrationError("another migration is running; try again when it has ended")
        try:
            yield
        finally:
            cursor.execute("DO RELEASE_LOCK(CONCAT('migrate ', DATABASE()))")
