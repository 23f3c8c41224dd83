"""What each database user may do is settled by the migrations, with the fewest rights."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pymysql
import pytest

from common.store.accounts import BadAccount, admit_analysts, allow_working
from common.store.connect import Connection
from dev.stack.database import Account, DatabaseServer, connect

DENIED = (1044, 1045, 1142, 1227, 1370)


@pytest.fixture
def root(database: DatabaseServer) -> Iterator[Connection]:
    """Somebody who may grant."""
    with closing(connect(database, database.root)) as connection:
        yield connection


@pytest.fixture
def user(root: Connection) -> Iterator[Account]:
    """A name that nobody has yet, as service accounts are named; forgotten at the end."""
    account = Account(user=f"place-bid-{secrets.token_hex(3)}", password=secrets.token_hex(12))
    yield account
    with root.cursor() as cursor:
        cursor.execute("DROP USER IF EXISTS %s@'%%'", (account.user,))


def refused(connection: Connection, sql: str) -> bool:
    """Whether the database itself says that this may not be done."""
    with connection.cursor() as cursor:
        try:
            cursor.execute(sql)
        except pymysql.MySQLError as error:
            return error.args[0] in DENIED
    return False


def test_a_functions_user_may_work_on_rows_and_nothing_else(
    root: Connection, user: Account, database: DatabaseServer
) -> None:
    """Not on the schema, and not elsewhere; told twice it is the same."""
    with root.cursor() as cursor:
        cursor.execute("CREATE USER %s@'%%' IDENTIFIED BY %s", (user.user, user.password))
    for _ in range(2):
        allow_working(root, users=[user.user])

    with closing(connect(database, user)) as connection:
        assert not refused(connection, "SELECT COUNT(*) FROM listings")
        assert not refused(connection, "UPDATE listings SET version = version WHERE id = 'none'")
        assert refused(connection, "DROP TABLE listings")
        assert refused(connection, "CREATE TABLE more (a INT)")
        assert refused(connection, "SELECT * FROM mysql.user")
        assert refused(connection, f"GRANT SELECT ON `{database.schema}`.* TO root@localhost")


def test_an_underscore_in_a_schemas_name_is_no_wildcard(root: Connection, user: Account) -> None:
    """As it would be in a grant that does not escape it."""
    with root.cursor() as cursor:
        cursor.execute("CREATE USER %s@'%%' IDENTIFIED BY %s", (user.user, user.password))
        for name in ("gavel_a_b", "gavel_axb"):
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS {name}")
        cursor.execute("USE gavel_a_b")
        try:
            allow_working(root, users=[user.user])
            cursor.execute("SHOW GRANTS FOR %s@'%%'", (user.user,))
            grants = " ".join(str(row[0]) for row in cursor.fetchall())
        finally:
            for name in ("gavel_a_b", "gavel_axb"):
                cursor.execute(f"DROP DATABASE {name}")

    assert r"`gavel\_a\_b`.*" in grants.replace("\\\\", "\\")


def test_the_analysts_user_is_made_and_given_a_new_password(
    root: Connection, user: Account, database: DatabaseServer
) -> None:
    """Without any right; the old password is no good any more."""
    admit_analysts(root, user=user.user, password=user.password)
    newer = replace(user, password=secrets.token_hex(12))
    admit_analysts(root, user=newer.user, password=newer.password)

    nowhere = replace(database, schema="information_schema")
    with closing(connect(nowhere, newer)) as connection:
        assert refused(connection, f"SELECT COUNT(*) FROM `{database.schema}`.listings")  # noqa: S608 - ours
    with pytest.raises(pymysql.OperationalError) as failed:
        connect(nowhere, user)
    assert failed.value.args[0] == 1045


@pytest.mark.parametrize("name", ["", "a" * 33, "a'b", "a b", "a@b", "ä"])
def test_what_is_no_users_name_is_granted_nothing(root: Connection, name: str) -> None:
    """It never reaches the database."""
    with pytest.raises(BadAccount):
        allow_working(root, users=[name])
    with pytest.raises(BadAccount):
        admit_analysts(root, user=name, password="x")


def test_the_longest_name_is_one(root: Connection, user: Account) -> None:
    """32 characters, as many as MySQL takes."""
    longest = replace(user, user=(user.user + "-" * 32)[:32])
    try:
        admit_analysts(root, user=longest.user, password=longest.password)
        with root.cursor() as cursor:
            assert cursor.execute("SELECT 1 FROM mysql.user WHERE User = %s", (longest.user,)) == 1
    finally:
        with root.cursor() as cursor:
            cursor.execute("DROP USER IF EXISTS %s@'%%'", (longest.user,))
