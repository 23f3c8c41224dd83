"""A bounded pool of connections, which serve one thread at a time.

A connection is checked after it has been idle, replaced when it is old, thrown away when anything about it is in doubt.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pymysql

from common.config import DatabaseSettings
from common.deadline import Deadline
from common.domain.errors import Busy
from common.store.connect import Connection


@dataclass(slots=True)
class _Pooled:
    connection: Connection
    opened: float = field(default_factory=time.monotonic)
    used: float = field(default_factory=time.monotonic)


class Pool:
    """At most `pool_size` connections of one process."""

    def __init__(self, connect: Callable[[], Connection], settings: DatabaseSettings) -> None:
        self._connect = connect
        self._settings = settings
        self._free: list[_Pooled] = []
        self._places = threading.BoundedSemaphore(settings.pool_size)

    @contextmanager
    def connection(self, deadline: Deadline) -> Iterator[Connection]:
        """A working connection for the block; it is closed if the block raises, kept otherwise.

        Raises:
            Busy: none came free before the deadline.
            pymysql.OperationalError: none could be opened.
        """
        if not self._places.acquire(timeout=max(0.0, deadline.left())):
            raise Busy
        try:
            pooled = self._take()
            try:
                yield pooled.connection
            except BaseException:
                _close(pooled)
                raise
            pooled.used = time.monotonic()
            self._free.append(pooled)
        finally:
            self._places.release()

    def drop_idle(self) -> None:
        """Close every idle connection: at the end, or when one was lost and the others are likely to be dead too."""
        idle, self._free = self._free, []
        for pooled in idle:
            _close(pooled)

    def _take(self) -> _Pooled:
        """The connection used last, if it is still good: the others may age and go."""
        while self._free:
            try:
                pooled = self._free.pop()
            except IndexError:  # another thread took the last one
                break
            if self._is_good(pooled):
                return pooled
            _close(pooled)
        return _Pooled(self._connect())

    def _is_good(self, pooled: _Pooled) -> bool:
        now = time.monotonic()
        if now - pooled.opened > self._settings.recycle_seconds:
            return False
        if now - pooled.used < self._settings.ping_after_idle_seconds:
            return True
        try:
            pooled.connection.ping(reconnect=False)
        except pymysql.Error:
            return False
        return True


def _close(pooled: _Pooled) -> None:
    """Close without waiting for the server's goodbye: the connection may be what is broken."""
    pooled.connection._force_close()  # type: ignore[attr-defined]  # noqa: SLF001 - PyMySQL's way to drop a socket
