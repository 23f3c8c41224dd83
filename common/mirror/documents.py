"""What the public may see of a listing: the one place that decides it, for answers and for the mirror alike.

No user id, e-mail, reserve price or proxy maximum passes here; people appear under their aliases.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from common.domain.aliases import bidder_alias
from common.domain.listing import Listing, Status, least_bid, reserve_shown
from common.domain.placed_bid import PlacedBid

Document = dict[str, Any]

_ACTIVE = str(Status.ACTIVE)


def public_listing(listing: Listing) -> Document:
    """A listing as it stands, in the API's form: amounts in minor units, times aware UTC, words plain text."""
    standing = listing.standing
    view = _offer(listing)
    _show_standing(view, listing, standing.leader, standing.price)
    view["bid_count"] = standing.bid_count
    view["ends_at"] = standing.ends_at
    view["status"] = str(listing.status)
    view["outcome"] = str(listing.outcome) if listing.outcome else None
    view["winner"] = bidder_alias(listing.winner)
    view["version"] = listing.version
    return view


def public_listing_after(listing: Listing, placed: PlacedBid) -> Document:
    """The listing as it stood right after one of its bids, whatever came since."""
    view = _offer(listing)
    _show_standing(view, listing, placed.leader, placed.price)
    view["bid_count"] = placed.seq
    view["ends_at"] = placed.ends_at
    view["status"] = _ACTIVE
    view["outcome"] = None
    view["winner"] = None
    view["version"] = placed.version
    return view


def public_bids(bids: Sequence[PlacedBid]) -> list[Document]:
    """A listing's history: each bid with the price it led to, never with its maximum."""
    return [
        {"seq": bid.seq, "bidder": bidder_alias(bid.bidder), "amount": bid.price, "placed_at": bid.placed_at}
        for bid in bids
    ]


def mirrored_listing(listing: Listing) -> Document:
    """The Firestore document `listings/{id}`: the public listing without its id and long text."""
    view = public_listing(listing)
    del view["id"], view["description"]
    return view


def _offer(listing: Listing) -> Document:
    offer = listing.offer
    terms = offer.terms
    return {
        "id": offer.id,
        "title": offer.title,
        "description": offer.description,
        "category": offer.category,
        "seller": offer.seller_alias,
        "currency": terms.currency,
        "starting_price": terms.starting_price,
        "buy_now_price": offer.buy_now_price,
        "starts_at": terms.starts_at,
        "scheduled_end": terms.scheduled_end,
    }


def _show_standing(view: Document, listing: Listing, leader: int | None, price: int) -> None:
    terms = listing.terms
    view["current_price"] = price
    view["minimum_bid"] = least_bid(terms, leader=leader, price=price)
    view["leader"] = bidder_alias(leader)
    view["reserve"] = str(reserve_shown(terms, leader=leader, price=price))
