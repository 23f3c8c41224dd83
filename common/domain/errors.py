"""Why the auction refuses, as a small tree.

Refusal                    everything the caller can be told
├── InvalidRequest         a field is not what it must be
├── Unauthenticated        no valid token
├── Forbidden              a valid token of somebody who may not do this
│   ├── EmailUnverified
│   ├── SellerMayNotBid
│   └── NotAReviewer
├── ListingNotFound · QuestionNotFound
├── AuctionNotStarted · AuctionEnded · ListingCancelled
├── BidTooLow
├── IdempotencyKeyReused
├── TooManyQuestions       from one analyst in a minute
└── Busy · Unavailable     come back later

A refusal knows its `code` and the facts to act on, never its HTTP status: `api/problems.py` holds that table.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault
    """Something the caller asked for and does not get; `code` is stable, `facts` are safe to show him."""

    code: ClassVar[str]
    title: ClassVar[str]

    def __init__(self, detail: str = "", **facts: object) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.facts: Mapping[str, object] = facts


class InvalidRequest(Refusal):
    """A field is missing, unknown, of the wrong type or out of bounds; `errors` names each."""

    code = "invalid_request"
    title = "The request is not valid."

    def __init__(self, errors: Mapping[str, str]) -> None:
        named = [{"field": field, "message": message} for field, message in errors.items()]
        first = next(iter(errors.items()))
        super().__init__(f"{first[0]}: {first[1]}", errors=named)


class InvalidJson(Refusal):
    """The body is not one JSON object."""

    code = "invalid_json"
    title = "The body is not a JSON object."


class Unauthenticated(Refusal):
    """No token, or one that does not verify."""

    code = "unauthenticated"
    title = "Sign in first."


class Forbidden(Refusal):
    """The token is good, its owner may not do this."""

    code = "forbidden"
    title = "You may not do this."


class EmailUnverified(Forbidden):
    """The account has an e-mail address that its owner has not confirmed."""

    code = "email_unverified"
    title = "Confirm your e-mail address first."


class SellerMayNotBid(Forbidden):
    """A seller bid on his own listing (auction-rules 10)."""

    code = "seller_may_not_bid"
    title = "Sellers may not bid on their own listings."


class NotAReviewer(Forbidden):
    """An analyst who is not a reviewer tried to make a verified question."""

    code = "not_a_reviewer"
    title = "Only reviewers make verified questions."


class ListingNotFound(Refusal):
    """No listing has this id."""

    code = "listing_not_found"
    title = "There is no such listing."


class QuestionNotFound(Refusal):
    """The analyst asked no question with this id, or it was not answered by SQL."""

    code = "question_not_found"
    title = "There is no such answer of yours."


class AuctionNotStarted(Refusal):
    """The bid came before the start."""

    code = "auction_not_started"
    title = "The auction has not started."

    def __init__(self, starts_at: datetime) -> None:
        super().__init__(starts_at=starts_at)


class AuctionEnded(Refusal):
    """The bid came at or after the effective end."""

    code = "auction_ended"
    title = "The auction has ended."

    def __init__(self, ends_at: datetime) -> None:
        super().__init__(ends_at=ends_at)


class ListingCancelled(Refusal):
    """The seller or the house cancelled the listing."""

    code = "listing_cancelled"
    title = "The listing was cancelled."


class BidTooLow(Refusal):
    """The maximum is below what the listing accepts from this bidder, which is `minimum_bid` (minor units)."""

    code = "bid_too_low"
    title = "The bid is too low."

    def __init__(self, minimum_bid: int) -> None:
        super().__init__(minimum_bid=minimum_bid)


class IdempotencyKeyReused(Refusal):
    """The bidder used this key before, for something else."""

    code = "idempotency_key_reused"
    title = "This Idempotency-Key was used for another request."


class TooManyQuestions(Refusal):
    """An analyst asks faster than the market can be read beside its bidders."""

    code = "too_many_questions"
    title = "That were many questions; wait a moment."

    def __init__(self, detail: str = "", *, retry_after_seconds: int = 30) -> None:
        super().__init__(detail, retry_after_seconds=retry_after_seconds)


class Busy(Refusal):
    """More is waiting than can be served in time; nothing was done."""

    code = "busy"
    title = "Too many requests at once; try again in a moment."

    def __init__(self, retry_after_seconds: int = 1) -> None:
        super().__init__(retry_after_seconds=retry_after_seconds)


class Unavailable(Refusal):
    """The database cannot be reached in time; with an Idempotency-Key the same request may be sent again."""

    code = "unavailable"
    title = "The auction house is not reachable just now; send the same request again."

    def __init__(self, retry_after_seconds: int = 1) -> None:
        super().__init__(retry_after_seconds=retry_after_seconds)
