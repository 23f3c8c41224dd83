"""The listings: their terms, their standing, and what the mirror has not seen yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from common.domain.errors import InvalidRequest, ListingNotFound
from common.domain.listing import Listing, SoftClose, Status
from common.store.listing_rows import LISTING_COLUMNS, listing_of, listing_of_json
from common.store.search import Search, SortKey
from common.store.session import ConstraintViolated, Session, json_rows, json_table

_SECOND = timedelta(seconds=1)
_DUE = "status IN ('active', 'scheduled') AND ends_at <= UTC_TIMESTAMP(6)"


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
        return self._lock_skipping(_DUE, limit)

    def is_any_due(self) -> bool:
        """Whether the end of any listing has come that is not closed, whoever holds it."""
        return bool(self._session.rows(f"SELECT 1 FROM listings l FORCE INDEX (listings_due) WHERE {_DUE} LIMIT 1"))

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
