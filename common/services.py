"""What an operation is given."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

from common.asking.question import QuestionDesk
from common.auth.tokens import Doorkeeper
from common.bidding.desk import BidDesk
from common.config import ApiSettings
from common.domain.errors import Busy
from common.domain.listing import Listing
from common.store.store import Store

T = TypeVar("T")

_WAITING_PER_THREAD = 16


class Threads:
    """Where blocking work runs: a few threads, and a bound on what waits for them. Used from one event loop."""

    def __init__(self, count: int) -> None:
        self._executor = ThreadPoolExecutor(max_workers=count, thread_name_prefix="work")
        self._room = count * (1 + _WAITING_PER_THREAD)

    async def run(self, work: Callable[[], T]) -> T:
        """What the work returns.

        Raises:
            Busy: too much waits already.
        """
        if self._room <= 0:
            raise Busy
        self._room -= 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work)
        finally:
            self._room += 1


class Mirror(Protocol):
    """Where the public sees listings change."""

    async def publish(self, listing: Listing) -> bool:
        """Show a listing's newest state; whether it is shown after at most a bounded wait."""

    async def write_all(self, listings: Sequence[Listing]) -> dict[str, int]:
        """Show many listings; the version of each that the mirror now has."""


class NoMirror:
    """For an installation without Firestore: its pages poll."""

    async def publish(self, listing: Listing) -> bool:  # noqa: ARG002 - the interface
        """Nothing is shown."""
        return False

    async def write_all(self, listings: Sequence[Listing]) -> dict[str, int]:  # noqa: ARG002 - the interface
        """Nothing is shown."""
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The outside systems of one function instance, made once by `runtime`."""

    api: ApiSettings
    doorkeeper: Doorkeeper
    threads: Threads
    store: Store
    bid_desk: BidDesk
    mirror: Mirror
    question_desk: Callable[[], QuestionDesk]  # made at the first question: what it needs is heavy to import
