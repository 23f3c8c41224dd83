"""The desk: a bid whose time is up is not begun, one whose answer was lost is found again."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from common.bidding.batch import PendingBid
from common.config import LaneSettings, Settings
from common.deadline import Deadline
from common.domain.actor import Actor
from common.domain.errors import Busy, Unavailable
from common.store.store import Store
from tests.market import Records
from tests.races.arena import Instance, Onlooker, a_key, a_person, offer
from tests.races.invariants import Recorded
from tests.store.proxy import BATCH_COMMIT, Proxy

Check = Callable[[str], Recorded]


@pytest.fixture
def one_lane(settings: Settings, build_instance: Callable[[Settings], Instance]) -> Instance:
    """An instance whose bids all share one lane."""
    return build_instance(replace(settings, lanes=LaneSettings(lanes=1, capacity=2048, batch=256)))


def a_bid(lot: str, max_amount: int, *, seconds: float = 10.0, actor: Actor | None = None) -> PendingBid:
    """A bid with so many seconds to be answered."""
    return PendingBid(
        actor=actor or a_person(),
        listing_id=lot,
        max_amount=max_amount,
        idempotency_key=a_key(),
        deadline=Deadline.after(seconds),
    )


def test_a_bid_past_its_deadline_is_busy_and_not_begun(one_lane: Instance, store: Store, records: Records) -> None:
    """Nothing of it is written, not even who he is."""
    lot, late = offer(store), a_person("late")

    with pytest.raises(Busy):
        one_lane.pending(a_bid(lot, 5_00, seconds=-0.001, actor=late)).result(10)

    assert records.value("SELECT COUNT(*) FROM users WHERE id = %s", late.user_id) == 0
    assert records.value("SELECT COUNT(*) FROM bids WHERE listing_id = %s", lot) == 0


def test_a_bid_that_waited_too_long_in_its_lane_costs_the_others_nothing(
    one_lane: Instance, store: Store, onlooker: Onlooker, check: Check
) -> None:
    """Its deadline passes while the batch before is under way; those with time left are placed in their order."""
    lot = offer(store)
    with onlooker.hold(lot):
        first = one_lane.pending(a_bid(lot, 5_00))
        onlooker.await_waiting(1)
        bids = [one_lane.pending(a_bid(lot, 10_00 * place, seconds=9 * (place != 2) + 0.01)) for place in range(1, 4)]
        with pytest.raises(TimeoutError):
            first.result(0.05)

    assert isinstance(bids[1].exception(10), Busy)
    assert [bid.result(10).placed.seq for bid in (first, bids[0], bids[2])] == [1, 2, 3]
    assert len(check(lot).bids) == 3


def test_a_bid_whose_commit_was_not_acknowledged_is_found_and_answered(
    settings: Settings, build_instance: Callable[[Settings], Instance], store: Store, check: Check
) -> None:
    """The connection breaks after the commit arrived: the second try finds the bid under its key, one row."""
    lot = offer(store)
    with Proxy(settings.database.host, settings.database.port) as proxy:
        instance = build_instance(proxy.before_database(settings))
        instance.pending(a_bid(lot, 5_00)).result(10)
        proxy.lose_answer_to(BATCH_COMMIT)

        accepted = instance.pending(a_bid(lot, 20_00)).result(10)

        assert proxy.lost == 1
    assert accepted.placed.seq == 2
    assert len(check(lot).bids) == 2


def test_a_bid_whose_commit_never_arrived_is_placed_at_the_second_try(
    settings: Settings, build_instance: Callable[[Settings], Instance], store: Store, check: Check
) -> None:
    """The connection breaks on the way there: nothing was done, and it is done now."""
    lot = offer(store)
    with Proxy(settings.database.host, settings.database.port) as proxy:
        instance = build_instance(proxy.before_database(settings))
        proxy.lose_request(BATCH_COMMIT)

        accepted = instance.pending(a_bid(lot, 20_00)).result(10)

        assert proxy.lost == 1
    assert accepted.placed.seq == 1
    assert len(check(lot).bids) == 1


def test_a_bidder_is_remembered_again_when_the_commit_that_wrote_him_was_lost(
    settings: Settings, build_instance: Callable[[Settings], Instance], store: Store, records: Records
) -> None:
    """What the desk believes of the people follows the commits, not the attempts."""
    lot, bidder = offer(store), a_person()
    with Proxy(settings.database.host, settings.database.port) as proxy:
        instance = build_instance(proxy.before_database(settings))
        for _ in range(3):
            proxy.lose_request(BATCH_COMMIT)
        with pytest.raises(Unavailable):
            instance.pending(a_bid(lot, 20_00, actor=bidder)).result(10)
        assert records.value("SELECT COUNT(*) FROM users WHERE id = %s", bidder.user_id) == 0

        instance.pending(a_bid(lot, 20_00, actor=bidder)).result(10)

    assert records.value("SELECT COUNT(*) FROM users WHERE id = %s", bidder.user_id) == 1
