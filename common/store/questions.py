"""What analysts asked, what became of it, and what they thought of it. The rows they were shown are kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from common.store.session import Session

THUMBS = frozenset({"up", "down"})
SAVINGS = frozenset({"saved", "unsaved"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question and its answer, without the rows; `sql` is the canonical one, `cost` US dollars.

    Token counts are None where no model was asked, or it did not say. `at`, `mark` (up or down) and `saved` are the
    database's to tell: they are not written with the rest.
    """

    request_id: str
    analyst: str
    question: str
    status: str
    milliseconds: float
    conversation_id: str | None = None
    unlisted: bool = False
    source: str | None = None
    sql: str | None = None
    error_code: str | None = None
    errno: int | None = None
    rows: int | None = None
    tokens_in: int | None = None
    tokens_cached: int | None = None
    tokens_out: int | None = None
    cost: Decimal | None = None
    model: str | None = None
    prompt_version: str | None = None
    verified_id: str | None = None
    explanation: str | None = None
    chart: Mapping[str, Any] | None = None
    at: datetime | None = None
    mark: str | None = None
    saved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A question of a conversation, and the SQL that answered it."""

    question: str
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a reviewer did with a question: `action` is verified or retracted."""

    action: str
    reviewer: str
    question: str
    sql: str
    note: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewedQuestion:
    """A question whose answer a reviewer found right; `id` is that of the request it was made of."""

    id: str
    question: str
    sql: str
    explanation: str | None
    chart: Mapping[str, Any] | None


_COLUMNS = {
    "request_id": "request_id",
    "analyst": "analyst",
    "conversation_id": "conversation_id",
    "unlisted": "unlisted",
    "question": "question",
    "status": "status",
    "source": "source",
    "sql": "canonical_sql",
    "error_code": "error_code",
    "errno": "errno",
    "milliseconds": "milliseconds",
    "rows": "row_count",
    "tokens_in": "tokens_in",
    "tokens_cached": "tokens_cached",
    "tokens_out": "tokens_out",
    "cost": "cost",
    "model": "model",
    "prompt_version": "prompt_version",
    "verified_id": "verified_id",
    "explanation": "explanation",
    "chart": "chart",
}
"""The members of Asked that are written, and their columns."""

_ASKED = (
    "SELECT "
    + ", ".join(f"q.{column}" for column in _COLUMNS.values())
    + ", q.asked_at, m.thumb, m.saved_at IS NOT NULL FROM nl_questions q"
    " LEFT JOIN nl_marks m ON m.request_id = q.request_id AND m.analyst = q.analyst"
)


class Questions:
    """Tables `nl_questions`, `nl_marks`, `nl_verified` and `nl_reviews`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def record(self, asked: Asked) -> None:
        """Write a question down, at the database's time."""
        row = {column: getattr(asked, member) for member, column in _COLUMNS.items()}
        row["chart"] = None if asked.chart is None else orjson.dumps(asked.chart).decode()
        self._session.execute(
            f"INSERT INTO nl_questions (asked_at, {', '.join(row)})"
            f" VALUES (UTC_TIMESTAMP(6), {', '.join(f'%({column})s' for column in row)})",
            **row,
        )

    def recent(self, analyst: str, seconds: int) -> int:
        """How many questions an analyst asked in the last seconds."""
        rows = self._session.rows(
            "SELECT COUNT(*) FROM nl_questions"
            " WHERE analyst = %(analyst)s AND asked_at > UTC_TIMESTAMP(6) - INTERVAL %(seconds)s SECOND",
            analyst=analyst,
            seconds=seconds,
        )
        return int(rows[0][0])

    def conversation(self, analyst: str, conversation_id: str, *, limit: int = 3) -> list[Turn]:
        """The last turns of an analyst's conversation that were answered by SQL, oldest first."""
        rows = self._session.rows(
            "SELECT question, canonical_sql FROM nl_questions WHERE conversation_id = %(conversation)s"
            " AND analyst = %(analyst)s AND status = 'answered' AND canonical_sql IS NOT NULL"
            " ORDER BY asked_at DESC, request_id DESC LIMIT %(limit)s",
            conversation=conversation_id,
            analyst=analyst,
            limit=limit,
        )
        return [Turn(question=question, sql=sql) for question, sql in reversed(rows)]

    def history(self, analyst: str, *, limit: int, before: datetime | None = None) -> Sequence[Asked]:
        """What an analyst asked, newest first; from a moment back if `before` is told."""
        older = "" if before is None else " AND q.asked_at < %(before)s"
        rows = self._session.rows(
            f"{_ASKED} WHERE q.analyst = %(analyst)s AND NOT q.unlisted{older}"
            " ORDER BY q.asked_at DESC, q.request_id DESC LIMIT %(limit)s",
            analyst=analyst,
            limit=limit,
            before=None if before is None else before.replace(tzinfo=None),
        )
        return [_asked(row) for row in rows]

    def saved(self, analyst: str) -> Sequence[Asked]:
        """The questions that an analyst saved, the newest saved first."""
        rows = self._session.rows(
            f"{_ASKED} WHERE m.analyst = %(analyst)s AND m.saved_at IS NOT NULL"
            " ORDER BY m.saved_at DESC, q.request_id LIMIT 500",
            analyst=analyst,
        )
        return [_asked(row) for row in rows]

    def find(self, request_id: str) -> Asked | None:
        """One question, whoever asked it."""
        rows = self._session.rows(f"{_ASKED} WHERE q.request_id = %(id)s", id=request_id)
        return _asked(rows[0]) if rows else None

    def mark(self, request_id: str, analyst: str, mark: str, note: str | None = None) -> None:
        """Keep a thumb, of which the last counts with its note, or whether the question is among the saved ones."""
        assert mark in THUMBS | SAVINGS, mark
        new = (
            "thumb = VALUES(thumb), note = VALUES(note)"
            if mark in THUMBS
            else "saved_at = IF(VALUES(saved_at) IS NULL, NULL, COALESCE(saved_at, VALUES(saved_at)))"
        )
        self._session.execute(
            "INSERT INTO nl_marks (request_id, analyst, thumb, note, saved_at, changed_at) VALUES"
            " (%(id)s, %(analyst)s, %(thumb)s, %(note)s, IF(%(saves)s, UTC_TIMESTAMP(6), NULL), UTC_TIMESTAMP(6))"
            f" ON DUPLICATE KEY UPDATE {new}, changed_at = VALUES(changed_at)",
            id=request_id,
            analyst=analyst,
            thumb=mark if mark in THUMBS else None,
            note=(note or None) if mark in THUMBS else None,
            saves=mark == "saved",
        )

    def verify(self, request_id: str, reviewer: str, question: str) -> None:
        """Make a verified question of an answer, as the reviewer words it; done again, the last wording counts."""
        self._session.execute(
            "INSERT INTO nl_verified (request_id, question, canonical_sql, explanation, chart, reviewer, reviewed_at)"
            " SELECT request_id, %(question)s, canonical_sql, explanation, chart, %(reviewer)s, UTC_TIMESTAMP(6)"
            " FROM nl_questions WHERE request_id = %(id)s AND status = 'answered' AND canonical_sql IS NOT NULL"
            " ON DUPLICATE KEY UPDATE question = VALUES(question), reviewer = VALUES(reviewer),"
            " reviewed_at = VALUES(reviewed_at)",
            id=request_id,
            reviewer=reviewer,
            question=question,
        )
        self._note_review("verified", request_id, reviewer, None)

    def retract(self, request_id: str, reviewer: str, note: str | None = None) -> bool:
        """Take a verified question back, whoever made it; False if it is none. What it was stays on record."""
        self._session.rows("SELECT 1 FROM nl_verified WHERE request_id = %(id)s FOR UPDATE", id=request_id)
        self._note_review("retracted", request_id, reviewer, note or None)
        return self._session.execute("DELETE FROM nl_verified WHERE request_id = %(id)s", id=request_id) == 1

    def reviews(self, request_id: str) -> Sequence[Review]:
        """What reviewers did with a question, the first act first."""
        rows = self._session.rows(
            "SELECT action, reviewer, question, canonical_sql, note, at FROM nl_reviews"
            " WHERE request_id = %(id)s ORDER BY id",
            id=request_id,
        )
        return [
            Review(action=action, reviewer=reviewer, question=question, sql=sql, note=note, at=at)
            for action, reviewer, question, sql, note, at in rows
        ]

    def verified(self) -> Sequence[ReviewedQuestion]:
        """Every reviewed question, oldest first: of two in the same words the later is the better."""
        rows = self._session.rows(
            "SELECT request_id, question, canonical_sql, explanation, chart FROM nl_verified"
            " ORDER BY reviewed_at, request_id"
        )
        return [
            ReviewedQuestion(id=id_, question=question, sql=sql, explanation=explanation, chart=_chart(chart))
            for id_, question, sql, explanation, chart in rows
        ]

    def _note_review(self, action: str, request_id: str, reviewer: str, note: str | None) -> None:
        """Write an act down, with the question as it is verified at this moment; nothing where it is not."""
        self._session.execute(
            "INSERT INTO nl_reviews (at, reviewer, action, request_id, question, canonical_sql, note)"
            " SELECT UTC_TIMESTAMP(6), %(reviewer)s, %(action)s, request_id, question, canonical_sql, %(note)s"
            " FROM nl_verified WHERE request_id = %(id)s",
            id=request_id,
            reviewer=reviewer,
            action=action,
            note=note,
        )


def _asked(row: Sequence[Any]) -> Asked:
    *written, at, mark, saved = row
    members = dict(zip(_COLUMNS, written, strict=True))
    told = {**members, "chart": _chart(members["chart"]), "unlisted": bool(members["unlisted"])}
    return Asked(**told, at=at, mark=mark, saved=bool(saved))


def _chart(text: str | None) -> Mapping[str, Any] | None:
    return None if text is None else orjson.loads(text)
