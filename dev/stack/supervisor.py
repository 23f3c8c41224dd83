"""Keeps children running: starts them, restarts those that die, stops them all in reverse order."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dev.stack.process import POLL_SECONDS, Child, Program, StartFailed

FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 5.0
SETTLED_SECONDS = 20.0  # a child that lived so long starts over with the first delay

log = logging.getLogger(__name__)


async def _nothing() -> None:
    """Do nothing after a restart."""


@dataclass(slots=True)
class Kept:
    """A child with what is known about its deaths."""

    child: Child
    stage: int
    after_restart: Callable[[], Awaitable[None]] = _nothing
    delay_seconds: float = FIRST_DELAY_SECONDS
    spawned_at: float = 0.0
    restarts: int = 0
    task: asyncio.Task[None] | None = None


@dataclass(slots=True)
class Supervisor:
    """The children of one stack; use it from one event loop.

    Args:
        state_file: rewritten at every start and restart with the facts and the children's pids and ports.
        tell: prints a line for the person at the terminal.
    """

    state_file: Path
    tell: Callable[[str], None]
    facts: dict[str, Any] = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)

    async def start(
        self, programs: Sequence[Program], *, after_restart: Callable[[], Awaitable[None]] = _nothing
    ) -> None:
        """Start programs together, wait until all are ready, and keep them running from then on.

        What is started later is stopped earlier.

        Raises:
            StartFailed: one of them did not come up.
        """
        stage = len({kept.stage for kept in self.kept})
        started = [Kept(Child(program), stage, after_restart) for program in programs]
        for kept in started:
            self._spawn(kept)
            self.kept.append(kept)
        self.write_state()
        for kept in started:
            await _ready(kept.child)
        for kept in started:
            kept.task = asyncio.create_task(self._keep(kept), name=kept.child.program.name)

    async def stop(self) -> None:
        """Stop everything, stage by stage; each program ends within its grace period or is ended."""
        self._let_die()
        for stage in sorted({kept.stage for kept in self.kept}, reverse=True):
            await asyncio.gather(*(_stop(kept.child) for kept in self.kept if kept.stage == stage))
        self.state_file.unlink(missing_ok=True)

    def hurry(self) -> None:
        """End every child at once (the second Ctrl-C)."""
        self._let_die()
        for kept in self.kept:
            kept.child.kill_group()

    def write_state(self) -> None:
        """Rewrite the state file, all or nothing."""
        children = {
            kept.child.program.name: {
                "pid": kept.child.process.pid,
                "port": kept.child.program.port,
                "restarts": kept.restarts,
            }
            for kept in self.kept
        }
        new = self.state_file.with_suffix(".new")
        new.write_text(json.dumps(self.facts | {"children": children}, indent=1))
        new.replace(self.state_file)

    def _let_die(self) -> None:
        """Restart nothing from now on."""
        for kept in self.kept:
            if kept.task is not None:
                kept.task.cancel()

    def _spawn(self, kept: Kept) -> None:
        kept.child.spawn()
        kept.spawned_at = time.monotonic()

    async def _keep(self, kept: Kept) -> None:
        """Restart the child each time it dies, for as long as the stack runs."""
        while True:
            while not kept.child.ended:  # noqa: ASYNC110 - a process sets no event
                await asyncio.sleep(POLL_SECONDS)
            await self._restart(kept)

    async def _restart(self, kept: Kept) -> None:
        name = kept.child.program.name
        if time.monotonic() - kept.spawned_at > SETTLED_SECONDS:
            kept.delay_seconds = FIRST_DELAY_SECONDS
        self.tell(f"! {name} ended ({kept.child.why()}); starting it again in {kept.delay_seconds:g} s")
        kept.child.kill_group()
        await asyncio.sleep(kept.delay_seconds)
        kept.delay_seconds = min(2 * kept.delay_seconds, LONGEST_DELAY_SECONDS)
        self._spawn(kept)
        kept.restarts += 1
        self.write_state()
        try:
            await _ready(kept.child)
            await kept.after_restart()
        except StartFailed as failure:
            self.tell(f"! {failure}")
            kept.child.kill_group()  # where it runs but does not answer
        else:
            self.tell(f"✓ {name} is back ({time.monotonic() - kept.spawned_at:.1f} s)")


async def _ready(child: Child) -> None:
    """Wait for the child without holding up the loop.

    Raises:
        StartFailed: it ended, or does not answer in time.
    """
    deadline = time.monotonic() + child.program.ready_seconds
    while not await asyncio.to_thread(child.program.ready):
        child.check_starting(deadline)
        await asyncio.sleep(POLL_SECONDS)


async def _stop(child: Child) -> None:
    child.terminate()
    deadline = time.monotonic() + child.program.grace_seconds
    while not child.ended and time.monotonic() < deadline:  # noqa: ASYNC110 - a process sets no event
        await asyncio.sleep(POLL_SECONDS)
    child.kill_group()
