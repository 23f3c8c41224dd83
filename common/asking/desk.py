"""Answers analysts' questions: plans, runs, keeps, and writes every one of them down."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from common.asking.failing import is_mendable, reason_of_failure
from common.asking.learning import Learning
from common.asking.notebook import Notebook
from common.asking.planned import Asking, Planned
from common.asking.planner import Planner
from common.asking.question import Question, Status, Told
from common.asking.reading import Reading, ReadRows
from common.asking.shown import shown_chart, shown_usage, shown_verified
from common.config import AskingSettings
from common.deadline import Deadline
from common.domain.actor import Actor
from common.domain.errors import InvalidRequest, TooManyQuestions
from common.nl.prompt import PROMPT_VERSION
from common.nl.verified import SlotError
from common.store.questions import Asked, Turn
from common.store.reporting import QueryFailed
from common.store.store import Store, Transaction

_STATUS: Mapping[str, Status] = {
    "sql": "answered",
    "clarify": "clarify",
    "decline": "declined",
    "blocked": "blocked",
    "failed": "failed",
}
_TURNS = 3
_SECONDS_TO_WRITE_DOWN = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opening:
    """What one question starts from, read in one transaction."""

    now: datetime
    turns: tuple[Turn, ...]


class Desk:
    """Answers questions for many threads. Source of the pipeline: docs/architecture.md, "The way of a question"."""

    def __init__(  # noqa: PLR0913 - the parts it is put together from
        self,
        store: Store,
        planner: Planner,
        reading: Reading,
        *,
        notebook: Notebook,
        learning: Learning,
        settings: AskingSettings,
    ) -> None:
        self.notebook = notebook
        self._learning = learning
        self._store = store
        self._planner = planner
        self._reading = reading
        self._settings = settings

    def ask(self, question: Question, analyst: Actor, deadline: Deadline) -> Told:
        """The answer, written to the audit before it is given.

        Raises:
            TooManyQuestions: this analyst asked as many as he may in a minute.
            InvalidRequest: there is no such verified question, or a value is not one of its slot's.
            Busy, Unavailable: ask again.
        """
        begun = time.perf_counter()
        opening = self._store.transact(lambda tx: self._open(tx, question, analyst), deadline=deadline)
        asking = Asking(
            question=question.text,
            turns=opening.turns,
            today=opening.now.date(),
            analyst=analyst.user_id,
            deadline=Deadline(deadline.at - _SECONDS_TO_WRITE_DOWN),
        )
        planned, read, failure = self._answer(question, asking)
        milliseconds = {**planned.milliseconds, "total": 1000 * (time.perf_counter() - begun)}
        if failure is not None:
            milliseconds["database"] = failure.milliseconds
        elif read is not None and not read.cached:
            milliseconds["database"] = read.table.milliseconds
        told = _told(planned, read, failure, now=opening.now, milliseconds=milliseconds)
        asked = self._asked(told, planned, question, analyst, failure)
        self._store.transact(lambda tx: tx.questions.record(asked), deadline=deadline)
        return told

    def _open(self, tx: Transaction, question: Question, analyst: Actor) -> _Opening:
        limit = self._settings.questions_per_minute
        if tx.questions.recent(analyst.user_id, 60) >= limit:
            raise TooManyQuestions(f"At most {limit} questions a minute.")
        self._learning.catch_up(tx)
        turns: list[Turn] = []
        if question.conversation_id is not None:
            turns = tx.questions.conversation(analyst.user_id, question.conversation_id, limit=_TURNS)
        return _Opening(now=tx.now(), turns=tuple(turns))

    def _answer(self, question: Question, asking: Asking) -> tuple[Planned, ReadRows | None, QueryFailed | None]:
        planned = self._plan(question, asking)
        while planned.canonical is not None and not question.dry_run:
            try:
                read = self._reading.read(
                    planned.canonical,
                    over=planned.verified is not None and planned.verified.over,
                    refresh=question.refresh,
                    deadline=asking.deadline,
                )
            except QueryFailed as failure:
                again = self._planner.plan_again(planned, asking, failure) if is_mendable(failure) else None
                if again is None:
                    return planned, None, failure
                planned = again
            else:
                self._planner.remember(planned, asking)
                return planned, read, None
        return planned, None, None

    def _plan(self, question: Question, asking: Asking) -> Planned:
        if question.sql is not None:
            return self._planner.plan_edited(question.sql)
        if question.verified_id is None:
            return self._planner.plan(asking)
        try:
            return self._planner.plan_verified(question.verified_id, question.parameters or {}, asking)
        except KeyError as error:
            raise InvalidRequest({"verified": "There is no verified question with this id."}) from error
        except SlotError as error:
            raise InvalidRequest({f"parameters.{error.name}"[:100]: error.hint}) from error

    def _asked(
        self, told: Told, planned: Planned, question: Question, analyst: Actor, failure: QueryFailed | None
    ) -> Asked:
        usage = planned.usage
        by_model = planned.source in ("model", "cache")
        return Asked(
            request_id=told.request_id,
            analyst=analyst.user_id,
            conversation_id=question.conversation_id,
            unlisted=question.unlisted,
            question=question.text,
            status=told.status,
            source=told.source,
            sql=planned.canonical.sql if planned.canonical else None,
            error_code=told.reason.code if told.reason else None,
            errno=failure.errno if failure else None,
            milliseconds=round(told.timings["total_ms"]),
            rows=len(told.rows) if told.status == "answered" and not question.dry_run else None,
            tokens_in=usage.tokens_in if usage else None,
            tokens_cached=usage.tokens_cached if usage else None,
            tokens_out=usage.tokens_out if usage else None,
            cost=usage.cost if usage else None,
            model=self._planner.model_name if by_model else None,
            prompt_version=PROMPT_VERSION if by_model else None,
            verified_id=planned.verified.id if planned.verified else None,
            explanation=told.explanation,
            chart=told.chart,
        )


def _told(
    planned: Planned,
    read: ReadRows | None,
    failure: QueryFailed | None,
    *,
    now: datetime,
    milliseconds: Mapping[str, float],
) -> Told:
    told = Told(
        request_id=uuid.uuid4().hex,
        status="failed" if failure else _STATUS[planned.kind],
        as_of=read.read_at if read else now,
        source=planned.source,
        sql=planned.sql,
        explanation=planned.explanation,
        assumptions=planned.assumptions,
        suggestions=planned.suggestions,
        options=planned.options,
        reason=reason_of_failure(failure) if failure else planned.reason,
        verified=shown_verified(planned.verified),
        usage=shown_usage(planned.usage),
        timings={
            f"{part}_ms": round(milliseconds.get(part, 0.0), 2)
            for part in ("total", "match", "model", "guard", "database")
        },
    )
    if read is None:
        return told
    table = read.table
    return replace(
        told,
        columns=[{"name": column.name, "type": column.type} for column in table.columns],
        rows=table.rows,
        truncated=table.truncated,
        cached=read.cached,
        chart=shown_chart(table, planned.chart),
    )
