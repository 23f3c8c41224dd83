"""Whether two questions that differ meet in a cache: each is asked after the other, with a model that counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.asking.planner import Planner
from common.deadline import Deadline
from common.nl.completion import Usage
from common.nl.plan import Plan
from dev.ask_eval.pipeline import asking_of, planner_of
from dev.ask_eval.questions import FOLDER, json_lines
from dev.ask_eval.recording import Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two questions, and whether they ask the same; after an earlier one each, if told."""

    id: str
    one: str
    other: str
    same: bool
    context: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """Pairs that were answered by one statement: rightly, and wrongly."""

    same: Sequence[Pair]
    right: Sequence[Pair]
    wrong: Sequence[Pair]


@dataclass(slots=True)
class _Counting:
    """A model that writes another statement each time, so that one seen twice came from a cache."""

    name: str = "counting"
    count: int = 0

    def write(self, messages: Sequence[Mapping[str, str]], *, deadline: Deadline, analyst: str) -> Kept:
        """The next statement."""
        assert messages
        assert deadline.left() > 0
        assert analyst
        self.count += 1
        plan = Plan(kind="sql", sql=f"SELECT COUNT(*) FROM users WHERE id = '{self.count}'")  # noqa: S608 - a number
        return Kept(plan=plan, usage=Usage(), model=self.name)


def pairs(file: Path | None = None) -> list[Pair]:
    """The pairs of a file, or the project's."""
    return [
        Pair(id=told["id"], one=told["a"], other=told["b"], same=told["same_answer"], context=told.get("context"))
        for told in json_lines(file or FOLDER / "pairs.jsonl")
    ]


def met(those: Sequence[Pair]) -> Met:
    """Which of the pairs meet, whichever is asked first."""
    meeting = [pair for pair in those if _meet(pair.one, pair.other, pair) or _meet(pair.other, pair.one, pair)]
    return Met(
        same=[pair for pair in those if pair.same],
        right=[pair for pair in meeting if pair.same],
        wrong=[pair for pair in meeting if not pair.same],
    )


@dataclass(frozen=True, slots=True)
class _Turn:
    question: str
    sql: str


def _meet(first: str, second: str, pair: Pair) -> bool:
    """Whether the second is answered by the statement of the first; `context` is what was asked before the second."""
    planner = planner_of(_Counting())
    turns = [_Turn(pair.context, "SELECT COUNT(*) FROM listings")] if pair.context else []
    before = _statement(planner, first, [])
    return _statement(planner, second, turns) == before


def _statement(planner: Planner, text: str, turns: Sequence[_Turn]) -> str | None:
    asking = asking_of(text, turns)
    planned = planner.plan(asking)
    planner.remember(planned, asking)
    return planned.sql
