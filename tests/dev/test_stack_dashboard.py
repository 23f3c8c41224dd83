"""The analysts' app as the stack runs it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from dev.stack import ports
from dev.stack.dashboard import dashboard_program
from dev.stack.functions import ANALYST
from dev.stack.process import Child, Program, running


def program(folder: Path, **env: str) -> Program:
    """The app of a stack at port 8080, on a free port."""
    return dashboard_program(
        gateway="http://127.0.0.1:8080", port=ports.free_port(), log=folder / "dashboard.log", env=env
    )


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Child]:
    """The app, ready."""
    with running(program(tmp_path_factory.mktemp("dashboard"))) as child:
        yield child


def test_it_is_ready_when_it_answers(app: Child) -> None:
    """A page comes, on this machine's own address alone."""
    page = httpx.get(f"http://127.0.0.1:{app.program.port}", trust_env=False)

    assert (page.status_code, page.headers["content-type"].partition(";")[0]) == (200, "text/html")
    assert app.program.ready()


def test_it_is_not_ready_before(tmp_path: Path) -> None:
    """Nobody answers at a port that nobody listens on."""
    assert not program(tmp_path).ready()


def test_it_asks_nobody_for_an_address_and_reports_to_nobody(app: Child) -> None:
    """Its first start waits for no answer at a terminal, and its log says nothing of statistics."""
    log = app.program.log.read_text()

    assert "Email" not in log
    assert "usage statistics" not in log


def test_it_is_told_where_the_functions_are(tmp_path: Path) -> None:
    """The gateway's address, whatever the shell says, and who sits in front of it, unless the shell says."""
    env, other = program(tmp_path, GAVEL_API="elsewhere").env, program(tmp_path, GAVEL_ANALYST="bob@example.com").env

    assert env is not None
    assert other is not None
    assert (env["GAVEL_API"], env["GAVEL_SIGN_IN"]) == (
        "http://127.0.0.1:8080/api",
        "http://127.0.0.1:8080/dev/analyst",
    )
    assert (env["GAVEL_ANALYST"], other["GAVEL_ANALYST"]) == (ANALYST, "bob@example.com")


def test_it_knows_neither_the_database_nor_the_models_key(tmp_path: Path) -> None:
    """It speaks HTTP to the functions and needs nothing else."""
    env = program(tmp_path, OPENAI_API_KEY="k", REPORTING_DB_PASSWORD="p", DB_PASSWORD="p", LANG="C.UTF-8").env

    assert env is not None
    assert env["LANG"] == "C.UTF-8"
    assert not {"OPENAI_API_KEY", "REPORTING_DB_PASSWORD", "DB_PASSWORD"} & env.keys()
