"""A storm of bids is few writes: one under way per listing, the next carries what is newest by then."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from itertools import pairwise

import pytest

from common.config import Settings
from common.domain.actor import Actor
from common.domain.aliases import new_listing_id
from common.domain.errors import BidTooLow
from common.mirror.documents import mirrored_listing
from common.store.store import Store
from dev.stack.emulator import Emulator
from tests.market import Records
from tests.mirror.public import Public
from tests.mirror.writers import Writer, a_state, watching
from tests.races.arena import Instance, listing, offer, people, wait_until
from tests.races.invariants import Recorded
from tests.store.proxy import Proxy

pytestmark = pytest.mark.emulator

UNMIRRORED = "SELECT COUNT(*) FROM listings WHERE id = %s AND unmirrored = 1"


@pytest.fixture
def two_shown(mirrored: Settings, build_instance: Callable[[Settings], Instance]) -> tuple[Instance, Instance]:
    """Two instances with the mirror."""
    return build_instance(mirrored), build_instance(mirrored)


async def bid_and_show(instance: Instance, lot: str, bidder: Actor, max_amount: int) -> None:
    """What a request to place_bid does, mirror and all; too low a bid is nobody's concern here."""
    try:
        answer = await instance.bid_here(lot, bidder, max_amount)
    except BidTooLow:
        return
    for changed in answer.changed:
        await instance.services.mirror.publish(changed)


def test_five_hundred_bids_are_few_writes_and_end_equal_to_the_database(
    two_shown: tuple[Instance, Instance],
    store: Store,
    public: Public,
    records: Records,
    check: Callable[[str], Recorded],
) -> None:
    """Through two instances; the database knows in the end that nothing is left to show."""
    lot, crowd = offer(store), people(10)

    async def evening(instance: Instance, first: int) -> None:
        await asyncio.gather(
            *(
                bid_and_show(instance, lot, crowd[number % 10], 2_00 + 10_00 * number)
                for number in range(first, first + 500, 2)
            )
        )

    with watching(public.project, lot) as seen:
        evenings = [instance.start(evening(instance, place)) for place, instance in enumerate(two_shown)]
        for done in evenings:
            done.result(30)
        wait_until(lambda: records.value(UNMIRRORED, lot) == 0)

    newest, document = check(lot).listing, public.listing(lot)
    assert document is not None
    assert document.pop("mirrored_at")
    assert document == mirrored_listing(newest)
    assert newest.standing.bid_count > 100
    assert len(seen) < newest.standing.bid_count / 4, "a write for every fourth bid is not few"
    assert all(earlier < later for earlier, later in pairwise(seen))


def test_at_most_one_write_of_a_listing_is_under_way(
    build_writer: Callable[..., Writer], emulator: Emulator, public: Public, project: str
) -> None:
    """Answers take 100 ms more on the wire: two hundred states in a second are a dozen writes."""
    host, _, port = emulator.address.rpartition(":")
    lot = new_listing_id()
    with Proxy(host, int(port)) as proxy, watching(project, lot) as seen:
        writer = build_writer(address=proxy.address)
        writer.publish(a_state(lot, version=1))
        proxy.delay_seconds = 0.1
        begun = time.monotonic()

        async def storm() -> None:
            answers = []
            for version in range(2, 202):
                answers.append(asyncio.ensure_future(writer.mirror.publish(a_state(lot, version=version))))
                await asyncio.sleep(0.005)
            await asyncio.gather(*answers)

        writer.start(storm()).result(20)
        lasted = time.monotonic() - begun
        wait_until(lambda: public.version(lot) == 201)

    assert 2 < len(seen) <= lasted / 0.1 + 3


def test_listings_do_not_wait_for_each_other(
    build_writer: Callable[..., Writer], emulator: Emulator, public: Public
) -> None:
    """Thirty listings whose writes take 100 ms each are shown together, not one after the other."""
    host, _, port = emulator.address.rpartition(":")
    with Proxy(host, int(port)) as proxy:
        writer = build_writer(address=proxy.address, answer_wait_seconds=2.0)
        writer.publish(a_state())
        proxy.delay_seconds = 0.1
        states = [a_state() for _ in range(30)]
        begun = time.monotonic()

        answers = [writer.start(writer.mirror.publish(state)) for state in states]

        assert all(answer.result(20) for answer in answers)
        assert time.monotonic() - begun < 2.0
    assert all(public.version(state.id) == 1 for state in states)


def test_the_database_learns_which_version_is_shown(
    mirrored: Settings,
    build_instance: Callable[[Settings], Instance],
    store: Store,
    records: Records,
) -> None:
    """Never more than is shown: `mirrored_version` follows the document."""
    instance, lot = build_instance(mirrored), offer(store)
    (bidder,) = people(1)

    instance.start(bid_and_show(instance, lot, bidder, 5_00)).result(10)

    wait_until(lambda: records.value("SELECT mirrored_version FROM listings WHERE id = %s", lot) == 2)
    assert listing(store, lot).version == 2
