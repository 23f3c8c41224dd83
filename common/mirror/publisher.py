"""State, not events: at most one write per listing is under way, and the next carries whatever is newest by then.

A storm of bids is therefore a few writes, and nobody waits longer for the mirror than he was promised.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from common import logs
from common.config import MirrorSettings
from common.domain.listing import Listing

Write = Callable[[Listing], Awaitable[bool]]
OnQuiet = Callable[[dict[str, int]], Awaitable[None]]


def _new_round() -> asyncio.Future[bool]:
    return asyncio.get_running_loop().create_future()


@dataclass(slots=True)
class _Line:
    """One listing's newest state, since when it waits, and the future of those who wait for the write."""

    newest: Listing
    since: float
    round: asyncio.Future[bool] = field(default_factory=_new_round)
    timed: bool = False
    carried: bool = False


class Publisher:
    """Writes listings' newest states, coalesced per listing; used from one event loop.

    `write` tells whether the mirror now has that state or a newer one; it bounds its own time and does not raise.
    `on_quiet` is told which versions the mirror has, once no newer ones wait.
    """

    def __init__(self, write: Write, on_quiet: OnQuiet, settings: MirrorSettings) -> None:
        self._write = write
        self._on_quiet = on_quiet
        self._settings = settings
        self._lines: dict[str, _Line] = {}
        self._places = asyncio.Semaphore(settings.writes_in_flight)
        self._quiet: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._telling = False

    async def publish(self, listing: Listing) -> bool:
        """Whether the mirror has this state, or a newer one, after at most the bounded wait."""
        line = self._lines.get(listing.id)
        if line is None:
            line = self._lines[listing.id] = _Line(listing, since=time.monotonic())
            self._spawn(self._drain(line))
        elif listing.version > line.newest.version:
            if line.carried:
                line.since, line.carried = time.monotonic(), False
            line.newest = listing
        if not line.timed:
            line.timed = True
            asyncio.get_running_loop().call_later(self._settings.answer_wait_seconds, _give_up, line.round)
        return await asyncio.shield(line.round)

    async def _drain(self, line: _Line) -> None:
        """Write the newest state until there is none newer."""
        listing_id = line.newest.id
        try:
            carried, written = await self._write_newest(line)
            while line.newest.version > carried.version or line.timed:
                carried, written = await self._write_newest(line)
        finally:
            del self._lines[listing_id]
        if written:
            self._quiet[listing_id] = carried.version
            if not self._telling:
                self._telling = True
                self._spawn(self._tell())

    async def _write_newest(self, line: _Line) -> tuple[Listing, bool]:
        """Write, tell those who waited for this write, and leave the others to the next."""
        async with self._places:
            carried, waiting, since = line.newest, line.round, line.since
            line.round, line.timed, line.carried = _new_round(), False, True
            written = await self._write(carried)
        lag = round(1000 * (time.monotonic() - since), 2)
        logs.write("INFO", "mirror write", shown=written, lag_milliseconds=lag)
        if not waiting.done():
            waiting.set_result(written)
        return carried, written

    async def _tell(self) -> None:
        try:
            while self._quiet:
                quiet, self._quiet = self._quiet, {}
                await self._on_quiet(quiet)
        finally:
            self._telling = False

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)  # the loop itself keeps only weak references
        task.add_done_callback(self._tasks.discard)


def _give_up(round_: asyncio.Future[bool]) -> None:
    if not round_.done():
        round_.set_result(False)
