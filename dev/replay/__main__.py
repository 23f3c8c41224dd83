"""python -m dev.replay FILE.csv: replay recorded bids and say who won, one JSON line per listing.

The file's header names the columns listing, bidder, amount, placed_at, starting_price and reserve_price, in any
order; others are ignored. Amounts are decimal major units; a blank reserve is none. A listing's bids are taken in
the order of the file, whatever placed_at says. A bad row is reported and left out; nothing else is lost.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from common.domain.increments import TABLES
from dev.replay import through_rule, through_store
from dev.replay.records import FileUnusable
from dev.replay.results import ReplayFailed, Steps
from dev.replay.rows import BadRow, amount_minor, read_bids

ALL_GOOD, ROWS_LEFT_OUT, UNUSABLE = 0, 1, 2
_WAYS = {"rule": through_rule.replay, "store": through_store.replay}


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 every row was good, 1 some were left out, 2 the file or the database could not be used."""
    asked = _parser().parse_args(arguments)
    complaints = _Complaints(asked.file)
    try:
        with Path(asked.file).open("rb") as file:
            results = _WAYS[asked.through](read_bids(file, complaints.tell), asked.increments)
    except (OSError, FileUnusable) as failure:
        print(f"{asked.file}: {getattr(failure, 'strerror', None) or failure}", file=sys.stderr)
        return UNUSABLE
    except ReplayFailed as failure:
        print(f"replay: {failure}", file=sys.stderr)
        return UNUSABLE
    for result in results:
        print(result.line())
    return complaints.conclude()


@dataclass(slots=True)
class _Complaints:
    """What was wrong with the file, told as it is found."""

    file: str
    count: int = 0

    def tell(self, line: int, what: str) -> None:
        self.count += 1
        print(f"{self.file}:{line}: {what}", file=sys.stderr)

    def conclude(self) -> int:
        if not self.count:
            return ALL_GOOD
        rows = "1 row was" if self.count == 1 else f"{self.count} rows were"
        print(f"{self.file}: {rows} left out", file=sys.stderr)
        return ROWS_LEFT_OUT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m dev.replay", description=__doc__)
    parser.add_argument("file", metavar="FILE.csv")
    parser.add_argument(
        "--increments",
        type=_steps,
        default="USD",
        help=f"the table of {', '.join(TABLES)}, or one flat step such as 1.00 (default: USD)",
    )
    parser.add_argument(
        "--through",
        choices=tuple(_WAYS),
        default="rule",
        help="rule: the pure rule; store: place_bid and its database, the one that DB_HOST (or CLOUD_SQL_INSTANCE)"
        " names, whose schema is up to date, else a private one for this run (default: rule)",
    )
    return parser


def _steps(text: str) -> Steps:
    """The value of --increments.

    >>> _steps("EUR"), _steps("1.00")
    (Steps(currency='EUR', flat=None), Steps(currency='USD', flat=100))
    """
    if text in TABLES:
        return Steps(text)
    try:
        flat = amount_minor(text, "the step")
    except BadRow as wrong:
        raise argparse.ArgumentTypeError(f"{wrong}; give {', '.join(TABLES)} or a flat step such as 1.00") from wrong
    if not flat:
        raise argparse.ArgumentTypeError("a flat step must be at least 0.01")
    return Steps("USD", flat)


if __name__ == "__main__":
    sys.exit(main())
