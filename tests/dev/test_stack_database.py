"""The private database server and Firestore emulator that tests, benches and the stack use."""

import os
import signal
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pymysql
import pytest

from dev.stack import database, emulator, mysqld, ports
from dev.stack.database import Account, DatabaseServer, private_server
from dev.stack.process import StartFailed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory whose path is too long for a Unix socket."""
    return tmp_path_factory.mktemp("d" * 90)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[DatabaseServer]:
    """A durable server for this module."""
    with private_server(folder) as server:
        yield server


def rows(server: DatabaseServer, account: Account, sql: str) -> tuple[tuple[object, ...], ...]:
    """What a statement answers to an account."""
    with closing(database.connect(server, account)) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def test_commits_are_durable(server: DatabaseServer) -> None:
    """Flushed and in the binary log before they are acknowledged, as in production."""
    sql = "SELECT @@innodb_flush_log_at_trx_commit, @@sync_binlog, @@log_bin, @@bind_address, @@character_set_server"

    assert rows(server, server.app, sql) == ((1, 1, 1, "127.0.0.1", "utf8mb4"),)


def test_the_functions_user_cannot_change_the_schema(server: DatabaseServer) -> None:
    """Migrations run as another user; the functions' reads and writes data."""
    rows(server, server.migrate, "CREATE TABLE lots (id INT PRIMARY KEY)")
    rows(server, server.app, "INSERT INTO lots VALUES (1)")

    for sql in ("DROP TABLE lots", "CREATE TABLE more (id INT)", "ALTER TABLE lots ADD name INT"):
        with pytest.raises(pymysql.err.OperationalError, match="denied"):
            rows(server, server.app, sql)
    assert rows(server, server.app, "SELECT id FROM lots") == ((1,),)


def test_nobody_comes_in_without_a_password(server: DatabaseServer) -> None:
    """Neither as root nor as nobody."""
    for user in ("root", ""):
        with pytest.raises(pymysql.err.OperationalError, match="denied"):
            rows(server, Account(user=user, password=""), "SELECT 1")


def test_passwords_are_the_owners_alone(folder: Path, server: DatabaseServer) -> None:
    """The files that hold them have mode 0600, and they do not print."""
    for name in ("accounts.json", "setup.sql"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert server.app.password not in repr(server)


def test_what_was_committed_survives_a_killed_server(tmp_path: Path) -> None:
    """The same directory, started again after kill -9, has the rows and the same accounts."""
    with private_server(tmp_path) as first:
        rows(first, first.migrate, "CREATE TABLE lots (id INT PRIMARY KEY)")
        rows(first, first.app, "INSERT INTO lots VALUES (7)")
        os.kill(first.pid, signal.SIGKILL)

    with private_server(tmp_path) as second:
        assert rows(second, first.app, "SELECT id FROM lots") == ((7,),)


def test_another_products_data_are_refused(tmp_path: Path) -> None:
    """A server never opens what another product wrote."""
    (tmp_path / "data").mkdir()
    (tmp_path / "product").write_text("Oracle")

    with pytest.raises(StartFailed, match="make reset"), private_server(tmp_path):
        pass


def test_a_machine_without_a_server_is_told_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One clear sentence."""
    monkeypatch.setattr(mysqld, "SYSTEM_FOLDERS", ())

    with pytest.raises(StartFailed, match="apt-get install mariadb-server"):
        database.prepare(tmp_path, port=1, env={"PATH": ""})


def test_a_given_emulator_is_used_as_it_is() -> None:
    """FIRESTORE_EMULATOR_HOST goes before everything."""
    with emulator.private_emulator(env={"FIRESTORE_EMULATOR_HOST": "127.0.0.1:9"}) as given:
        assert given.address == "127.0.0.1:9"


def test_a_machine_without_an_emulator_is_told_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """One clear sentence."""
    monkeypatch.setattr(emulator, "SDK_FOLDERS", ())

    assert emulator.why_missing({"PATH": ""}) == emulator.HOW_TO_GET
    assert emulator.why_missing({"GAVEL_FIRESTORE_JAR": "none"}) == emulator.HOW_TO_GET


@pytest.mark.emulator
def test_a_private_emulator_answers_and_forgets() -> None:
    """It ends with its block."""
    with emulator.private_emulator() as ours:
        assert ours.answers
        ours.reset("demo-gavel")

    if "FIRESTORE_EMULATOR_HOST" not in os.environ:
        assert ports.http_status(ours.address) is None
