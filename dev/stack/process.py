"""Child processes that leave nothing behind: own process group, own log file, gone when their parent is gone.

Start them from a thread that lives as long as the child should (the main thread): the kernel takes the end of the
starting thread for the end of the parent.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

TETHER = Path(__file__).with_name("tether.py")
POLL_SECONDS = 0.02
LOG_LINES_SHOWN = 12


class StartFailed(Exception):  # noqa: N818 - it says what went wrong
    """A part that did not come up; the message is what to print, with the last lines of its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to run, and how to see that it works."""

    name: str
    command: Sequence[str]
    log: Path
    ready: Callable[[], bool]
    env: Mapping[str, str] | None = None
    port: int | None = None
    ready_seconds: float = 60.0
    grace_seconds: float = 10.0


@dataclass(slots=True)
class Child:
    """One running program."""

    program: Program
    process: subprocess.Popen[bytes] = field(init=False)

    def spawn(self) -> None:
        """Start the program in a process group of its own; its output is appended to its log."""
        self.program.log.parent.mkdir(parents=True, exist_ok=True)
        with self.program.log.open("ab") as log:
            self.process = subprocess.Popen(
                tethered(self.program.command),
                env=None if self.program.env is None else dict(self.program.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def ended(self) -> bool:
        """Whether the program has ended."""
        return self.process.poll() is not None

    def why(self) -> str:
        """How it ended, for people."""
        code = self.process.returncode
        return f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"

    def terminate(self) -> None:
        """Ask the program to end."""
        if not self.ended:
            self.process.terminate()

    def kill_group(self) -> None:
        """End at once whatever is left of its process group (a killed gunicorn leaves a worker on the port)."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def wait_ready(self) -> None:
        """Wait until the program works.

        Raises:
            StartFailed: it ended, or does not answer in time.
        """
        deadline = time.monotonic() + self.program.ready_seconds
        while not self.program.ready():
            self.check_starting(deadline)
            time.sleep(POLL_SECONDS)

    def check_starting(self, deadline: float) -> None:
        """Raise StartFailed if it has ended, or if the deadline has passed."""
        if self.ended:
            raise StartFailed(f"{self.program.name} ended at its start ({self.why()}).{_tail(self.program.log)}")
        if time.monotonic() > deadline:
            raise StartFailed(f"{self.program.name} does not answer.{_tail(self.program.log)}")

    def stop(self) -> None:
        """Ask it to end, wait, and after its grace period end it."""
        self.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self.program.grace_seconds)
        self.kill_group()


def tethered(command: Sequence[str]) -> list[str]:
    """The command line that runs the command tied to this process's life."""
    return [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *command]


def is_running(pid: int) -> bool:
    """Whether the process still does something (one that ended but that nobody has waited for does not)."""
    if Path("/proc/self/stat").exists():
        try:
            return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
        except OSError:
            return False
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


@contextmanager
def running(program: Program) -> Iterator[Child]:
    """The program, ready to be used; stopped at the end."""
    child = Child(program)
    child.spawn()
    try:
        child.wait_ready()
        yield child
    finally:
        child.stop()


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES_SHOWN:] if log.exists() else []
    return "".join(f"\n    {line}" for line in [f"The end of {log}:", *lines])
