"""Where bidding runs: on one processor while bids crowd, anywhere while they do not.

Each scene plays on a thread of its own, so that the tests' own stays free.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest

from common.bidding.lanes import Lanes
from common.bidding.seat import CALM, CROWD, AnySeat, Seat
from common.config import LaneSettings

T = TypeVar("T")
ANYWHERE = os.sched_getaffinity(0)


def on_a_thread(scene: Callable[[], T]) -> T:
    """What the scene gives."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(scene).result()


def processors(*batches: int) -> list[int]:
    """On how many processors a thread may run after batches of these sizes."""

    def scene() -> list[int]:
        seat, found = Seat(), []
        for bids in batches:
            seat.choose(bids)
            found.append(len(os.sched_getaffinity(0)))
        return found

    return on_a_thread(scene)


@pytest.mark.parametrize(
    ("batches", "crowded"),
    [
        ([1, CROWD - 1], [False, False]),
        ([1, CROWD], [False, True]),
        ([CROWD, CALM], [True, True]),
        ([CROWD, CALM - 1], [True, False]),
        ([CROWD, 1, CROWD], [True, False, True]),
        ([CROWD, 1, CROWD - 1], [True, False, False]),
    ],
)
def test_a_crowd_keeps_to_one_processor_until_it_is_gone(batches: list[int], crowded: list[bool]) -> None:
    """Between the two limits all stays as it was."""
    assert processors(*batches) == [1 if one else len(ANYWHERE) for one in crowded]


def test_the_lane_runs_where_the_loop_runs() -> None:
    """In a crowd on the very same processor, and free again after it."""
    seen: list[tuple[int, set[int]]] = []

    def commit(items: Sequence[str]) -> list[str]:
        seen.append((len(items), os.sched_getaffinity(0)))
        return list(items)

    async def put(lanes: Lanes[str, str], count: int) -> set[int]:
        await asyncio.gather(*(lanes.put("lot", str(number)) for number in range(count)))
        return os.sched_getaffinity(0)

    async def scene() -> list[set[int]]:
        lanes: Lanes[str, str] = Lanes(commit, LaneSettings(lanes=1, capacity=1000, batch=1000), Seat())
        return [await put(lanes, count) for count in (1, CROWD + 1, 1)]

    before, crowded, after = on_a_thread(lambda: asyncio.run(scene()))

    assert (before, after) == (ANYWHERE, ANYWHERE)
    assert (len(crowded), crowded <= ANYWHERE) == (1, True)
    assert seen == [(1, ANYWHERE), (1, ANYWHERE), (CROWD, crowded), (1, ANYWHERE)]


def test_a_thread_made_in_a_crowd_is_free_after_it() -> None:
    """It began on its maker's one processor."""

    def scene() -> tuple[int, int]:
        seat = Seat()
        seat.choose(CROWD)
        with ThreadPoolExecutor(max_workers=1) as lane:
            began_on = lane.submit(lambda: len(os.sched_getaffinity(0))).result()
            seat.choose(1)
            lane.submit(seat.take).result()
            return began_on, lane.submit(lambda: len(os.sched_getaffinity(0))).result()

    assert on_a_thread(scene) == (1, len(ANYWHERE))


def test_where_no_seat_is_wanted_nothing_is_kept() -> None:
    """As in programs that are more than a function."""

    def scene() -> set[int]:
        AnySeat().choose(1000)
        return os.sched_getaffinity(0)

    assert on_a_thread(scene) == ANYWHERE
