"""What the terminal shows: a table redrawn in place, or plain lines where the output is no terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TextIO

from dev.demo.sale import Sale

_SIGNS = {"USD": "$", "GBP": "£", "EUR": "€"}
_WIDTHS = (20, 9, 24, 4, 7, 60)  # on 80 columns all but the last, which tells nothing that the others do not
_HEAD = ("Lot", "Price", "Leader", "Bids", "Left", "Last")


class Board:
    """The evening on one screen."""

    def __init__(self, sales: Sequence[Sale], out: TextIO = sys.stdout) -> None:
        self._sales = sales
        self._out = out
        self._live = out.isatty()
        self._drawn = 0

    def draw(self, now: datetime) -> None:
        """Show the table as it is now, over the last one; nothing where there is no terminal."""
        if not self._live:
            return
        lines = table(self._sales, now, width=shutil.get_terminal_size().columns - 1)
        up = f"\033[{self._drawn}A" if self._drawn else ""
        self._out.write(up + "".join(f"\033[2K{line}\n" for line in lines))
        self._out.flush()
        self._drawn = len(lines)

    def tell(self, sale: Sale, now: datetime) -> None:
        """Say what has just happened to a lot, where there is no table to show it."""
        if not self._live:
            left = clock(sale, now)
            print(f"{left:>6}  {sale.offer['title'][:40]}: {sale.event}", file=self._out, flush=True)


def table(sales: Sequence[Sale], now: datetime, *, width: int) -> list[str]:
    """The table's lines, none longer than the width: a longer one would wrap and spoil the redrawing."""
    rows = [_HEAD, *(_row(sale, now) for sale in sales)]
    return [_line(row)[:width].rstrip() for row in rows]


def money(amount_minor: int, currency: str) -> str:
    """An amount for people.

    >>> money(123450, "GBP")
    '£1,234.50'
    """
    return f"{_SIGNS[currency]}{amount_minor // 100:,}.{amount_minor % 100:02}"


def clock(sale: Sale, now: datetime) -> str:
    """The time left, or how it ended."""
    if sale.is_closed:
        return "closed"
    seconds = int(sale.left(now).total_seconds())
    return f"{seconds // 60}:{seconds % 60:02}" if seconds else "closing"


def _row(sale: Sale, now: datetime) -> tuple[str, ...]:
    listing = sale.listing
    return (
        listing["title"],
        money(listing["current_price"], listing["currency"]),
        sale.name_of(listing["leader"]),
        str(listing["bid_count"]),
        clock(sale, now),
        sale.event,
    )


def _line(cells: Sequence[str]) -> str:
    return "  ".join(cell[:width].ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True))
