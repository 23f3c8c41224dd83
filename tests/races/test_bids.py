"""Bids of two function instances on the same rows: whatever their order, the rules hold of all of it."""

import asyncio
import random
from collections.abc import Callable, Sequence

from common.domain.actor import Actor
from common.domain.errors import BidTooLow, Refusal
from common.operations.call import Answer
from common.store.store import Store
from tests.races.arena import Instance, Onlooker, accepted, offer, offer_all, outcomes, people
from tests.races.invariants import Recorded

Check = Callable[[str], Recorded]
Two = tuple[Instance, Instance]


async def _bid_on(
    instance: Instance, lots: Sequence[str], bidder: Actor, times: int, chance: random.Random
) -> list[Answer | Refusal]:
    """One person's evening: as many bids, one after the other, each a little over what was shown before."""
    results: list[Answer | Refusal] = []
    shown = dict.fromkeys(lots, 1_00)
    for _ in range(times):
        lot = chance.choice(lots)
        try:
            answer = await instance.bid_here(lot, bidder, shown[lot] + chance.choice((0, 1, 25, 26, 100, 1000)))
        except BidTooLow as refusal:
            shown[lot] = int(str(refusal.facts["minimum_bid"]))
            results.append(refusal)
        else:
            shown[lot] = answer.body["listing"]["minimum_bid"]
            results.append(answer)
    return results


def _storm(two: Two, lots: Sequence[str], *, bidders: int, times: int) -> list[Answer | Refusal]:
    """Everybody bids at once, half of them through each instance; everybody's answers."""

    async def evening(instance: Instance, crowd: Sequence[Actor], seed: int) -> list[Answer | Refusal]:
        chance = random.Random(seed)
        each = await asyncio.gather(*(_bid_on(instance, lots, bidder, times, chance) for bidder in crowd))
        return [result for results in each for result in results]

    crowd = people(bidders)
    halves = (crowd[::2], crowd[1::2])
    evenings = [two[seed].start(evening(two[seed], halves[seed], seed)) for seed in range(2)]
    return [result for done in evenings for result in done.result(60)]


def _rows_of(answers: Sequence[Answer], lot: str) -> list[tuple[int, str, int]]:
    """Sequence number, who and with which maximum, as the callers were told it."""
    own = [answer.body for answer in answers if answer.body["listing"]["id"] == lot]
    return sorted((body["bid"]["seq"], body["you"]["alias"], body["you"]["your_max"]) for body in own)


def test_a_storm_on_one_listing_keeps_every_invariant(two: Two, store: Store, check: Check) -> None:
    """Forty people bid through two instances on one row; every acknowledged bid is a row, and no other."""
    lot = offer(store, reserve_price=90_00)

    answers = accepted(_storm(two, [lot], bidders=40, times=15))

    recorded = check(lot)
    rows = [(bid.seq, f"Bidder {bid.bidder}", bid.max_amount) for bid in recorded.bids]
    assert rows == _rows_of(answers, lot)
    assert len(rows) > 10


def test_a_storm_over_several_listings_keeps_every_invariant(two: Two, store: Store, check: Check) -> None:
    """Batches of two instances that share many rows end, without a deadlock among them, as if one by one."""
    lots = offer_all(store, 12)

    results = _storm(two, lots, bidders=40, times=15)

    answers = accepted(results)
    assert all(isinstance(result, Answer | BidTooLow) for result in results)
    for lot in lots:
        assert [(b.seq, f"Bidder {b.bidder}", b.max_amount) for b in check(lot).bids] == _rows_of(answers, lot)
    assert len(answers) > 100


def test_an_answer_says_what_stood_right_after_its_bid(two: Two, store: Store, check: Check) -> None:
    """Even in a shared batch each caller is told of his own moment, not of the batch's end."""
    lot = offer(store)

    answers = accepted(_storm(two, [lot], bidders=20, times=10))

    bids = {bid.seq: bid for bid in check(lot).bids}
    for answer in answers:
        bid, shown = bids[answer.body["bid"]["seq"]], answer.body["listing"]
        assert (shown["current_price"], shown["version"]) == (bid.price, bid.version)
        assert (shown["ends_at"], shown["leader"]) == (bid.ends_at, f"Bidder {bid.leader}")
        assert answer.body["leading"] == (bid.leader == bid.bidder)
        assert answer.body["bid"]["placed_at"] == bid.placed_at


def test_of_equal_maxima_the_one_under_the_lock_first_leads(
    two: Two, store: Store, onlooker: Onlooker, check: Check
) -> None:
    """A tie of two instances is decided by the row lock: the first row leads, at the maximum of both."""
    lot = offer(store)
    one, other = people(2)
    with onlooker.hold(lot):
        bids = [two[0].bid(lot, one, 50_00), two[1].bid(lot, other, 50_00)]
        onlooker.await_waiting(2)

    answers = accepted(outcomes(bids))

    recorded = check(lot)
    assert len(answers) == 2
    assert (recorded.listing.standing.leader, recorded.listing.standing.price) == (1, 50_00)
    first = next(answer for answer in answers if answer.body["bid"]["seq"] == 1)
    assert first.body["you"]["alias"] == "Bidder 1"


def test_a_leader_raises_himself_while_a_challenger_bids(
    two: Two, store: Store, onlooker: Onlooker, check: Check
) -> None:
    """Own raise and challenge through two instances: both count, in either order, and the higher maximum leads."""
    leader, challenger = people(2)
    for raised, challenge in ((40_00, 30_00), (30_00, 40_00), (30_00, 30_00)):
        lot = offer(store)
        two[0].bid(lot, leader, 20_00).result()
        with onlooker.hold(lot):
            bids = [two[0].bid(lot, leader, raised), two[1].bid(lot, challenger, challenge)]
            onlooker.await_waiting(2)

        outcomes(bids)

        recorded = check(lot)
        assert recorded.listing.standing.high_max == max(raised, challenge)
        assert recorded.listing.standing.bid_count == 3


def test_newcomers_seen_by_both_instances_at_once_are_one_person_each(
    two: Two, store: Store, onlooker: Onlooker, check: Check
) -> None:
    """The same ten people's first bids ever arrive at both instances together; each is remembered once."""
    crowd, lots = people(10), offer_all(store, 2)
    with onlooker.hold(*lots):
        bids = [
            instance.bid(lot, person, 100_00 + 10_00 * place)
            for instance, lot in zip(two, lots, strict=True)
            for place, person in enumerate(crowd)
        ]
        onlooker.await_waiting(2)

    answers = accepted(outcomes(bids))

    assert len(answers) == 20
    for lot in lots:
        assert {user_id for _, user_id in check(lot).numbers} == {person.user_id for person in crowd}
