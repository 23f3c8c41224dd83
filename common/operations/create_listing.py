"""create_listing: offer an item."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from common.domain.actor import Actor
from common.domain.aliases import new_listing_id
from common.domain.errors import EmailUnverified, IdempotencyKeyReused, InvalidRequest
from common.domain.increments import TABLES
from common.domain.listing import Listing, SoftClose
from common.mirror.documents import public_listing
from common.operations.answers import ListingView, Strict
from common.operations.call import Answer, Call, Caller, KeyUse
from common.operations.fields import Amount, Moment, OneOf, Slug, Text, Whole
from common.services import Services
from common.store.audit import AuditEntry
from common.store.listings import NewListing
from common.store.session import ConstraintViolated
from common.store.store import Transaction

METHOD = "POST"
CALLER = Caller.PERSON
IDEMPOTENCY_KEY = KeyUse.OPTIONAL

SHORTEST = timedelta(seconds=10)
LONGEST = timedelta(days=60)
_LATE = timedelta(minutes=5)  # a start this little in the past is a slow clock or form, and means now


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferBody:
    """What the seller offers; exactly one of `ends_at` and `duration` is given."""

    title: str
    description: str
    category: str
    starting_price: int
    currency: str
    reserve_price: int | None
    buy_now_price: int | None
    increment: int | None
    starts_at: datetime | None
    ends_at: datetime | None
    duration: timedelta | None
    soft_close: SoftClose


class SoftCloseRequest(Strict):
    """Seconds; what is left out is 120, 120 and 3,600; a window of 0 is a hard close."""

    window_seconds = Whole(minimum=0, maximum=3600, load_default=120)
    extension_seconds = Whole(minimum=0, maximum=3600, load_default=120)
    max_extension_seconds = Whole(minimum=0, maximum=86_400, load_default=3600)

    @post_load
    def _rule(self, data: dict[str, int], **_: Any) -> SoftClose:
        return SoftClose(
            window=timedelta(seconds=data["window_seconds"]),
            extension=timedelta(seconds=data["extension_seconds"]),
            max_extension=timedelta(seconds=data["max_extension_seconds"]),
        )


class Request(Strict):
    """POST body."""

    title = Text(longest=140, required=True)
    description = Text(longest=8000, lines=True, required=True)
    category = Slug(required=True)
    starting_price = Amount(required=True)
    currency = OneOf(tuple(TABLES), load_default="USD")
    reserve_price = Amount(load_default=None, allow_none=True)
    buy_now_price = Amount(load_default=None, allow_none=True)
    increment = Amount(load_default=None, allow_none=True)
    starts_at = Moment(load_default=None, allow_none=True)
    ends_at = Moment(load_default=None, allow_none=True)
    duration_seconds = Whole(
        minimum=int(SHORTEST.total_seconds()), maximum=int(LONGEST.total_seconds()), load_default=None, allow_none=True
    )
    soft_close = fields.Nested(SoftCloseRequest, load_default=SoftClose, allow_none=True)

    @validates_schema
    def _agree(self, data: dict[str, Any], **_: Any) -> None:
        start, reserve, buy_now = data["starting_price"], data["reserve_price"], data["buy_now_price"]
        if (data["ends_at"] is None) == (data["duration_seconds"] is None):
            raise ValidationError("Give either ends_at or duration_seconds.", "duration_seconds")
        if reserve is not None and reserve < start:
            raise ValidationError("Must be at least the starting price.", "reserve_price")
        if buy_now is not None and 10 * buy_now < 13 * start:
            raise ValidationError("Must be at least 1.3 times the starting price.", "buy_now_price")
        if buy_now is not None and reserve is not None and buy_now < reserve:
            raise ValidationError("Must be at least the reserve price.", "buy_now_price")

    def read(self, given: Mapping[str, Any]) -> OfferBody:
        """The offer."""
        data = self.load(given)
        seconds = data.pop("duration_seconds")
        duration = None if seconds is None else timedelta(seconds=seconds)
        return OfferBody(**{**data, "duration": duration, "soft_close": data["soft_close"] or SoftClose()})


class Response(Strict):
    """201: the listing, scheduled or active."""

    listing = fields.Nested(ListingView, required=True)


def run(services: Services, call: Call, body: OfferBody) -> Answer:
    """Put an item up for auction; a repeated Idempotency-Key answers with the listing it made.

    Raises:
        EmailUnverified: the seller's address is not confirmed.
        IdempotencyKeyReused: the seller used the key before, for another offer.
        InvalidRequest: the times do not fit the database's clock, or there is no such category.
        Busy, Unavailable: send the same request again.
    """
    seller = call.person
    if not seller.email_confirmed:
        raise EmailUnverified

    def attempt(tx: Transaction) -> Listing:
        tx.users.remember([seller])
        made = tx.listings.made_by(seller.user_id, call.idempotency_key) if call.idempotency_key else None
        if made is None:
            return tx.listings.get(_add(tx, seller, call.idempotency_key, body))
        if made[1] != _digest(body):
            raise IdempotencyKeyReused
        return tx.listings.get(made[0])

    repeatable = call.idempotency_key is not None
    try:
        listing = services.store.transact(attempt, deadline=call.deadline, repeatable=repeatable)
    except ConstraintViolated:  # the same key at the same time, or an id drawn twice: now it is found or redrawn
        listing = services.store.transact(attempt, deadline=call.deadline, repeatable=repeatable)
    return Answer(status=HTTPStatus.CREATED, body={"listing": public_listing(listing)}, changed=(listing,))


def _add(tx: Transaction, seller: Actor, key: str | None, body: OfferBody) -> str:
    now = tx.now()
    starts_at = _start(body, now)
    new = NewListing(
        id=new_listing_id(),
        seller_id=seller.user_id,
        idempotency_key=key,
        request_digest=_digest(body),
        title=body.title,
        description=body.description,
        category=body.category,
        currency=body.currency,
        starting_price=body.starting_price,
        reserve_price=body.reserve_price,
        buy_now_price=body.buy_now_price,
        increment=body.increment,
        soft_close=body.soft_close,
        starts_at=starts_at,
        ends_at=_end(body, starts_at),
    )
    tx.listings.insert(new, now=now)
    facts = {"starting_price": body.starting_price, "currency": body.currency}
    tx.audit_log.append(
        [AuditEntry(actor=seller.user_id, action="create_listing", listing_id=new.id, facts=facts)], at=now
    )
    return new.id


def _digest(body: OfferBody) -> str:
    """Tells one offer from another."""
    return hashlib.sha256(repr(body).encode()).hexdigest()


def _start(body: OfferBody, now: datetime) -> datetime:
    """The start asked for, or now; not in the past beyond a slow clock, not further off than an auction is long."""
    if body.starts_at is None:
        return now
    if body.starts_at < now - _LATE:
        raise InvalidRequest({"starts_at": "Must not be in the past."})
    if body.starts_at > now + LONGEST:
        raise InvalidRequest({"starts_at": "Must be within 60 days."})
    return max(body.starts_at, now)


def _end(body: OfferBody, starts_at: datetime) -> datetime:
    if body.duration is not None:
        return starts_at + body.duration
    assert body.ends_at is not None
    if not SHORTEST <= body.ends_at - starts_at <= LONGEST:
        raise InvalidRequest({"ends_at": "Must be from 10 seconds to 60 days after the start."})
    return body.ends_at
