"""A table of one's own for tests of transactions: what is written to it, and who sees it."""

from __future__ import annotations

from common.deadline import Deadline
from common.store.store import Transaction
from tests.market import Records

CREATE = "CREATE TABLE notes (id INT PRIMARY KEY, text VARCHAR(40)) ENGINE = InnoDB"
FILL = "INSERT INTO notes VALUES (1, 'one'), (2, 'two')"


def soon(seconds: float = 10.0) -> Deadline:
    """A deadline that no working database passes."""
    return Deadline.after(seconds)


def write(tx: Transaction, note_id: int) -> int:
    """A row written."""
    return tx._session.execute("INSERT INTO notes VALUES (%(id)s, 'written')", id=note_id)


def lock(tx: Transaction, note_id: int) -> None:
    """A row locked, waiting for it."""
    tx._session.rows("SELECT id FROM notes WHERE id = %(id)s FOR UPDATE", id=note_id)


def written(records: Records, note_id: int) -> bool:
    """Whether others see it."""
    return bool(records.value("SELECT COUNT(*) FROM notes WHERE id = %s", note_id))


def connection_id(tx: Transaction) -> int:
    """The server's name for the connection of this try."""
    return int(tx._session.rows("SELECT CONNECTION_ID()")[0][0])
