"""Closing: when a listing is due, and how it ends."""

from datetime import timedelta

import pytest

from common.domain.closing import is_due, outcome_of
from common.domain.listing import Outcome, Status, opening_standing, status_at
from tests.domain.offers import END, START, standing_after, the_terms

MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize("status", Status)
def test_what_runs_is_due_from_its_end_on(status: Status) -> None:
    """Closed and cancelled listings stay as they are."""
    runs = status in (Status.ACTIVE, Status.SCHEDULED)

    assert is_due(status, END, now=END - MOMENT) is False
    assert is_due(status, END, now=END) is runs
    assert is_due(status, END, now=END + timedelta(days=9)) is runs


def test_an_item_nobody_bid_on_is_not_sold() -> None:
    """With a reserve or without."""
    for terms in (the_terms(), the_terms(reserve_price=9_00)):
        assert outcome_of(terms, opening_standing(terms)) is Outcome.NO_BIDS


def test_an_item_without_a_reserve_is_sold_to_any_bid() -> None:
    """At the starting price, say."""
    assert outcome_of(the_terms(), standing_after(the_terms(), (1, 1_00))) is Outcome.SOLD


@pytest.mark.parametrize(
    ("max_amount", "outcome"), [(99_99, Outcome.RESERVE_NOT_MET), (100_00, Outcome.SOLD), (100_01, Outcome.SOLD)]
)
def test_an_item_with_a_reserve_is_sold_when_it_was_reached(max_amount: int, outcome: Outcome) -> None:
    """Both sides of it."""
    terms = the_terms(reserve_price=100_00)

    assert outcome_of(terms, standing_after(terms, (1, max_amount))) is outcome


def test_two_bids_just_below_the_reserve_do_not_reach_it() -> None:
    """The next step would pass the reserve; the maximum does not, so the price does not either."""
    terms = the_terms(reserve_price=100_00)

    standing = standing_after(terms, (1, 99_99), (2, 99_98))

    assert standing.price == 99_99
    assert outcome_of(terms, standing) is Outcome.RESERVE_NOT_MET


def test_a_scheduled_listing_shows_as_active_from_its_start_on() -> None:
    """No job need have said so; other states show as they are."""
    assert status_at(Status.SCHEDULED, START, START - MOMENT) is Status.SCHEDULED
    assert status_at(Status.SCHEDULED, START, START) is Status.ACTIVE
    for status in (Status.ACTIVE, Status.CLOSED, Status.CANCELLED):
        assert status_at(status, START, START - MOMENT) is status
