# mypy: ignore-errors
# ruff: noqa: ANN001, ANN201, ANN202
"""One bid: lock the row, decide, insert the bid, update the listing, commit."""

import functools
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from common.domain.bidding import check_may_bid, check_open, place
from common.domain.errors import IdempotencyKeyReused, ListingNotFound, Refusal
from common.domain.increments import increments_of
from common.domain.listing import SoftClose, Standing, Status, Terms
from dev.bench.django_site.models import Bid, Bidder, Listing

_NO_SOFT_CLOSE = SoftClose(window=timedelta(0), extension=timedelta(0), max_extension=timedelta(0))


@functools.lru_cache(maxsize=50_000)
def bidder_id(subject):
    """The bidder's number, looked up once per process."""
    return Bidder.objects.get_or_create(subject=subject)[0].pk


def place_bid(actor, key, listing_id, max_amount):
    """The listing and the bid on it; a repeated request finds the bid it made."""
    bidder = bidder_id(actor.user_id)
    try:
        with transaction.atomic():
            return _place(actor, bidder, key, listing_id, max_amount)
    except (IntegrityError, Refusal):
        before = Bid.objects.select_related("listing").filter(bidder_id=bidder, idempotency_key=key).first()
        if before is None:
            raise
        if (before.listing_id, before.max_amount) != (listing_id, max_amount):
            raise IdempotencyKeyReused from None
        return before.listing, before


def _place(actor, bidder, key, listing_id, max_amount):
    listing = Listing.objects.select_for_update().filter(pk=listing_id).first()
    if listing is None:
        raise ListingNotFound
    now = timezone.now()
    terms = _terms(listing)
    check_open(terms, Status(listing.status), listing.ends_at, now=now)
    check_may_bid(terms, actor.user_id)
    after = place(terms, _standing(listing), bidder=bidder, max_amount=max_amount, now=now)
    listing.leader_id, listing.high_max, listing.second_max = after.leader, after.high_max, after.second_max
    listing.current_price, listing.bid_count, listing.ends_at = after.price, after.bid_count, after.ends_at
    listing.version += 1
    bid = Bid(
        listing=listing,
        seq=after.bid_count,
        bidder_id=bidder,
        max_amount=max_amount,
        idempotency_key=key,
        placed_at=now,
        leader_id=after.leader,
        price=after.price,
        version=listing.version,
    )
    bid.save(force_insert=True)
    changed = ["leader_id", "high_max", "second_max", "current_price", "bid_count", "ends_at", "version"]
    listing.save(update_fields=changed)
    return listing, bid


def _terms(listing):
    return Terms(
        seller_id=listing.seller,
        currency=listing.currency,
        starting_price=listing.starting_price,
        reserve_price=listing.reserve_price,
        increments=increments_of(listing.currency, listing.increment),
        soft_close=_NO_SOFT_CLOSE,
        starts_at=listing.starts_at,
        scheduled_end=listing.scheduled_end,
    )


def _standing(listing):
    return Standing(
        leader=listing.leader_id,
        high_max=listing.high_max,
        second_max=listing.second_max,
        price=listing.current_price,
        bid_count=listing.bid_count,
        ends_at=listing.ends_at,
    )
