"""The schemas of what is answered. Tests hold every real answer against them; nothing else may be in one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields

from common.operations.fields import Parsed


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

    def members(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """As `load`; where every member is required and all is well, by the fields alone.

        Marshmallow's own way around them is a tenth of what a bid costs the processor (docs/decisions/0005).

        Raises:
            ValidationError: as `load`, which finds out what is wrong.
        """
        required = self._all_required
        if given.keys() == required.keys():
            try:
                return {name: field.parse(given[name]) for name, field in required.items()}
            except ValidationError:
                pass
        loaded: dict[str, Any] = self.load(given)
        return loaded

    @cached_property
    def _all_required(self) -> dict[str, Parsed[Any]]:
        """The fields, if all are required and parse by themselves; none otherwise."""
        kinds = {name: field for name, field in self.fields.items() if isinstance(field, Parsed) and field.required}
        return kinds if len(kinds) == len(self.fields) else {}


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
