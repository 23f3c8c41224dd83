"""Bids at the end of an auction: in time is what the database's clock says once the row is locked."""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from common.config import Settings
from common.domain.errors import AuctionEnded
from common.domain.listing import SoftClose, Status
from common.operations import close_auctions
from common.store.store import Store
from dev.stack.database import DatabaseServer, connect
from tests.market import Records
from tests.races.arena import (
    HARD_CLOSE,
    Instance,
    Onlooker,
    a_person,
    call_of,
    database_now,
    listing,
    offer,
    offer_all,
    wait_until,
)
from tests.races.invariants import Recorded

Check = Callable[[str], Recorded]
Two = tuple[Instance, Instance]

SHORT_SOFT_CLOSE = SoftClose(
    window=timedelta(seconds=5), extension=timedelta(seconds=30), max_extension=timedelta(minutes=5)
)


def _seconds_left(onlooker: Onlooker, lot: str) -> float:
    """How long a lot still runs by the database's clock."""
    sql = "SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), ends_at) FROM listings WHERE id = %s"
    return float(onlooker.ask(sql, lot)) / 1e6


@contextmanager
def _slow_commit_of(lot: str, database: DatabaseServer, *, seconds: float) -> Iterator[None]:
    """Bids on this lot take so long to be written, under the row's lock, after they were judged."""
    with connect(database, database.root) as root, root.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER slow_commit BEFORE INSERT ON bids FOR EACH ROW"
            f" BEGIN IF NEW.listing_id = '{lot}' THEN DO SLEEP({seconds}); END IF; END"
        )
        try:
            yield
        finally:
            cursor.execute("DROP TRIGGER slow_commit")


def test_a_bid_that_waited_for_the_lock_across_the_end_is_late(
    two: Two, store: Store, onlooker: Onlooker, check: Check
) -> None:
    """Its statement began before the end; it is judged by the clock after the lock, and refused."""
    lot = offer(store, ends_in=1.0, soft_close=HARD_CLOSE)
    with onlooker.hold(lot):
        bid = two[0].bid(lot, a_person(), 5_00)
        onlooker.await_waiting(1)
        assert _seconds_left(onlooker, lot) > 0
        wait_until(lambda: _seconds_left(onlooker, lot) <= 0)

    with pytest.raises(AuctionEnded):
        bid.result()

    assert check(lot).bids == []


def test_a_bid_that_has_the_lock_just_before_the_end_is_in_time(
    two: Two, store: Store, onlooker: Onlooker, check: Check
) -> None:
    """The other side: the lock is let go while there is a moment left."""
    lot = offer(store, ends_in=1.0, soft_close=HARD_CLOSE)
    with onlooker.hold(lot):
        bid = two[0].bid(lot, a_person(), 5_00)
        onlooker.await_waiting(1)
        wait_until(lambda: _seconds_left(onlooker, lot) < 0.4)

    bid.result()

    (placed,) = check(lot).bids
    assert timedelta(0) < placed.ends_at - placed.placed_at < timedelta(seconds=0.5)


def test_bids_of_one_batch_that_waited_across_the_end_of_one_lot_are_judged_lot_by_lot(
    two: Two, store: Store, onlooker: Onlooker, settings: Settings, build_instance: Callable[[Settings], Instance]
) -> None:
    """A lot that ended while its batch waited costs the other lots of the batch nothing."""
    ending, running = offer(store, ends_in=0.6, soft_close=HARD_CLOSE), offer(store)
    one_lane = build_instance(_with_one_lane(settings))
    with onlooker.hold(ending, running):
        bids = [one_lane.bid(lot, a_person(), 5_00) for lot in (running, ending, running)]
        wait_until(lambda: _seconds_left(onlooker, ending) <= 0)

    results = [bid.exception(10) for bid in bids]

    assert [type(result) for result in results] == [type(None), AuctionEnded, type(None)]


def test_an_auction_extended_by_a_bid_under_way_at_its_end_is_not_closed(
    two: Two, store: Store, database: DatabaseServer, onlooker: Onlooker, check: Check
) -> None:
    """The bid is in time and commits after the old end, while closers run: they find the auction extended."""
    lot = offer(store, ends_in=0.6, soft_close=SHORT_SOFT_CLOSE)
    with _slow_commit_of(lot, database, seconds=1.2):
        bid = two[0].bid(lot, a_person(), 5_00)
        wait_until(lambda: _seconds_left(onlooker, lot) <= 0)
        while not bid.done():
            two[1].close_auctions().result()

    recorded = check(lot)
    assert bid.result().body["listing"]["ends_at"] == recorded.listing.standing.ends_at
    assert recorded.listing.standing.ends_at > recorded.listing.terms.scheduled_end
    assert recorded.listing.status is Status.ACTIVE


def test_a_lot_that_a_batch_of_bids_holds_at_its_end_is_closed_by_the_same_run(
    two: Two, store: Store, onlooker: Onlooker, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It comes back to what it passed over, and its count has the lot."""
    monkeypatch.setattr(close_auctions, "_LOOKS_AGAIN", 50)
    lot = offer(store, ends_in=-1, starts_in=-2)

    with onlooker.hold(lot):
        closing = two[0].close_auctions()
        time.sleep(0.3)  # it has looked once, or will find the lot at its first look
    counts = closing.result().body["closed"]

    assert counts["no_bids"] >= 1
    assert check(lot).listing.status is Status.CLOSED


def test_a_lot_somebody_keeps_at_its_end_is_closed_by_the_next_run(
    two: Two, store: Store, onlooker: Onlooker, check: Check
) -> None:
    """A closer waits for no row for long; what it passed over is due again."""
    lot = offer(store, ends_in=-1, starts_in=-2)

    with onlooker.hold(lot):
        two[0].close_auctions().result()
        assert listing(store, lot).status is Status.ACTIVE
    two[1].close_auctions().result()

    assert check(lot).listing.status is Status.CLOSED


@pytest.mark.parametrize("soft_close", [HARD_CLOSE, SHORT_SOFT_CLOSE], ids=["hard close", "soft close"])
def test_bids_and_closings_that_race_at_the_end_lose_nothing(
    soft_close: SoftClose, two: Two, store: Store, records: Records, check: Check
) -> None:
    """A hundred lots end one after the other, a bid about each end, amid closings: it counts, or leaves nothing."""
    lots = offer_all(store, 100, soft_close=soft_close)
    first_end = database_now(store) + timedelta(seconds=1)
    ends = {lot: first_end + timedelta(milliseconds=5 * place) for place, lot in enumerate(lots, start=1)}
    records.execute(
        "UPDATE listings SET scheduled_end = %s + INTERVAL 5000 * FIND_IN_SET(id, %s) MICROSECOND,"
        " ends_at = scheduled_end WHERE id IN %s",
        first_end,
        ",".join(lots),
        lots,
    )
    now = database_now(store)

    closing = two[1].start(_close_until(two[1], store, max(ends.values()) + timedelta(seconds=0.2)))
    offsets = itertools.cycle(timedelta(milliseconds=away) for away in (-400, 0, 20))
    bids = {
        lot: two[place % 2].start(_bid_after(two[place % 2], lot, end + offset - now))
        for place, ((lot, end), offset) in enumerate(zip(ends.items(), offsets, strict=False))
    }
    late = {lot: isinstance(bid.exception(10), AuctionEnded) for lot, bid in bids.items()}
    closing.result(10)
    two[1].close_auctions().result()  # a late bid's batch may have held some for longer than the last one came back

    assert set(late.values()) == {True, False}, "all bids came on the same side of their ends"
    for lot in lots:
        recorded = check(lot)
        assert len(recorded.bids) == (not late[lot])
        extended = soft_close is SHORT_SOFT_CLOSE and not late[lot]
        assert recorded.listing.status is (Status.ACTIVE if extended else Status.CLOSED)


async def _bid_after(instance: Instance, lot: str, wait: timedelta) -> None:
    await asyncio.sleep(wait.total_seconds())
    await instance.bid_here(lot, a_person(), 5_00)


async def _close_until(instance: Instance, store: Store, end: datetime) -> None:
    """Close what is due, again and again."""
    while await asyncio.to_thread(database_now, store) < end:
        await close_auctions.run(instance.services, call_of(), {})


def _with_one_lane(settings: Settings) -> Settings:
    return replace(settings, lanes=replace(settings.lanes, lanes=1))
