"""Questions with known answers, read from lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("questions")
MUST = ("answer", "clarify", "decline")
DIFFICULTIES = ("simple", "moderate", "challenging")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked, after which questions of the same conversation, and what the right reaction is.

    `golds` are the queries that answer it, the first the usual one; empty unless it must be answered. `order` are
    the columns whose sequence counts. `reason` is what to ask back, or why there is no answer.
    """

    id: str
    text: str
    must: str
    difficulty: str
    context: tuple[str, ...] = ()
    golds: tuple[str, ...] = ()
    order: tuple[int, ...] = ()
    reason: str = ""
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, told: dict[str, Any]) -> Question:
        """From the members of a line."""
        must, gold = told["must"], told.get("gold")
        assert must in MUST, told["id"]
        assert told["difficulty"] in DIFFICULTIES, told["id"]
        assert (gold is not None) == (must == "answer"), told["id"]
        return cls(
            id=told["id"],
            text=told["question"],
            must=must,
            difficulty=told["difficulty"],
            context=tuple(told.get("context", ())),
            golds=(gold, *told.get("alt_golds", ())) if gold else (),
            order=tuple(told["order_cols"]) if told.get("ordered") else (),
            reason=told.get("clarify") or told.get("why") or "",
            tags=tuple(told.get("tags", ())),
        )


def questions(*files: Path) -> Sequence[Question]:
    """The questions of these files, or of the project's; no id twice."""
    found = [
        Question.of(told) for file in files or sorted(FOLDER.glob("questions_*.jsonl")) for told in json_lines(file)
    ]
    assert len({question.id for question in found}) == len(found), "an id stands twice"
    return found


def json_lines(file: Path) -> Iterator[Any]:
    """The objects of a file of JSON lines."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)
