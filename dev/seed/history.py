"""python -m dev.seed.history: a year of past sales, for analysts to ask about.

Auctions of the past cannot be made through the public API, so they are written straight into the tables, all or
nothing, by the functions' own database user: DB_HOST, DB_PORT, DB_USER, DB_PASSWORD, DB_NAME. The same --seed makes
the same year but for the times, which are counted from now, and never twice in one database.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

import pymysql

from common.config import DatabaseSettings, SettingsError
from common.store.connect import Connection, connector
from dev.seed.history_lots import listing_id
from dev.seed.history_plan import History, past_year
from dev.seed.history_rows import INSERTS, rows_of, user_row

_STATEMENT_SECONDS = 60
_MOST_LISTINGS = 20_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 the year is there, 1 it is not."""
    parser = argparse.ArgumentParser(prog="python -m dev.seed.history", description=__doc__)
    parser.add_argument("--listings", type=int, default=2500, metavar="N", help="how many (default: 2500)")
    parser.add_argument("--seed", type=int, default=1, metavar="NUMBER", help="which year (default: 1)")
    asked = parser.parse_args(arguments)
    if not 1 <= asked.listings <= _MOST_LISTINGS:
        parser.error(f"--listings must lie between 1 and {_MOST_LISTINGS}")
    try:
        settings = DatabaseSettings.from_env(os.environ)
        patient = replace(settings, statement_seconds=_STATEMENT_SECONDS, network_seconds=_STATEMENT_SECONDS)
        with closing(connector(patient)()) as connection:
            print(f"history: {make_history(connection, listings=asked.listings, seed=asked.seed)}", flush=True)
    except (SettingsError, pymysql.MySQLError) as failure:
        print(f"history: {failure}", file=sys.stderr)
        return 1
    return 0


def make_history(connection: Connection, *, listings: int, seed: int) -> str:
    """Write the year unless it is there; what was done, in a sentence."""
    begun = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT UTC_TIMESTAMP(6), EXISTS(SELECT 1 FROM listings WHERE id = %s)", (listing_id(seed, 0),))
        ((now, there),) = cursor.fetchall()
    if there:
        return f"the year of seed {seed} is there already; nothing was added"
    _tell(f"making {listings} listings")
    history = past_year(listings=listings, seed=seed, now=now)
    _write(connection, history)
    bids = sum(len(sale.bids) for sale in history.sales)
    return f"{listings} listings, {bids} bids, {time.monotonic() - begun:.1f} s"


def _write(connection: Connection, history: History) -> None:
    """All of it in one transaction: an interrupted run leaves nothing behind."""
    with connection.cursor() as cursor:
        people = list(history.first_seen)
        cursor.execute("SELECT id FROM users WHERE id IN %s", (people,))
        known = {person for (person,) in cursor.fetchall()}
        cursor.executemany(
            INSERTS["users"], [user_row(person, history.first_seen[person]) for person in people if person not in known]
        )
        cursor.executemany(
            "UPDATE users SET created_at = LEAST(created_at, %s) WHERE id = %s",
            [(history.first_seen[person], person) for person in people if person in known],
        )
        for table, rows in rows_of(history).items():
            _tell(f"writing {len(rows)} {table}")
            cursor.executemany(INSERTS[table], rows)
    connection.commit()


def _tell(doing: str) -> None:
    if sys.stdout.isatty():
        print(f"\r\033[Khistory: {doing}", end="", flush=True)


if __name__ == "__main__":
    sys.exit(main())
