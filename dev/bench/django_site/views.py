# mypy: ignore-errors
# ruff: noqa: ANN001, ANN201, ANN202
"""The view: the request's checks, the bid, the answer."""

from django.http import JsonResponse

from common.domain.errors import Refusal
from dev.bench.django_site import bidding, requests

_STATUS = {
    "invalid_request": 400,
    "invalid_json": 400,
    "unauthenticated": 401,
    "email_unverified": 403,
    "seller_may_not_bid": 403,
    "listing_not_found": 404,
    "method_not_allowed": 405,
    "body_too_large": 413,
    "unsupported_media_type": 415,
    "idempotency_key_reused": 422,
    "unavailable": 503,
}


def place_bid(request):
    """201 with the accepted bid, or a problem body."""
    try:
        if request.method != "POST":
            raise requests.MethodNotAllowed
        actor = requests.person(request)
        key = requests.idempotency_key(request)
        listing_id, max_amount = requests.body(request)
        listing, bid = bidding.place_bid(actor, key, listing_id, max_amount)
    except Refusal as refusal:
        problem = {"code": refusal.code, "title": refusal.title, "detail": refusal.detail, **refusal.facts}
        status = _STATUS.get(refusal.code, 409)
        return JsonResponse(problem, status=status, content_type="application/problem+json")
    return JsonResponse(_answer(listing, bid), status=201)


def _answer(listing, bid):
    leading = bid.leader_id == bid.bidder_id
    shown = {
        "id": listing.pk,
        "title": listing.title,
        "description": listing.description,
        "category": listing.category,
        "currency": listing.currency,
        "starting_price": listing.starting_price,
        "current_price": bid.price,
        "minimum_bid": bid.price + (listing.increment or 0),
        "bid_count": bid.seq,
        "status": listing.status,
        "starts_at": listing.starts_at,
        "scheduled_end": listing.scheduled_end,
        "ends_at": listing.ends_at,
        "version": bid.version,
    }
    return {"bid": {"seq": bid.seq, "placed_at": bid.placed_at}, "leading": leading, "listing": shown}
