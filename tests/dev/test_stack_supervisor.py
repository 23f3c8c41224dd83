"""Children of a stack: restarted when they die, gone when the stack is gone."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dev.stack import ports
from dev.stack.process import Program, StartFailed, is_running
from dev.stack.settings import ROOT
from dev.stack.supervisor import Supervisor

PATIENCE_SECONDS = 10


def a_web_server(folder: Path, *, name: str = "web", port: int | None = None) -> Program:
    """A program that answers on a port."""
    port = port or ports.free_port()
    command = [sys.executable, "-m", "http.server", str(port), "--bind", ports.HOST, "--directory", str(folder)]
    log = folder / f"{name}.log"
    address = f"{ports.HOST}:{port}"
    return Program(name=name, command=command, log=log, ready=lambda: ports.http_status(address) is not None, port=port)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for it, not for ever."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.02)


def test_a_killed_child_is_back_on_its_port(tmp_path: Path) -> None:
    """A new process, the same address, the state file up to date, and what was to follow a restart done."""
    told: list[str] = []
    followed: list[str] = []
    program = a_web_server(tmp_path)
    supervisor = Supervisor(tmp_path / "stack.json", told.append)

    async def follow() -> None:
        followed.append("restarted")

    async def kill_and_wait() -> None:
        await supervisor.start([program], after_restart=follow)
        child = supervisor.kept[0].child
        first = child.process.pid
        os.kill(first, signal.SIGKILL)
        await until(lambda: len(told) == 2)
        recorded = json.loads((tmp_path / "stack.json").read_text())["children"]["web"]
        assert recorded == {"pid": child.process.pid, "port": program.port, "restarts": 1}
        assert child.process.pid != first
        assert program.ready()
        await supervisor.stop()

    asyncio.run(kill_and_wait())

    assert followed == ["restarted"]
    assert told[0] == "! web ended (signal 9); starting it again in 0.2 s"
    assert not program.ready()
    assert not (tmp_path / "stack.json").exists()


def test_what_was_started_later_is_stopped_earlier(tmp_path: Path) -> None:
    """Functions go before the database they use."""
    notes = tmp_path / "notes"
    script = (
        "import signal, sys, time\n"
        "def end(*_):\n    open(sys.argv[1], 'a').write(sys.argv[2] + ' ')\n    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\nopen(sys.argv[1] + sys.argv[2], 'w')\ntime.sleep(60)"
    )

    def noting(name: str) -> Program:
        command = [sys.executable, "-c", script, str(notes), name]
        return Program(name=name, command=command, log=tmp_path / "log", ready=Path(f"{notes}{name}").exists)

    async def up_and_down() -> None:
        supervisor = Supervisor(tmp_path / "stack.json", print)
        await supervisor.start([noting("database")])
        await supervisor.start([noting("function")])
        await supervisor.stop()

    asyncio.run(up_and_down())

    assert notes.read_text() == "function database "


def test_a_child_that_ignores_the_request_to_end_is_ended(tmp_path: Path) -> None:
    """After its grace period, with all of its group."""
    script = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open('FILE', 'w'); time.sleep(60)"
    ready = tmp_path / "ready"
    command = [sys.executable, "-c", script.replace("FILE", str(ready))]
    program = Program(name="deaf", command=command, log=tmp_path / "log", ready=ready.exists, grace_seconds=0.2)

    async def up_and_down() -> int:
        supervisor = Supervisor(tmp_path / "stack.json", print)
        await supervisor.start([program])
        await supervisor.stop()
        return supervisor.kept[0].child.process.pid

    assert not is_running(asyncio.run(up_and_down()))


def test_a_child_that_does_not_start_says_why(tmp_path: Path) -> None:
    """The message has the end of its log."""
    command = [sys.executable, "-c", "raise SystemExit('no such table')"]
    program = Program(name="broken", command=command, log=tmp_path / "broken.log", ready=lambda: False)

    async def up() -> None:
        await Supervisor(tmp_path / "stack.json", print).start([program])

    with pytest.raises(StartFailed, match="no such table"):
        asyncio.run(up())


OWNER = """
import asyncio, sys
from pathlib import Path
from dev.stack.supervisor import Supervisor
from tests_stack_children import a_web_server

async def main():
    supervisor = Supervisor(Path(sys.argv[1]) / "stack.json", print)
    await supervisor.start([a_web_server(Path(sys.argv[1]), port=int(sys.argv[2]))])
    await asyncio.sleep(60)

asyncio.run(main())
"""


def test_children_end_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    """Also with -9, when it can clean up nothing; by the kernel's parent-death signal, which is Linux's."""
    (tmp_path / "tests_stack_children.py").write_text(Path(__file__).read_text())
    port = ports.free_port()
    env = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"}
    with subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path), str(port)], env=env) as owner:
        asyncio.run(until(lambda: ports.http_status(f"{ports.HOST}:{port}") is not None))
        pid = json.loads((tmp_path / "stack.json").read_text())["children"]["web"]["pid"]
        assert is_running(pid)

        owner.kill()

        asyncio.run(until(lambda: not is_running(pid)))
