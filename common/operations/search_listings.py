"""search_listings: the market, filtered, ordered and paged."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from marshmallow import fields

from common.domain.errors import InvalidRequest, Unauthenticated
from common.domain.listing import MAX_AMOUNT, Listing, Status, status_at
from common.mirror.documents import public_listing
from common.operations.answers import ListingView, Strict
from common.operations.call import Answer, Call, Caller, KeyUse
from common.operations.fields import OneOf, QueryWhole, SellerName, Slug, Text
from common.services import Services
from common.store.search import ORDERS, Search, SortKey
from common.store.store import Transaction

METHOD = "GET"
CALLER = Caller.ANYONE
IDEMPOTENCY_KEY = KeyUse.NONE

_MOST_WORDS = 8
_TIMES = ("ends_at", "created_at")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchBody:
    """What is looked for; None and empty mean no filter."""

    words: tuple[str, ...]
    category: str | None
    status: str | None
    seller: str | None
    sort: str
    cursor: str | None
    limit: int


class Request(Strict):
    """Query string."""

    q = Text(longest=100, load_default="")
    category = Slug(load_default=None)
    status = OneOf(tuple(Status), load_default=None)
    seller = SellerName(load_default=None)
    sort = OneOf(tuple(ORDERS), load_default="ending_soon")
    cursor = Text(longest=200, load_default=None)
    limit = QueryWhole(minimum=1, maximum=50, load_default=20)

    def read(self, given: Mapping[str, Any]) -> SearchBody:
        """The search."""
        data = self.load(given)
        words = tuple(data.pop("q").split())
        if len(words) > _MOST_WORDS:
            raise InvalidRequest({"q": f"Must be at most {_MOST_WORDS} words."})
        return SearchBody(words=words, **data)


class Response(Strict):
    """200: a page of listings, where the next begins (null on the last), and the database's time."""

    listings = fields.List(fields.Nested(ListingView), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
    server_time = fields.AwareDateTime(required=True, format="iso")


def run(services: Services, call: Call, body: SearchBody) -> Answer:
    """Read one page.

    Raises:
        InvalidRequest: the cursor is not one of this order's.
        Unauthenticated: `seller=me` without signing in.
        Busy, Unavailable: ask again.
    """
    if body.seller == "me" and call.actor is None:
        raise Unauthenticated
    place = None if body.cursor is None else _place(body.sort, body.cursor)

    def attempt(tx: Transaction) -> Answer:
        now = tx.now()
        if place is not None and place.moment > now:
            raise _not_a_cursor()
        search = _search(call, body, place or _Place(moment=now))
        found = tx.listings.search(search)
        more = len(found) > body.limit
        page = found[: body.limit]
        shown = [one._replace(status=status_at(one.status, one.terms.starts_at, now)) for _, one in page]
        return Answer(
            body={
                "listings": [public_listing(listing) for listing in shown],
                "next_cursor": _cursor(body.sort, search.moment, *page[-1]) if more else None,
                "server_time": now,
            }
        )

    return services.store.transact(attempt, deadline=call.deadline)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a page begins: the time of the first page, and the row before this one's first."""

    moment: datetime
    after: tuple[SortKey, str] | None = None


def _search(call: Call, body: SearchBody, place: _Place) -> Search:
    mine = body.seller == "me"
    return Search(
        words=body.words,
        category=body.category,
        status=body.status,
        seller_id=call.person.user_id if mine else None,
        seller_alias=None if mine else body.seller,
        sort=body.sort,
        moment=place.moment,
        after=place.after,
        limit=body.limit + 1,
    )


def _cursor(sort: str, moment: datetime, key: SortKey, last: Listing) -> str:
    """Where a page ended, as text that callers only hand back: order, value, id, the first page's time.

    Times are in microseconds.
    """
    number = _microseconds(key) if isinstance(key, datetime) else key
    parts = [sort, number, last.id, _microseconds(moment)]
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def _place(sort: str, cursor: str) -> _Place:
    try:
        parts = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise _not_a_cursor() from error
    match parts:
        case [made_for, int(number), str(listing_id), int(moment)] if made_for == sort and listing_id.isascii():
            return _Place(moment=_time(moment), after=(_sort_key(sort, number), listing_id))
    raise _not_a_cursor()


def _sort_key(sort: str, number: int) -> SortKey:
    if ORDERS[sort].column in _TIMES:
        return _time(number)
    if number > MAX_AMOUNT:
        raise _not_a_cursor()
    return number


def _microseconds(time: datetime) -> int:
    return (time - _EPOCH) // _MICROSECOND


def _time(microseconds: int) -> datetime:
    try:
        return _EPOCH + microseconds * _MICROSECOND
    except OverflowError as error:
        raise _not_a_cursor() from error


def _not_a_cursor() -> InvalidRequest:
    return InvalidRequest({"cursor": "Must be the next_cursor of a page in the same order."})
