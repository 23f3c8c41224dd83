"""Lanes: what gathers while a batch is committed is the next batch. Pure asyncio, with a commit we hold in hand."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from common.bidding.lanes import Lanes
from common.bidding.seat import AnySeat
from common.config import LaneSettings
from common.domain.errors import Busy


class Commit:
    """A commit that records its batches and waits, once it is stopped, until it is let go."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.most_at_once = 0
        self._at_once = 0
        self._counting = threading.Lock()

    def __call__(self, items: Sequence[str]) -> list[str | Exception]:
        """Items that start with "bad" get an exception of their own; "fatal" fails the batch."""
        with self._counting:
            self.batches.append(list(items))
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        assert self.may_go_on.wait(10)
        with self._counting:
            self._at_once -= 1
        if "fatal" in items:
            raise RuntimeError("the commit broke")
        return [ValueError(item) if item.startswith("bad") else item.upper() for item in items]


def lanes_of(commit: Commit, *, lanes: int = 1, capacity: int = 100, batch: int = 100) -> Lanes[str, str]:
    """Lanes in front of this commit."""
    return Lanes(commit, LaneSettings(lanes=lanes, capacity=capacity, batch=batch), AnySeat())


async def put_all(lanes: Lanes[str, str], items: Sequence[str], key: str = "lot") -> list[asyncio.Future[str]]:
    """Put items in order; they wait when this returns."""
    answers = [lanes.put(key, item) for item in items]
    await asyncio.sleep(0)
    return answers


def test_every_item_gets_its_own_answer() -> None:
    """One answer per item, in whatever batch it went."""

    async def scene() -> list[str]:
        return await asyncio.gather(*await put_all(lanes_of(Commit()), ["a", "b", "c"]))

    assert asyncio.run(scene()) == ["A", "B", "C"]


def test_what_gathers_while_a_batch_is_committed_is_the_next_batch() -> None:
    """The first goes alone; all that came meanwhile share the next commit, in order of arrival."""
    commit = Commit()
    commit.may_go_on.clear()

    async def scene() -> None:
        lanes = lanes_of(commit)
        tasks = await put_all(lanes, [f"{number}" for number in range(50)])
        commit.may_go_on.set()
        await asyncio.gather(*tasks)

    asyncio.run(scene())

    assert commit.batches == [["0"], [f"{number}" for number in range(1, 50)]]


def test_a_batch_is_no_larger_than_allowed() -> None:
    """With 3 a batch, 7 that wait go as 3, 3 and 1, still in order."""
    commit = Commit()
    commit.may_go_on.clear()

    async def scene() -> None:
        tasks = await put_all(lanes_of(commit, batch=3), list("abcdefgh"))
        commit.may_go_on.set()
        await asyncio.gather(*tasks)

    asyncio.run(scene())

    assert commit.batches == [["a"], ["b", "c", "d"], ["e", "f", "g"], ["h"]]


def test_a_lane_takes_as_many_as_its_capacity_and_no_more() -> None:
    """One is under way and two wait: the fourth is Busy at once, and there is room again after the commit."""
    commit = Commit()
    commit.may_go_on.clear()

    async def scene() -> list[str]:
        lanes = lanes_of(commit, capacity=2)
        tasks = await put_all(lanes, ["a", "b", "c"])
        with pytest.raises(Busy) as refused:
            await lanes.put("lot", "d")
        assert refused.value.facts == {"retry_after_seconds": 1}
        commit.may_go_on.set()
        answers = await asyncio.gather(*tasks)
        return [*answers, await lanes.put("lot", "e")]

    assert asyncio.run(scene()) == ["A", "B", "C", "E"]
    assert [item for batch in commit.batches for item in batch] == ["a", "b", "c", "e"]


def test_a_full_lane_costs_another_nothing() -> None:
    """Items of another key, on another lane, are taken and committed while the first lane stands."""
    commit = Commit()
    commit.may_go_on.clear()
    one, other = "a", next(key for key in "bcdefgh" if _lane(key) != _lane("a"))

    async def scene() -> None:
        lanes = lanes_of(commit, lanes=2, capacity=1)
        await put_all(lanes, ["1", "2"], key=one)
        with pytest.raises(Busy):
            await lanes.put(one, "3")
        (task,) = await put_all(lanes, ["4"], key=other)
        commit.may_go_on.set()
        assert await task == "4"

    asyncio.run(scene())

    assert commit.most_at_once == 2


def test_a_lane_commits_one_batch_at_a_time() -> None:
    """However much waits, one lane is one connection."""
    commit = Commit()

    async def scene() -> None:
        await asyncio.gather(*await put_all(lanes_of(commit, batch=1), ["x"] * 50))

    asyncio.run(scene())

    assert commit.most_at_once == 1
    assert len(commit.batches) == 50


def test_an_exception_for_one_item_is_its_alone() -> None:
    """The others of its batch have their answers."""
    commit = Commit()
    commit.may_go_on.clear()

    async def scene() -> list[str | BaseException]:
        tasks = await put_all(lanes_of(commit), ["first", "a", "bad b", "c"])
        commit.may_go_on.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, one, bad, other = asyncio.run(scene())

    assert (first, one, other) == ("FIRST", "A", "C")
    assert isinstance(bad, ValueError)
    assert commit.batches == [["first"], ["a", "bad b", "c"]]


def test_a_commit_that_raises_fails_its_batch_and_the_lane_goes_on() -> None:
    """Everybody in the batch learns of it; those behind are committed as if nothing had been."""
    commit = Commit()
    commit.may_go_on.clear()

    async def scene() -> list[str | BaseException]:
        tasks = await put_all(lanes_of(commit, batch=2), ["first", "fatal", "a", "b", "c"])
        commit.may_go_on.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    results = asyncio.run(scene())

    assert [str(result) for result in results] == ["FIRST", "the commit broke", "the commit broke", "B", "C"]


def test_a_request_that_was_torn_down_costs_nobody_else_his_answer() -> None:
    """Its item is committed all the same; the others of the batch are answered."""
    commit = Commit()
    commit.may_go_on.clear()

    async def scene() -> list[str]:
        first, gone, last = await put_all(lanes_of(commit), ["a", "b", "c"])
        gone.cancel()
        await asyncio.sleep(0)
        commit.may_go_on.set()
        return await asyncio.gather(first, last)

    assert asyncio.run(scene()) == ["A", "C"]
    assert commit.batches == [["a"], ["b", "c"]]


def _lane(key: str) -> int:
    """Which of two lanes a key goes to: found by putting it, not by knowing the hash."""
    commit = Commit()
    commit.may_go_on.clear()

    async def scene() -> int:
        lanes = lanes_of(commit, lanes=2, capacity=1)
        await put_all(lanes, ["1", "2"], key="a")
        try:
            tasks = await put_all(lanes, ["3"], key=key)
            commit.may_go_on.set()
            await asyncio.gather(*tasks)
        except Busy:
            return 0
        finally:
            commit.may_go_on.set()
        return 1

    return asyncio.run(scene())
