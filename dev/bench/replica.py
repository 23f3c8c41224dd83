"""A read replica for analysts: a second server that follows the first by its binary log, as Cloud SQL's do."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from pymysql.cursors import DictCursor

from dev.stack.database import DatabaseServer, connect, private_server
from dev.stack.process import StartFailed

_CATCH_UP_SECONDS = 300
_LOWEST_PRIORITY = 19


@contextmanager
def replica_of(primary: DatabaseServer, accounts: Path, folder: Path) -> Iterator[DatabaseServer]:
    """A server that has all that the primary has, and goes on getting it.

    In production it is another machine. Here it shares the processors, so it has the lowest priority.

    Args:
        primary: keeps its binary log from its first day on.
        accounts: the primary's accounts.json; the replica has the same.
        folder: made for it.

    Raises:
        StartFailed: it does not start, or does not catch up.
    """
    folder.mkdir()
    shutil.copy(accounts, folder / "accounts.json")
    with private_server(folder, durable=False) as server:
        with closing(connect(primary, primary.root)) as above, closing(connect(server, server.root)) as below:
            _follow(below, primary, first_log=str(_rows(above, "SHOW BINARY LOGS")[0]["Log_name"]))
            _catch_up(above, below)
        for thread in Path(f"/proc/{server.pid}/task").iterdir():
            os.setpriority(os.PRIO_PROCESS, int(thread.name), _LOWEST_PRIORITY)
        yield server


def _follow(replica: Any, primary: DatabaseServer, *, first_log: str) -> None:
    mariadb = primary.version.startswith("MariaDB")
    word, more = ("MASTER", "") if mariadb else ("SOURCE", ", GET_SOURCE_PUBLIC_KEY = 1")
    with replica.cursor() as cursor:
        cursor.execute("SET GLOBAL server_id = 2")
        cursor.execute(
            f"CHANGE {'MASTER' if mariadb else 'REPLICATION SOURCE'} TO {word}_HOST = %s, {word}_PORT = %s,"
            f" {word}_USER = %s, {word}_PASSWORD = %s, {word}_LOG_FILE = %s, {word}_LOG_POS = 4{more}",
            (primary.host, primary.port, primary.root.user, primary.root.password, first_log),
        )
        cursor.execute(f"START {'SLAVE' if mariadb else 'REPLICA'}")


def _catch_up(primary: Any, replica: Any) -> None:
    """Wait until the replica has as many bids as the primary; nobody bids meanwhile."""
    wanted = _bids(primary)
    give_up_at = time.monotonic() + _CATCH_UP_SECONDS
    while _bids(replica) < wanted:
        if time.monotonic() > give_up_at:
            raise StartFailed(f"The replica did not catch up: {_rows(replica, 'SHOW SLAVE STATUS')}")
        time.sleep(0.5)


def _bids(connection: Any) -> int:
    """How many bids are there, 0 where the table is not there yet."""
    tables = _rows(connection, "SHOW TABLES LIKE 'bids'")
    return int(_rows(connection, "SELECT COUNT(*) AS n FROM bids")[0]["n"]) if tables else 0


def _rows(connection: Any, sql: str) -> list[dict[str, Any]]:
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
