"""Where analysts read and as whom: the settings, and the account on a server of our own."""

from __future__ import annotations

import json
import stat
from contextlib import closing
from pathlib import Path

import pytest

from common.config import DatabaseSettings, ReportingSettings, SettingsError
from common.store.connect import connector
from common.store.migrate import Analysts, migrate
from common.store.reporting import Reporting
from dev.stack.database import DatabaseServer, private_server
from tests.store.notes import soon

LAPTOP = {
    "DB_HOST": "127.0.0.1",
    "DB_PORT": "3307",
    "DB_USER": "app",
    "DB_PASSWORD": "hunter2hunter2",
    "REPORTING_DB_USER": "analyst",
    "REPORTING_DB_PASSWORD": "hunter3hunter3",
}


def read(**changed: str) -> ReportingSettings:
    """The settings of a laptop, some of them changed."""
    settings = ReportingSettings.from_env({**LAPTOP, **changed})
    assert settings is not None
    return settings


@pytest.mark.parametrize("env", [{}, {"REPORTING_DB_USER": ""}, {"REPORTING_DB_NAME": "reporting"}])
def test_without_a_user_there_is_no_way_for_analysts(env: dict[str, str]) -> None:
    """Functions other than nl_query are deployed without one."""
    assert ReportingSettings.from_env(env) is None


def test_analysts_read_on_the_functions_server_unless_told_otherwise() -> None:
    """As their own user, in their own schema, with limits of their own."""
    settings = read()

    assert (settings.database.host, settings.database.port) == ("127.0.0.1", 3307)
    assert (settings.database.user, settings.database.password) == ("analyst", "hunter3hunter3")
    assert settings.database.name == "reporting"
    assert (settings.seconds, settings.bytes) == (5, 1_000_000)
    assert settings.seconds < settings.database.network_seconds
    assert "hunter" not in repr(settings)


def test_a_replica_is_another_place() -> None:
    """By host and port, whose port is not the functions' server's; or by its instance, where IAM needs no password."""
    by_host = read(REPORTING_DB_HOST="10.0.0.9").database
    by_instance = read(REPORTING_CLOUD_SQL_INSTANCE="a:b:replica", REPORTING_DB_PASSWORD="").database

    assert (by_host.host, by_host.port, by_host.cloud_sql_instance) == ("10.0.0.9", 3306, None)
    assert (by_instance.cloud_sql_instance, by_instance.password) == ("a:b:replica", None)


def test_analysts_of_a_cloud_sql_instance_read_there_too() -> None:
    """The functions' own, if none is named."""
    env = {"CLOUD_SQL_INSTANCE": "a:b:main", "DB_USER": "functions", "REPORTING_DB_USER": "analyst"}

    settings = ReportingSettings.from_env(env)

    assert settings is not None
    assert settings.database.cloud_sql_instance == "a:b:main"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REPORTING_SECONDS", "0"),
        ("REPORTING_SECONDS", "five"),
        ("REPORTING_BYTES", "0"),
        ("REPORTING_DB_PORT", "x"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, value: str) -> None:
    """Nought seconds would be no limit at all to the servers."""
    with pytest.raises(SettingsError, match=name):
        read(**{name: value})

    assert read(REPORTING_SECONDS="1", REPORTING_BYTES="1").seconds == 1


def migrated(server: DatabaseServer) -> Reporting:
    """The analysts' way, after a migration."""
    with closing(connector(DatabaseSettings.from_env(server.environment(server.migrate)))()) as connection:
        migrate(connection, lambda _: None, analysts=Analysts(schema=server.reporting, user=server.analyst.user))
    settings = ReportingSettings.from_env(server.environment())
    assert settings is not None
    return Reporting(settings)


def test_a_directory_from_before_there_were_analysts_gets_their_account(tmp_path: Path) -> None:
    """At its next start, with the others' passwords as they were, and the file as private as before."""
    with private_server(tmp_path, durable=False) as first:
        before = first
    file = tmp_path / "accounts.json"
    accounts = json.loads(file.read_text())
    del accounts["analyst"]
    file.write_text(json.dumps(accounts))

    with private_server(tmp_path, durable=False) as second:
        reporting = migrated(second)
        reporting.check()
        assert reporting.run("SELECT COUNT(*) FROM users", deadline=soon()).rows == ((0,),)

    assert (second.app, second.migrate, second.root) == (before.app, before.migrate, before.root)
    assert second.analyst.password != before.analyst.password
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
