"""One question through the product's own pipeline: verified question or model, guard, repairs, and the database."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import pymysql

from common.asking.failing import is_mendable
from common.asking.planned import NO_MODEL, Asking, Planned
from common.asking.planner import Planner
from common.deadline import Deadline
from common.nl.completion import Usage
from common.nl.policy import Policy
from common.nl.semantic import semantic_layer
from common.nl.verified import Catalogue, catalogue
from common.store.failed import QueryFailed, failure_of
from dev.ask_eval.fixture_rows import NOW
from dev.ask_eval.judge import Verdict
from dev.ask_eval.markets import Markets
from dev.ask_eval.questions import Question
from dev.ask_eval.recording import ANALYST, Writer

Kind = Literal["sql", "clarify", "decline", "blocked", "failed", "offered"]
SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """What became of a question once. `offered`: there is no model, verified questions were offered instead.

    `verdict` is there when it was answered and can be. `written` statements were written for it, `rejected` of them
    the guard refused, `refused` the database.
    """

    kind: Kind
    verdict: Verdict | None = None
    source: str | None = None
    code: str | None = None
    sql: str | None = None
    written: int = 0
    rejected: int = 0
    refused: int = 0
    milliseconds: float = 0.0
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class _Turn:
    question: str
    sql: str


class Pipeline:
    """Asks; `writer_for` gives the model for a question, or None; `verified`: whether verified questions answer."""

    def __init__(
        self,
        markets: Markets,
        writer_for: Callable[[Question], Writer | None],
        known: Sequence[Question] = (),
        *,
        verified: bool = True,
    ) -> None:
        self._markets = markets
        self._verified = verified
        self._writer_for = writer_for
        self._known = {(one.text, one.context): one.golds[0] for one in known if one.golds}

    def ask(self, question: Question) -> Try:
        """What becomes of it now."""
        planner = planner_of(self._writer_for(question), verified=self._verified)
        asking = asking_of(question.text, self._turns(question))
        begun = time.perf_counter()
        planned = planner.plan(asking)
        refused: list[str] = []
        mended = 0
        while planned.canonical is not None:
            failure = self._refusal(planned.canonical.sql)
            if failure is None:
                break
            refused.append(failure.code)
            again = planner.plan_again(planned, asking, failure) if is_mendable(failure) else None
            if again is None:
                break
            planned = again
            mended += 1
        milliseconds = 1000 * (time.perf_counter() - begun)
        outcome = self._outcome(question, planned, failure=refused[-1] if len(refused) > mended else None)
        return replace(
            outcome,
            rejected=len(planned.repairs) - mended + (planned.kind == "blocked"),
            refused=len(refused),
            milliseconds=milliseconds,
        )

    def _refusal(self, sql: str) -> QueryFailed | None:
        """Why the database refuses, None if it answers."""
        try:
            self._markets.first().rows(sql)
        except pymysql.MySQLError as error:
            return failure_of(error, in_time=True, milliseconds=0.0)
        return None

    def _outcome(self, question: Question, planned: Planned, *, failure: str | None) -> Try:
        """What it came to, but for the counts of the way there."""
        kind: Kind = "failed" if failure else planned.kind
        if planned.kind == "decline" and planned.reason == NO_MODEL:
            kind = "offered"
        code = planned.reason.code if planned.reason else failure
        verdict = None
        if kind == "sql" and planned.canonical is not None and question.must == "answer":
            verdict = self._markets.judge(question, planned.canonical.sql).verdict
        written = planned.attempts if planned.kind in ("sql", "blocked") else len(planned.repairs)
        return Try(
            kind=kind,
            verdict=verdict,
            source=planned.source,
            code=code,
            sql=planned.sql,
            written=written,
            usage=planned.usage,
        )

    def _turns(self, question: Question) -> list[_Turn]:
        """The earlier questions with the queries that answer them: a verified one's, else the known answer."""
        turns: list[_Turn] = []
        for index, text in enumerate(question.context):
            planned = planner_of(None).plan(asking_of(text, turns))
            sql = planned.canonical.sql if planned.canonical else self._known.get((text, question.context[:index]))
            if sql is not None:
                turns.append(_Turn(text, sql))
        return turns


class _Silent(Catalogue):
    """Verified questions that are examples for the model and answer nothing themselves."""

    def match(self, text: str, today: date) -> None:
        """No question is one of them."""


@functools.cache
def _silent() -> Catalogue:
    return _Silent(catalogue().questions)


def planner_of(writer: Any, *, verified: bool = True) -> Planner:
    """The product's planner with this model; without `verified` the model answers even what a person has checked."""
    layer = semantic_layer()
    return Planner(layer, catalogue() if verified else _silent(), Policy.of(layer), writer)


def asking_of(text: str, turns: Sequence[Any] = ()) -> Asking:
    """A question as the desk hands it to the planner, at the markets' moment."""
    return Asking(
        question=text, turns=tuple(turns), today=NOW.date(), analyst=ANALYST, deadline=Deadline.after(SECONDS)
    )
