"""One bad bid in a batch, and more bids than a lane takes: nobody else pays for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from common.config import LaneSettings, Settings
from common.domain.actor import Actor
from common.domain.errors import Busy, Refusal
from common.store.store import Store
from dev.stack.database import DatabaseServer, connect
from tests.market import Records
from tests.races.arena import Instance, Onlooker, a_person, offer, outcomes, people
from tests.races.invariants import Recorded

Check = Callable[[str], Recorded]


@pytest.fixture
def one_lane(settings: Settings, build_instance: Callable[[Settings], Instance]) -> Instance:
    """An instance whose bids all share one lane."""
    return build_instance(replace(settings, lanes=LaneSettings(lanes=1, capacity=2048, batch=256)))


@contextmanager
def _poisonous(bidder: Actor, database: DatabaseServer) -> Iterator[None]:
    """The server refuses to write this bidder's bids, for a reason that no code foresees."""
    with connect(database, database.root) as root, root.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER poison BEFORE INSERT ON bids FOR EACH ROW"
            f" BEGIN IF NEW.bidder_id = '{bidder.user_id}' THEN SIGNAL SQLSTATE '45000'"
            " SET MESSAGE_TEXT = 'poison'; END IF; END"
        )
        try:
            yield
        finally:
            cursor.execute("DROP TRIGGER poison")


def test_a_bid_the_database_refuses_costs_the_rest_of_its_batch_nothing(
    one_lane: Instance, store: Store, database: DatabaseServer, onlooker: Onlooker, check: Check
) -> None:
    """Ten bids share a batch with it: all ten stand in their order, it alone gets its error."""
    lot, poison, crowd = offer(store), a_person("poison"), people(11)
    with _poisonous(poison, database):
        with onlooker.hold(lot):
            first = one_lane.bid(lot, crowd[0], 5_00)
            onlooker.await_waiting(1)
            early = [one_lane.bid(lot, bidder, 10_00 * place) for place, bidder in enumerate(crowd[1:6], start=1)]
            bad = one_lane.bid(lot, poison, 500_00)
            late = [one_lane.bid(lot, bidder, 10_00 * place) for place, bidder in enumerate(crowd[6:], start=6)]

        error = bad.exception(10)
        answers = [bid.result(10) for bid in (first, *early, *late)]

    assert "poison" in str(error)
    assert not isinstance(error, Refusal), "a bug is no answer"
    assert [answer.body["bid"]["seq"] for answer in answers] == list(range(1, 12))
    assert poison.user_id not in {bid.bidder_id for bid in check(lot).bids}


def test_a_bid_too_long_for_its_column_is_not_cut_to_fit(
    one_lane: Instance, store: Store, onlooker: Onlooker, records: Records, check: Check
) -> None:
    """Somebody whose id does not fit is nobody else; his batch goes on without him."""
    lot, known = offer(store), a_person()
    long = Actor(user_id=a_person().user_id.ljust(129, "x"), display_name="Long")
    with onlooker.hold(lot):
        first = one_lane.bid(lot, known, 5_00)
        onlooker.await_waiting(1)
        bids = [one_lane.bid(lot, long, 50_00), one_lane.bid(lot, a_person(), 70_00)]

    assert bids[0].exception(10) is not None
    assert [bid.result(10).body["bid"]["seq"] for bid in (first, bids[1])] == [1, 2]
    assert len(check(lot).bids) == 2
    assert records.value("SELECT COUNT(*) FROM users WHERE LEFT(%s, 40) = LEFT(id, 40)", long.user_id) == 0


def test_a_full_lane_refuses_with_the_seconds_to_wait_and_keeps_what_it_took(
    settings: Settings, build_instance: Callable[[Settings], Instance], store: Store, onlooker: Onlooker, check: Check
) -> None:
    """One bid is under way and as many wait as may: the next is Busy at once, and those before it stand."""
    narrow = build_instance(replace(settings, lanes=LaneSettings(lanes=1, capacity=3, batch=256)))
    lot, crowd = offer(store), people(5)
    with onlooker.hold(lot):
        under_way = narrow.bid(lot, crowd[0], 5_00)
        onlooker.await_waiting(1)
        waiting = [narrow.bid(lot, bidder, 10_00 * place) for place, bidder in enumerate(crowd[1:4], start=1)]
        one_more = narrow.bid(lot, crowd[4], 90_00)

        with pytest.raises(Busy) as refused:
            one_more.result(1)

    assert refused.value.facts["retry_after_seconds"] == 1
    assert [bid.result(10).body["bid"]["seq"] for bid in (under_way, *waiting)] == [1, 2, 3, 4]
    assert len(check(lot).bids) == 4


def test_every_caller_gets_his_own_refusal(one_lane: Instance, store: Store, onlooker: Onlooker) -> None:
    """In one batch: too low, on nothing, by the seller, and a good one."""
    seller = a_person("seller")
    lot = offer(store, seller=seller)
    with onlooker.hold(lot):
        first = one_lane.bid(lot, a_person(), 5_00)
        onlooker.await_waiting(1)
        bids = [
            one_lane.bid(lot, a_person(), 1_00),
            one_lane.bid("AAAAAAAAAAA", a_person(), 9_00),
            one_lane.bid(lot, seller, 9_00),
            one_lane.bid(lot, a_person(), 9_00),
        ]

    results = outcomes([first, *bids])

    codes = [result.code if isinstance(result, Refusal) else "ok" for result in results]
    assert codes == ["ok", "bid_too_low", "listing_not_found", "seller_may_not_bid", "ok"]
