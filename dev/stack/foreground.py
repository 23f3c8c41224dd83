"""Runs a stack in the foreground until Ctrl-C, SIGTERM or SIGHUP."""

import asyncio
import logging
import signal
import sys
import time
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from socket import socket

from dev.stack import state
from dev.stack.process import StartFailed, is_running
from dev.stack.progress import say, step
from dev.stack.settings import StackSettings
from dev.stack.up import Stack

LEFTOVER_SECONDS = 20


async def run(settings: StackSettings, env: Mapping[str, str], *, listener: socket) -> int:
    """Bring a stack up and keep it until told to stop; the exit status. A second signal stops at once."""
    _open_logs(settings.logs)
    await _wait_for_leftovers(settings.home)
    stack = Stack(settings, env, listener)
    stop = _asked_to_stop(stack)
    starting, stopping = asyncio.create_task(stack.start()), asyncio.create_task(stop.wait())
    await asyncio.wait([starting, stopping], return_when=asyncio.FIRST_COMPLETED)
    failed = starting.done() and _tell_failure(starting)
    if starting.done() and not failed:
        _open_browser(stack.url, env)
        await stopping
    for task in (starting, stopping):
        task.cancel()
    await asyncio.gather(starting, stopping, return_exceptions=True)
    with step("stop"):
        await stack.stop()
    return 1 if failed else 0


def _asked_to_stop(stack: Stack) -> asyncio.Event:
    """An event that the first signal sets; the second ends every child at once."""
    stop = asyncio.Event()

    def ask() -> None:
        if stop.is_set():
            stack.supervisor.hurry()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, ask)
    return stop


def _tell_failure(starting: asyncio.Task[None]) -> bool:
    """Whether the start failed, having said why."""
    error = starting.exception()
    if isinstance(error, StartFailed):
        say(f"✗ {error}")
    elif error is not None:
        logging.getLogger(__name__).error("The stack did not start", exc_info=error)
        say(f"✗ The stack did not start: {error!r}")
    return error is not None


def _open_logs(folder: Path) -> None:
    """Start new logs; those of the last time stay beside them as *.old."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.log"):
        file.replace(file.with_suffix(".old"))
    form = "%(asctime)s %(levelname)s %(name)s %(message)s"
    logging.basicConfig(filename=folder / "stack.log", level=logging.INFO, format=form)
    logging.getLogger("httpx").setLevel(logging.WARNING)


async def _wait_for_leftovers(home: Path) -> None:
    """Wait for the children of a stack that was killed: they are ending by themselves, and hold the data directory."""
    deadline = time.monotonic() + LEFTOVER_SECONDS
    for child in state.read(home).get("children", {}).values():
        while is_running(child["pid"]) and time.monotonic() < deadline:  # noqa: ASYNC110 - no event tells it
            await asyncio.sleep(0.05)


def _open_browser(url: str, env: Mapping[str, str]) -> None:
    """Open the page where a person with a desktop typed the command."""
    desktop = sys.platform == "darwin" or env.get("DISPLAY") or env.get("WAYLAND_DISPLAY")
    if desktop and sys.stdout.isatty():
        webbrowser.open(url)
