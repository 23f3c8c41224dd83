"""place_bid: bid on an open listing, with a secret proxy maximum."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from marshmallow import fields

from common.bidding.batch import PendingBid
from common.domain.aliases import bidder_alias
from common.domain.errors import EmailUnverified
from common.mirror.documents import public_listing_after
from common.operations.answers import ListingView, Strict, YouView
from common.operations.call import Answer, Call, Caller, KeyUse
from common.operations.fields import Amount, ListingId
from common.services import Services

METHOD = "POST"
CALLER = Caller.PERSON
IDEMPOTENCY_KEY = KeyUse.REQUIRED


class BidBody(NamedTuple):
    """A bid; `max_amount` is the most the bidder will pay, in minor units, and secret."""

    listing_id: str
    max_amount: int

    def __repr__(self) -> str:
        """Which listing it is for, without what is secret."""
        return f"BidBody({self.listing_id!r})"


class Request(Strict):
    """POST body."""

    listing_id = ListingId(required=True)
    max_amount = Amount(required=True)

    def read(self, given: Mapping[str, Any]) -> BidBody:
        """The body."""
        return BidBody(**self.members(given))


class PlacedView(Strict):
    """Where the bid stands in the order of bids, and when it was placed."""

    seq = fields.Integer(required=True, strict=True)
    placed_at = fields.AwareDateTime(required=True, format="iso")


class Response(Strict):
    """201: the accepted bid, whether it leads, and the listing right after it."""

    bid = fields.Nested(PlacedView, required=True)
    leading = fields.Boolean(required=True)
    listing = fields.Nested(ListingView, required=True)
    you = fields.Nested(YouView, required=True)


async def run(services: Services, call: Call, body: BidBody) -> Answer:
    """Bid, committed together with the bids that arrive meanwhile; the same key gives the same answer again.

    Raises:
        EmailUnverified: the bidder's address is not confirmed.
        IdempotencyKeyReused, ListingNotFound, ListingCancelled, AuctionEnded, AuctionNotStarted, SellerMayNotBid,
        BidTooLow: in this order; nothing is stored.
        Busy, Unavailable: send the same request again.
    """
    bidder = call.person
    if not bidder.email_confirmed:
        raise EmailUnverified
    assert call.idempotency_key is not None
    accepted = await services.bid_desk.place(
        PendingBid(bidder, body.listing_id, body.max_amount, call.idempotency_key, call.deadline)
    )
    placed = accepted.placed
    leading = placed.leader == placed.bidder
    return Answer(
        status=HTTPStatus.CREATED,
        body={
            "bid": {"seq": placed.seq, "placed_at": placed.placed_at},
            "leading": leading,
            "listing": public_listing_after(accepted.newest, placed),
            "you": {
                "is_seller": False,
                "leading": leading,
                "your_max": placed.max_amount,
                "alias": bidder_alias(placed.bidder),
            },
        },
        changed=(accepted.newest,),
    )
