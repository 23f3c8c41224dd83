"""One stack per GAVEL_HOME: a lock that its process holds, and that the kernel releases however it ends."""

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STOP_SECONDS = 60
POLL_SECONDS = 0.05


class Held(Exception):  # noqa: N818 - it says what went wrong
    """Another process runs the stack of this home."""


@contextmanager
def hold(home: Path) -> Iterator[None]:
    """Hold the home's lock.

    Raises:
        Held: another process holds it.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Held from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def holder(home: Path) -> int | None:
    """The pid of the process that runs the stack of this home; surely ours, because it holds the lock."""
    if not (home / "lock").exists():
        return None
    try:
        with hold(home):
            return None
    except Held:
        text = (home / "lock").read_text()
        return int(text) if text else None


def stop_holder(home: Path) -> bool:
    """Ask the stack of this home to stop and wait for it; False if none runs.

    Raises:
        TimeoutError: it has not stopped in time.
    """
    pid = holder(home)
    if pid is None:
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while holder(home) is not None:
        if time.monotonic() > deadline:
            raise TimeoutError(f"process {pid} has not stopped within {STOP_SECONDS} s")
        time.sleep(POLL_SECONDS)
    return True
