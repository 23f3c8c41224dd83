"""Closing: who won, decided once at or after the effective end (auction-rules, Closing)."""

from __future__ import annotations

from datetime import datetime

from common.domain.listing import Outcome, Standing, Status, Terms, reserve_met


def is_due(status: Status, ends_at: datetime, *, now: datetime) -> bool:
    """Whether a listing is to be closed now: it runs, and its effective end has come.

    >>> from datetime import UTC, datetime, timedelta
    >>> end = datetime(2026, 1, 8, tzinfo=UTC)
    >>> is_due(Status.ACTIVE, end, now=end), is_due(Status.ACTIVE, end, now=end - timedelta(microseconds=1))
    (True, False)
    >>> is_due(Status.CLOSED, end, now=end), is_due(Status.CANCELLED, end, now=end)
    (False, False)
    """
    return status in (Status.ACTIVE, Status.SCHEDULED) and now >= ends_at


def outcome_of(terms: Terms, standing: Standing) -> Outcome:
    """Sold to the leader at the price shown, unless nobody bid or the reserve is unmet.

    >>> from common.domain.listing import AN_OFFER, opening_standing
    >>> outcome_of(AN_OFFER, opening_standing(AN_OFFER)).value
    'no_bids'
    """
    if standing.leader is None:
        return Outcome.NO_BIDS
    return Outcome.SOLD if reserve_met(terms, standing.price) else Outcome.RESERVE_NOT_MET
