"""Answers of a model, kept in a file and given again; and a model that keeps what another answers.

The first line says who made the answers: `{"made_by": "hand-written"}` or `{"made_by": "model", "model": …,
"prompt_version": …}`. Each other line holds the answers to one question, one per try.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from common.deadline import Deadline
from common.nl.completion import Usage
from common.nl.model_failed import ModelFailed
from common.nl.plan import Plan, read_plan
from dev.ask_eval.questions import Question, json_lines

HAND_WRITTEN = "hand-written"
ANALYST = "ask-eval@example.com"

Key = tuple[str, tuple[str, ...]]


class Written(Protocol):
    """What a model wrote."""

    @property
    def plan(self) -> Plan:
        """The plan."""

    @property
    def usage(self) -> Usage:
        """What it cost."""

    @property
    def model(self) -> str:
        """Who wrote it."""


class Writer(Protocol):
    """A model, as the pipeline uses it."""

    @property
    def name(self) -> str:
        """The model's name."""

    def write(self, messages: Sequence[Mapping[str, str]], *, deadline: Deadline, analyst: str) -> Written:
        """The plan for these messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A plan that was kept."""

    plan: Plan
    usage: Usage
    model: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Kept answers by question. `made_by` is hand-written or the model's name."""

    made_by: str
    prompt_version: str | None
    answers: Mapping[Key, Sequence[Kept]]

    @classmethod
    def read(cls, file: Path) -> Recording:
        """From a file.

        Raises:
            BadPlan: a kept answer is none.
        """
        head, *lines = json_lines(file)
        made_by = head["made_by"] if head["made_by"] == HAND_WRITTEN else head["model"]
        answers = {
            (line["question"], tuple(line.get("context", ()))): [_kept(told, made_by) for told in line["answers"]]
            for line in lines
        }
        return cls(made_by=made_by, prompt_version=head.get("prompt_version"), answers=answers)

    @property
    def hand_written(self) -> bool:
        """Whether a person made the answers up; then they say nothing about any model."""
        return self.made_by == HAND_WRITTEN

    def holds(self, question: Question) -> bool:
        """Whether it has answers to this question."""
        return key_of(question) in self.answers

    def writer(self, question: Question) -> Writer:
        """A model that gives the answers to this question, one after the other."""
        return _Replay(f"recording: {self.made_by}", list(self.answers.get(key_of(question), ())))


def key_of(question: Question) -> Key:
    """What answers are kept by."""
    return question.text, question.context


@dataclass(slots=True)
class _Replay:
    name: str
    answers: list[Kept]

    def write(self, messages: Sequence[Mapping[str, str]], *, deadline: Deadline, analyst: str) -> Kept:
        """The next kept answer.

        Raises:
            ModelFailed: there is none, or no more.
        """
        assert messages
        assert deadline.left() > 0
        assert analyst
        if not self.answers:
            raise ModelFailed("not_recorded", "The recording holds no answer to this.")
        return self.answers.pop(0)


@dataclass(slots=True)
class Recorder:
    """A model whose answers are kept, to be written to a file at the end."""

    model: Writer
    prompt_version: str
    kept: dict[Key, list[Kept]] = field(default_factory=dict)

    def writer(self, question: Question) -> Writer:
        """The model, keeping its answers to this question."""
        return _Keeping(self.model.name, self.model, self.kept.setdefault(key_of(question), []))

    def save(self, file: Path) -> None:
        """Write what was kept."""
        head: dict[str, Any] = {"made_by": "model", "model": self.model.name, "prompt_version": self.prompt_version}
        lines = [head]
        for (text, context), answers in self.kept.items():
            told = [{"plan": asdict(one.plan), "usage": _told_usage(one.usage)} for one in answers]
            lines.append({"question": text, "context": list(context), "answers": told})
        text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        file.write_text(text, encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Keeping:
    name: str
    model: Writer
    kept: list[Kept]

    def write(self, messages: Sequence[Mapping[str, str]], *, deadline: Deadline, analyst: str) -> Written:
        """The model's answer, kept before it is given on."""
        written = self.model.write(messages, deadline=deadline, analyst=analyst)
        self.kept.append(Kept(plan=written.plan, usage=written.usage, model=written.model))
        return written


def _kept(told: Mapping[str, Any], made_by: str) -> Kept:
    """A kept answer, read as a model's text is read."""
    usage = dict(told.get("usage") or {})
    if usage.get("cost") is not None:
        usage["cost"] = Decimal(usage["cost"])
    return Kept(plan=read_plan(json.dumps(told["plan"])), usage=Usage(**usage), model=made_by)


def _told_usage(usage: Usage) -> dict[str, Any]:
    cost = usage.cost
    return asdict(usage) | {"cost": None if cost is None else str(cost)}
