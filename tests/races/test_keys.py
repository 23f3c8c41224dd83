"""The same request sent twice: one row, one answer, whichever instances it reaches."""

from collections.abc import Callable
from itertools import product

from common.domain.errors import IdempotencyKeyReused
from common.operations.call import Answer
from common.store.store import Store
from tests.market import Records
from tests.races.arena import (
    Instance,
    Onlooker,
    a_key,
    a_person,
    accepted,
    offer,
    offer_all,
    outcomes,
    people,
)
from tests.races.invariants import Recorded

Check = Callable[[str], Recorded]
Two = tuple[Instance, Instance]


def test_one_key_at_both_instances_at_once_is_one_bid(two: Two, store: Store, onlooker: Onlooker, check: Check) -> None:
    """Both wait on the row lock with the same bid; one row comes of it and two equal answers."""
    lot, bidder, key = offer(store), a_person(), a_key()
    with onlooker.hold(lot):
        bids = [instance.bid(lot, bidder, 7_00, key=key) for instance in two]
        onlooker.await_waiting(2)

    one, other = (bid.result() for bid in bids)

    assert one.body == other.body
    assert [bid.idempotency_key for bid in check(lot).bids] == [key]


def test_many_keys_at_both_instances_in_a_storm_are_one_bid_each(two: Two, store: Store, check: Check) -> None:
    """Thirty bids, each sent four times through two instances amid the others: thirty rows, equal answers."""
    lot, crowd = offer(store), people(30)
    keys = {bidder.user_id: a_key() for bidder in crowd}

    futures = {
        (bidder.user_id, attempt): two[attempt % 2].bid(lot, bidder, 10_00 + 10_00 * place, key=keys[bidder.user_id])
        for attempt, (place, bidder) in product(range(4), enumerate(crowd))
    }
    results = dict(zip(futures, outcomes(list(futures.values())), strict=True))

    rows = [bid.idempotency_key for bid in check(lot).bids]
    for bidder in crowd:
        answers = accepted([results[bidder.user_id, attempt] for attempt in range(4)])
        assert all(answer.body == answers[0].body for answer in answers)
        assert rows.count(keys[bidder.user_id]) == bool(answers)
    assert sorted(rows) == sorted(set(rows))


def test_one_key_on_two_listings_at_once_is_one_bid_and_one_refusal(
    two: Two, store: Store, onlooker: Onlooker, check: Check
) -> None:
    """No common row lock orders these two; the unique key does, and the loser is told what is wrong."""
    bidder = a_person()
    for _ in range(10):
        lots, key = offer_all(store, 2), a_key()
        with onlooker.hold(*lots):
            bids = [instance.bid(lot, bidder, 7_00, key=key) for instance, lot in zip(two, lots, strict=True)]
            onlooker.await_waiting(2)

        results = outcomes(bids)

        assert len(accepted(results)) == 1
        assert sum(isinstance(result, IdempotencyKeyReused) for result in results) == 1
        assert sum(len(check(lot).bids) for lot in lots) == 1


def test_a_key_used_on_another_listing_costs_the_rest_of_the_batch_nothing(
    two: Two, store: Store, onlooker: Onlooker, check: Check
) -> None:
    """The batch that loses the race for a key is taken apart: all its other bids stand."""
    bidder, others, key = a_person(), people(5), a_key()
    here, elsewhere = offer_all(store, 2)
    with onlooker.hold(here, elsewhere):
        first = two[0].bid(elsewhere, bidder, 7_00, key=key)
        blocked = two[1].bid(here, others[0], 5_00)
        onlooker.await_waiting(2)
        batch = [two[1].bid(here, other, 10_00 * place) for place, other in enumerate(others[1:], start=1)]
        reused = two[1].bid(here, bidder, 90_00, key=key)

    results = outcomes([first, blocked, *batch, reused])

    assert len(accepted(results[:-1])) == 6
    assert isinstance(results[-1], IdempotencyKeyReused)
    assert len(check(here).bids) == 5


def test_the_answer_to_a_repeated_key_outlives_the_end_of_the_auction(
    two: Two, store: Store, records: Records, check: Check
) -> None:
    """Somebody whose connection broke learns after the closing what became of his bid, at either instance."""
    lot, bidder, key = offer(store), a_person(), a_key()
    answer = two[0].bid(lot, bidder, 7_00, key=key).result()
    two[0].bid(lot, a_person(), 50_00).result()
    records.execute("UPDATE listings SET ends_at = UTC_TIMESTAMP(6) WHERE id = %s", lot)
    two[0].close_auctions().result()

    again = [instance.bid(lot, bidder, 7_00, key=key).result() for instance in two]

    for repeated in again:
        assert repeated.body["bid"] == answer.body["bid"]
        assert repeated.body["listing"] == answer.body["listing"]


def test_two_people_may_use_the_same_key(two: Two, store: Store, check: Check) -> None:
    """Keys are each bidder's own."""
    lot, key = offer(store), a_key()

    answers = [
        two[0].bid(lot, bidder, 10_00 * place, key=key).result() for place, bidder in enumerate(people(2), start=1)
    ]

    assert [answer.body["bid"]["seq"] for answer in answers] == [1, 2]
    assert len(check(lot).bids) == 2


def test_create_with_one_key_at_both_instances_is_one_listing(two: Two, records: Records) -> None:
    """A seller's form sent twice at once offers one item, and both answers name it."""
    seller = a_person("seller")
    for _ in range(10):
        key = a_key()

        answers = [made.result() for made in [instance.create(seller, key) for instance in (*two, *two)]]

        assert all(isinstance(answer, Answer) for answer in answers)
        assert len({answer.body["listing"]["id"] for answer in answers}) == 1
        sold_by = "SELECT COUNT(*) FROM listings WHERE seller_id = %s AND idempotency_key = %s"
        assert records.value(sold_by, seller.user_id, key) == 1
    assert records.value("SELECT COUNT(*) FROM audit_log WHERE actor = %s", seller.user_id) == 10
