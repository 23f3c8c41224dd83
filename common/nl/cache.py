"""What is worth keeping between questions, bounded in number and time; and work that is done once for many askers."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Generic, TypeVar

V = TypeVar("V")


class TimedCache(Generic[V]):
    """Values by key, each for its own time, the least used forgotten first; used by many threads."""

    def __init__(self, *, entries: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._entries = entries
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, V]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> V | None:
        """The value, None when there is none or its time is over.

        >>> cache = TimedCache(entries=1)
        >>> cache.put("a", 1, seconds=60); cache.put("b", 2, seconds=60); cache.get("a"), cache.get("b")
        (None, 2)
        """
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            if self._clock() >= found[0]:
                del self._kept[key]
                return None
            self._kept.move_to_end(key)
            return found[1]

    def put(self, key: str, value: V, *, seconds: float) -> None:
        """Keep a value for so long."""
        with self._lock:
            self._kept[key] = (self._clock() + seconds, value)
            self._kept.move_to_end(key)
            while len(self._kept) > self._entries:
                self._kept.popitem(last=False)


class StillWorking(Exception):  # noqa: N818 - it says what happened
    """Somebody else's work on the same key did not end in the time that the asker had."""


class SingleFlight(Generic[V]):
    """Runs one piece of work per key at a time; who asks meanwhile gets the same result, or the same exception."""

    def __init__(self) -> None:
        self._flying: dict[str, Future[V]] = {}
        self._lock = threading.Lock()

    def run(self, key: str, work: Callable[[], V], *, seconds: float) -> V:
        """The work's result.

        Raises:
            StillWorking: another thread does it and has not ended within `seconds`.
        """
        with self._lock:
            flying = self._flying.get(key)
            if flying is None:
                mine = self._flying[key] = Future()
        if flying is not None:
            try:
                return flying.result(timeout=max(0.0, seconds))
            except FutureTimeout as error:
                if flying.done():  # the work itself timed out
                    raise
                raise StillWorking(key) from error
        try:
            result = work()
        except BaseException as error:
            self._land(key)
            mine.set_exception(error)
            raise
        self._land(key)
        mine.set_result(result)
        return result

    def _land(self, key: str) -> None:
        with self._lock:
            del self._flying[key]
