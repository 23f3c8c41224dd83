"""The checks after a race find what they are there to find."""

from collections.abc import Callable

import pytest

from common.store.store import Store
from tests.market import Records
from tests.races.arena import Instance, a_person, listing, offer, people
from tests.races.invariants import InvariantsBroken, Recorded

WRONGS = {
    "price fell": "UPDATE bids SET price = 50 WHERE listing_id = %s AND seq = 3",
    "not dense": "UPDATE bids SET seq = 9 WHERE listing_id = %s AND seq = 4",
    "bid_count is 5": "UPDATE listings SET bid_count = 5 WHERE id = %s",
    "numbered by their first bids": "UPDATE bidders SET number = 7 WHERE listing_id = %s AND number = 2",
    "bidder_count is 9": "UPDATE listings SET bidder_count = 9 WHERE id = %s",
    "the seller bid": "UPDATE bids b, listings l SET b.bidder_id = l.seller_id WHERE b.listing_id = %s"
    " AND l.id = b.listing_id AND b.seq = 1",
    "an earlier time": "UPDATE bids SET placed_at = placed_at - INTERVAL 1 HOUR WHERE listing_id = %s AND seq = 3",
    "over the leader's maximum": "UPDATE listings SET high_max = current_price - 1 WHERE id = %s",
    "more than a step over": "UPDATE listings SET current_price = high_max WHERE id = %s",
    "accepted under the minimum": "UPDATE bids SET max_amount = 101 WHERE listing_id = %s AND seq = 2",
    "its replay": "UPDATE bids SET leader = 2 WHERE listing_id = %s AND seq = 2",
    "the listing says": "UPDATE listings SET second_max = second_max + 1 WHERE id = %s",
    "version 6 is not 5": "UPDATE listings SET version = version + 1 WHERE id = %s",
    "ahead of version": "UPDATE listings SET mirrored_version = version + 1 WHERE id = %s",
    "the bids say": "UPDATE listings SET leader = 2 WHERE id = %s",
    "the end moved back": "UPDATE listings SET ends_at = ends_at - INTERVAL 1 SECOND WHERE id = %s",
    "longest extension": "UPDATE listings SET ends_at = ends_at + INTERVAL 2 HOUR WHERE id = %s",
    "is not between": "UPDATE bids SET placed_at = placed_at - INTERVAL 1 DAY WHERE listing_id = %s AND seq = 1",
    "traces of a closing": "UPDATE listings SET winner = 1 WHERE id = %s",
    "by the rules": "UPDATE listings SET status = 'closed', closed_at = ends_at, outcome = 'no_bids' WHERE id = %s",
    "not once": "UPDATE listings SET status = 'closed', closed_at = ends_at WHERE id = %s",
    "before its end": "UPDATE listings SET status = 'closed', closed_at = created_at WHERE id = %s",
}
"""A sentence, and a change of the tables that makes it true."""


@pytest.fixture
def lot(store: Store, two: tuple[Instance, Instance], check: Callable[[str], Recorded]) -> str:
    """A lot with four bids of three people that stands as the rules have it."""
    first, second, third = people(3)
    lot = offer(store)
    for bidder, maximum in ((first, 10_00), (second, 5_00), (first, 20_00), (third, 12_00)):
        two[0].bid(lot, bidder, maximum).result()
    check(lot)
    return lot


@pytest.mark.parametrize("sentence", WRONGS)
def test_a_wrong_row_is_found(sentence: str, lot: str, records: Records, check: Callable[[str], Recorded]) -> None:
    """Each invariant, broken in the tables, is named."""
    assert records.execute(WRONGS[sentence], lot)

    with pytest.raises(InvariantsBroken, match=sentence):
        check(lot)


def test_news_told_twice_are_found(
    store: Store, two: tuple[Instance, Instance], records: Records, check: Callable[[str], Recorded]
) -> None:
    """A closed listing whose seller was told twice breaks the invariant of closing."""
    lot = offer(store, ends_in=-1, starts_in=-2)
    two[0].close_auctions().result()
    check(lot)

    assert records.execute(
        "INSERT INTO notifications (user_id, listing_id, kind, created_at)"
        " SELECT seller_id, id, outcome, closed_at FROM listings WHERE id = %s",
        lot,
    )

    with pytest.raises(InvariantsBroken, match="told were"):
        check(lot)


def test_a_refused_bid_leaves_no_trace(store: Store, lot: str, two: tuple[Instance, Instance]) -> None:
    """What is refused changes neither the listing nor its version."""
    before = listing(store, lot)

    with pytest.raises(Exception, match="too low"):
        two[0].bid(lot, a_person(), 1).result()

    assert listing(store, lot) == before
