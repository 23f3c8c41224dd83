"""No document goes back in time, whichever instance comes late."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise, permutations

import pytest

from common.domain.aliases import new_listing_id
from tests.mirror.public import Public
from tests.mirror.writers import Writer, a_state, watching

pytestmark = pytest.mark.emulator

BuildWriter = Callable[..., Writer]


@pytest.fixture
def patient(build_writer: BuildWriter) -> BuildWriter:
    """Makes writers whose answers wait for the write: here it matters what is written, not when."""
    return lambda: build_writer(answer_wait_seconds=10.0)


def test_a_late_older_state_changes_nothing_and_counts_as_shown(patient: BuildWriter, public: Public) -> None:
    """The mirror has something newer: that is what the caller wanted."""
    one, other = patient(), patient()
    assert one.publish(a_state(lot := new_listing_id(), version=5))

    for writer in (one, other):
        assert writer.publish(a_state(lot, version=3))

    assert public.version(lot) == 5


def test_in_every_order_of_two_instances_the_newest_state_stays(patient: BuildWriter, public: Public) -> None:
    """Four versions in all their orders, by turns through two instances that remember what they wrote last."""
    writers = patient(), patient()
    for order in permutations((1, 2, 3, 4)):
        lot = new_listing_id()
        for place, version in enumerate(order):
            assert writers[place % 2].publish(a_state(lot, version=version))
        assert public.version(lot) == 4, order


def test_a_race_of_instances_is_seen_to_rise_only(patient: BuildWriter, public: Public, project: str) -> None:
    """Three instances publish shuffled versions of one listing at once: every change that browsers see is newer."""
    writers = [patient() for _ in range(3)]
    lot = new_listing_id()
    versions = list(range(1, 91))
    random.Random(7).shuffle(versions)

    with watching(project, lot) as seen:
        published = [
            writers[place % 3].start(writers[place % 3].mirror.publish(a_state(lot, version=version)))
            for place, version in enumerate(versions)
        ]
        for answer in published:
            answer.result(20)
        writers[0].publish(a_state(lot, version=90))

    assert public.version(lot) == 90
    assert all(earlier < later for earlier, later in pairwise(seen)), seen


def test_a_bulk_write_passes_over_what_is_newer(patient: BuildWriter, public: Public) -> None:
    """Three hundred listings, of which another instance has shown some newer: those stay, the others are shown."""
    late, ahead = patient(), patient()
    states = [a_state(version=3) for _ in range(300)]
    newer = [a_state(state.id, version=7) for state in states[::50]]
    assert ahead.write_all(newer) == {state.id: 7 for state in newer}

    shown = late.write_all(states)

    assert shown.keys() == {state.id for state in states}
    assert [public.version(state.id) for state in newer] == [7] * len(newer)
    assert [public.version(state.id) for state in states[1:50]] == [3] * 49


def test_a_bulk_write_and_single_writes_of_the_same_listings_meet(patient: BuildWriter, public: Public) -> None:
    """A sync of old states races bids' newer ones: the guard of the commit refuses, each is tried alone."""
    bulk, singles = patient(), patient()
    lots = [new_listing_id() for _ in range(30)]
    for version in (1, 3, 5):
        old = bulk.start(bulk.mirror.write_all([a_state(lot, version=version) for lot in lots]))
        new = [singles.start(singles.mirror.publish(a_state(lot, version=version + 1))) for lot in lots]
        assert old.result(20).keys() == set(lots)
        for answer in new:
            answer.result(20)

    singles.write_all([a_state(lot, version=6) for lot in lots])
    assert [public.version(lot) for lot in lots] == [6] * len(lots)


def test_a_document_that_was_deleted_is_written_again(patient: BuildWriter, public: Public) -> None:
    """What an instance remembers of it is wrong then; it looks again."""
    writer = patient()
    writer.publish(a_state(lot := new_listing_id(), version=3))
    public.send("DELETE", f"/listings/{lot}", owner=True).raise_for_status()

    assert writer.publish(a_state(lot, version=4))

    assert public.version(lot) == 4
