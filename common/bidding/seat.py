"""Where the threads of bidding run: on one processor while bids crowd, anywhere else while they do not.

Under the interpreter's lock the event loop and a lane's thread only take turns; on two processors each finds what the
other has just made in the wrong cache, which costs a bid up to a tenth. Where few bid, the system had better be free
to move both out of the way of others (docs/decisions/0022).
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

CROWD, CALM = 32, 8
"""Bids of a batch from which on, and below which, it is one. Between them all stays as it is."""


class Seat:
    """The processors that the threads of one process's bidding share at present."""

    def __init__(self) -> None:
        self._anywhere = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
        self._here = self._anywhere
        self._taken = threading.local()

    def choose(self, bids: int) -> None:
        """On the event loop, before a batch of so many bids: where it and the loop are to run."""
        if bids >= CROWD and self._here is self._anywhere:
            self._here = _where_the_caller_runs() & self._anywhere or self._anywhere
        elif bids < CALM:
            self._here = self._anywhere
        self.take()

    def take(self) -> None:
        """Have the calling thread run there; where a system takes no orders, all stays as it is.

        A thread that comes for the first time is told in any case: it may have been made in a crowd, by one who kept to
        one processor.
        """
        if self._anywhere and getattr(self._taken, "seat", None) is not self._here:
            self._taken.seat = self._here
            with suppress(OSError):
                os.sched_setaffinity(0, self._here)


class AnySeat(Seat):
    """Leaves every thread to the system."""

    def choose(self, bids: int) -> None:
        """Nothing is chosen."""

    def take(self) -> None:
        """Nothing is taken."""


def _where_the_caller_runs() -> set[int]:
    """The processor, from Linux's `/proc/thread-self/stat`; none where it is not told."""
    try:
        facts = Path("/proc/thread-self/stat").read_text()
        return {int(facts.rpartition(")")[2].split()[36])}
    except (OSError, IndexError, ValueError):
        return set()
