"""The schemas of what is answered. Tests hold every real answer against them; nothing else may be in one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, fields


class Strict(Schema):
    """A schema that refuses members it does not name."""

    class Meta:
        """Marshmallow's settings."""

        unknown = RAISE

    def read(self, given: Mapping[str, Any]) -> Any:
        """What `run` is given of a request; one with a body of its own type makes it here.

        Not a `post_load` hook, whose machinery costs a bid as much as reading one of its fields.
        """
        return self.load(given)


class ListingView(Strict):
    """A listing as everybody may see it."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    category = fields.String(required=True)
    seller = fields.String(required=True)
    currency = fields.String(required=True)
    starting_price = fields.Integer(required=True, strict=True)
    current_price = fields.Integer(required=True, strict=True)
    minimum_bid = fields.Integer(required=True, strict=True)
    bid_count = fields.Integer(required=True, strict=True)
    leader = fields.String(required=True, allow_none=True)
    reserve = fields.String(required=True)
    buy_now_price = fields.Integer(required=True, strict=True, allow_none=True)
    status = fields.String(required=True)
    outcome = fields.String(required=True, allow_none=True)
    starts_at = fields.AwareDateTime(required=True, format="iso")
    scheduled_end = fields.AwareDateTime(required=True, format="iso")
    ends_at = fields.AwareDateTime(required=True, format="iso")
    winner = fields.String(required=True, allow_none=True)
    version = fields.Integer(required=True, strict=True)


class BidView(Strict):
    """A bid in a listing's public history: the price it led to, not its maximum."""

    seq = fields.Integer(required=True, strict=True)
    bidder = fields.String(required=True)
    amount = fields.Integer(required=True, strict=True)
    placed_at = fields.AwareDateTime(required=True, format="iso")


class YouView(Strict):
    """What the caller alone is told of himself on a listing."""

    is_seller = fields.Boolean(required=True)
    leading = fields.Boolean(required=True)
    your_max = fields.Integer(required=True, strict=True, allow_none=True)
    alias = fields.String(required=True, allow_none=True)
