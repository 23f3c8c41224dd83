"""Bringing a schema up to date: forward only, in order, one at a time, each once; then the analysts' views anew."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from common.store.connect import Connection
from common.store.grants import allow_reading

FILES = Path(__file__).parent / "migrations"
VIEWS = Path(__file__).parent / "views"
_LOCK_SECONDS = 60


class MigrationError(Exception):
    """The schema cannot be brought up to date; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysts:
    """The schema that their views are in, and the user who is to read them, None if nobody is yet."""

    schema: str
    user: str | None


def view_names(views: Path = VIEWS) -> list[str]:
    """The analysts' views, one file each, in alphabetical order."""
    return sorted(path.stem for path in views.glob("*.sql"))


def migrate(
    connection: Connection, report: Callable[[str], None], files: Path = FILES, *, analysts: Analysts | None = None
) -> None:
    """Apply what is missing, and the views if there are analysts; a second migration at the same time waits.

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
        if analysts is not None:
            _apply_views(connection, analysts)


def _apply_views(connection: Connection, analysts: Analysts) -> None:
    """Define every view anew, with the rights of the user who migrates: a table may have changed under it.

    A right to read a view outlasts its definition, and is granted before any view is missing it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT DATABASE()")
        ((market,),) = cursor.fetchall()
        _make_schema(connection, analysts.schema)
        for view in view_names():
            text = (VIEWS / f"{view}.sql").read_text(encoding="utf-8")
            for statement in _statements(text):
                cursor.execute(statement.format(market=_named(market), reporting=_named(analysts.schema)))
    if analysts.user is not None:
        allow_reading(connection, schema=_named(analysts.schema), views=view_names(), user=analysts.user)


def _make_schema(connection: Connection, name: str) -> None:
    """Make it unless it is there; who may not make schemas finds one made for him."""
    with connection.cursor() as cursor:
        if not cursor.execute("SELECT 1 FROM information_schema.schemata WHERE schema_name = %s", (name,)):
            cursor.execute(f"CREATE DATABASE {_named(name)} CHARACTER SET utf8mb4")


def _named(schema: str) -> str:
    if not re.fullmatch(r"[0-9A-Za-z_]+", schema):
        raise MigrationError(f"a schema must be named in letters, digits and underscores, not {schema!r}")
    return f"`{schema}`"


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
