"""What the tries of a run amount to: every figure of a report."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from dev.ask_eval.judge import Verdict
from dev.ask_eval.pipeline import Try
from dev.ask_eval.questions import DIFFICULTIES, Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many."""

    part: int
    whole: int

    def __str__(self) -> str:
        if not self.whole:
            return "-"
        return f"{self.part}/{self.whole} ({100 * self.part / self.whole:.1f} %)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question and its tries."""

    question: Question
    tries: Sequence[Try]

    @property
    def worst(self) -> Try:
        """The try that counts."""
        return max(self.tries, key=lambda one: _badness(self.question, one))


def _badness(question: Question, one: Try) -> int:
    """0 is right; a wrong answer is worse than none."""
    if question.must != one.kind.replace("sql", "answer"):
        return 4 if one.kind == "sql" else 3
    return {None: 0, Verdict.STRICT: 0, Verdict.RELAXED: 1, Verdict.WRONG: 4}[one.verdict]


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a run; questions count once, by their worst try, unless it says tries."""

    asked: Sequence[Asked]

    def _of(self, must: str) -> list[Asked]:
        return [one for one in self.asked if one.question.must == must]

    def _answered(self) -> list[Asked]:
        return [one for one in self._of("answer") if one.worst.kind == "sql"]

    def strict(self, where: Callable[[Question], bool] = lambda _: True) -> Share:
        """Answerable questions answered with exactly the known answer's columns."""
        return self._right(where, (Verdict.STRICT,))

    def relaxed(self, where: Callable[[Question], bool] = lambda _: True) -> Share:
        """Answerable questions answered rightly, other columns beside or permuted."""
        return self._right(where, (Verdict.STRICT, Verdict.RELAXED))

    def _right(self, where: Callable[[Question], bool], verdicts: Sequence[Verdict]) -> Share:
        those = [one for one in self._of("answer") if where(one.question)]
        right = [one for one in those if one.worst.kind == "sql" and one.worst.verdict in verdicts]
        return Share(part=len(right), whole=len(those))

    def by_difficulty(self) -> dict[str, tuple[Share, Share]]:
        """Strict and relaxed for each difficulty."""
        return {
            name: (
                self.strict(lambda one, name=name: one.difficulty == name),  # type: ignore[misc]
                self.relaxed(lambda one, name=name: one.difficulty == name),  # type: ignore[misc]
            )
            for name in DIFFICULTIES
        }

    def by_tag(self) -> dict[str, tuple[Share, Share]]:
        """Strict and relaxed for each tag of an answerable question."""
        tags = sorted({tag for one in self._of("answer") for tag in one.question.tags})
        return {
            tag: (
                self.strict(lambda one, tag=tag: tag in one.tags),  # type: ignore[misc]
                self.relaxed(lambda one, tag=tag: tag in one.tags),  # type: ignore[misc]
            )
            for tag in tags
        }

    def coverage(self) -> Share:
        """Answerable questions that got rows at all."""
        return Share(part=len(self._answered()), whole=len(self._of("answer")))

    def wrong(self) -> list[Asked]:
        """Questions that got rows and should have got others, or none."""
        return [
            one
            for one in self.asked
            if one.worst.kind == "sql" and (one.question.must != "answer" or one.worst.verdict is Verdict.WRONG)
        ]

    def precision(self, kind: str) -> Share:
        """Of the questions that were clarified (or declined), those that should have been."""
        those = [one for one in self.asked if one.worst.kind == kind]
        return Share(part=sum(one.question.must == kind for one in those), whole=len(those))

    def recall(self, kind: str) -> Share:
        """Of the questions that should have been clarified (or declined), those that were."""
        those = self._of(kind)
        return Share(part=sum(one.worst.kind == kind for one in those), whole=len(those))

    def over_refusal(self) -> Share:
        """Answerable questions that were declined."""
        those = self._of("answer")
        return Share(part=sum(one.worst.kind == "decline" for one in those), whole=len(those))

    def ended(self, kind: str) -> int:
        """Questions that ended so: offered, blocked, failed."""
        return sum(one.worst.kind == kind for one in self.asked)

    def guard_rejections(self) -> Share:
        """Statements that the guard refused, of those a model wrote, over all tries."""
        tries = [one for one in self._tries() if one.source == "model"]
        return Share(part=sum(one.rejected for one in tries), whole=sum(one.written for one in tries))

    def database_refusals(self) -> int:
        """Statements that passed the guard and failed in the database, over all tries."""
        return sum(one.refused for one in self._tries())

    def right_at_first(self) -> Share:
        """Of the questions answered rightly, those whose first statement was the answer."""
        right = [one for one in self._answered() if one.worst.verdict is not Verdict.WRONG]
        return Share(part=sum(one.worst.written == 1 for one in right), whole=len(right))

    def milliseconds(self, share: float) -> float | None:
        """The time that this share of the tries needed at most (nearest rank)."""
        times = sorted(one.milliseconds for one in self._tries())
        return times[max(0, math.ceil(share * len(times)) - 1)] if times else None

    def tokens(self, name: str) -> int | None:
        """Tokens (in, cached, out) of all tries; None when no server said."""
        told = [getattr(one.usage, f"tokens_{name}") for one in self._tries() if one.usage is not None]
        known = [one for one in told if one is not None]
        return sum(known) if known else None

    def cost(self) -> Decimal | None:
        """Dollars of all tries; None when prices are not known."""
        costs = [one.usage.cost for one in self._tries() if one.usage is not None and one.usage.cost is not None]
        return sum(costs, Decimal(0)) if costs else None

    def _tries(self) -> list[Try]:
        return [one for asked in self.asked for one in asked.tries]
