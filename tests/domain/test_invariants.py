"""What holds in every auction (auction-rules, Invariants), over auctions that Hypothesis makes up.

Bids are drawn around the amounts where the rule turns: the minimum, the leader's maximum, the reserve; times around
the window of the soft close.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from common.domain.bidding import place
from common.domain.closing import outcome_of
from common.domain.listing import Outcome, SoftClose, Standing, Terms, minimum_bid, opening_standing
from tests.domain.offers import END, Step, bid, the_terms

BIDDERS = 4
MOST_BIDS = 14
SECONDS = st.integers(0, 200).map(lambda count: timedelta(seconds=count))


@dataclass(frozen=True, slots=True)
class Auction:
    """The terms and every bid in order."""

    terms: Terms
    steps: list[Step]

    @property
    def accepted(self) -> list[Step]:
        """Those that stand."""
        return [step for step in self.steps if step.refused is None]

    @property
    def standing(self) -> Standing:
        """How it ended."""
        return self.steps[-1].after


@st.composite
def offers(draw: st.DrawFn) -> Terms:
    """Any currency, table or flat step, reserve or none, soft close."""
    start = draw(st.sampled_from([1, 50, 99, 1_00, 24_99, 99_99, 100_00, 4_999_00]) | st.integers(1, 10_000_00))
    reserve = draw(st.none() | st.integers(0, 50_00).map(lambda above: start + above))
    return the_terms(
        flat=draw(st.none() | st.integers(1, 10_00)),
        currency=draw(st.sampled_from(["USD", "GBP", "EUR"])),
        starting_price=start,
        reserve_price=reserve,
        soft_close=SoftClose(window=draw(SECONDS), extension=draw(SECONDS), max_extension=draw(SECONDS)),
    )


@st.composite
def auctions(draw: st.DrawFn) -> Auction:
    """An offer and up to MOST_BIDS bids on it, refused ones among them."""
    terms = draw(offers())
    standing, steps = opening_standing(terms), []
    now = END - timedelta(seconds=draw(st.integers(1, 400)))
    for _ in range(draw(st.integers(1, MOST_BIDS))):
        bidder = draw(st.integers(1, BIDDERS))
        amount = draw(amounts(terms, standing))
        steps.append(bid(terms, standing, bidder=bidder, max_amount=amount, now=now))
        standing = steps[-1].after
        now = min(now + timedelta(seconds=draw(st.integers(0, 60))), _last_moment(standing.ends_at))
    return Auction(terms, steps)


def amounts(terms: Terms, standing: Standing) -> st.SearchStrategy[int]:
    """Amounts around where the rule turns, and any."""
    turns = {minimum_bid(terms, standing), standing.price, standing.high_max, standing.second_max}
    turns |= {terms.reserve_price, None if standing.high_max is None else terms.increments.above(standing.high_max)}
    edges = [turn + off for turn in sorted(turn for turn in turns if turn is not None) for off in (-1, 0, 1)]
    return st.sampled_from([edge for edge in edges if edge > 0]) | st.integers(1, 200_00).map(standing.price.__add__)


def _last_moment(ends_at: datetime) -> datetime:
    return ends_at - timedelta(microseconds=1)


def own_maxima(accepted: list[Step]) -> dict[int, tuple[int, int]]:
    """Each bidder's maximum and when it was set, from the bids alone."""
    return {step.bidder: (step.max_amount, order) for order, step in enumerate(accepted)}


@given(auctions())
def test_the_highest_maximum_leads_and_the_one_set_first_of_equals(auction: Auction) -> None:
    """One leader, whose maximum is at least every other; told here from the bids alone."""
    for count in range(1, len(auction.accepted) + 1):
        accepted = auction.accepted[:count]
        maxima = own_maxima(accepted)
        ranked = sorted(maxima, key=lambda bidder: (-maxima[bidder][0], maxima[bidder][1]))
        after = accepted[-1].after

        assert after.leader == ranked[0]
        assert after.high_max == maxima[ranked[0]][0]
        assert after.second_max == (maxima[ranked[1]][0] if ranked[1:] else None)
        assert after.bid_count == count


@given(auctions())
def test_the_price_follows_from_the_two_best_maxima_alone(auction: Auction) -> None:
    """One step above the second, capped by the first, lifted to a reserve that is reached; whatever came before."""
    terms = auction.terms
    for step in auction.accepted:
        high, second = step.after.high_max, step.after.second_max
        assert high is not None
        price = terms.starting_price if second is None else min(high, terms.increments.above(second))
        if terms.reserve_price is not None and high >= terms.reserve_price:
            price = max(price, terms.reserve_price)

        assert step.after.price == price


@given(auctions())
def test_the_price_keeps_its_bounds(auction: Auction) -> None:
    """Starting price <= P <= the leader's maximum, and P <= max(S + inc(S), R)."""
    terms = auction.terms
    for step in auction.accepted:
        after = step.after
        assert after.high_max is not None
        assert terms.starting_price <= after.price <= after.high_max
        bound = terms.starting_price if after.second_max is None else terms.increments.above(after.second_max)
        assert after.price <= max(bound, terms.reserve_price or 0)


@given(auctions())
def test_the_price_never_falls(auction: Auction) -> None:
    """And a challenger's accepted bid always moves it."""
    for step in auction.accepted:
        if step.before.leader is None or step.own_raise:
            assert step.after.price >= step.before.price
        else:
            assert step.after.price > step.before.price


@given(auctions())
def test_every_accepted_bid_met_its_minimum_and_every_refused_one_did_not(auction: Auction) -> None:
    """The leader's is one more than his maximum; everybody else's is public."""
    for step in auction.steps:
        if step.own_raise:
            assert step.before.high_max is not None
            least = step.before.high_max + 1
        else:
            least = minimum_bid(auction.terms, step.before)

        assert (step.refused is None) == (step.max_amount >= least)
        if step.refused:
            assert step.refused.facts == {"minimum_bid": least}


@given(auctions())
def test_a_refused_bid_may_come_again_at_the_minimum_it_was_told(auction: Auction) -> None:
    """What the refusal says is enough, and no more than needed."""
    for step in auction.steps:
        if step.refused:
            least = step.refused.facts["minimum_bid"]
            assert isinstance(least, int)
            again = bid(auction.terms, step.before, bidder=step.bidder, max_amount=least, now=step.now)
            assert again.refused is None


@given(auctions())
def test_replaying_the_accepted_bids_alone_gives_the_same_end(auction: Auction) -> None:
    """Refused bids left no trace, at any time."""
    standing = opening_standing(auction.terms)

    for step in auction.accepted:
        standing = place(auction.terms, standing, bidder=step.bidder, max_amount=step.max_amount, now=step.now)

    assert standing == auction.standing


@given(auctions())
def test_the_end_moves_only_as_the_soft_close_says(auction: Auction) -> None:
    """Never back, never beyond the longest, only in the window, only with the price."""
    terms, soft = auction.terms, auction.terms.soft_close
    for step in auction.steps:
        before, after = step.before.ends_at, step.after.ends_at
        assert before <= after <= max(before, terms.scheduled_end + soft.max_extension)
        quiet = step.refused or (step.own_raise and step.after.price == step.before.price)
        if quiet or before - step.now >= soft.window:
            assert after == before
        else:
            assert after == max(before, min(step.now + soft.extension, terms.scheduled_end + soft.max_extension))


@given(auctions())
def test_the_outcome_follows_from_the_maxima_and_the_reserve(auction: Auction) -> None:
    """Sold when a bid stands and the highest maximum reaches the reserve, at a price that does too."""
    standing, reserve = auction.standing, auction.terms.reserve_price
    outcome = outcome_of(auction.terms, standing)

    if not auction.accepted:
        assert outcome is Outcome.NO_BIDS
    elif reserve is not None and max(step.max_amount for step in auction.accepted) < reserve:
        assert outcome is Outcome.RESERVE_NOT_MET
    else:
        assert outcome is Outcome.SOLD
        assert standing.price >= (reserve or 0)
