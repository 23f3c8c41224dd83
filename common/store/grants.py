"""What the analysts' database user may do: read the views, nothing else: how that is granted and checked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from common.store.connect import Connection

_NOTHING = re.compile(r"GRANT USAGE ON \*\.\* TO (?!.*\bGRANT OPTION\b).+")
_READING = re.compile(r"GRANT SELECT ON `(\w+)`\.`(\w+)` TO (?!.*\bGRANT OPTION\b).+")


class UnsafeGrants(Exception):  # noqa: N818 - it says what was found
    """The analysts' user may do more or less than read the views; the message says what."""


def allow_reading(connection: Connection, *, schema: str, views: Iterable[str], user: str) -> None:
    """Let a user, at whatever host, read these views. The user must exist.

    MariaDB would make one without a password if it did not, unless its session is told not to.
    """
    with connection.cursor() as cursor:
        if "MariaDB" in connection.get_server_info():  # type: ignore[no-untyped-call]
            cursor.execute("SET SESSION sql_mode = CONCAT(@@sql_mode, ',NO_AUTO_CREATE_USER')")
        for view in views:
            cursor.execute(f"GRANT SELECT ON {schema}.{view} TO %s@'%%'", (user,))


def check_grants(shown: Iterable[str], *, schema: str, views: Collection[str]) -> None:
    """Hold what SHOW GRANTS answers against what it should.

    >>> check_grants(["GRANT USAGE ON *.* TO `a`", "GRANT SELECT ON `r`.`bids` TO `a`"], schema="r", views=["bids"])
    >>> check_grants(["GRANT SELECT ON *.* TO `a`"], schema="r", views=["bids"])
    Traceback (most recent call last):
    common.store.grants.UnsafeGrants: too much: GRANT SELECT ON *.*; missing: bids

    Raises:
        UnsafeGrants: naming what is too much and what is missing.
    """
    wanted = {(schema, view) for view in views}
    readable: set[tuple[str, str]] = set()
    excess = []
    for grant in shown:
        reading = _READING.fullmatch(grant)
        if reading and (reading[1], reading[2]) in wanted:
            readable.add((reading[1], reading[2]))
        elif not _NOTHING.fullmatch(grant):
            excess.append(grant.partition(" TO ")[0])
    faults = [f"too much: {', '.join(excess)}"] if excess else []
    if missing := sorted(view for _, view in wanted - readable):
        faults.append(f"missing: {', '.join(missing)}")
    if faults:
        raise UnsafeGrants("; ".join(faults))
