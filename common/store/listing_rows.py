"""A listing as rows have it: the columns that are read, and what is made of them.

Rows come from PyMySQL with their times read, or as JSON, where times are text: a batch of listings is then one column
of one row instead of thousands, which PyMySQL would take apart one by one (docs/decisions/0004).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import orjson

from common.domain.increments import increments_of
from common.domain.listing import Listing, Offer, Outcome, SoftClose, Standing, Status, Terms
from common.store.connect import utc
from common.store.session import Row, json_values

STANDING_COLUMNS = (
    "l.id, l.revision, l.leader, l.high_max, l.second_max, l.current_price, l.bid_count, l.ends_at, l.status,"
    " l.outcome, l.winner, l.bidder_count, l.version, l.starts_at, l.scheduled_end"
)
"""What bids and closing change, and the times that decide who is early or late: read anew for every bid."""

OFFER_COLUMNS = (
    "l.id, l.revision, l.seller_id, l.currency, l.starting_price, l.reserve_price, l.increment,"
    " l.soft_close_window_seconds, l.soft_close_extension_seconds, l.soft_close_max_extension_seconds, l.starts_at,"
    " l.scheduled_end, l.title, l.description, l.category, (SELECT u.alias FROM users u WHERE u.id = l.seller_id),"
    " l.buy_now_price"
)
"""What the seller offered; it stays as it is for as long as its revision does."""

LISTING_COLUMNS = f"{STANDING_COLUMNS}, {OFFER_COLUMNS}"

_STANDING = slice(2, 8)
_OFFER = slice(15, None)
# Where times stand in each kind of row.
_STANDING_TIMES = (7, 13, 14)
_OFFER_TIMES = (10, 11)
_LISTING_TIMES = (*_STANDING_TIMES, *(15 + place for place in _OFFER_TIMES))


def listing_of(row: Row) -> Listing:
    """A row of LISTING_COLUMNS."""
    return listing_of_standing(row, _offer_of(row[_OFFER]))


def listing_of_json(text: str) -> Listing:
    """A JSON_ARRAY of LISTING_COLUMNS."""
    return listing_of(_timed(orjson.loads(text), _LISTING_TIMES))


def offer_of_json(text: str) -> Offer:
    """A JSON_ARRAY of OFFER_COLUMNS."""
    return _offer_of(_timed(orjson.loads(text), _OFFER_TIMES))


def standings_of_json(text: str | None) -> list[Row]:
    """A JSON_ARRAYAGG of JSON_ARRAYs of STANDING_COLUMNS, as rows; None, which stands for no rows, is none."""
    return [_timed(row, _STANDING_TIMES) for row in json_values(text)]


def listing_of_standing(row: Row, offer: Offer) -> Listing:
    """A row of STANDING_COLUMNS, and what is known to be offered as of the row's revision."""
    starts_at, scheduled_end = row[13], row[14]
    terms = offer.terms
    if starts_at != terms.starts_at or scheduled_end != terms.scheduled_end:
        offer = replace(offer, terms=replace(terms, starts_at=starts_at, scheduled_end=scheduled_end))
    outcome = row[9]
    return Listing(
        offer,
        Standing._make(row[_STANDING]),
        Status(row[8]),
        None if outcome is None else Outcome(outcome),
        winner=row[10],
        bidder_count=row[11],
        version=row[12],
    )


def _offer_of(row: Row) -> Offer:
    terms = Terms(
        seller_id=row[2],
        currency=row[3],
        starting_price=row[4],
        reserve_price=row[5],
        increments=increments_of(row[3], row[6]),
        soft_close=SoftClose(
            window=timedelta(seconds=row[7]),
            extension=timedelta(seconds=row[8]),
            max_extension=timedelta(seconds=row[9]),
        ),
        starts_at=row[10],
        scheduled_end=row[11],
    )
    return Offer(
        id=row[0],
        revision=row[1],
        terms=terms,
        title=row[12],
        description=row[13],
        category=row[14],
        seller_alias=row[15],
        buy_now_price=row[16],
    )


def _timed(row: list[object], places: Sequence[int]) -> Row:
    """The row with the texts at these places read as times."""
    for place in places:
        row[place] = utc(str(row[place]))
    return row
