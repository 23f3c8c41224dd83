"""Closing by several instances at once: every auction once, each with its one outcome."""

from collections import Counter
from collections.abc import Callable

import pytest

from common.config import Settings
from common.domain.listing import Outcome, Status
from common.operations import close_auctions
from common.store.store import Store
from tests.market import Records
from tests.races.arena import (
    HARD_CLOSE,
    Instance,
    a_person,
    database_now,
    listing,
    offer,
    offer_all,
    outcomes,
    people,
    wait_until,
)
from tests.races.invariants import Recorded

Check = Callable[[str], Recorded]


def test_three_closers_share_two_hundred_lots_and_close_each_once(
    settings: Settings,
    build_instance: Callable[[Settings], Instance],
    empty_market: Records,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Their counts add up, the records have one closing per lot, and a fourth run finds nothing."""
    monkeypatch.setattr(close_auctions, "BATCH", 15)
    closers = [build_instance(settings) for _ in range(3)]
    plain, reserved = offer_all(store, 140), offer_all(store, 60, reserve_price=50_00)
    for place, bidder in enumerate(people(3)):
        bids = [closers[place].bid(lot, bidder, 10_00 * (place + 1)) for lot in (*plain[:100], *reserved)]
        outcomes(bids)
    empty_market.execute("UPDATE listings SET scheduled_end = UTC_TIMESTAMP(6), ends_at = scheduled_end")

    runs = [closer.close_auctions() for closer in closers]
    closed = Counter[str]()
    for run in runs:
        closed.update(run.result().body["closed"])
    afterwards = closers[0].close_auctions().result()

    assert closed == {"sold": 100, "reserve_not_met": 60, "no_bids": 40}
    assert set(afterwards.body["closed"].values()) == {0}
    assert empty_market.value("SELECT COUNT(*) FROM audit_log WHERE action = 'close'") == 200
    assert empty_market.value("SELECT COUNT(DISTINCT listing_id) FROM audit_log WHERE action = 'close'") == 200
    assert sum(sum(run.result().body["closed"].values()) > 0 for run in runs) > 1, "one closer did all the work"


def test_what_several_closers_write_keeps_every_invariant(
    two: tuple[Instance, Instance], store: Store, check: Check, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Winners, versions, news and audit rows of lots with real ends, closed by two at once."""
    monkeypatch.setattr(close_auctions, "BATCH", 5)
    lots = offer_all(store, 30, ends_in=1.0, soft_close=HARD_CLOSE, reserve_price=25_00)
    for place, bidder in enumerate(people(2)):
        outcomes([two[place].bid(lot, bidder, 20_00 + 7_00 * place) for lot in lots[: 20 - 10 * place]])
    wait_until(lambda: check(lots[-1]).listing.terms.scheduled_end <= database_now(store))

    for run in [instance.close_auctions() for instance in (*two, *two)]:
        run.result()

    ended = Counter(check(lot).listing.outcome for lot in lots)
    assert ended == {Outcome.SOLD: 10, Outcome.RESERVE_NOT_MET: 10, Outcome.NO_BIDS: 10}


def test_a_scheduled_lot_that_nobody_opened_is_closed_at_its_end(
    two: tuple[Instance, Instance], store: Store, check: Check
) -> None:
    """Its whole life passed between two runs: it is opened and closed, once each, whoever does it."""
    lots = offer_all(store, 10, starts_in=0.1, ends_in=0.2)
    assert listing(store, lots[0]).status is Status.SCHEDULED
    wait_until(lambda: listing(store, lots[0]).terms.scheduled_end <= database_now(store))

    for run in [instance.close_auctions() for instance in (*two, *two)]:
        run.result()

    assert {check(lot).listing.outcome for lot in lots} == {Outcome.NO_BIDS}


def test_opening_races_the_first_bid(two: tuple[Instance, Instance], store: Store, check: Check) -> None:
    """A scheduled lot that starts is made active by the job or by its first bid; the versions count either once."""
    bidder = a_person()
    lots = offer_all(store, 40, starts_in=0.2)
    wait_until(lambda: listing(store, lots[0]).terms.starts_at <= database_now(store))

    runs = []
    for lot in lots:
        runs.append(two[1].close_auctions())
        two[0].bid(lot, bidder, 5_00).result()
    for run in runs:
        run.result()

    assert {check(lot).listing.status for lot in lots} == {Status.ACTIVE}


def test_a_lot_ends_although_the_winner_was_never_told_of_bidding(
    two: tuple[Instance, Instance], store: Store, check: Check
) -> None:
    """The winner is found by his number on the listing, and told; the seller too."""
    winner = a_person("winner")
    lot = offer(store, ends_in=0.4, soft_close=HARD_CLOSE)
    two[0].bid(lot, winner, 9_00).result()
    wait_until(lambda: listing(store, lot).standing.ends_at <= database_now(store))

    two[1].close_auctions().result()

    recorded = check(lot)
    assert recorded.news[winner.user_id, "won"] == 1
    assert recorded.listing.winner == 1
