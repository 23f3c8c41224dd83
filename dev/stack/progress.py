"""What a person sees while things start: one line per step, with a tick and seconds; a spinner only on a terminal."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
FRAME_SECONDS = 0.08


def say(line: str = "") -> None:
    """Print a line at once, over a spinner's if there is one."""
    print(f"\r\033[K{line}" if sys.stdout.isatty() else line, flush=True)


@contextmanager
def step(name: str, *, spin: bool = True) -> Iterator[list[str]]:
    """A step with a tick at its end, a cross if it raised; strings put in the list are told beside it.

    A step in which another program may ask for a password must not spin.
    """
    told: list[str] = []
    started = time.monotonic()
    done = threading.Event()
    spinner = threading.Thread(target=_spin, args=(name, done), daemon=True)
    if spin and sys.stdout.isatty():
        spinner.start()
    mark = "✗"
    try:
        yield told
        mark = "✓"
    finally:
        done.set()
        if spinner.ident is not None:
            spinner.join()
        notes = f" ({', '.join(told)})" if told else ""
        say(f"{mark} {name}{notes} {time.monotonic() - started:.1f} s")


def _spin(name: str, done: threading.Event) -> None:
    frame = 0
    while not done.wait(FRAME_SECONDS):
        frame += 1
        print(f"\r\033[K{FRAMES[frame % len(FRAMES)]} {name}", end="", flush=True)
