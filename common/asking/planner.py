"""From a question to the one statement that may answer it: verified question, plan cache, model, guard, repairs.

Nothing here reads the market: what a statement did is told to the planner by `plan_again`, as a code alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from common.asking.failing import repair_of_failure
from common.asking.planned import NO_MODEL, TOO_SLOW, Asking, Planned, Stopwatch, judged, reason_of
from common.asking.writing import MOST_REPAIRS, Writer
from common.nl.cache import SingleFlight, StillWorking, TimedCache
from common.nl.guard import CanonicalQuery, GuardError
from common.nl.model import Model
from common.nl.normalise import same_question
from common.nl.policy import Policy
from common.nl.prompt import PROMPT_VERSION
from common.nl.semantic import SemanticLayer
from common.nl.verified import Catalogue, Match, Rendered, VerifiedQuestion
from common.store.reporting import QueryFailed

_PLANS_KEPT = 500
_PLAN_SECONDS = 24 * 3600.0


class Planner:
    """Plans questions; used by many threads. `catalogue` may be exchanged for one with newly reviewed questions."""

    def __init__(self, layer: SemanticLayer, catalogue: Catalogue, policy: Policy, model: Model | None) -> None:
        self.catalogue = catalogue
        self._layer = layer
        self._policy = policy
        self._writer = None if model is None else Writer(model, layer, policy)
        self._verdicts: TimedCache[CanonicalQuery | GuardError] = TimedCache(entries=_PLANS_KEPT)
        self._plans: TimedCache[Planned] = TimedCache(entries=_PLANS_KEPT)
        self._flights: SingleFlight[Planned] = SingleFlight()

    @property
    def model_name(self) -> str | None:
        """The model's name, None without one."""
        return self._writer.model.name if self._writer else None

    def usual(self, question: VerifiedQuestion, today: date) -> Rendered:
        """A verified question with the usual values in it."""
        return self.catalogue.render(Match(question=question, values=question.values({})), today)

    def plan(self, asking: Asking) -> Planned:
        """The plan for free text: a verified question if the text is one, else the model's, else nothing is guessed."""
        clock = Stopwatch()
        with clock.of("match"):
            match = self.catalogue.match(asking.question, asking.today)
        if match is not None:
            planned = self._verified(match, asking.today)
        elif self._writer is None:
            planned = Planned(kind="decline", reason=NO_MODEL, suggestions=self.catalogue.nearest(asking.question))
        else:
            planned = self._modelled(self._writer, asking)
        return replace(planned, milliseconds={**clock.milliseconds, **planned.milliseconds})

    def plan_verified(self, identity: str, given: Mapping[str, Any], asking: Asking) -> Planned:
        """The plan for a verified question with the analyst's own values.

        Raises:
            SlotError: a value is not one of its slot's.
            KeyError: there is no such question.
        """
        question = self.catalogue.by_id(identity)
        if question is None:
            raise KeyError(identity)
        values = self.catalogue.read_values(question, given)
        return self._verified(Match(question=question, values=values), asking.today)

    def plan_edited(self, sql: str) -> Planned:
        """The plan for SQL that a person wrote, under the same guard."""
        return self._judged(Planned(kind="blocked", source="edited", sql=sql), sql)

    def plan_again(self, planned: Planned, asking: Asking, failure: QueryFailed) -> Planned | None:
        """The model's next try after its statement failed in the database; None when it had its tries."""
        if self._writer is None or planned.source not in ("model", "cache") or len(planned.repairs) >= MOST_REPAIRS:
            return None
        repairs = (*planned.repairs, repair_of_failure(planned.sql or "", failure))
        return self._writer.write(asking, self._examples(asking), before=replace(planned, repairs=repairs))

    def remember(self, planned: Planned, asking: Asking) -> None:
        """Keep a plan of the model's that has answered."""
        if planned.source == "model":
            kept = replace(planned, source="cache", usage=None, milliseconds={})
            self._plans.put(self._key(asking), kept, seconds=_PLAN_SECONDS)

    def _verified(self, match: Match, today: date) -> Planned:
        rendered = self.catalogue.render(match, today)
        planned = Planned(
            kind="blocked",  # a reviewed one may be older than a rule of the guard
            source="verified",
            explanation=rendered.explanation,
            assumptions=rendered.assumptions,
            chart=match.question.chart,
            verified=rendered,
        )
        return self._judged(planned, rendered.sql)

    def _judged(self, planned: Planned, sql: str) -> Planned:
        clock = Stopwatch()
        with clock.of("guard"):
            verdict = self._verdicts.get(sql) or judged(sql, self._policy)
            self._verdicts.put(sql, verdict, seconds=_PLAN_SECONDS)
        planned = replace(planned, milliseconds=clock.milliseconds)
        if isinstance(verdict, GuardError):
            return replace(planned, sql=sql, reason=reason_of(verdict))
        return replace(planned, kind="sql", canonical=verdict, sql=verdict.sql)

    def _modelled(self, writer: Writer, asking: Asking) -> Planned:
        key = self._key(asking)
        kept = self._plans.get(key)
        if kept is not None:
            return kept
        wrote: list[bool] = []

        def write() -> Planned:
            wrote.append(True)
            return writer.write(asking, self._examples(asking))

        try:
            planned = self._flights.run(key, write, seconds=asking.deadline.left())
        except StillWorking:
            return Planned(kind="failed", reason=TOO_SLOW)
        return planned if wrote else replace(planned, usage=None)

    def _examples(self, asking: Asking) -> list[Rendered]:
        return [self.usual(example, asking.today) for example in self.catalogue.examples(asking.question)]

    def _key(self, asking: Asking) -> str:
        """What a plan depends on. The date is always part of it: "last month" may have become literals."""
        told = [
            same_question(asking.question),
            [[turn.question, turn.sql] for turn in asking.turns],
            self._layer.version,
            PROMPT_VERSION,
            self.model_name,
            asking.today.isoformat(),
        ]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()
