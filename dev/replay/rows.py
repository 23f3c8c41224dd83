"""Recorded bids: what each row of the file must be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import BinaryIO

from common.domain.listing import MAX_AMOUNT
from dev.replay.records import FileUnusable, Record, Records

COLUMNS = ("listing", "bidder", "amount", "placed_at", "starting_price", "reserve_price")

_AMOUNT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_OFFSET = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")  # days or seconds from the start
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:"
    r"[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
    r"|[ ]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?)"
)

Tell = Callable[[int, str], None]


class BadRow(Exception):  # noqa: N818 - it says what happened
    """A row that is left out; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedBid:
    """One good row; amounts in minor units. The prices are those of the listing's first good row, as in every one."""

    line: int
    listing: str
    bidder: str
    amount: int
    starting_price: int
    reserve_price: int | None


def read_bids(file: BinaryIO, tell: Tell) -> Iterator[RecordedBid]:
    """The good rows, in order; what is wrong with the others is told with the number of their line.

    Raises:
        FileUnusable: there is no header, or it lacks a column or has one twice.
    """
    records = Records(file, one_line=COLUMNS)
    for name in COLUMNS:
        if records.header.count(name) != 1:
            how = "twice" if name in records.header else "missing"
            raise FileUnusable(f"the header must name the columns {', '.join(COLUMNS)}: {name} is {how}")
    return _good_bids(records, tell)


def _good_bids(records: Records, tell: Tell) -> Iterator[RecordedBid]:
    reader = _Reader(records.header)
    for record in records:
        try:
            yield reader.read(record)
        except BadRow as bad:
            tell(record.line, str(bad))


class _Reader:
    def __init__(self, header: list[str]) -> None:
        self._width = len(header)
        self._places = [header.index(name) for name in COLUMNS]
        self._prices: dict[str, tuple[int, int | None]] = {}

    def read(self, record: Record) -> RecordedBid:
        """The bid in a record.

        Raises:
            BadRow: by the first thing that is wrong.
        """
        if record.fault is not None:
            raise BadRow(record.fault)
        cells = record.cells
        if len(cells) != self._width:
            raise BadRow(f"there are {len(cells)} cells, not {self._width}")
        listing, bidder, amount, placed_at, starting_price, reserve_price = (cells[place] for place in self._places)
        for name, what in ((listing, "listing"), (bidder, "bidder")):
            if not name or name.isspace():
                raise BadRow(f"{what} is empty")
        offered = amount_minor(amount, "amount")
        check_moment(placed_at)
        prices = (amount_minor(starting_price, "starting_price"), _reserve(reserve_price))
        self._check_agrees(listing, prices)
        return RecordedBid(
            line=record.line,
            listing=listing,
            bidder=bidder,
            amount=offered,
            starting_price=prices[0],
            reserve_price=prices[1],
        )

    def _check_agrees(self, listing: str, prices: tuple[int, int | None]) -> None:
        first = self._prices.setdefault(listing, prices)
        if first[0] != prices[0]:
            raise BadRow("starting_price is not that of the listing's first row")
        if first[1] != prices[1]:
            raise BadRow("reserve_price is not that of the listing's first row")


@lru_cache(maxsize=4096)
def amount_minor(text: str, what: str) -> int:
    """Decimal major units as minor units, exactly.

    >>> amount_minor("127.50", "amount"), amount_minor(" 3 ", "amount")
    (12750, 300)

    Raises:
        BadRow: not a plain decimal number, negative, finer than a minor unit, or above the largest amount.
    """
    text = text.strip()
    if not _AMOUNT.fullmatch(text):
        raise BadRow(f"{what} is not a decimal number: {text[:40]!a}")
    if len(text.partition(".")[2]) > 2:
        raise BadRow(f"{what} has more than two decimals: {text[:40]}")
    value = Decimal(text) * 100
    if value < 0:
        raise BadRow(f"{what} is negative: {text[:40]}")
    if value > MAX_AMOUNT:
        raise BadRow(f"{what} is more than {MAX_AMOUNT // 100}.00: {text[:40]}")
    return int(value)


def _reserve(text: str) -> int | None:
    """The reserve; blank is none, and so is 0, which every bid meets."""
    return (amount_minor(text, "reserve_price") or None) if text and not text.isspace() else None


def check_moment(text: str) -> None:
    """Refuse what is neither a time nor a number of days or seconds from the start. It decides nothing else.

    >>> for text in ("2026-11-22T10:00:00.5+01:00", "2026-11-22 10:00:00", "0.2937"): check_moment(text)

    Raises:
        BadRow: with the text.
    """
    text = text.strip()
    moment = _MOMENT.fullmatch(text)
    if moment:
        day, clock = moment[1], moment[2] or moment[3]
        if clock.endswith(":60"):  # a leap second, which RFC 3339 has and Python has not
            clock = clock[:-2] + "59"
        try:
            datetime.fromisoformat(f"{day}T{clock}")
        except ValueError as error:
            raise BadRow(f"placed_at is not a time that exists: {text}") from error
    elif not _OFFSET.fullmatch(text):
        raise BadRow(f"placed_at is neither a time nor a number: {text[:40]!a}")
    elif text.startswith("-"):
        raise BadRow(f"placed_at is negative: {text[:40]}")
