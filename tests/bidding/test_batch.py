"""A batch of bids, judged in order of arrival: idempotency, bidders' numbers, refusals, folding."""

import weakref
from collections.abc import Iterable, Mapping
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from common.bidding.batch import Lot, PendingBid, judge
from common.deadline import Deadline
from common.domain.actor import Actor
from common.domain.errors import (
    AuctionEnded,
    AuctionNotStarted,
    BidTooLow,
    IdempotencyKeyReused,
    ListingCancelled,
    ListingNotFound,
    Refusal,
    SellerMayNotBid,
)
from common.domain.listing import Listing, Status
from common.domain.placed_bid import PlacedBid
from common.operations.place_bid import BidBody
from tests.domain.offers import END, START, the_listing, the_terms

NOW = START + timedelta(days=1)
Known = Mapping[tuple[str, str], PlacedBid]


def pending(bidder: str = "ann", max_amount: int = 5_00, *, key: str = "", listing: str = "listing-one") -> PendingBid:
    """A bid on its way; without a key, one of its own."""
    return PendingBid(
        actor=Actor(user_id=bidder, display_name=bidder.title()),
        listing_id=listing,
        max_amount=max_amount,
        idempotency_key=key or f"{bidder}-{listing}-{max_amount}",
        deadline=Deadline.after(60),
    )


def test_a_bid_on_its_way_does_not_show_its_maximum() -> None:
    """However it comes to be printed, as it arrives or as it waits: with a traceback, say."""
    for bid in BidBody("listing-one", 76_543), pending(max_amount=76_543, key="a-key-of-mine"):
        assert "listing-one" in repr(bid)
        assert "76543" not in repr(bid)


class Bench:
    """Locked listings, bids judged on them together."""

    def __init__(self, *listings: Listing, numbers: Mapping[tuple[str, str], int] | None = None) -> None:
        self.lots = {listing.id: Lot(listing, numbers or {}, NOW) for listing in listings or (the_listing(),)}

    def judge(self, *bids: PendingBid, known: Known | None = None) -> list[PlacedBid | Refusal]:
        """One outcome per bid."""
        return judge(bids, self.lots, known or {})

    def listing(self, listing_id: str = "listing-one") -> Listing:
        """A listing as the bids left it."""
        return self.lots[listing_id].listing()


def placed(outcomes: Iterable[PlacedBid | Refusal]) -> list[PlacedBid]:
    """The outcomes, every one of them an accepted bid."""
    accepted = [outcome for outcome in outcomes if isinstance(outcome, PlacedBid)]
    assert len(accepted) == len(list(outcomes))
    return accepted


def test_each_bid_gets_its_own_outcome_in_order() -> None:
    """An accepted bid before and after a refused one."""
    first, refused, last = Bench().judge(pending("ann", 5_00), pending("bob", 1_10), pending("cyd", 6_00))

    assert isinstance(first, PlacedBid)
    assert isinstance(refused, BidTooLow)
    assert isinstance(last, PlacedBid)
    assert (first.seq, last.seq) == (1, 2)


def test_a_placed_bid_says_what_the_listing_showed_right_after_it() -> None:
    """Not what the batch made of it later."""
    ann, bob = placed(Bench().judge(pending("ann", 5_00), pending("bob", 9_00)))

    assert (ann.leader, ann.price, ann.version, ann.bidder, ann.placed_at) == (1, 1_00, 2, 1, NOW)
    assert (bob.leader, bob.price, bob.version, bob.bidder, bob.placed_at) == (2, 5_50, 3, 2, NOW)


def test_the_same_key_twice_in_a_batch_is_one_bid() -> None:
    """Both callers get the one bid; the listing counts it once."""
    bench = Bench()

    first, second = placed(bench.judge(pending(key="the-key-1"), pending(key="the-key-1")))

    assert first is second
    assert bench.listing().standing.bid_count == 1


def test_a_repetition_gives_the_first_answer_even_after_others_bid() -> None:
    """It neither bids again nor is told of what came since."""
    bench = Bench()

    ann, _, again = placed(
        bench.judge(pending("ann", key="the-key-1"), pending("bob", 50_00), pending("ann", key="the-key-1"))
    )

    assert again is ann
    assert bench.listing().standing.bid_count == 2


def test_the_same_key_of_two_people_is_two_bids() -> None:
    """Keys are each bidder's own."""
    ann, bob = placed(Bench().judge(pending("ann", 5_00, key="the-key-1"), pending("bob", 9_00, key="the-key-1")))

    assert (ann.seq, bob.seq) == (1, 2)


def test_a_key_reused_for_another_amount_is_refused() -> None:
    """Within a batch, and whether or not the amount would do."""
    bench = Bench()

    first, *others = bench.judge(
        pending("ann", 5_00, key="the-key-1"),
        pending("ann", 6_00, key="the-key-1"),
        pending("ann", 4_00, key="the-key-1"),
    )

    assert isinstance(first, PlacedBid)
    assert [type(other) for other in others] == [IdempotencyKeyReused] * 2
    assert bench.listing().standing.high_max == 5_00


def test_a_key_reused_for_another_listing_is_refused() -> None:
    """Also for one that does not exist: the key is looked at first."""
    bench = Bench(the_listing("listing-one"), the_listing("listing-two"))

    outcomes = bench.judge(
        pending(key="the-key-1"),
        pending(key="the-key-1", listing="listing-two"),
        pending(key="the-key-1", listing="listing-xyz"),
    )

    assert [type(outcome) for outcome in outcomes] == [PlacedBid, IdempotencyKeyReused, IdempotencyKeyReused]
    assert bench.listing("listing-two").standing.bid_count == 0


def test_a_key_known_from_before_gives_the_bid_it_made() -> None:
    """The auction may have ended since: the answer is the same again."""
    (before,) = placed(Bench().judge(pending(key="the-key-1")))
    closed = Bench(the_listing(status=Status.CLOSED))

    (again,) = closed.judge(pending(key="the-key-1"), known={("ann", "the-key-1"): before})

    assert again is before


def test_a_refused_bid_leaves_its_key_free() -> None:
    """Nothing was stored under it: the same key may come again with a better amount."""
    low, high = Bench().judge(pending("ann", 99, key="the-key-1"), pending("ann", 5_00, key="the-key-1"))

    assert isinstance(low, BidTooLow)
    assert isinstance(high, PlacedBid)


def test_an_unknown_listing_is_one_bids_trouble_alone() -> None:
    """Others of the batch go on."""
    unknown, known = Bench().judge(pending(listing="listing-xyz"), pending())

    assert isinstance(unknown, ListingNotFound)
    assert isinstance(known, PlacedBid)


def test_the_sellers_bid_is_refused_and_gives_him_no_number() -> None:
    """The next bidder is number 1."""
    bench = Bench()

    seller, ann = bench.judge(pending("the-seller"), pending("ann"))

    assert isinstance(seller, SellerMayNotBid)
    assert isinstance(ann, PlacedBid)
    assert ann.bidder == 1


def test_bidders_are_numbered_by_their_first_accepted_bid() -> None:
    """A refused bid gives no number; a second bid keeps it."""
    bench = Bench()

    outcomes = bench.judge(
        pending("ann", 5_00), pending("low", 1_01), pending("bob", 9_00), pending("ann", 20_00), pending("cyd", 30_00)
    )

    assert [one.bidder for one in outcomes if isinstance(one, PlacedBid)] == [1, 2, 1, 3]
    assert bench.lots["listing-one"].new_numbers == {
        ("listing-one", "ann"): 1,
        ("listing-one", "bob"): 2,
        ("listing-one", "cyd"): 3,
    }
    assert bench.listing().bidder_count == 3


def test_numbers_given_before_the_batch_are_kept() -> None:
    """Only newcomers get new ones, after the last."""
    bench = Bench(the_listing(bidder_count=4), numbers={("listing-one", "ann"): 3})

    ann, bob = placed(bench.judge(pending("ann", 5_00), pending("bob", 9_00)))

    assert (ann.bidder, bob.bidder) == (3, 5)
    assert bench.lots["listing-one"].new_numbers == {("listing-one", "bob"): 5}


def test_numbers_on_one_listing_are_not_those_on_another() -> None:
    """Each listing counts its own bidders."""
    bench = Bench(the_listing("listing-one"), the_listing("listing-two"))

    outcomes = placed(
        bench.judge(
            pending("ann", 5_00),
            pending("bob", 9_00),
            pending("bob", 5_00, listing="listing-two"),
            pending("ann", 9_00, listing="listing-two"),
        )
    )

    assert [one.bidder for one in outcomes] == [1, 2, 1, 2]


def test_refusals_alone_leave_the_listing_as_it_was() -> None:
    """The very same object: nothing to write."""
    listing = the_listing()
    bench = Bench(listing)

    bench.judge(pending("ann", 99), pending("the-seller", 50_00))

    assert bench.listing() is listing
    assert bench.lots[listing.id].placed == []


def test_a_refusal_keeps_nothing_of_its_batch_alive() -> None:
    """A storm is mostly refusals: what they held would wait for the garbage collector, whole batches of it."""
    bench = Bench()
    lot = weakref.ref(bench.lots["listing-one"])

    (refused,) = bench.judge(pending("ann", 1))
    del bench

    assert isinstance(refused, BidTooLow)
    assert lot() is None


def test_refusals_come_in_their_order() -> None:
    """Cancelled, ended, not started, seller, too low: the first that applies."""
    early = the_terms(starts_at=NOW + timedelta(seconds=1))
    late = the_terms(scheduled_end=NOW)
    cases = [
        (the_listing(terms=late, status=Status.CANCELLED), "the-seller", ListingCancelled),
        (the_listing(terms=late), "the-seller", AuctionEnded),
        (the_listing(terms=early, status=Status.SCHEDULED), "the-seller", AuctionNotStarted),
        (the_listing(), "the-seller", SellerMayNotBid),
        (the_listing(), "ann", BidTooLow),
    ]
    for listing, bidder, refusal in cases:
        (outcome,) = Bench(listing).judge(pending(bidder, 1))
        assert type(outcome) is refusal


def test_the_first_bid_makes_a_scheduled_listing_active() -> None:
    """Its start has come, the job that says so has not."""
    bench = Bench(the_listing(status=Status.SCHEDULED))

    bench.judge(pending())

    assert bench.listing().status is Status.ACTIVE


def test_the_effective_end_moves_within_a_batch() -> None:
    """Bids of one batch share one moment; the last one's end is the listing's."""
    terms = the_terms(scheduled_end=NOW + timedelta(seconds=10))
    bench = Bench(the_listing(terms=terms))

    (only,) = placed(bench.judge(pending()))

    assert only.ends_at == bench.listing().standing.ends_at == NOW + timedelta(seconds=120)


@given(
    st.lists(
        st.tuples(st.sampled_from(["ann", "bob", "cyd", "the-seller"]), st.integers(50, 40_00), st.integers(1, 8)),
        min_size=1,
        max_size=16,
    ),
    st.data(),
)
def test_a_batch_folds_as_its_bids_one_by_one(bids: list[tuple[str, int, int]], data: st.DataObject) -> None:
    """Wherever the batch is cut in two, outcomes and end state are the same."""
    coming = [pending(bidder, amount, key=f"key-number-{key}") for bidder, amount, key in bids]
    cut = data.draw(st.integers(0, len(coming)))

    at_once, together = Bench(), Bench(the_listing(terms=the_terms(scheduled_end=END)))
    whole = at_once.judge(*coming)
    first = together.judge(*coming[:cut])
    known = {(one.bidder_id, one.idempotency_key): one for one in first if isinstance(one, PlacedBid)}
    numbers = dict(together.lots["listing-one"].new_numbers)
    then = Bench(together.listing(), numbers=numbers)
    second = then.judge(*coming[cut:], known=known)

    assert [_told(one) for one in whole] == [_told(one) for one in (*first, *second)]
    assert at_once.listing() == then.listing()


def _told(outcome: PlacedBid | Refusal) -> object:
    """An outcome, as its caller is told of it."""
    return outcome if isinstance(outcome, PlacedBid) else (outcome.code, outcome.facts)
