"""A batch of bids' two conversations with the database: one to learn everything, one to write everything.

Each is several statements sent together, since on the way of a bid a round trip costs more than a statement does.
Rows travel as JSON both ways: a batch is one parameter instead of thousands of VALUES, and a listing one column
instead of twenty, which PyMySQL would take apart one by one (docs/decisions/0004).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from common.domain.listing import Listing, Offer
from common.domain.placed_bid import PlacedBid
from common.store.bids import BID_COLUMNS, bid_of_json
from common.store.listing_rows import (
    OFFER_COLUMNS,
    STANDING_COLUMNS,
    listing_of_standing,
    offer_of_json,
    standings_of_json,
)
from common.store.session import Row, Session, Statement, json_rows, json_table, json_values, zoneless

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Docket:
    """What a batch of bids is judged by.

    listings: those asked for that exist, by id, locked · now: the database's clock once they were
    placed: the bids placed before under the keys asked for · numbers: of bidders who bid before, as far as asked for
    offers: those of the listings that were not known, or have changed since
    """

    listings: Mapping[str, Listing]
    now: datetime
    placed: Mapping[Pair, PlacedBid]
    numbers: Mapping[Pair, int]
    offers: Mapping[str, Offer]


class Dockets:
    """Tables `listings`, `bids` and `bidders`, as bidding needs them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def open(
        self,
        listing_ids: Collection[str],
        keys: Sequence[Pair],
        bidders: Sequence[Pair],
        *,
        offers: Mapping[str, Offer],
    ) -> Docket:
        """Lock these listings, in id order so that no two batches wait in a ring, and then read the rest.

        keys: (bidder id, idempotency key) · bidders: (listing id, bidder id) whose numbers are not known yet ·
        offers: of listings read before, which are read again only if their revision has risen. The clock is that of
        the statement after the lock: a statement's own time is when it began, which may be long before it had it.
        """
        unknown = tuple(sorted(listing_id for listing_id in listing_ids if listing_id not in offers))
        locked, read, *offered = self._session.rows_of_each(
            Statement(_LOCK, {"ids": tuple(sorted(listing_ids))}),
            Statement(_READ, {"keys": json_rows(keys), "bidders": json_rows(bidders)}),
            *([_offers(unknown)] if unknown else ()),
        )
        standings = {row[0]: row for row in standings_of_json(locked[0][0])}
        learnt = _read_offers(offered[0]) if offered else {}
        changed = tuple(
            listing_id
            for listing_id, row in standings.items()
            if listing_id not in learnt and offers[listing_id].revision != row[1]
        )
        if changed:
            (again,) = self._session.rows_of_each(_offers(changed))
            learnt |= _read_offers(again)
        now, placed, numbers = read[0]
        return Docket(
            listings={
                listing_id: listing_of_standing(row, learnt.get(listing_id) or offers[listing_id])
                for listing_id, row in standings.items()
            },
            now=now,
            placed={(bid.bidder_id, bid.idempotency_key): bid for bid in map(bid_of_json, json_values(placed))},
            numbers={(listing_id, bidder_id): number for listing_id, bidder_id, number in json_values(numbers)},
            offers=learnt,
        )

    def settle(self, listings: Sequence[Listing], bids: Sequence[PlacedBid], numbers: Mapping[Pair, int]) -> None:
        """Write accepted bids, new bidders' numbers and the listings' standings, and commit.

        Raises:
            ConstraintViolated: `bids_idempotency`, another transaction has just used a key on another listing;
                nothing was committed.
        """
        times = _Zoneless()
        statements = [
            Statement(_WRITE_STANDINGS, {"rows": json_rows([_standing_row(listing, times) for listing in listings])}),
            Statement(_INSERT_BIDS, {"rows": json_rows([_bid_row(bid, times) for bid in bids])}),
        ]
        if numbers:
            rows = [(listing_id, bidder_id, number) for (listing_id, bidder_id), number in numbers.items()]
            statements.append(Statement(_INSERT_NUMBERS, {"rows": json_rows(rows)}))
        self._session.commit(*statements)


def _offers(listing_ids: tuple[str, ...]) -> Statement:
    """Row by row: descriptions of a whole batch together may be longer than a server lets one value be."""
    return Statement(_OFFERS, {"ids": listing_ids})


def _read_offers(rows: Sequence[Row]) -> dict[str, Offer]:
    return {offer.id: offer for offer in (offer_of_json(text) for (text,) in rows)}


class _Zoneless(dict[datetime, datetime]):
    """`zoneless` of a batch's times, each made once: its bids share their moment, a listing's bids mostly their end."""

    def __missing__(self, moment: datetime) -> datetime:
        self[moment] = made = zoneless(moment)
        return made


def _standing_row(listing: Listing, times: _Zoneless) -> tuple[object, ...]:
    offer, standing, status, _, _, bidder_count, version = listing
    return (offer.id, status, *standing[:5], times[standing.ends_at], bidder_count, version)


def _bid_row(bid: PlacedBid, times: _Zoneless) -> tuple[object, ...]:
    return (*bid[:6], times[bid.placed_at], bid.leader, bid.price, times[bid.ends_at], bid.version)


# In the order of the primary key, which is that of ids: what is locked is locked as the index is read.
_LOCK = (
    f"SELECT JSON_ARRAYAGG(JSON_ARRAY({STANDING_COLUMNS})) FROM listings l FORCE INDEX (PRIMARY)"
    " WHERE l.id IN %(ids)s FOR UPDATE"
)

_READ = (
    "SELECT UTC_TIMESTAMP(6),"
    f" (SELECT JSON_ARRAYAGG(JSON_ARRAY({BID_COLUMNS})) FROM "
    + json_table("keys", bidder_id_asked="user", key_asked="key")
    + " STRAIGHT_JOIN bids FORCE INDEX (bids_idempotency)"
    " ON bidder_id = bidder_id_asked AND idempotency_key = key_asked),"
    " (SELECT JSON_ARRAYAGG(JSON_ARRAY(listing_id, bidder_id, number)) FROM "
    + json_table("bidders", listing_id_asked="listing", bidder_id_asked="user")
    + " STRAIGHT_JOIN bidders FORCE INDEX (PRIMARY) ON listing_id = listing_id_asked AND bidder_id = bidder_id_asked)"
)

_OFFERS = f"SELECT JSON_ARRAY({OFFER_COLUMNS}) FROM listings l FORCE INDEX (PRIMARY) WHERE l.id IN %(ids)s"

_WRITE_STANDINGS = (
    "UPDATE "
    + json_table(
        "rows",
        id="listing",
        status="word",
        leader="INT",
        high_max="BIGINT",
        second_max="BIGINT",
        price="BIGINT",
        bid_count="INT",
        ends_at="DATETIME(6)",
        bidder_count="INT",
        version="BIGINT",
    )
    + " STRAIGHT_JOIN listings l ON l.id = j.id"
    " SET l.status = j.status, l.leader = j.leader, l.high_max = j.high_max, l.second_max = j.second_max,"
    " l.current_price = j.price, l.bid_count = j.bid_count, l.bidder_count = j.bidder_count,"
    " l.ends_at = j.ends_at, l.version = j.version"
)

_INSERT_BIDS = f"INSERT INTO bids ({BID_COLUMNS}) SELECT j.* FROM " + json_table(
    "rows",
    listing_id="listing",
    seq="INT",
    bidder_id="user",
    bidder="INT",
    max_amount="BIGINT",
    idempotency_key="key",
    placed_at="DATETIME(6)",
    leader="INT",
    price="BIGINT",
    ends_at="DATETIME(6)",
    version="BIGINT",
)

_INSERT_NUMBERS = "INSERT INTO bidders (listing_id, bidder_id, number) SELECT j.* FROM " + json_table(
    "rows", listing_id="listing", bidder_id="user", number="INT"
)
