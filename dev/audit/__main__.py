"""python -m dev.audit: hold every listing that a database has against its bids, by the rules.

Each listing's bids are put through the rules again. What comes of them, price, leader, second maximum, counts, version,
end, outcome and winner, must be what is stored of the listing and said in each bid's row. Made for a restored copy, and
for a database in doubt; it only reads, and may run beside bidding: some listings at a time are read as of one moment.

Reads the functions' own database settings: CLOUD_SQL_INSTANCE, or DB_HOST and DB_PORT; DB_USER, DB_PASSWORD, DB_NAME.
Prints one JSON line for each disagreement, and last {"listings", "bids", "disagreements", "newest_bid"}; how far it is
goes to standard error. The lines name maxima: keep them as you keep the database, and where they go into a log say
--discreet, which leaves the sentences out.

Exit status: 0 all agrees, 1 something does not, 2 the database could not be read.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby

import pymysql

from common.config import DatabaseSettings, SettingsError
from common.store.connect import Connection, connector
from dev.audit import stored
from dev.audit.replaying import Disagreement, Replay

AGREES, DISAGREES, UNREADABLE = 0, 1, 2

_LISTINGS_AT_ONCE = 500
_MOST_WITHOUT_LISTING = 1000
_STATEMENT_SECONDS = 3600  # one listing may have millions of bids
_SAY_EVERY_SECONDS = 2.0


@dataclass(slots=True)
class Audit:
    """What was looked at so far; told discreetly, without the sentences that name maxima."""

    discreet: bool = False
    listings: int = 0
    bids: int = 0
    disagreements: int = 0
    newest_bid: datetime | None = None
    _told: float = field(default_factory=time.monotonic)

    def note(self, listing_id: str, found: Disagreement) -> str:
        """Count a disagreement; its line."""
        self.disagreements += 1
        said = {} if self.discreet else {"said": found.said}
        return json.dumps({"listing": listing_id, "kind": found.kind, **said}, ensure_ascii=False)

    def summary(self) -> str:
        """The last line."""
        newest = None if self.newest_bid is None else self.newest_bid.isoformat()
        counts = {"listings": self.listings, "bids": self.bids, "disagreements": self.disagreements}
        return json.dumps({**counts, "newest_bid": newest})

    def progress(self, listings: int) -> str | None:
        """How far it is, now and then."""
        if time.monotonic() - self._told < _SAY_EVERY_SECONDS:
            return None
        self._told = time.monotonic()
        return f"audit: {self.listings:,} of {listings:,} listings, {self.bids:,} bids"


def main(arguments: Sequence[str] | None = None, env: Mapping[str, str] = os.environ) -> int:
    """The exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m dev.audit", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--discreet", action="store_true", help="leave out what names maxima, for a log")
    seen = Audit(discreet=parser.parse_args(arguments).discreet)
    try:
        settings = replace(
            DatabaseSettings.from_env(env), statement_seconds=_STATEMENT_SECONDS, network_seconds=_STATEMENT_SECONDS
        )
        with closing(connector(settings)()) as connection:
            for line in audit(connection, seen, lambda said: print(said, file=sys.stderr, flush=True)):
                print(line, flush=True)
    except (SettingsError, OSError, pymysql.MySQLError) as error:
        print(f"audit: {error}", file=sys.stderr)
        return UNREADABLE
    print(seen.summary())
    return DISAGREES if seen.disagreements else AGREES


def audit(connection: Connection, seen: Audit, tell: Callable[[str], None]) -> Iterator[str]:
    """The line of each disagreement, as it is found; `seen` counts along."""
    ((count,),) = stored.rows(connection, "SELECT COUNT(*) FROM listings")
    last = ""
    while True:
        with stored.snapshot(connection):
            some = stored.listings_after(connection, last, limit=_LISTINGS_AT_ONCE)
            if not some:
                break
            yield from _audited(connection, some, seen)
        last = some[-1].listing.id
        if said := seen.progress(count):
            tell(said)
    with stored.snapshot(connection):
        for listing_id in stored.without_listing(connection, limit=_MOST_WITHOUT_LISTING):
            yield seen.note(listing_id, Disagreement("listing", "it has bids and is not there"))


def _audited(connection: Connection, some: Sequence[stored.StoredListing], seen: Audit) -> Iterator[str]:
    replays = {one.listing.id: Replay(one) for one in some}
    for listing_id, bids in groupby(stored.bids_of(connection, [*replays]), key=lambda one: one.bid.listing_id):
        replay = replays[listing_id]
        for bid in bids:
            replay.take(bid)
            seen.bids += 1
            placed_at = bid.bid.placed_at
            seen.newest_bid = placed_at if seen.newest_bid is None else max(seen.newest_bid, placed_at)
    for listing_id, replay in replays.items():
        for found in replay.disagreements():
            yield seen.note(listing_id, found)
    seen.listings += len(some)


if __name__ == "__main__":
    sys.exit(main())
