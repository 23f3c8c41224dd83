"""The English auction with proxy bidding: what one bid does to the standing.

Source: auction-rules 1 to 11 and "Time", after eBay's, Heritage's and others' published rules.
"""

from __future__ import annotations

from datetime import datetime

from common.domain.errors import AuctionEnded, AuctionNotStarted, BidTooLow, ListingCancelled, SellerMayNotBid
from common.domain.listing import Standing, Status, Terms, minimum_bid


def check_open(terms: Terms, status: Status, ends_at: datetime, *, now: datetime) -> None:
    """Refuse what does not come between the start and the effective end.

    A bid exactly at the start is in time, one exactly at the end is late (auction-rules, Time).

    Raises:
        ListingCancelled: the listing was cancelled.
        AuctionEnded: it is closed, or `now` is at or after the effective end.
        AuctionNotStarted: `now` is before the start.
    """
    if status is Status.CANCELLED:
        raise ListingCancelled
    if status is Status.CLOSED or now >= ends_at:
        raise AuctionEnded(ends_at)
    if now < terms.starts_at:
        raise AuctionNotStarted(terms.starts_at)


def check_may_bid(terms: Terms, bidder_id: str) -> None:
    """Refuse the seller's own bids (auction-rules 10).

    Raises:
        SellerMayNotBid: the bidder is the seller.
    """
    if bidder_id == terms.seller_id:
        raise SellerMayNotBid


def place(terms: Terms, standing: Standing, *, bidder: int, max_amount: int, now: datetime) -> Standing:
    """The standing after a bid with this proxy maximum, in minor units.

    The listing is open (`check_open`) to this bidder (`check_may_bid`), who is known by his number on it. The
    leader, raising himself, must pass his own maximum, and his raise shows only where the price was capped by
    that maximum or the reserve is met by it (7). Everyone else must reach `minimum_bid`; equality is enough.

    >>> from common.domain.listing import AN_OFFER, opening_standing
    >>> at = AN_OFFER.starts_at
    >>> first = place(AN_OFFER, opening_standing(AN_OFFER), bidder=1, max_amount=20_00, now=at)
    >>> second = place(AN_OFFER, first, bidder=2, max_amount=9_00, now=at)
    >>> (second.leader, second.price)
    (1, 950)
    >>> third = place(AN_OFFER, second, bidder=3, max_amount=20_01, now=at)  # one may win by a cent (6)
    >>> (third.leader, third.price)
    (3, 2001)

    Raises:
        BidTooLow: with the least that this bidder may bid now.
    """
    leader, high_max, second_max = standing.leader, standing.high_max, standing.second_max
    if leader is None or high_max is None:
        least = standing.price
    elif bidder == leader:
        least = high_max + 1
    else:
        least = minimum_bid(terms, standing)
    if max_amount < least:
        raise BidTooLow(least)

    silent = False
    if leader is None or high_max is None:
        leader, high_max = bidder, max_amount
    elif bidder == leader:
        high_max = max_amount
        silent = True
    elif max_amount > high_max:
        leader, high_max, second_max = bidder, max_amount, high_max
    else:
        second_max = max_amount if second_max is None else max(second_max, max_amount)

    price = _price(terms, standing.price, high_max, second_max)
    moved = not silent or price != standing.price
    ends_at = extended_end(terms, standing.ends_at, now=now) if moved else standing.ends_at
    return Standing(leader, high_max, second_max, price, standing.bid_count + 1, ends_at)


def _price(terms: Terms, shown: int, high_max: int, second_max: int | None) -> int:
    """One step above the second maximum, never above the highest, never below what was shown (3, 4, 8).

    The step's band is taken at the second maximum, not at the price before the bid. A highest maximum that
    reaches the reserve lifts the price to it (9).
    """
    price = shown
    if second_max is not None:
        price = max(price, min(high_max, terms.increments.above(second_max)))
    if terms.reserve_price is not None and high_max >= terms.reserve_price:
        price = max(price, terms.reserve_price)
    return price


def extended_end(terms: Terms, ends_at: datetime, *, now: datetime) -> datetime:
    """The effective end after a bid that moved the price at `now` (auction-rules, Soft close).

    With less than the window left: bid time + extension, never earlier than it was, never beyond the scheduled
    end + the longest extension. The first bid counts as moving the price: there was none before it.

    >>> from datetime import timedelta
    >>> from common.domain.listing import AN_OFFER
    >>> end = AN_OFFER.scheduled_end
    >>> [(extended_end(AN_OFFER, end, now=end - timedelta(seconds=left)) - end).seconds for left in (120, 119, 1)]
    [0, 1, 119]
    """
    soft_close = terms.soft_close
    if ends_at - now >= soft_close.window:
        return ends_at
    return max(ends_at, min(now + soft_close.extension, terms.scheduled_end + soft_close.max_extension))
