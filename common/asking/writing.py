"""Letting the model write a statement: prompt, answer, guard, and at most two repairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from common.asking.planned import Asking, Planned, Stopwatch, judged, reason_of
from common.asking.question import Reason
from common.nl.guard import CanonicalQuery, GuardError
from common.nl.model import Model, ModelFailed, Usage
from common.nl.plan import Plan
from common.nl.policy import Policy
from common.nl.prompt import ExampleLike, Repair, messages
from common.nl.semantic import SemanticLayer

MOST_REPAIRS = 2
"""More tries rarely mend what two did not, and each costs the analyst seconds."""


class Writer:
    """Has plans written by one model; used by many threads."""

    def __init__(self, model: Model, layer: SemanticLayer, policy: Policy) -> None:
        self.model = model
        self._layer = layer
        self._policy = policy

    def write(self, asking: Asking, examples: Sequence[ExampleLike], *, before: Planned | None = None) -> Planned:
        """What the model writes, judged; `before` is a plan of its that the database refused, with its repairs."""
        repairs, usage = (before.repairs, before.usage) if before else ((), None)
        clock = Stopwatch(before.milliseconds if before else None)
        while True:
            prompt = messages(
                layer=self._layer,
                examples=examples,
                turns=asking.turns,
                question=asking.question,
                today=asking.today,
                repairs=repairs,
            )
            try:
                with clock.of("model"):
                    written = self.model.write(prompt, deadline=asking.deadline, analyst=asking.analyst)
            except ModelFailed as failure:
                failed = Planned(kind="failed", reason=Reason(code=failure.code, message=failure.hint))
                return replace(
                    failed, usage=_sum(usage, failure.usage), repairs=repairs, milliseconds=clock.milliseconds
                )
            usage = _sum(usage, written.usage)
            with clock.of("guard"):
                verdict = judged(written.plan.sql, self._policy) if written.plan.kind == "sql" else None
            if not isinstance(verdict, GuardError) or len(repairs) >= MOST_REPAIRS:
                planned = _planned(written.plan, verdict, asking)
                return replace(planned, usage=usage, repairs=repairs, milliseconds=clock.milliseconds)
            repairs = (*repairs, Repair(sql=written.plan.sql, code=verdict.code, hint=verdict.hint))


def _planned(plan: Plan, verdict: CanonicalQuery | GuardError | None, asking: Asking) -> Planned:
    """A model's plan after judgement."""
    said = Planned(kind="clarify", source="model", explanation=plan.explanation, assumptions=plan.assumptions)
    if plan.kind == "clarify":
        return replace(said, explanation=plan.clarification, options=plan.options)
    if plan.kind == "decline":
        reason = Reason(code=plan.decline_reason or "declined", message=plan.explanation)
        return replace(said, kind="decline", reason=reason)
    if asking.turns and plan.standalone_question:
        said = replace(said, assumptions=(f"Understood as: {plan.standalone_question}", *plan.assumptions))
    if isinstance(verdict, GuardError):
        return replace(said, kind="blocked", sql=plan.sql, reason=reason_of(verdict))
    assert verdict is not None
    return replace(said, kind="sql", canonical=verdict, sql=verdict.sql, chart=plan.chart)


def _sum(one: Usage | None, other: Usage | None) -> Usage | None:
    """Two calls' usage; what one of them does not say is unknown of both."""
    if one is None or other is None:
        return one or other

    def both(name: str) -> Any:
        left, right = getattr(one, name), getattr(other, name)
        return None if left is None or right is None else left + right

    return Usage(**{name: both(name) for name in ("tokens_in", "tokens_cached", "tokens_out", "cost")})
