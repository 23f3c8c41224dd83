"""Statements on one connection: the few ways SQL is sent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pymysql

from common.store.connect import Connection

T = TypeVar("T")
Row = tuple[Any, ...]

_CONSTRAINT = re.compile(r"for key '(?:\w+\.)?(\w+)'|CONSTRAINT `(\w+)`")


class ConstraintViolated(Exception):  # noqa: N818 - it says what happened
    """A unique key or foreign key refused a row; `constraint` is its name."""

    def __init__(self, constraint: str) -> None:
        super().__init__(constraint)
        self.constraint = constraint


class Session:
    """One connection inside one transaction. Parameters are named `%(name)s`; a tuple stands for a list."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, sql: str, **parameters: object) -> Sequence[Row]:
        """What a SELECT finds."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            return cursor.fetchall()

    def execute(self, sql: str, **parameters: object) -> int:
        """How many rows a statement changed.

        Raises:
            ConstraintViolated: by the name of the key that refused.
        """
        with self._connection.cursor() as cursor:
            return _naming_constraints(lambda: cursor.execute(sql, parameters or None))

    def insert(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        """All rows in one `INSERT … VALUES (%s, …)`; no rows, no statement.

        Raises:
            ConstraintViolated: by the name of the key that refused; then no row is in.
        """
        if rows:
            with self._connection.cursor() as cursor:
                _naming_constraints(lambda: cursor.executemany(sql, rows))


def json_rows(rows: Sequence[Sequence[object]]) -> str:
    """Rows as one JSON text for JSON_TABLE: a batch is one parameter whatever its length."""
    return json.dumps(rows, separators=(",", ":"))


def _naming_constraints(run: Callable[[], T]) -> T:
    try:
        return run()
    except pymysql.IntegrityError as error:
        named = _CONSTRAINT.search(str(error))
        if not named:
            raise
        raise ConstraintViolated(named[1] or named[2]) from error
