"""A plan: what is to be done about a question, and what it was made from."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from common.asking.question import Reason, Source
from common.deadline import Deadline
from common.nl.charts import ChartWish
from common.nl.guard import CanonicalQuery, GuardError, guard
from common.nl.model import Usage
from common.nl.policy import Policy
from common.nl.prompt import Repair, TurnLike
from common.nl.verified import Rendered

NO_MODEL = Reason(
    code="model_not_configured",
    message="Free questions need a language model, and none is set up. Verified questions work without one.",
)

TOO_SLOW = Reason(code="model_timeout", message="The language model did not answer in time. Ask again in a moment.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What a plan is made from; `turns` are the questions before it in the conversation, oldest first."""

    question: str
    turns: Sequence[TurnLike]
    today: date
    analyst: str
    deadline: Deadline


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What is to be done about a question. `canonical` is there when `kind` is sql, and is all that may run."""

    kind: Literal["sql", "clarify", "decline", "blocked", "failed"]
    source: Source | None = None
    canonical: CanonicalQuery | None = None
    sql: str | None = None
    explanation: str = ""
    assumptions: Sequence[str] = ()
    chart: ChartWish | None = None
    options: Sequence[str] = ()
    suggestions: Sequence[str] = ()
    reason: Reason | None = None
    verified: Rendered | None = None
    usage: Usage | None = None
    repairs: tuple[Repair, ...] = ()
    milliseconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def attempts(self) -> int:
        """How many statements were written for it."""
        return 1 + len(self.repairs)


class Stopwatch:
    """Milliseconds by part of the work, summed over tries: `with stopwatch.of("guard"): ...`."""

    def __init__(self, before: Mapping[str, float] | None = None) -> None:
        self.milliseconds = dict(before or {})
        self._part = ""
        self._begun = 0.0

    def of(self, part: str) -> Stopwatch:
        """The part that the following block belongs to."""
        self._part = part
        return self

    def __enter__(self) -> None:
        self._begun = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        spent = 1000 * (time.perf_counter() - self._begun)
        self.milliseconds[self._part] = self.milliseconds.get(self._part, 0.0) + spent


def judged(sql: str, policy: Policy) -> CanonicalQuery | GuardError:
    """What the guard says of a statement."""
    try:
        return guard(sql, policy)
    except GuardError as error:
        return error


def reason_of(error: GuardError) -> Reason:
    """The guard's refusal, as it is told."""
    return Reason(code=error.code, message=error.hint)
