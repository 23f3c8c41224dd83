"""Two place_bid processes on one database, as the platform runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack

import pytest

from common.store.store import Store
from dev.stack.functions import function_process
from dev.stack.issuer import Issuer
from tests.races.arena import a_key, a_person, offer, offer_all, wait_until
from tests.races.crowd import Crowd, send_together
from tests.races.invariants import Recorded

Check = Callable[[str], Recorded]


@pytest.fixture(scope="module")
def urls(function_env: dict[str, str]) -> Iterator[Sequence[str]]:
    """Where they answer."""
    with ExitStack() as stack:
        yield [stack.enter_context(function_process("place_bid", function_env)).url for _ in range(2)]


def test_a_storm_over_http_keeps_every_invariant(
    urls: Sequence[str], store: Store, issuer: Issuer, check: Check
) -> None:
    """Eight people, five listings, both processes: what was acknowledged is what is recorded."""
    lots = offer_all(store, 5)
    crowd = Crowd(urls, lots, issuer)

    with crowd.bidding(8):
        wait_until(lambda: len(crowd.acknowledged) > 250)

    assert crowd.unexpected == []
    rows = {(bid.listing_id, bid.seq, bid.idempotency_key) for lot in lots for bid in check(lot).bids}
    assert rows == {(bid.listing_id, bid.seq, bid.key) for bid in crowd.acknowledged}


def test_one_key_sent_to_both_processes_at_once_is_one_bid(
    urls: Sequence[str], store: Store, issuer: Issuer, check: Check
) -> None:
    """Twenty times: equal answers, byte for byte, and one row."""
    bidder = a_person()
    for _ in range(20):
        lot, key = offer(store), a_key()
        body = {"listing_id": lot, "max_amount": 7_00}

        answers = send_together([*urls, *urls], issuer.user_token(bidder.user_id), body, key)

        assert [answer.status_code for answer in answers] == [201] * 4
        assert len({answer.content for answer in answers}) == 1
        assert [bid.idempotency_key for bid in check(lot).bids] == [key]


def test_one_key_sent_for_two_listings_is_one_bid_and_one_refusal(
    urls: Sequence[str], store: Store, issuer: Issuer, check: Check
) -> None:
    """The second process knows of it: the key was used at the first."""
    bidder, key = a_person(), a_key()
    lots, token = offer_all(store, 2), issuer.user_token(bidder.user_id)

    answers = [
        send_together([url], token, {"listing_id": lot, "max_amount": 7_00}, key)[0]
        for url, lot in zip(urls, lots, strict=True)
    ]

    assert [answer.status_code for answer in answers] == [201, 422]
    assert answers[1].json()["code"] == "idempotency_key_reused"
    assert [len(check(lot).bids) for lot in lots] == [1, 0]
