"""get_listing: one listing, its history, and what the caller himself has on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import fields

from common.domain.actor import Actor
from common.domain.aliases import bidder_alias
from common.domain.listing import Listing, status_at
from common.mirror.documents import public_bids, public_listing
from common.operations.answers import BidView, ListingView, Strict, YouView
from common.operations.call import Answer, Call, Caller, KeyUse
from common.operations.fields import ListingId
from common.services import Services
from common.store.store import Transaction

METHOD = "GET"
CALLER = Caller.ANYONE
IDEMPOTENCY_KEY = KeyUse.NONE

HISTORY = 100
"""How many of the newest bids are shown; a page of history more is nobody's question while an auction runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichBody:
    """Which listing."""

    id: str


class Request(Strict):
    """Query string."""

    id = ListingId(required=True)

    def read(self, given: Mapping[str, Any]) -> WhichBody:
        """The body."""
        return WhichBody(**self.load(given))


class Response(Strict):
    """200: the listing, its newest bids first, the database's time, and `you` for a signed-in caller."""

    listing = fields.Nested(ListingView, required=True)
    bids = fields.List(fields.Nested(BidView), required=True)
    server_time = fields.AwareDateTime(required=True, format="iso")
    you = fields.Nested(YouView)


def run(services: Services, call: Call, body: WhichBody) -> Answer:
    """Read one listing; the ETag changes with what is shown, and with who looks.

    Raises:
        ListingNotFound: there is none with this id.
        Busy, Unavailable: ask again.
    """

    def attempt(tx: Transaction) -> Answer:
        listing, now = tx.listings.get(body.id), tx.now()
        listing = listing._replace(status=status_at(listing.status, listing.terms.starts_at, now))
        you = _you(tx, listing, call.actor) if call.actor else None
        return _answer(tx, listing, you, now)

    return services.store.transact(attempt, deadline=call.deadline)


def _answer(tx: Transaction, listing: Listing, you: dict[str, Any] | None, now: datetime) -> Answer:
    shown = {
        "listing": public_listing(listing),
        "bids": public_bids(tx.bids.newest(listing.id, up_to=listing.standing.bid_count, limit=HISTORY)),
        "server_time": now,
    }
    viewer = "" if you is None else f"-you-{you['alias']}".replace(" ", "")
    return Answer(
        body=shown if you is None else {**shown, "you": you},
        etag=f'W/"{listing.version}-{listing.status}{viewer}"',
    )


def _you(tx: Transaction, listing: Listing, actor: Actor) -> dict[str, Any]:
    if actor.user_id == listing.terms.seller_id:
        return {"is_seller": True, "leading": False, "your_max": None, "alias": listing.offer.seller_alias}
    number = tx.bids.number_of(listing.id, actor.user_id)
    return {
        "is_seller": False,
        "leading": number is not None and number == listing.standing.leader,
        "your_max": tx.bids.highest_of(listing.id, actor.user_id),
        "alias": bidder_alias(number),
    }
