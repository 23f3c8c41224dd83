"""Bidding, rule by rule (auction-rules 1 to 11), each limit on both sides."""

from datetime import timedelta

import pytest

from common.domain.bidding import check_may_bid, check_open, place
from common.domain.errors import AuctionEnded, AuctionNotStarted, BidTooLow, ListingCancelled, SellerMayNotBid
from common.domain.listing import Reserve, Standing, Status, Terms, minimum_bid, opening_standing, reserve_shown
from tests.domain.offers import END, START, standing_after, the_terms

MOMENT = timedelta(microseconds=1)


def test_the_first_bid_shows_the_starting_price_not_its_maximum() -> None:
    """Rule 1."""
    standing = standing_after(the_terms(), (1, 50_00))

    assert (standing.leader, standing.price, standing.high_max, standing.second_max) == (1, 1_00, 50_00, None)
    assert standing.bid_count == 1


@pytest.mark.parametrize(("max_amount", "accepted"), [(99, False), (1_00, True), (1_01, True)])
def test_the_first_bid_must_reach_the_starting_price(*, max_amount: int, accepted: bool) -> None:
    """Rule 1: equality is enough."""
    terms = the_terms()

    if accepted:
        assert standing_after(terms, (1, max_amount)).leader == 1
    else:
        with pytest.raises(BidTooLow) as refused:
            place(terms, opening_standing(terms), bidder=1, max_amount=max_amount, now=START)
        assert refused.value.facts == {"minimum_bid": 1_00}


@pytest.mark.parametrize(
    ("second", "price_before", "least"), [(99_98, 100_98, 103_48), (98_99, 99_99, 100_99), (99_00, 100_00, 102_50)]
)
def test_a_challenger_must_come_one_step_above_the_price_shown(second: int, price_before: int, least: int) -> None:
    """Rule 2: the step's band is taken at the price shown; equality is enough."""
    terms = the_terms()
    before = standing_after(terms, (1, 500_00), (2, second))
    assert before.price == price_before

    with pytest.raises(BidTooLow) as refused:
        place(terms, before, bidder=3, max_amount=least - 1, now=START)

    assert refused.value.facts == {"minimum_bid": least}
    assert minimum_bid(terms, before) == least
    assert place(terms, before, bidder=3, max_amount=least, now=START).second_max == least


@pytest.mark.parametrize(("challenge", "price"), [(20_01, 20_01), (20_49, 20_49), (20_50, 20_50), (99_00, 20_50)])
def test_overtaking_costs_one_step_above_the_beaten_maximum_at_most(challenge: int, price: int) -> None:
    """Rules 3 and 6: the band is taken at the beaten maximum, and one may win by a cent."""
    standing = standing_after(the_terms(), (1, 20_00), (2, challenge))

    assert (standing.leader, standing.second_max, standing.price) == (2, 20_00, price)


def test_overtaking_takes_the_band_at_the_beaten_maximum() -> None:
    """Rule 3: at 99.99 the step is 1.00 though the price that follows lies in the next band."""
    assert standing_after(the_terms(), (1, 99_99), (2, 500_00)).price == 100_99
    assert standing_after(the_terms(), (1, 100_00), (2, 500_00)).price == 102_50


@pytest.mark.parametrize(("challenge", "price"), [(9_00, 9_50), (19_50, 20_00), (19_51, 20_00), (19_99, 20_00)])
def test_holding_moves_the_price_up_to_the_maximum_at_most(challenge: int, price: int) -> None:
    """Rule 4."""
    standing = standing_after(the_terms(), (1, 20_00), (2, challenge))

    assert (standing.leader, standing.high_max, standing.second_max, standing.price) == (1, 20_00, challenge, price)


def test_a_tie_goes_to_the_maximum_set_first() -> None:
    """Rule 5."""
    standing = standing_after(the_terms(), (1, 20_00), (2, 20_00))

    assert (standing.leader, standing.price) == (1, 20_00)


def test_a_tie_counts_from_when_the_maximum_was_set_not_from_the_first_bid() -> None:
    """Rule 5: 1 bid first, but 2 was first to say 20.00."""
    standing = standing_after(the_terms(), (1, 5_00), (2, 20_00), (1, 20_00))

    assert (standing.leader, standing.price) == (2, 20_00)


@pytest.mark.parametrize("max_amount", [1, 19_99, 20_00])
def test_the_leader_may_not_lower_or_repeat_his_maximum(max_amount: int) -> None:
    """Rules 7 and 8: he must pass it, by a cent at least."""
    terms = the_terms()
    before = standing_after(terms, (1, 20_00))

    with pytest.raises(BidTooLow) as refused:
        place(terms, before, bidder=1, max_amount=max_amount, now=START)

    assert refused.value.facts == {"minimum_bid": 20_01}


def test_the_leaders_raise_is_silent() -> None:
    """Rule 7: the price stays, so does the second maximum."""
    before = standing_after(the_terms(), (1, 20_00), (2, 9_00))

    after = place(the_terms(), before, bidder=1, max_amount=20_01, now=START)

    assert after == before._replace(high_max=20_01, bid_count=3)


@pytest.mark.parametrize(("raised", "price"), [(20_01, 20_01), (20_50, 20_50), (30_00, 20_50)])
def test_the_leaders_raise_shows_where_a_tie_capped_the_price(raised: int, price: int) -> None:
    """Rule 7: up to one step above the tied maximum."""
    assert standing_after(the_terms(), (1, 20_00), (2, 20_00), (1, raised)).price == price


def test_a_reserve_reached_lifts_the_price_to_itself() -> None:
    """Rule 9: start 1, reserve 100, maximum 150 gives 100."""
    terms = the_terms(reserve_price=100_00)

    standing = standing_after(terms, (1, 1_50), (2, 150_00))

    assert (standing.price, _shown(terms, standing)) == (100_00, Reserve.MET)


@pytest.mark.parametrize(("max_amount", "price", "shown"), [(99_99, 1_00, "not_met"), (100_00, 100_00, "met")])
def test_below_the_reserve_the_price_follows_the_bids_alone(max_amount: int, price: int, shown: str) -> None:
    """Rule 9, on both sides of the reserve."""
    terms = the_terms(reserve_price=100_00)

    standing = standing_after(terms, (1, max_amount))

    assert (standing.price, _shown(terms, standing)) == (price, shown)


def test_the_leaders_raise_to_the_reserve_shows() -> None:
    """Rules 7 and 9: nobody else need bid."""
    terms = the_terms(reserve_price=100_00)

    assert standing_after(terms, (1, 50_00), (1, 120_00)).price == 100_00


def test_beyond_the_reserve_the_price_follows_the_bids_again() -> None:
    """Rule 9: then 3 to 7."""
    terms = the_terms(reserve_price=100_00)

    assert standing_after(terms, (1, 150_00), (2, 110_00)).price == 112_50


def test_the_reserve_is_told_only_as_met_or_not() -> None:
    """None before it is met, not even where the starting price is the reserve."""
    terms = the_terms(starting_price=100_00, reserve_price=100_00)

    assert _shown(terms, opening_standing(terms)) is Reserve.NOT_MET
    assert _shown(the_terms(), standing_after(the_terms(), (1, 5_00))) is Reserve.NONE


def test_the_seller_may_not_bid() -> None:
    """Rule 10; everybody else may."""
    with pytest.raises(SellerMayNotBid):
        check_may_bid(the_terms(seller_id="ann"), "ann")

    check_may_bid(the_terms(seller_id="ann"), "Ann")


def test_a_bid_before_the_start_is_refused_and_one_at_the_start_is_not() -> None:
    """A microsecond decides; the refusal says when it starts."""
    with pytest.raises(AuctionNotStarted) as refused:
        check_open(the_terms(), Status.SCHEDULED, END, now=START - MOMENT)

    assert refused.value.facts == {"starts_at": START}
    check_open(the_terms(), Status.SCHEDULED, END, now=START)


@pytest.mark.parametrize("extension", [timedelta(0), timedelta(minutes=5)])
def test_a_bid_exactly_at_the_effective_end_is_late(extension: timedelta) -> None:
    """A microsecond decides; an extended end counts, not the scheduled one."""
    ends_at = END + extension

    check_open(the_terms(), Status.ACTIVE, ends_at, now=ends_at - MOMENT)
    with pytest.raises(AuctionEnded) as refused:
        check_open(the_terms(), Status.ACTIVE, ends_at, now=ends_at)

    assert refused.value.facts == {"ends_at": ends_at}


@pytest.mark.parametrize(("status", "refusal"), [(Status.CLOSED, AuctionEnded), (Status.CANCELLED, ListingCancelled)])
def test_what_is_closed_or_cancelled_takes_no_bids_whatever_the_time(status: Status, refusal: type[Exception]) -> None:
    """Before the start, in between and after the end; cancelled goes before ended, ended before not started."""
    for now in (START - MOMENT, START, END):
        with pytest.raises(refusal):
            check_open(the_terms(), status, END, now=now)


@pytest.mark.parametrize("standing_bid", [False, True])
def test_the_largest_amount_is_a_bid_like_any_other(*, standing_bid: bool) -> None:
    """10**12 against 10**12 - 1: no overflow, no rounding."""
    bids = [(1, 10**12 - 1)] if standing_bid else []

    standing = standing_after(the_terms(), *bids, (2, 10**12))

    assert standing.leader == 2
    assert standing.price == (10**12 if standing_bid else 1_00)


def _shown(terms: Terms, standing: Standing) -> Reserve:
    return reserve_shown(terms, leader=standing.leader, price=standing.price)
