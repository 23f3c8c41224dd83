"""The analysts' user may read the views and nothing else; whatever is more or less is found at start."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any

import pymysql
import pytest

from common.config import Settings
from common.store.connect import Connection, connector
from common.store.grants import allow_reading, check_grants
from common.store.migrate import view_names
from common.store.reporting import Reporting, UnsafeGrants
from dev.stack.database import Account, DatabaseServer, connect

VIEWS = ("bids", "users")
ENOUGH = ["GRANT SELECT ON `reporting`.`bids` TO `a`@`%`", "GRANT SELECT ON `reporting`.`users` TO `a`@`%`"]
NOTHING = [
    "GRANT USAGE ON *.* TO `a`@`%`",
    "GRANT USAGE ON *.* TO `a`@`%` IDENTIFIED BY PASSWORD '*4AE25D8C87D72C06DFB03EF740B6440E2DB24D58'",
    "GRANT USAGE ON *.* TO `a`@`%` REQUIRE SSL",
]
TOO_MUCH = [
    "GRANT ALL PRIVILEGES ON *.* TO `a`@`%`",
    "GRANT SELECT ON *.* TO `a`@`%`",
    "GRANT PROCESS ON *.* TO `a`@`%`",
    "GRANT FILE, SUPER ON *.* TO `a`@`%`",
    "GRANT USAGE ON *.* TO `a`@`%` WITH GRANT OPTION",
    "GRANT SYSTEM_VARIABLES_ADMIN ON *.* TO `a`@`%`",
    "GRANT SELECT ON `reporting`.* TO `a`@`%`",
    "GRANT SELECT ON `reporting`.`other` TO `a`@`%`",
    "GRANT SELECT ON `gavel`.`bids` TO `a`@`%`",
    "GRANT SELECT (`id`) ON `gavel`.`users` TO `a`@`%`",
    "GRANT SELECT, INSERT ON `reporting`.`bids` TO `a`@`%`",
    "GRANT SELECT, SHOW VIEW ON `reporting`.`bids` TO `a`@`%`",
    "GRANT SELECT, SELECT (`id`) ON `reporting`.`bids` TO `a`@`%`",
    "GRANT SELECT ON `reporting`.`bids` TO `a`@`%` WITH GRANT OPTION",
    "GRANT EXECUTE ON PROCEDURE `reporting`.`bids` TO `a`@`%`",
    "GRANT PROXY ON `root`@`localhost` TO `a`@`%`",
    "GRANT `a_role` TO `a`@`%`",
    "GRANT `a_role`@`%` TO `a`@`%`",
    "GRANT SELECT ON `gavel`.`users` TO PUBLIC",
    "SET DEFAULT ROLE `a_role` FOR `a`@`%`",
]


@pytest.mark.parametrize("nothing", NOTHING)
def test_reading_the_views_is_right(nothing: str) -> None:
    """On both products' words for no right at all, in any order."""
    check_grants([*ENOUGH, nothing], schema="reporting", views=VIEWS)


@pytest.mark.parametrize("grant", TOO_MUCH)
def test_any_other_right_is_too_much(grant: str) -> None:
    """As both products write it."""
    with pytest.raises(UnsafeGrants, match=r"^too much: "):
        check_grants([NOTHING[0], *ENOUGH, grant], schema="reporting", views=VIEWS)


def test_a_view_that_may_not_be_read_is_named() -> None:
    """An answer that is empty for want of a right would be taken for the truth."""
    with pytest.raises(UnsafeGrants, match=r"^missing: users$"):
        check_grants([NOTHING[0], ENOUGH[0]], schema="reporting", views=VIEWS)


def test_a_password_is_not_told() -> None:
    """MariaDB shows its hash beside the rights; what is said of them ends before it."""
    grant = "GRANT SELECT ON *.* TO `a`@`%` IDENTIFIED BY PASSWORD '*4AE2'"

    with pytest.raises(UnsafeGrants) as refused:
        check_grants([grant, *ENOUGH], schema="reporting", views=VIEWS)

    assert str(refused.value) == "too much: GRANT SELECT ON *.*"


def test_ours_pass(reporting: Reporting) -> None:
    """The user and the schema that a migration made."""
    reporting.check()


class Other:
    """Another analyst, whose rights a test may spoil."""

    def __init__(self, database: DatabaseServer, settings: Settings, cursor: Any) -> None:
        assert settings.reporting is not None
        self.database = database
        self.cursor = cursor
        self.account = Account(user=f"other_{secrets.token_hex(4)}", password=secrets.token_hex(16))
        self.name = f"'{self.account.user}'@'%'"
        changed = replace(settings.reporting.database, user=self.account.user, password=self.account.password)
        self.reporting = Reporting(replace(settings.reporting, database=changed))

    def run(self, sql: str) -> None:
        """A statement as root; {user}, {market} and {reporting} are filled in."""
        self.cursor.execute(sql.format(user=self.name, market=self.database.schema, reporting=self.database.reporting))


@pytest.fixture
def other(database: DatabaseServer, settings: Settings) -> Iterator[Other]:
    """An analyst with the right grants, forgotten after the test."""
    with closing(connect(database, database.root)) as root, root.cursor() as cursor:
        other = Other(database, settings, cursor)
        cursor.execute(f"CREATE USER {other.name} IDENTIFIED BY '{other.account.password}'")
        try:
            for view in view_names():
                other.run(f"GRANT SELECT ON {{reporting}}.{view} TO {{user}}")
            other.reporting.check()
            yield other
        finally:
            cursor.execute(f"DROP USER {other.name}")


@pytest.mark.parametrize(
    "grant",
    [
        "GRANT SELECT ON {market}.users TO {user}",
        "GRANT SELECT (id) ON {market}.users TO {user}",
        "GRANT SELECT ON {reporting}.* TO {user}",
        "GRANT INSERT ON {reporting}.users TO {user}",
        "GRANT SHOW VIEW ON {reporting}.bids TO {user}",
        "GRANT SELECT ON {reporting}.users TO {user} WITH GRANT OPTION",
        "GRANT PROCESS ON *.* TO {user}",
        "REVOKE SELECT ON {reporting}.bids FROM {user}",
    ],
)
def test_every_right_more_or_less_is_found(other: Other, grant: str) -> None:
    """As the server tells it to the user himself."""
    other.run(grant)

    with pytest.raises(UnsafeGrants, match=r"too much|missing"):
        other.reporting.check()


def test_a_role_is_found(other: Other) -> None:
    """Whether or not it is active: he could make it so."""
    role = f"role_{secrets.token_hex(4)}"
    with ExitStack() as stack:
        other.run(f"CREATE ROLE {role}")
        stack.callback(other.run, f"DROP ROLE {role}")
        other.run(f"GRANT SELECT ON {{market}}.users TO {role}")
        other.run(f"GRANT {role} TO {{user}}")

        with pytest.raises(UnsafeGrants, match="too much: "):
            other.reporting.check()


def test_what_everybody_may_is_found(other: Other, database: DatabaseServer) -> None:
    """MariaDB grants to PUBLIC, which is everybody; MySQL does not know it."""
    if not database.version.startswith("MariaDB"):
        with pytest.raises(pymysql.MySQLError):
            other.run("GRANT SELECT ON {market}.users TO PUBLIC")
        return
    with ExitStack() as stack:
        other.run("GRANT SELECT ON {market}.users TO PUBLIC")
        stack.callback(other.run, "REVOKE SELECT ON {market}.users FROM PUBLIC")

        with pytest.raises(UnsafeGrants, match=r"too much: .*users"):
            other.reporting.check()


def test_a_table_in_the_place_of_a_view_is_found(other: Other) -> None:
    """It would have the right name and the right grant, and what rows it likes."""
    with ExitStack() as stack:
        stack.callback(other.run, "RENAME TABLE {reporting}.kept TO {reporting}.watches")
        other.run("RENAME TABLE {reporting}.watches TO {reporting}.kept")
        stack.callback(other.run, "DROP TABLE {reporting}.watches")
        other.run("CREATE TABLE {reporting}.watches (user_id INT)")

        with pytest.raises(UnsafeGrants, match=r"not a view of \w+: \w+\.watches"):
            other.reporting.check()
    other.reporting.check()


@pytest.fixture
def migrating(database: DatabaseServer, settings: Settings) -> Iterator[Connection]:
    """A session as migrations have it."""
    account = database.migrate
    changed = replace(settings.database, user=account.user, password=account.password)
    with closing(connector(changed)()) as connection:
        yield connection


def test_a_user_who_does_not_exist_is_not_made(migrating: Connection, database: DatabaseServer) -> None:
    """MariaDB would make one without a password."""
    nobody = f"nobody_{secrets.token_hex(4)}"

    with pytest.raises(pymysql.MySQLError):
        allow_reading(migrating, schema=database.reporting, views=["users"], user=nobody)

    with pytest.raises(pymysql.OperationalError, match="denied"):
        connect(database, Account(user=nobody, password=""))


def test_what_is_granted_is_enough_and_not_too_much(
    migrating: Connection, other: Other, database: DatabaseServer
) -> None:
    """Granted to somebody who had all but one; once more changes nothing."""
    other.run("REVOKE SELECT ON {reporting}.users FROM {user}")
    with pytest.raises(UnsafeGrants, match="missing: users"):
        other.reporting.check()

    for _ in range(2):
        allow_reading(migrating, schema=database.reporting, views=view_names(), user=other.account.user)

    other.reporting.check()
