"""A batch of bids' two conversations with the database: one to learn everything, one to write everything.

Each is several statements sent together, since on the way of a bid a round trip costs more than a statement does.
Rows travel as JSON both ways: a batch is one parameter instead of thousands of VALUES, and a listing one column
instead of twenty, which PyMySQL would take apart one by one (docs/decisions/0004).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from common.domain.listing import Listing
from common.domain.placed_bid import PlacedBid
from common.store.bids import BID_COLUMNS
from common.store.listings import OFFER_COLUMNS, STANDING_COLUMNS, Offer, listing_of_json, offer_of_json
from common.store.session import Row, Session, Statement, json_rows, json_table

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
        locked, known, numbered, *offered = self._session.rows_of_each(
            _lock(listing_ids), _clock_and_bids(keys), _numbers_of(bidders), *([_offers(unknown)] if unknown else ())
        )
        read = _read_offers(offered[0]) if offered else {}
        changed = tuple(
            listing_id
            for listing_id, revision, _ in locked
            if listing_id not in read and offers[listing_id].revision != revision
        )
        if changed:
            (again,) = self._session.rows_of_each(_offers(changed))
            read |= _read_offers(again)
        placed = [PlacedBid._make(row[1:]) for row in known if row[1] is not None]
        return Docket(
            listings={
                listing_id: listing_of_json(text, read.get(listing_id) or offers[listing_id])
                for listing_id, _, text in locked
            },
            now=known[0][0],
            placed={(bid.bidder_id, bid.idempotency_key): bid for bid in placed},
            numbers={(listing_id, bidder_id): number for listing_id, bidder_id, number in numbered},
            offers=read,
        )

    def settle(self, listings: Sequence[Listing], bids: Sequence[PlacedBid], numbers: Mapping[Pair, int]) -> None:
        """Write accepted bids, new bidders' numbers and the listings' standings, and commit.

        Raises:
            ConstraintViolated: `bids_idempotency`, another transaction has just used a key on another listing;
                nothing was committed.
        """
        statements = [_standings(listings), _bids(bids)]
        if numbers:
            statements.append(_numbers(numbers))
        self._session.commit(*statements)


def _lock(listing_ids: Collection[str]) -> Statement:
    return Statement(
        f"SELECT l.id, l.revision, JSON_ARRAY({STANDING_COLUMNS}) FROM listings l FORCE INDEX (PRIMARY)"
        " WHERE l.id IN %(ids)s ORDER BY l.id FOR UPDATE",
        {"ids": tuple(sorted(listing_ids))},
    )


def _clock_and_bids(keys: Sequence[Pair]) -> Statement:
    return Statement(
        f"SELECT UTC_TIMESTAMP(6), {BID_COLUMNS} FROM (SELECT 1) clock LEFT JOIN ("
        + json_table("asked", bidder_id_asked="user", key_asked="key")
        + " STRAIGHT_JOIN bids FORCE INDEX (bids_idempotency)"
        " ON bidder_id = bidder_id_asked AND idempotency_key = key_asked) ON TRUE",
        {"asked": json_rows(keys)},
    )


def _numbers_of(bidders: Sequence[Pair]) -> Statement:
    return Statement(
        "SELECT listing_id, bidder_id, number FROM "
        + json_table("asked", listing_id_asked="listing", bidder_id_asked="user")
        + " STRAIGHT_JOIN bidders FORCE INDEX (PRIMARY)"
        " ON listing_id = listing_id_asked AND bidder_id = bidder_id_asked",
        {"asked": json_rows(bidders)},
    )


def _offers(listing_ids: tuple[str, ...]) -> Statement:
    return Statement(
        f"SELECT JSON_ARRAY({OFFER_COLUMNS}) FROM listings l FORCE INDEX (PRIMARY) WHERE l.id IN %(ids)s",
        {"ids": listing_ids},
    )


def _read_offers(rows: Sequence[Row]) -> dict[str, Offer]:
    return {offer.id: offer for offer in (offer_of_json(text) for (text,) in rows)}


def _bids(bids: Sequence[PlacedBid]) -> Statement:
    return Statement(
        f"INSERT INTO bids ({BID_COLUMNS}) SELECT j.* FROM "
        + json_table(
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
        ),
        {"rows": json_rows(bids)},
    )


def _numbers(numbers: Mapping[Pair, int]) -> Statement:
    rows = [(listing_id, bidder_id, number) for (listing_id, bidder_id), number in numbers.items()]
    return Statement(
        "INSERT INTO bidders (listing_id, bidder_id, number) SELECT j.* FROM "
        + json_table("rows", listing_id="listing", bidder_id="user", number="INT"),
        {"rows": json_rows(rows)},
    )


def _standings(listings: Sequence[Listing]) -> Statement:
    rows = [
        (
            listing.id,
            listing.status,
            listing.standing.leader,
            listing.standing.high_max,
            listing.standing.second_max,
            listing.standing.price,
            listing.standing.bid_count,
            listing.bidder_count,
            listing.standing.ends_at,
            listing.version,
        )
        for listing in listings
    ]
    return Statement(
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
            bidder_count="INT",
            ends_at="DATETIME(6)",
            version="BIGINT",
        )
        + " STRAIGHT_JOIN listings l ON l.id = j.id"
        " SET l.status = j.status, l.leader = j.leader, l.high_max = j.high_max, l.second_max = j.second_max,"
        " l.current_price = j.price, l.bid_count = j.bid_count, l.bidder_count = j.bidder_count,"
        " l.ends_at = j.ends_at, l.version = j.version",
        {"rows": json_rows(rows)},
    )
