"""Whether the functions' database is there, up to date, and lets its user do what the functions do and no more."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pymysql

from common.store.migrate import FILES
from dev.doctor.finding import UNREACHABLE, Check, Finding, told
from dev.doctor.installation import Installation

DATABASE = Check("database")
MIGRATIONS = Check("migrations")
GRANTS = Check("functions' grants")
_NO_SUCH_TABLE = 1146
_WANTED = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
_NOTHING = re.compile(r"GRANT USAGE ON \*\.\* TO (?!.*\bGRANT OPTION\b).+")
_RIGHTS = re.compile(r"GRANT ([A-Z, ]+) ON `([^`]+)`\.\* TO (?!.*\bGRANT OPTION\b).+")


def reachable(installation: Installation) -> Iterator[Finding]:
    """Whether the functions' user can open a session and read."""
    settings = installation.settings.database
    where = settings.cloud_sql_instance or f"{settings.host}:{settings.port}"
    try:
        ((version, connections),) = installation.rows("SELECT VERSION(), @@max_connections")
    except UNREACHABLE as error:
        advice = (
            f"Is the server up, and may {settings.user} sign in from here to {settings.name}? Requests wait for it."
        )
        yield DATABASE.fault(f"{where} does not answer {settings.user} ({told(error)})", advice)
    else:
        yield DATABASE.good(f"{version} at {where}, {connections} connections")


def migrations(installation: Installation, files: Path = FILES) -> Iterator[Finding]:
    """What this checkout has and the database does not, the other way round, and what differs."""
    applied = dict(_applied(installation))
    known = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(files.glob("*.sql"))}
    missing = [name for name in known if name not in applied]
    changed = [name for name in known if applied.get(name, known[name]) != known[name]]
    unknown = sorted(applied.keys() - known.keys())
    if missing:
        yield MIGRATIONS.fault(
            f"not applied: {', '.join(missing)}",
            "Run `python -m dev.migrate` before functions of this version take traffic.",
        )
    if changed:
        advice = "An applied file never changes: put the difference into a new one."
        yield MIGRATIONS.fault(f"applied in another form: {', '.join(changed)}", advice)
    if unknown:
        yield MIGRATIONS.doubt(
            f"the database is ahead: {', '.join(unknown)}", "Look with the version that is deployed."
        )
    if not (missing or changed or unknown):
        yield MIGRATIONS.good(f"all {len(known)} are applied")


def grants(installation: Installation) -> Iterator[Finding]:
    """Whether each function's user may do exactly what functions do: read and write rows of one schema.

    They are named in FUNCTION_DB_USERS, as for `dev.migrate`, and then looked at by a user who may; else the one of
    the settings looks at himself.
    """
    settings = installation.settings.database
    named = [user.strip() for user in installation.env.get("FUNCTION_DB_USERS", "").split(",") if user.strip()]
    for user in named or [settings.user]:
        shown = (
            installation.rows("SHOW GRANTS FOR %(user)s@'%%'", user=user) if named else installation.rows("SHOW GRANTS")
        )
        yield from _judged(user, settings.name, (str(grant) for (grant,) in shown))


def _judged(user: str, schema: str, shown: Iterable[str]) -> Iterator[Finding]:
    excess, missing = judge_grants(shown, schema=schema)
    if excess:
        advice = "Revoke it: a function that is broken into can do no more than its user."
        yield GRANTS.fault(f"{user} may too much: {', '.join(excess)}", advice)
    if missing:
        rights = ", ".join(missing)
        yield GRANTS.fault(f"{user} may not {rights}", f"As the user who may grant: GRANT {rights} ON {schema}.*.")
    if not (excess or missing):
        yield GRANTS.good(f"{user} may read and write rows of {schema}, nothing else")


def judge_grants(shown: Iterable[str], *, schema: str) -> tuple[list[str], list[str]]:
    """What SHOW GRANTS has that it should not, and which rights it lacks.

    >>> judge_grants(["GRANT USAGE ON *.* TO `a`", "GRANT SELECT, INSERT, DROP ON `g`.* TO `a`"], schema="g")
    (['DROP ON `g`.*'], ['DELETE', 'UPDATE'])
    """
    held: set[str] = set()
    excess = []
    for grant in shown:
        rights = _RIGHTS.fullmatch(grant)
        if rights and rights[2].replace("\\_", "_") == schema:
            given = set(rights[1].split(", "))
            held |= given
            if given - _WANTED:
                excess.append(f"{', '.join(sorted(given - _WANTED))} ON `{schema}`.*")
        elif not _NOTHING.fullmatch(grant):
            excess.append(grant.partition(" TO ")[0].removeprefix("GRANT "))
    every = "ALL PRIVILEGES" in held
    return excess, [] if every else sorted(_WANTED - held)


def _applied(installation: Installation) -> Iterator[tuple[str, str]]:
    try:
        yield from ((name, digest) for name, digest in installation.rows("SELECT name, digest FROM schema_migrations"))
    except pymysql.ProgrammingError as error:
        if error.args[0] != _NO_SUCH_TABLE:
            raise
