"""Statements on one connection: the few ways SQL is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import pymysql

from common.store.connect import Connection, JsonText

Row = Sequence[Any]

_CONSTRAINT = re.compile(r"for key '(?:\w+\.)?(\w+)'|CONSTRAINT `(\w+)`")

_ASCII = "CHARACTER SET ascii COLLATE ascii_bin"
# With the columns' own collations, or no index would serve; and wider than the columns, since JSON_TABLE cuts what is
# too long without a word, while the INSERT that follows refuses it.
_JSON_TYPES = {
    "listing": f"VARCHAR(64) {_ASCII}",
    "user": "VARCHAR(512) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
    "key": f"VARCHAR(256) {_ASCII}",
    "word": f"VARCHAR(128) {_ASCII}",
    "text": "VARCHAR(4000) CHARACTER SET utf8mb4",
}


class ConstraintViolated(Exception):  # noqa: N818 - it says what happened
    """A unique key or foreign key refused a row; `constraint` is its name."""

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement and its parameters, named `%(name)s`; a tuple stands for a list."""

    sql: str
    parameters: Mapping[str, object]


class Session:
    """One connection inside one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.commit_sent = False

    def rows(self, sql: str, **parameters: object) -> Sequence[Row]:
        """What a SELECT finds."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            return cursor.fetchall()

    def rows_of_each(self, *selects: Statement) -> list[Sequence[Row]]:
        """What several SELECTs find, run one after the other in one round trip."""
        with self._connection.cursor() as cursor:
            cursor.execute(self._together(selects))
            found: list[Sequence[Row]] = [cursor.fetchall()]
            while cursor.nextset():
                found.append(cursor.fetchall())
            return found

    def execute(self, sql: str, **parameters: object) -> int:
        """How many rows a statement changed.

        Raises:
            ConstraintViolated: by the name of the key that refused.
        """
        with self._connection.cursor() as cursor, _naming_constraints():
            return cursor.execute(sql, parameters or None)

    def commit(self, *last: Statement) -> None:
        """Run the last statements and commit, all in one round trip; the first that fails stops the rest.

        Raises:
            ConstraintViolated: by the name of the key that refused; then nothing was committed.
        """
        self.commit_sent = True
        if not last:
            self._connection.commit()
            return
        with self._connection.cursor() as cursor, _naming_constraints():
            cursor.execute(f"{self._together(last)}; COMMIT")
            while cursor.nextset():
                pass

    def _together(self, statements: Sequence[Statement]) -> str:
        with self._connection.cursor() as cursor:
            return "; ".join(cursor.mogrify(one.sql, one.parameters) for one in statements)


def json_rows(rows: Sequence[tuple[object, ...]]) -> JsonText:
    """Rows as one JSON text for `json_table`: a batch is one parameter whatever its length.

    >>> from datetime import UTC
    >>> json_rows([("a", zoneless(datetime(2026, 1, 1, tzinfo=UTC)))]).text
    b'[["a","2026-01-01T00:00:00"]]'
    """
    return JsonText(orjson.dumps(rows))


def json_values(text: str | None) -> list[Any]:
    """What a JSON_ARRAYAGG found; of no rows it is NULL.

    >>> json_values('[["a", 1]]'), json_values(None)
    ([['a', 1]], [])
    """
    found: list[Any] = orjson.loads(text) if text else []
    return found


def zoneless(moment: datetime) -> datetime:
    """A time in UTC, as sessions are, without saying so: MariaDB warns of each zone that it reads over."""
    return moment.replace(tzinfo=None)


def json_table(parameter: str, **columns: str) -> str:
    """The parameter's JSON rows as a table `j` with these columns, in the order of the rows' values.

    >>> json_table("rows", id="INT", price="BIGINT")
    "JSON_TABLE(%(rows)s, '$[*]' COLUMNS (id INT PATH '$[0]', price BIGINT PATH '$[1]')) j"
    """
    named = ", ".join(
        f"{name} {_JSON_TYPES.get(kind, kind)} PATH '$[{place}]'" for place, (name, kind) in enumerate(columns.items())
    )
    return f"JSON_TABLE(%({parameter})s, '$[*]' COLUMNS ({named})) j"


@contextmanager
def _naming_constraints() -> Iterator[None]:
    try:
        yield
    except pymysql.IntegrityError as error:
        named = _CONSTRAINT.search(str(error))
        if not named:
            raise
        raise ConstraintViolated(named[1] or named[2]) from error
