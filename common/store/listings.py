"""The listings: their terms, their standing, and what the mirror has not seen yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson

from common.domain.errors import InvalidRequest, ListingNotFound
from common.domain.increments import increments_of
from common.domain.listing import Listing, Outcome, SoftClose, Standing, Status, Terms
from common.store.connect import utc
from common.store.search import Search, SortKey
from common.store.session import ConstraintViolated, Row, Session, json_rows, json_table

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
_OFFER = 15  # the first place of the offer among them
_TIMES = slice(13, 15)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewListing:
    """What a seller offers; `increment` is his flat step or None, `starts_at` None means now."""

    id: str
    seller_id: str
    idempotency_key: str | None
    request_digest: str | None = None
    title: str
    description: str
    category: str
    currency: str
    starting_price: int
    reserve_price: int | None
    buy_now_price: int | None
    increment: int | None
    soft_close: SoftClose
    starts_at: datetime
    ends_at: datetime


class Listings:
    """Table `listings`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def insert(self, new: NewListing, *, now: datetime) -> None:
        """Add a listing, scheduled or active by the clock.

        Raises:
            InvalidRequest: there is no such category.
            ConstraintViolated: `listings_idempotency`, the seller used the key before.
        """
        row = _row_of(new, now)
        values = ", ".join(f"%({column})s" for column in row)
        try:
            self._session.execute(f"INSERT INTO listings ({', '.join(row)}) VALUES ({values})", **row)
        except ConstraintViolated as violated:
            if violated.constraint == "listings_category":
                raise InvalidRequest({"category": "There is no such category."}) from violated
            raise

    def get(self, listing_id: str) -> Listing:
        """One listing as it stands; takes no lock.

        Raises:
            ListingNotFound: no listing has this id.
        """
        rows = self._session.rows(f"SELECT {LISTING_COLUMNS} FROM listings l WHERE l.id = %(id)s", id=listing_id)
        if not rows:
            raise ListingNotFound
        return listing_of(rows[0])

    def search(self, search: Search) -> Sequence[tuple[SortKey, Listing]]:
        """The listings found, in order, each with the value it was ordered by; takes no lock."""
        found: list[tuple[SortKey, Listing]] = []
        for part in search.parts():
            rows = self._session.rows(
                f"SELECT {LISTING_COLUMNS}, found.sort_key FROM ({part.found}) found"
                f" STRAIGHT_JOIN listings l ON l.id = found.id ORDER BY {part.ordering} LIMIT %(limit)s",
                **search.parameters(),
                limit=search.limit - len(found),
            )
            found += [(row[-1], listing_of(row)) for row in rows]
            if len(found) == search.limit:
                break
        return found

    def made_by(self, seller_id: str, idempotency_key: str) -> tuple[str, str] | None:
        """The id of the listing that this request of this seller made before, and the digest of what it offered."""
        rows = self._session.rows(
            "SELECT id, request_digest FROM listings WHERE seller_id = %(seller)s AND idempotency_key = %(key)s",
            seller=seller_id,
            key=idempotency_key,
        )
        return (rows[0][0], rows[0][1]) if rows else None

    def lock_due(self, *, limit: int) -> Sequence[Listing]:
        """Up to so many listings whose end has come and that nobody else is closing; their rows are locked."""
        return self._lock_skipping("status IN ('active', 'scheduled') AND ends_at <= UTC_TIMESTAMP(6)", limit)

    def open_started(self, *, limit: int) -> int:
        """Make active up to so many scheduled listings whose start has come; how many."""
        started = self._lock_skipping("status = 'scheduled' AND starts_at <= UTC_TIMESTAMP(6)", limit)
        if started:
            self._session.execute(
                "UPDATE listings SET status = 'active', version = version + 1 WHERE id IN %(ids)s",
                ids=tuple(listing.id for listing in started),
            )
        return len(started)

    def write_outcomes(self, listings: Sequence[Listing], *, closed_at: datetime) -> None:
        """Write how these ended; needs the rows' locks."""
        rows = [(listing.id, listing.outcome, listing.winner, listing.version) for listing in listings]
        self._session.execute(
            "UPDATE "
            + json_table("rows", id="listing", outcome="word", winner="INT", version="BIGINT")
            + " STRAIGHT_JOIN listings l ON l.id = j.id"
            " SET l.status = 'closed', l.outcome = j.outcome, l.winner = j.winner, l.version = j.version,"
            " l.closed_at = %(closed_at)s",
            rows=json_rows(rows),
            closed_at=closed_at,
        )

    def unmirrored(self, *, limit: int) -> Sequence[Listing]:
        """Up to so many listings whose newest state the mirror is not known to have; takes no lock."""
        rows = self._session.rows(
            f"SELECT {LISTING_COLUMNS} FROM listings l FORCE INDEX (listings_unmirrored)"
            " WHERE l.unmirrored = 1 LIMIT %(limit)s",
            limit=limit,
        )
        return [listing_of(row) for row in rows]

    def mark_mirrored(self, versions: dict[str, int]) -> None:
        """Note which version of each listing the mirror has; never takes a note back."""
        self._session.execute(
            "UPDATE " + json_table("rows", id="listing", version="BIGINT") + " STRAIGHT_JOIN listings l ON l.id = j.id"
            " SET l.mirrored_version = GREATEST(l.mirrored_version, j.version)",
            rows=json_rows(sorted(versions.items())),
        )

    def _lock_skipping(self, condition: str, limit: int) -> Sequence[Listing]:
        rows = self._session.rows(
            f"SELECT JSON_ARRAY({LISTING_COLUMNS}) FROM listings l FORCE INDEX (listings_due)"
            f" WHERE {condition} LIMIT %(limit)s FOR UPDATE SKIP LOCKED",
            limit=limit,
        )
        return [listing_of_json(text) for (text,) in rows]


def _row_of(new: NewListing, now: datetime) -> dict[str, object]:
    return {
        "id": new.id,
        "seller_id": new.seller_id,
        "idempotency_key": new.idempotency_key,
        "request_digest": new.request_digest,
        "title": new.title,
        "description": new.description,
        "category": new.category,
        "currency": new.currency,
        "starting_price": new.starting_price,
        "reserve_price": new.reserve_price,
        "buy_now_price": new.buy_now_price,
        "increment": new.increment,
        "soft_close_window_seconds": new.soft_close.window // _SECOND,
        "soft_close_extension_seconds": new.soft_close.extension // _SECOND,
        "soft_close_max_extension_seconds": new.soft_close.max_extension // _SECOND,
        "created_at": now,
        "starts_at": new.starts_at,
        "scheduled_end": new.ends_at,
        "ends_at": new.ends_at,
        "status": (Status.SCHEDULED if new.starts_at > now else Status.ACTIVE).value,
        "current_price": new.starting_price,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a seller offered, as of one revision of the listing; `times` are its start and end as they were read."""

    id: str
    revision: int
    times: Sequence[object]
    terms: Terms
    title: str
    description: str
    category: str
    seller_alias: str
    buy_now_price: int | None


def offer_of_json(text: str) -> Offer:
    """A JSON_ARRAY of OFFER_COLUMNS."""
    row = orjson.loads(text)
    times = row[10:12]
    row[10], row[11] = utc(row[10]), utc(row[11])
    return _offer_of(row, times)


def listing_of_json(text: str, offer: Offer | None = None) -> Listing:
    """A JSON_ARRAY of LISTING_COLUMNS, or of STANDING_COLUMNS for a known offer."""
    row = orjson.loads(text)
    row[7] = utc(row[7])
    if offer is None:
        row[_OFFER + 10], row[_OFFER + 11] = utc(row[_OFFER + 10]), utc(row[_OFFER + 11])
        offer = _offer_of(row[_OFFER:], row[_TIMES])
    terms = offer.terms
    if offer.times != row[_TIMES]:
        starts_at, scheduled_end = row[_TIMES]
        terms = replace(terms, starts_at=utc(starts_at), scheduled_end=utc(scheduled_end))
    return _listing_of(row, offer, terms)


def listing_of(row: Row) -> Listing:
    """A row of LISTING_COLUMNS."""
    offer = _offer_of(row[_OFFER:], row[_TIMES])
    return _listing_of(row, offer, offer.terms)


def _listing_of(row: Row, offer: Offer, terms: Terms) -> Listing:
    return Listing(
        id=offer.id,
        terms=terms,
        standing=Standing(
            leader=row[2], high_max=row[3], second_max=row[4], price=row[5], bid_count=row[6], ends_at=row[7]
        ),
        status=Status(row[8]),
        title=offer.title,
        description=offer.description,
        category=offer.category,
        seller_alias=offer.seller_alias,
        buy_now_price=offer.buy_now_price,
        outcome=None if row[9] is None else Outcome(row[9]),
        winner=row[10],
        bidder_count=row[11],
        version=row[12],
    )


def _offer_of(row: Row, times: Sequence[object]) -> Offer:
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
        times=times,
        terms=terms,
        title=row[12],
        description=row[13],
        category=row[14],
        seller_alias=row[15],
        buy_now_price=row[16],
    )
