"""The soft close: which bids move the end, from when on, and how far."""

from datetime import timedelta

import pytest

from common.domain.bidding import extended_end, place
from common.domain.listing import SoftClose
from tests.domain.offers import END, START, standing_after, the_terms

MOMENT = timedelta(microseconds=1)


def seconds(count: float) -> timedelta:
    """So many seconds."""
    return timedelta(seconds=count)


def soft(window: float = 120, extension: float = 120, max_extension: float = 3600) -> SoftClose:
    """A soft close in seconds."""
    return SoftClose(window=seconds(window), extension=seconds(extension), max_extension=seconds(max_extension))


@pytest.mark.parametrize(
    ("left", "moved_by"),
    [(seconds(121), 0), (seconds(120), 0), (seconds(120) - MOMENT, 1e-6), (seconds(119), 1), (seconds(1), 119)],
)
def test_a_bid_extends_only_with_less_than_the_window_left(left: timedelta, moved_by: float) -> None:
    """Exactly the window left is not less."""
    assert extended_end(the_terms(), END, now=END - left) - END == seconds(moved_by)


def test_the_window_is_one_thing_and_the_extension_another() -> None:
    """With a minute left and a minute's window nothing moves; a moment later it moves by all the two minutes."""
    terms = the_terms(soft_close=soft(window=60, extension=120))

    assert extended_end(terms, END, now=END - seconds(60)) == END
    assert extended_end(terms, END, now=END - seconds(60) + MOMENT) == END + seconds(60) + MOMENT


def test_an_extension_never_takes_the_end_back() -> None:
    """A bid with 100 s left and an extension of 60 s would."""
    terms = the_terms(soft_close=soft(window=120, extension=60))

    assert extended_end(terms, END, now=END - seconds(100)) == END
    assert extended_end(terms, END, now=END - seconds(59)) == END + seconds(1)


def test_extensions_together_stay_within_the_longest() -> None:
    """On both sides of scheduled end + max_extension, and again when that is reached."""
    terms = the_terms(soft_close=soft(window=120, extension=120, max_extension=200))
    ends_at = END + seconds(81)

    assert extended_end(terms, ends_at, now=END + seconds(79)) == END + seconds(199)
    assert extended_end(terms, ends_at, now=END + seconds(80)) == END + seconds(200)
    assert extended_end(terms, ends_at, now=END + seconds(80) + MOMENT) == END + seconds(200)
    assert extended_end(terms, END + seconds(200), now=END + seconds(199)) == END + seconds(200)


@pytest.mark.parametrize("hard", [soft(window=0), soft(extension=0), soft(max_extension=0)])
def test_zero_anywhere_is_a_hard_close(hard: SoftClose) -> None:
    """The last moment changes nothing."""
    assert extended_end(the_terms(soft_close=hard), END, now=END - MOMENT) == END


def test_the_first_bid_extends() -> None:
    """There was no price before it, so it moved it."""
    standing = standing_after(the_terms(), (1, 5_00), now=END - seconds(10))

    assert standing.ends_at == END + seconds(110)


def test_a_challenge_extends_whether_it_leads_or_not() -> None:
    """Both move the price."""
    before = standing_after(the_terms(), (1, 5_00))

    for amount in (4_00, 50_00):
        after = place(the_terms(), before, bidder=2, max_amount=amount, now=END - seconds(10))
        assert after.ends_at == END + seconds(110)


def test_a_silent_raise_of_ones_own_does_not_extend() -> None:
    """Else the leader could keep an auction open alone."""
    before = standing_after(the_terms(), (1, 5_00))

    after = place(the_terms(), before, bidder=1, max_amount=50_00, now=END - seconds(10))

    assert after.ends_at == END


@pytest.mark.parametrize("reserve", [None, 40_00])
def test_a_raise_of_ones_own_that_moves_the_price_extends(reserve: int | None) -> None:
    """Out of a tie, or to the reserve."""
    terms = the_terms(reserve_price=reserve)
    before = standing_after(terms, (1, 5_00), (2, 5_00), now=START)

    after = place(terms, before, bidder=1, max_amount=50_00, now=END - seconds(10))

    assert after.price > before.price
    assert after.ends_at == END + seconds(110)


def test_a_storm_of_bids_moves_the_end_step_by_step() -> None:
    """Each from its own time, the window taken at the end as it stands by then."""
    terms = the_terms()
    standing = standing_after(terms, (1, 5_00), now=END - seconds(60))
    assert standing.ends_at == END + seconds(60)

    standing = place(terms, standing, bidder=2, max_amount=50_00, now=END - seconds(60))
    assert standing.ends_at == END + seconds(60)
    standing = place(terms, standing, bidder=1, max_amount=90_00, now=END + seconds(59))

    assert standing.ends_at == END + seconds(179)
