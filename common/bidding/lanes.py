"""Group commit: what gathers while one batch is being committed is the next batch.

A lane has at most one batch under way, so one connection and one transaction; how many requests share it follows
from the load alone, with no timer to tune (after the group commit of databases' own logs).
"""

from __future__ import annotations

import asyncio
import zlib
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from common.bidding.seat import Seat
from common.config import LaneSettings
from common.domain.errors import Busy

Item = TypeVar("Item")
Answer = TypeVar("Answer")
Commit = Callable[[Sequence[Item]], Sequence["Answer | Exception"]]


class _Lane(Generic[Item, Answer]):
    def __init__(
        self, commit: Commit[Item, Answer], executor: ThreadPoolExecutor, settings: LaneSettings, seat: Seat
    ) -> None:
        self._commit = commit
        self._executor = executor
        self._settings = settings
        self._seat = seat
        self._waiting: deque[tuple[Item, asyncio.Future[Answer]]] = deque()
        self._under_way = False

    def put(self, item: Item) -> asyncio.Future[Answer]:
        if len(self._waiting) >= self._settings.capacity:
            raise Busy
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, answer))
        if not self._under_way:
            self._start()
        return answer

    def _start(self) -> None:
        self._under_way = True
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._settings.batch))]
        items = [item for item, _ in batch]
        self._seat.choose(len(items))
        committed = asyncio.get_running_loop().run_in_executor(self._executor, self._commit_here, items)
        committed.add_done_callback(lambda done: self._finish([answer for _, answer in batch], done))

    def _commit_here(self, items: Sequence[Item]) -> Sequence[Answer | Exception]:
        self._seat.take()
        return self._commit(items)

    def _finish(
        self, answers: Sequence[asyncio.Future[Answer]], done: asyncio.Future[Sequence[Answer | Exception]]
    ) -> None:
        self._under_way = False
        if self._waiting:
            self._start()  # first: the database works while the answers are written
        fault = done.exception()
        outcomes = [fault] * len(answers) if isinstance(fault, Exception) else done.result()
        for answer, outcome in zip(answers, outcomes, strict=True):
            if answer.done():  # its request was torn down
                continue
            if isinstance(outcome, Exception):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)


class Lanes(Generic[Item, Answer]):
    """A few lanes; items of one key always share one, in their order of arrival. Used from one event loop.

    `commit` runs in a thread; it is given a batch and returns one outcome per item, an exception standing for a
    refusal of that item alone.
    """

    def __init__(self, commit: Commit[Item, Answer], settings: LaneSettings, seat: Seat) -> None:
        executor = ThreadPoolExecutor(max_workers=settings.lanes, thread_name_prefix="lane")
        self._lanes = [_Lane(commit, executor, settings, seat) for _ in range(settings.lanes)]

    def put(self, key: str, item: Item) -> asyncio.Future[Answer]:
        """The outcome of the item, once its batch is committed.

        Raises:
            Busy: the lane is full; nothing was done.
            Exception: what `commit` returned for this item.
        """
        lane = self._lanes[zlib.crc32(key.encode()) % len(self._lanes)]
        return lane.put(item)
