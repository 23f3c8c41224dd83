"""What an analyst asks and what he is told, free of HTTP and of every library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from common.deadline import Deadline
from common.domain.actor import Actor

Status = Literal["answered", "clarify", "declined", "blocked", "failed"]
Source = Literal["verified", "cache", "model", "edited"]
Cell = None | int | float | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One request: free text, or his own SQL for it, or a verified question with values.

    An unlisted one is asked by a page for itself and is not in the analyst's history.
    """

    text: str
    conversation_id: str | None = None
    sql: str | None = None
    verified_id: str | None = None
    parameters: Mapping[str, Any] | None = None
    dry_run: bool = False
    refresh: bool = False
    unlisted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why there are no rows: a stable code, and a sentence to act on."""

    code: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The answer. `columns` and `rows` are empty unless it is answered; `as_of` is when the rows were read."""

    request_id: str
    status: Status
    as_of: datetime
    source: Source | None = None
    sql: str | None = None
    columns: Sequence[Mapping[str, str]] = ()
    rows: Sequence[Sequence[Cell]] = ()
    truncated: bool = False
    cached: bool = False
    explanation: str = ""
    assumptions: Sequence[str] = ()
    chart: Mapping[str, Any] | None = None
    suggestions: Sequence[str] = ()
    options: Sequence[str] = ()
    reason: Reason | None = None
    verified: Mapping[str, Any] | None = None
    usage: Mapping[str, Any] | None = None
    timings: Mapping[str, float] = field(default_factory=dict)


class Notebook(Protocol):
    """What stands beside the answers; blocking."""

    def overview(self, analyst: Actor, deadline: Deadline) -> Mapping[str, Any]:
        """What can be asked without a model, and what this analyst asked and saved."""

    def mark(self, request_id: str, mark: str, note: str, analyst: Actor, deadline: Deadline) -> None:
        """Keep what an analyst thinks of an answer of his."""

    def verify(self, request_id: str, question: str | None, analyst: Actor, deadline: Deadline) -> None:
        """Turn an answer into a verified question, as a reviewer."""

    def retract(self, request_id: str, note: str, analyst: Actor, deadline: Deadline) -> None:
        """Take a verified question back, as a reviewer."""


class QuestionDesk(Protocol):
    """Where analysts' questions are answered; blocking."""

    @property
    def notebook(self) -> Notebook:
        """What stands beside the answers."""

    def ask(self, question: Question, analyst: Actor, deadline: Deadline) -> Told:
        """The answer, written to the audit before it is given."""
