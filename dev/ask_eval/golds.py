"""The known answers themselves, as a model might have written them: through the guard and before the judge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from common.nl.guard import guard
from common.nl.guard_error import GuardError
from common.nl.policy import Policy
from common.nl.semantic import semantic_layer
from dev.ask_eval.judge import Verdict
from dev.ask_eval.markets import Markets
from dev.ask_eval.questions import Question


def failures(questions: Sequence[Question], markets: Markets) -> Iterator[str]:
    """A line for each known answer that the guard refuses or that is not strictly the same behind it."""
    policy = Policy.of(semantic_layer())
    for question in questions:
        for gold in question.golds:
            try:
                sql = guard(gold, policy).sql
            except GuardError as error:
                yield f"{question.id} refused ({error.code}): {gold}"
                continue
            judgement = markets.judge(replace(question, golds=(gold,)), sql)
            if judgement.verdict is not Verdict.STRICT:
                yield f"{question.id} {judgement.verdict} (errno {judgement.errno}): {sql}"
