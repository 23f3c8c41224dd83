"""What the model may answer: one JSON object, told to it as a strict schema and read here as a stranger's text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from common.nl.charts import CHART_TYPES, ChartWish

KINDS = ("sql", "clarify", "decline")
DECLINE_REASONS = (
    "personal_data",
    "secrets",
    "write",
    "server_internals",
    "not_in_data",
    "off_topic",
    "too_heavy",
    "instructions_in_data",
)
MOST_CHARACTERS = 40_000
"""Of an answer as it came; longer is no plan. How long SQL may be is the guard's rule."""

_SENTENCE = 300
_PROSE = 1_000
_MOST_OPTIONS = 4
_MOST_ASSUMPTIONS = 8
_MOST_MEASURES = 8
_NAME = 64
_FENCE = re.compile(r"```(?:json|JSON)?[ \t]*\r?\n(.*?)\r?\n?```", re.DOTALL)
_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")

_TEXT: dict[str, Any] = {"type": "string"}
_TEXT_OR_NULL: dict[str, Any] = {"anyOf": [{"type": "string"}, {"type": "null"}]}
_TEXTS: dict[str, Any] = {"type": "array", "items": {"type": "string"}}


def _closed(members: Mapping[str, Any]) -> dict[str, Any]:
    """An object of exactly these members, as strict structured output wants it: no bounds, they are checked here."""
    return {
        "type": "object",
        "properties": dict(members),
        "required": list(members),
        "additionalProperties": False,
    }


_CHART = _closed(
    {"type": {"type": "string", "enum": list(CHART_TYPES)}, "x": _TEXT_OR_NULL, "y": _TEXTS, "series": _TEXT_OR_NULL}
)
PLAN_SCHEMA: dict[str, Any] = _closed(
    {
        "kind": {"type": "string", "enum": list(KINDS)},
        "standalone_question": _TEXT,
        "sql": _TEXT_OR_NULL,
        "clarification": _TEXT_OR_NULL,
        "options": _TEXTS,
        "decline_reason": {"anyOf": [{"type": "string", "enum": list(DECLINE_REASONS)}, {"type": "null"}]},
        "explanation": _TEXT,
        "assumptions": _TEXTS,
        "chart": {"anyOf": [_CHART, {"type": "null"}]},
    }
)


class BadPlan(Exception):  # noqa: N818 - as the project names its refusals: what went wrong
    """The model's answer is no plan; the message says why in our words and quotes none of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the model proposes: SQL for the guard to judge, a question back, or a no with its reason.

    `options` are whole questions that can be asked as they stand; `standalone_question` is the question with what
    earlier turns add to it ("" if the model left it out). Text is the model's own and is shown as text only.
    """

    kind: Literal["sql", "clarify", "decline"]
    sql: str = ""
    clarification: str = ""
    options: tuple[str, ...] = ()
    decline_reason: str | None = None
    explanation: str = ""
    assumptions: tuple[str, ...] = ()
    chart: ChartWish | None = None
    standalone_question: str = ""


def read_plan(text: str) -> Plan:
    """The plan in the model's answer: JSON, or JSON in one fence, which servers without structured output produce.

    What is for reading is cut to a length for reading; members nobody asked for are left out.

    >>> read_plan('{"kind": "clarify", "clarification": "Popular by bids or by watchers?"}').kind
    'clarify'

    Raises:
        BadPlan: it is too long, no JSON object, of no known kind, of wrong types, or lacks what its kind needs.
    """
    facts = _object(text)
    kind = facts.get("kind")
    if kind not in KINDS:
        raise BadPlan("The answer has no known kind.")
    return Plan(
        kind=kind,
        sql=_sql(facts) if kind == "sql" else "",
        clarification=_needed(facts, "clarification", _SENTENCE) if kind == "clarify" else "",
        options=_sentences(facts, "options", _MOST_OPTIONS) if kind == "clarify" else (),
        decline_reason=_reason(facts) if kind == "decline" else None,
        explanation=_needed(facts, "explanation", _PROSE) if kind == "decline" else _prose(facts, "explanation"),
        assumptions=_sentences(facts, "assumptions", _MOST_ASSUMPTIONS),
        chart=_chart(facts.get("chart")) if kind == "sql" else None,
        standalone_question=_prose(facts, "standalone_question"),
    )


def _object(text: str) -> Mapping[str, Any]:
    if len(text) > MOST_CHARACTERS:
        raise BadPlan("The answer is too long.")
    fences = _FENCE.findall(text)
    try:
        facts = orjson.loads(fences[0] if len(fences) == 1 and not text.lstrip().startswith("{") else text)
    except orjson.JSONDecodeError:
        raise BadPlan("The answer is no JSON.") from None
    if not isinstance(facts, dict):
        raise BadPlan("The answer is no JSON object.")
    return facts


def _sql(facts: Mapping[str, Any]) -> str:
    sql = _string(facts, "sql").strip()
    if not sql:
        raise BadPlan("The answer holds no SQL.")
    return sql


def _needed(facts: Mapping[str, Any], name: str, length: int) -> str:
    """Text that an answer of this kind is nothing without."""
    text = _cut(_string(facts, name), length)
    if not text:
        raise BadPlan(f"The answer lacks its {name}.")
    return text


def _prose(facts: Mapping[str, Any], name: str) -> str:
    return _cut(_string(facts, name), _PROSE)


def _sentences(facts: Mapping[str, Any], name: str, most: int) -> tuple[str, ...]:
    """The first few of a list of sentences, each once."""
    sentences = (_cut(sentence, _SENTENCE) for sentence in _strings(facts, name))
    return tuple(dict.fromkeys(sentence for sentence in sentences if sentence))[:most]


def _reason(facts: Mapping[str, Any]) -> str | None:
    """One of DECLINE_REASONS; the no stands without it."""
    reason = facts.get("decline_reason")
    return reason if isinstance(reason, str) and reason in DECLINE_REASONS else None


def _chart(told: object) -> ChartWish | None:
    """The wished chart, or None for one that is none: it is no reason to refuse the SQL."""
    if not isinstance(told, dict) or told.get("type") not in CHART_TYPES:
        return None
    x, y, series = told.get("x"), told.get("y") or [], told.get("series")
    names = [y] if isinstance(y, str) else y
    if not isinstance(names, list) or len(names) > _MOST_MEASURES:
        return None
    if not all(isinstance(name, str) and len(name) <= _NAME for name in (*names, x or "", series or "")):
        return None
    return ChartWish(type=told["type"], x=x or None, y=tuple(names), series=series or None)


def _string(facts: Mapping[str, Any], name: str) -> str:
    value = facts.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BadPlan(f"The answer's {name} is no text.")
    return value


def _strings(facts: Mapping[str, Any], name: str) -> Sequence[str]:
    values = facts.get(name)
    if values is None:
        return ()
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadPlan(f"The answer's {name} is no list of texts.")
    return values


def _cut(text: str, length: int) -> str:
    r"""Text to read: without control characters, in one line, at most so long.

    >>> _cut("Only sold\n listings\u202e", 12)
    'Only sold l…'
    """
    line = " ".join(_INVISIBLE.sub("", text).split())
    return line if len(line) <= length else line[: length - 1] + "…"
