"""The stack's settings, ports, lock and state."""

import os
import re
import socket
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest

from dev.stack import lock, ports, state
from dev.stack.functions import ANALYST, FOR_ANALYSTS, function_defaults, function_program
from dev.stack.settings import ROOT, SettingError, StackSettings, environment

# What Cloud Run sets, what nobody may set there, what the machine has.
NOT_SETTINGS = {"K_SERVICE", "FIREBASE_AUTH_EMULATOR_HOST", "JAVA_HOME"}


def test_an_empty_environment_gives_the_documented_defaults() -> None:
    """Port 8080, state in .local, a run of the scheduler every five seconds, a year of 2,500 past auctions."""
    settings = StackSettings.from_env({})

    assert (settings.port, settings.home, settings.schedule_seconds) == (8080, ROOT / ".local", 5)
    assert settings.history_listings == 2500


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("GAVEL_PORT", "eighty", "GAVEL_PORT must be a number, not 'eighty'."),
        ("GAVEL_PORT", "65536", "GAVEL_PORT must lie between 0 and 65535, not 65536."),
        ("GAVEL_SCHEDULE_SECONDS", "0", "GAVEL_SCHEDULE_SECONDS must lie between 0.1 and 3600, not 0."),
        ("GAVEL_HISTORY_LISTINGS", "-1", "GAVEL_HISTORY_LISTINGS must lie between 0 and 20000, not -1."),
        ("GAVEL_HISTORY_LISTINGS", "20001", "GAVEL_HISTORY_LISTINGS must lie between 0 and 20000, not 20001."),
    ],
)
def test_a_senseless_setting_is_refused_by_its_name(name: str, value: str, sentence: str) -> None:
    """The message is a sentence that names the setting and its limits."""
    with pytest.raises(SettingError) as refusal:
        StackSettings.from_env({name: value})

    assert str(refusal.value) == sentence


@pytest.mark.parametrize("count", [0, 20_000])
def test_there_may_be_no_past_or_a_large_one(count: int) -> None:
    """Both ends of the range are in it."""
    assert StackSettings.from_env({"GAVEL_HISTORY_LISTINGS": str(count)}).history_listings == count


def test_every_setting_is_documented() -> None:
    """`.env.example` has each name that the functions, the stack or the analysts' app reads."""
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    ours = sorted((ROOT / "common" / "config").glob("*.py"))
    readers = [*ours, *(ROOT / "dev" / "stack" / name for name in ("settings.py", "mysqld.py", "emulator.py"))]
    read = {
        name
        for file in readers
        for name in re.findall(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"', file.read_text(encoding="utf-8"))
    }

    assert len(read) > 30
    assert {name for name in read if not re.search(rf"\b{name}\b", text)} == NOT_SETTINGS


def test_only_the_functions_for_analysts_get_their_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model's key and the reader's account, be they from the shell or from the stack."""
    monkeypatch.setenv("OPENAI_API_KEY", "shell")
    given = {"REPORTING_DB_PASSWORD": "stack", "DB_PASSWORD": "own"}

    def environment_of(operation: str) -> Mapping[str, str]:
        env = function_program(operation, given, port=1, log=tmp_path / "log").env
        assert env is not None
        return env

    for operation in StackSettings().operations():
        secrets = {"OPENAI_API_KEY", "REPORTING_DB_PASSWORD"} & environment_of(operation).keys()
        assert secrets == ({"OPENAI_API_KEY", "REPORTING_DB_PASSWORD"} if operation in FOR_ANALYSTS else set())
        assert environment_of(operation)["DB_PASSWORD"] == "own"


def test_who_asks_a_model_waits_longer_than_who_bids() -> None:
    """And the analyst of a laptop may review; the settings of people go over both."""
    assert function_defaults("nl_query") == {"NL_REVIEWERS": ANALYST, "REQUEST_SECONDS": "25"}
    assert function_defaults("place_bid") == {}


def test_the_process_environment_wins_over_the_env_file(tmp_path: Path) -> None:
    """`.env` gives what the process does not."""
    (tmp_path / ".env").write_text("# ours\nGAVEL_PORT=8081\nGAVEL_HOME='.second'\n")

    env = environment(tmp_path, {"GAVEL_PORT": "9000"})

    assert env == {"GAVEL_PORT": "9000", "GAVEL_HOME": ".second"}


def test_operations_are_the_folders_with_a_main_py(tmp_path: Path) -> None:
    """Other folders are no functions."""
    for name in ("place_bid", "get_listing"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.py").touch()
    (tmp_path / "__pycache__").mkdir()

    assert StackSettings(functions=tmp_path).operations() == ["get_listing", "place_bid"]


def test_a_name_keeps_its_port_while_it_is_free(tmp_path: Path) -> None:
    """The second start has the first one's addresses, but for a port that somebody took."""
    file = tmp_path / "ports.json"
    first = ports.remembered_ports(file, ["database", "issuer"])
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections that ended may linger on any port
        other.bind((ports.HOST, first["issuer"]))
        other.listen()

        second = ports.remembered_ports(file, ["database", "issuer"])

    assert second["database"] == first["database"]
    assert second["issuer"] != first["issuer"]


def test_one_process_at_a_time_holds_a_home(tmp_path: Path) -> None:
    """Who holds it is known by pid, and nobody when it was let go."""
    with lock.hold(tmp_path):
        assert lock.holder(tmp_path) == os.getpid()
        with pytest.raises(lock.Held), lock.hold(tmp_path):
            pass

    assert lock.holder(tmp_path) is None
    assert lock.stop_holder(tmp_path) is False


def test_reset_removes_only_what_a_stack_has_made(tmp_path: Path) -> None:
    """A file of somebody else in GAVEL_HOME stays."""
    (tmp_path / "database").mkdir()
    (tmp_path / "database" / "accounts.json").touch()
    (tmp_path / "seeded").touch()
    (tmp_path / "diary.txt").touch()

    state.forget(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["diary.txt"]
    assert stat.S_ISDIR(tmp_path.stat().st_mode)
