"""Who gets in: IAM's login is in the certificate, not in a password; and what the settings say of both."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pymysql
import pytest

from common.config import DatabaseSettings, ReportingSettings, SettingsError, refuse_laptop_settings_on_cloud
from common.domain.errors import Unavailable
from common.store.cloud_sql import CloudSql
from common.store.connect import connector
from common.store.store import Store
from tests.connector.cloud import Cloud
from tests.store.notes import soon

ACCESS_DENIED = 1045


def user_of(settings: DatabaseSettings) -> str:
    """As whom the database knows somebody with these settings."""
    with closing(connector(settings)()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_USER()")
        ((name,),) = cursor.fetchall()
        return str(name).partition("@")[0]


def test_with_iam_the_account_is_the_user_up_to_its_at(cloud: Cloud) -> None:
    """No password leaves us."""
    settings = cloud.settings().database

    assert settings.user == f"{cloud.iam_user}@accounts.example"
    assert settings.password is None
    assert user_of(settings) == cloud.iam_user


def test_without_the_login_in_the_certificate_a_user_of_iam_is_refused(cloud: Cloud) -> None:
    """An empty password asks for no login token, whatever the name."""
    settings = replace(cloud.settings().database, password="", user=cloud.iam_user)

    with pytest.raises(pymysql.OperationalError) as refused:
        user_of(settings)

    assert refused.value.args[0] == ACCESS_DENIED


def test_another_accounts_login_does_not_do(cloud: Cloud) -> None:
    """The certificate says who it is of."""
    settings = cloud.settings().database
    cloud.metadata.account = "somebody-else@accounts.example"

    with pytest.raises(pymysql.OperationalError) as refused:
        user_of(settings)

    assert refused.value.args[0] == ACCESS_DENIED


def test_a_password_that_is_wrong_is_told_as_such(cloud: Cloud) -> None:
    """The database's own refusal comes through, and nobody takes it for an outage."""
    settings = replace(cloud.settings(cloud.by_password).database, password="wrong")

    with pytest.raises(pymysql.OperationalError) as refused:
        user_of(settings)

    assert refused.value.args[0] == ACCESS_DENIED


@pytest.mark.parametrize(("lifetime", "refreshed"), [(timedelta(minutes=3), 1), (timedelta(minutes=30), 0)])
def test_a_certificate_lasts_no_longer_than_the_login_in_it(cloud: Cloud, lifetime: timedelta, refreshed: int) -> None:
    """The token ends before the certificate does: so close to its end, the next connection gets both anew."""
    cloud.metadata.lifetime = lifetime
    connect = CloudSql(cloud.settings().database).dial
    connect(read_timeout=5).close()
    issued = cloud.admin.issued

    connect(read_timeout=5).close()

    cloud.metadata.lifetime = timedelta(hours=1)
    assert cloud.admin.issued - issued == refreshed


@pytest.mark.parametrize("empty", [{}, {"DB_PASSWORD": ""}])
def test_an_empty_password_is_none(empty: dict[str, str]) -> None:
    """A variable that is set to nothing must not switch IAM off."""
    settings = DatabaseSettings.from_env({"CLOUD_SQL_INSTANCE": "p:r:i", "DB_USER": "functions", **empty})

    assert settings.password is None


def test_another_admin_api_is_refused_on_google_cloud() -> None:
    """It would be sent our tokens, and would say which authority to believe."""
    env = {"K_SERVICE": "place-bid", "CLOUD_SQL_ADMIN_API": "http://127.0.0.1:9"}

    with pytest.raises(SettingsError, match=r"^CLOUD_SQL_ADMIN_API must not be set"):
        refuse_laptop_settings_on_cloud(env)
    refuse_laptop_settings_on_cloud({**env, "CLOUD_SQL_ADMIN_API": ""})


def test_analysts_have_the_functions_admin_api_and_no_other() -> None:
    """So that one name is all there is to refuse."""
    env = {
        "REPORTING_CLOUD_SQL_INSTANCE": "p:r:i",
        "REPORTING_DB_USER": "a",
        "REPORTING_CLOUD_SQL_ADMIN_API": "http://x",
    }

    def found(**more: str) -> str | None:
        settings = ReportingSettings.from_env({**env, **more})
        assert settings is not None
        return settings.database.cloud_sql_admin_api

    assert found() is None
    assert found(CLOUD_SQL_ADMIN_API="http://127.0.0.1:9") == "http://127.0.0.1:9"


def test_without_any_credentials_the_answer_is_a_refusal(
    cloud: Cloud, build_store: Callable[..., Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The metadata server is no Google's: no bug of ours, and found again when it is back."""
    cloud.metadata.fails_with = 404
    store = build_store()
    with pytest.raises(Unavailable):
        store.transact(lambda tx: tx.now(), deadline=soon(0.2))

    cloud.metadata.behave()
    store.transact(lambda tx: tx.now(), deadline=soon())
