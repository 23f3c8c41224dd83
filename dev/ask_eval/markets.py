"""The three markets to read from, and the judgement of a query on all of them."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pymysql

from dev.ask_eval import fixture
from dev.ask_eval.judge import Rows, Verdict, compare
from dev.ask_eval.questions import Question
from dev.stack.database import DatabaseServer, connect, private_server

READ_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """How right a query is; `errno` is the database's if it refused the query."""

    verdict: Verdict
    errno: int | None = None


class Markets:
    """Connections to the markets, by seed; the rows of known answers are kept."""

    def __init__(self, connections: Sequence[fixture.Connection]) -> None:
        self._connections = tuple(connections)
        self._kept: dict[tuple[int, str], Rows] = {}

    def __len__(self) -> int:
        return len(self._connections)

    def first(self) -> Markets:
        """The base alone."""
        return Markets(self._connections[:1])

    def rows(self, sql: str) -> list[Rows]:
        """What it answers on each market.

        Raises:
            pymysql.MySQLError: the database refuses it.
        """
        return [self._read(index, sql) for index in range(len(self))]

    def judge(self, question: Question, sql: str) -> Judgement:
        """The worst of the verdicts on the markets; right means right on each of them."""
        verdicts = []
        for index in range(len(self)):
            try:
                given = self._read(index, sql)
            except pymysql.MySQLError as error:
                return Judgement(verdict=Verdict.WRONG, errno=int(error.args[0]) if error.args else None)
            verdicts.append(self._verdict(question, index, given))
            if not verdicts[-1].right:
                break
        return Judgement(verdict=_worst(verdicts))

    def _verdict(self, question: Question, index: int, given: Rows) -> Verdict:
        """The best match with any of the known answers."""
        found = Verdict.WRONG
        for gold in question.golds:
            verdict = compare(self._known(index, gold), given, question.order)
            if verdict is Verdict.STRICT:
                return verdict
            found = verdict if verdict.right else found
        return found

    def _known(self, index: int, gold: str) -> Rows:
        if (index, gold) not in self._kept:
            self._kept[index, gold] = self._read(index, gold)
        return self._kept[index, gold]

    def _read(self, index: int, sql: str) -> Rows:
        with self._connections[index].cursor() as cursor:
            cursor.execute(sql)
            return list(cursor.fetchall())


def _worst(verdicts: Sequence[Verdict]) -> Verdict:
    return max(verdicts, key=list(Verdict).index)


@contextmanager
def open_markets(server: DatabaseServer | None = None) -> Iterator[Markets]:
    """The markets on this server, or on a private one; their schemas are dropped at the end.

    Raises:
        StartFailed: a private server does not start.
    """
    with ExitStack() as stack:
        if server is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="gavel-ask-eval-"))
            server = stack.enter_context(private_server(Path(folder), durable=False))
        name = f"gavel_ask_eval_{secrets.token_hex(4)}"
        root = stack.enter_context(closing(connect(server, server.root, timeout_seconds=READ_SECONDS)))
        connections = []
        for seed in fixture.SEEDS:
            schema = f"{name}_{seed}"
            stack.callback(fixture.drop, root, schema)
            fixture.load(root, schema, seed)
            connection = stack.enter_context(closing(connect(server, server.root, timeout_seconds=READ_SECONDS)))
            fixture.freeze(connection, schema)
            connections.append(connection)
        yield Markets(connections)
