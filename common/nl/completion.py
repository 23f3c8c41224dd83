"""What a server's chat completion says: its text, why it ended, and what it cost. Read as a stranger's JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

_MILLION = 1_000_000
_LONGEST_NAME = 100


class Garbled(Exception):  # noqa: N818 - as the project names its refusals: what went wrong
    """It is no completion; the message says why in our words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens, and dollars where prices are known; None where the server does not say, never 0."""

    tokens_in: int | None = None
    tokens_cached: int | None = None
    tokens_out: int | None = None
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """One answer. `cut` at its greatest length; `refused` by the model or by a filter; else `text`."""

    text: str
    cut: bool
    refused: bool
    usage: Usage
    model: str | None


def read_completion(content: bytes, prices: Sequence[Decimal] | None) -> Completion:
    """The first choice of a completion; `prices` are dollars per million tokens in, in from the cache, and out.

    Raises:
        Garbled: it is no JSON object, or has no choice with a message.
    """
    try:
        told = orjson.loads(content)
    except orjson.JSONDecodeError:
        raise Garbled("The model's server answered with something that is no JSON.") from None
    if not isinstance(told, dict):
        raise Garbled("The model's server answered with something that is no completion.")
    choice = _first(told.get("choices"))
    message = choice.get("message")
    if not isinstance(message, dict):
        raise Garbled("The model's server answered without a message.")
    name, finish = told.get("model"), choice.get("finish_reason")
    return Completion(
        text=_text(message.get("content")),
        cut=finish == "length",
        refused=bool(message.get("refusal")) or finish == "content_filter",
        usage=read_usage(told.get("usage"), prices),
        model=name[:_LONGEST_NAME] if isinstance(name, str) and name.isprintable() and name else None,
    )


def read_usage(told: object, prices: Sequence[Decimal] | None) -> Usage:
    """Tokens as told, and their price. What the server does not say was in the cache is paid in full.

    >>> read_usage({"prompt_tokens": 3000, "completion_tokens": 200}, [Decimal(1), Decimal("0.1"), Decimal(4)]).cost
    Decimal('0.0038')
    """
    facts: Mapping[str, Any] = told if isinstance(told, dict) else {}
    details = facts.get("prompt_tokens_details")
    tokens_in, tokens_out = _count(facts.get("prompt_tokens")), _count(facts.get("completion_tokens"))
    cached = _count(details.get("cached_tokens")) if isinstance(details, dict) else None
    cost = None
    if prices is not None and tokens_in is not None and tokens_out is not None:
        known = min(cached or 0, tokens_in)
        cost = ((tokens_in - known) * prices[0] + known * prices[1] + tokens_out * prices[2]) / _MILLION
    return Usage(tokens_in=tokens_in, tokens_cached=cached, tokens_out=tokens_out, cost=cost)


def _first(choices: object) -> Mapping[str, Any]:
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise Garbled("The model's server answered without a choice.")
    return choices[0]


def _text(content: object) -> str:
    """The message's text; some servers tell it in parts."""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def _count(value: object) -> int | None:
    """A number of tokens, or None for what is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
