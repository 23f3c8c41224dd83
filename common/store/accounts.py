"""The database users of an installation: what the migrating user lets each of them do."""

from __future__ import annotations

import re
from collections.abc import Iterable

from common.store.connect import Connection

_NAME = re.compile(r"[0-9A-Za-z_.-]{1,32}")


class BadAccount(Exception):  # noqa: N818 - it says what is wrong
    """A name that is no database user's; the message names it."""


def allow_working(connection: Connection, *, users: Iterable[str]) -> None:
    """Let the functions' users read and write rows of this schema, and nothing else.

    Users that Cloud SQL makes for service accounts begin without any right. Each must exist at host '%'.

    Raises:
        BadAccount: a name is none.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT DATABASE()")
        ((schema,),) = cursor.fetchall()
        for user in users:
            # In a grant on a schema an underscore stands for any character, unless it is escaped.
            named = str(schema).replace("_", r"\_")
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON `{named}`.* TO %s@'%%'", (_checked(user),))


def admit_analysts(connection: Connection, *, user: str, password: str) -> None:
    """Make the analysts' user, or give him this password; what he may read is granted with the views.

    By SQL, because a user made through Cloud SQL's API has every right.

    Raises:
        BadAccount: the name is none.
    """
    with connection.cursor() as cursor:
        cursor.execute("CREATE USER IF NOT EXISTS %s@'%%' IDENTIFIED BY %s", (_checked(user), password))
        cursor.execute("ALTER USER %s@'%%' IDENTIFIED BY %s", (user, password))


def _checked(user: str) -> str:
    if not _NAME.fullmatch(user):
        raise BadAccount(f"a database user is named in at most 32 letters, digits and _ . -, not {user!r}")
    return user
