"""Looks for statements that pass the SQL guard and should not: `python -m dev.guard_fuzz --minutes 10 --seed 1`.

Texts are spliced from the hostile and honest statements of tests/nl/statements. What passes the guard runs on real
servers (`--server host:port`, root without a password, as often as wanted; `--server private`, or none, starts one) as
two users who may only read: a narrow one who may read the analysts' columns and nothing else, so that touching anything
more is an error; and a wide one who may read everything, so that a leak would show a canary. What is told at the end:

- denied: the narrow user was refused something; leaked: a canary in rows or an error; slow: more than a second on a few
  rows; locked: rows or names were locked; unstable: the text that runs is not accepted as itself;
- other_rows: the text that came in gives other rows than the text that runs;
- errno: what the servers did not understand although the guard accepted it (harmless, worth a look).

The exit status is 1 if there is anything but the last.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import secrets
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pymysql

from common.nl.guard import GuardError, guard
from common.nl.policy import Policy
from common.nl.semantic import semantic_layer
from dev.ask_eval.fixture import CANARIES, TABLES
from dev.stack.database import private_server
from dev.stack.settings import ROOT

STATEMENTS = ROOT / "tests" / "nl" / "statements"
DENIED = {1044, 1045, 1142, 1143, 1227, 1290, 1370, 1792, 3619}
SLOW_SECONDS = 1.0
SAMPLES = 5
ROWS = 6
SALT = [
    "\u00a0",
    "\u200b",
    "\u017f",
    "\ufb01",
    "\u0131",
    "\u212a",
    *["--", "#", "/*!", "*/", ";", "`", "'", '"', "\\", "@", "||", ".", "e0", "0x", "1e1", "{}", "[]", ":=", "&&"],
]
_PIECE = re.compile(r"'(?:[^'\\]|\\.|'')*'|\"[^\"]*\"|`[^`]*`|\d+(?:\.\d+)?|\w+|[<>=!]+|[^\s\w]")

Connection = pymysql.connections.Connection


@dataclass(slots=True)
class Findings:
    """What was found, with a few samples of each kind."""

    counts: Counter[str] = field(default_factory=Counter)
    samples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, *told: object) -> None:
        """One more of a kind."""
        self.counts[kind] += 1
        kept = self.samples.setdefault(kind, [])
        if len(kept) < SAMPLES:
            kept.append(" | ".join(str(each) for each in told))

    @property
    def bad(self) -> bool:
        """Whether something was found that must not be."""
        return any(kind in self.counts for kind in ("denied", "leaked", "slow", "locked", "unstable", "other_rows"))


class Splicer:
    """Makes new texts of old ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._honest = _statements("honest")
        self._all = self._honest * 4 + [sql for sql in _statements("hostile") if len(sql) < 600]
        self._pieces = sorted({piece for sql in self._all for piece in _PIECE.findall(sql)})
        self._words = [piece for piece in self._pieces if piece[0].isalpha() or piece[0] == "`"]

    def text(self) -> str:
        """The next one: mostly an honest statement in which something was changed."""
        source = self._honest if self._random.random() < 0.75 else self._all
        pieces = _PIECE.findall(self._random.choice(source))
        for _ in range(self._random.choice((1, 1, 2, 2, 3, 5))):
            self._change(pieces)
        return " ".join(pieces) if self._random.random() < 0.9 else "".join(pieces)

    def _change(self, pieces: list[str]) -> None:
        rnd = self._random
        at = rnd.randrange(len(pieces) + 1)
        upto = min(len(pieces), at + rnd.choice((0, 1, 1, 1, 2, 4, 8)))
        match rnd.randrange(8):
            case 0:
                pieces[at:upto] = []
            case 1:
                pieces[at:at] = [rnd.choice(self._pieces)]
            case 2 if at < len(pieces) and pieces[at][0].isalpha():
                pieces[at] = rnd.choice(self._words)
            case 3:
                pieces[at:upto] = [rnd.choice(self._pieces)]
            case 4:
                pieces[at:upto] = self._cut()
            case 5:
                pieces[at:at] = pieces[rnd.randrange(len(pieces) or 1) :][: rnd.randrange(1, 12)]
            case 6:
                pieces[at:upto] = ["(", *pieces[at:upto], ")"]
            case _:
                pieces[at:at] = [rnd.choice(SALT)] if rnd.random() < 0.3 else self._cut()

    def _cut(self) -> list[str]:
        """A part of another statement; a whole parenthesis of it if the luck holds."""
        pieces = _PIECE.findall(self._random.choice(self._all)) or ["1"]
        start = self._random.randrange(len(pieces))
        if pieces[start] != "(":
            return pieces[start : start + self._random.randrange(1, 10)]
        depth = 0
        for end in range(start, len(pieces)):
            depth += (pieces[end] == "(") - (pieces[end] == ")")
            if depth == 0:
                return pieces[start : end + 1]
        return pieces[start:]


class Target:
    """A server with a small market in it, and two users who may only read."""

    def __init__(self, name: str, root: Connection[Any], narrow: Connection[Any], wide: Connection[Any]) -> None:
        self.name = name
        self._root, self._narrow, self._wide = root, narrow, wide
        self._thread = [number for (number,) in _run(narrow, "SELECT CONNECTION_ID()")[0] or ()]

    def try_out(self, text: str, sql: str, findings: Findings) -> None:
        """Run what passed the guard and look at everything it did."""
        if "MariaDB" in self.name and any(f"{name}(" in sql for name in ("ANY_VALUE", "GROUPING")):
            return  # not there, and told as a stored function that one may not call
        began = time.monotonic()
        rows, error = _run(self._narrow, sql)
        if time.monotonic() - began > SLOW_SECONDS:
            findings.add("slow", self.name, text, sql)
        if error is not None:
            kind = "denied" if error.args[0] in DENIED else f"errno {error.args[0]}"
            findings.add(kind, self.name, text, sql, error.args[-1])
        self._look_for_locks(text, sql, findings)
        seen = repr(_run(self._wide, sql))
        if any(canary in seen for canary in CANARIES):
            findings.add("leaked", self.name, text, sql, seen[:300])
        if error is None and "NOW" not in sql.upper():
            was, refused = _run(self._narrow, text.rstrip("; \n"))
            if refused is None and was != rows:
                findings.add("other_rows", self.name, text, sql, str(was)[:200], str(rows)[:200])

    def _look_for_locks(self, text: str, sql: str, findings: Findings) -> None:
        with self._root.cursor() as cursor:
            cursor.execute(
                "SELECT COALESCE(SUM(trx_rows_locked), 0) FROM information_schema.innodb_trx"
                " WHERE trx_mysql_thread_id = %s",
                self._thread,
            )
            ((rows,),) = cursor.fetchall()
        self._narrow.rollback()
        self._wide.rollback()
        names, _ = _run(self._narrow, "SELECT RELEASE_ALL_LOCKS()")
        if rows or (names and any(count for (count,) in names)):
            findings.add("locked", self.name, text, sql)


def fuzz(splicer: Splicer, targets: list[Target], seconds: float, findings: Findings) -> None:
    """Splice, guard, run, until the time is over."""
    policy = replace(Policy.of(semantic_layer()), row_cap=100_000)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        text = splicer.text()
        findings.counts["texts"] += 1
        try:
            sql = guard(text, policy).sql
            findings.counts["passed"] += 1
            if guard(sql, policy).sql != sql:
                findings.add("unstable", text, sql)
        except GuardError as error:
            if error.code == "not_understood":
                findings.add("not_understood", text, repr(error.__cause__))
            continue
        for target in targets:
            target.try_out(text, sql, findings)


@contextmanager
def target(host: str, port: int, user: str, password: str) -> Iterator[Target]:
    """A server, with a schema and users of ours that are gone afterwards."""
    schema = f"gavel_fuzz_{secrets.token_hex(4)}"
    with closing(pymysql.connect(host=host, port=port, user=user, password=password, autocommit=True)) as root:
        with root.cursor() as cursor:
            cursor.execute("SELECT VERSION()")
            ((version,),) = cursor.fetchall()
            _fill(cursor, schema)
            secret = secrets.token_hex(8)
            for name in (f"{schema}_n", f"{schema}_w"):
                cursor.execute(f"CREATE USER '{name}'@'%' IDENTIFIED BY '{secret}'")
            for table, columns in Policy.of(semantic_layer()).tables.items():
                cursor.execute(f"GRANT SELECT ({', '.join(sorted(columns))}) ON {schema}.{table} TO '{schema}_n'@'%'")
            cursor.execute(f"GRANT SELECT ON {schema}.* TO '{schema}_w'@'%'")
        try:
            with (
                closing(_reader((host, port), f"{schema}_n", secret, schema, version)) as narrow,
                closing(_reader((host, port), f"{schema}_w", secret, schema, version)) as wide,
            ):
                yield Target(version, root, narrow, wide)
        finally:
            with root.cursor() as cursor:
                cursor.execute(f"DROP DATABASE {schema}")
                cursor.execute(f"DROP USER '{schema}_n'@'%', '{schema}_w'@'%'")


def _fill(cursor: Any, schema: str) -> None:
    """Tables of the analysts' shape, with a few rows and a canary in everything that is hidden."""
    cursor.execute(f"CREATE DATABASE {schema} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
    cursor.execute(f"USE {schema}")
    for name, columns in TABLES.items():
        cursor.execute(f"CREATE TABLE {name} ({columns}) ENGINE = InnoDB")
    day = "2026-05-0{} 10:00:00"
    for n in range(1, ROWS + 1):
        cursor.execute(
            "INSERT INTO users VALUES (%s, %s, %s, %s)", (n, f"User {n}", f"u{n}@{CANARIES[0]}", day.format(n))
        )
        cursor.execute(
            "INSERT INTO listings VALUES (%s,%s,%s,'text',%s,5,%s,50,%s,%s,%s,%s,%s,%s,%s,%s)",
            (n, n, f"Watch {n}", ["Art", "Coins"][n % 2], n or None, 10 * n, 1, n, ["active", "closed"][n % 2],
             day.format(1), day.format(n), day.format(n) if n % 2 else None, 2 if n % 2 else None),
        )  # fmt: skip
        for m in (1, 2, 3):
            cursor.execute("INSERT INTO bids VALUES (%s, %s, %s, %s, %s)", (10 * n + m, n, m, 5 * m, day.format(m)))
        cursor.execute("INSERT INTO comments VALUES (%s, %s, 1, 'good', %s)", (n, n, day.format(n)))
        cursor.execute("INSERT INTO watches VALUES (%s, 1, %s)", (n, day.format(n)))
        cursor.execute("INSERT INTO calendar VALUES (%s, '2026-05-04', '2026-05')", (f"2026-05-0{n}",))
    cursor.execute("INSERT INTO auth_user VALUES (1, %s, NULL)", (CANARIES[1],))


def _reader(address: tuple[str, int], user: str, password: str, schema: str, version: str) -> Connection[Any]:
    connection = pymysql.connect(
        host=address[0], port=address[1], user=user, password=password, database=schema, read_timeout=30
    )
    with connection.cursor() as cursor:
        limit = "max_statement_time = 10" if "MariaDB" in version else "max_execution_time = 10000"
        cursor.execute(
            f"SET SESSION {limit}, time_zone = '+00:00', timestamp = 1781000000, group_concat_max_len = 100000"
        )
    return connection


def _run(connection: Connection[Any], sql: str) -> tuple[Counter[Any] | None, pymysql.MySQLError | None]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return Counter(cursor.fetchall()), None
    except pymysql.MySQLError as error:
        return None, error


def _statements(name: str) -> list[str]:
    lines = (STATEMENTS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["sql"] for line in lines]


def main(arguments: list[str]) -> int:
    """Fuzz for a while and tell what was found."""
    parser = argparse.ArgumentParser(prog="python -m dev.guard_fuzz")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--server", action="append", default=[], metavar="HOST:PORT|private")
    given = parser.parse_args(arguments)
    findings = Findings()
    with ExitStack() as stack:
        servers = [(*address.rsplit(":", 1), "root", "") for address in given.server if address != "private"]
        if not servers or "private" in given.server:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gavel-fuzz-")))
            own = stack.enter_context(private_server(folder, durable=False))
            servers += [(own.host, str(own.port), own.root.user, own.root.password)]
        targets = [stack.enter_context(target(host, int(port), *account)) for host, port, *account in servers]
        with suppress(KeyboardInterrupt):
            fuzz(Splicer(given.seed), targets, given.minutes * 60, findings)
    for kind, count in sorted(findings.counts.items()):
        print(f"{kind}: {count}")
        for sample in findings.samples.get(kind, []):
            print(f"    {sample[:1200]}")
    return 1 if findings.bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
