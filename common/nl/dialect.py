"""How a completion is asked for: as OpenAI's servers like it best, and plainer for servers that refuse parts of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from common.nl.plan import PLAN_SCHEMA

_FORMATS = ("json_schema", "json_object", "text")
# What OpenAI's servers know and others may refuse; the answer is as good without.
_EXTRAS = re.compile(r"\b(?:store|prompt_cache_key|safety_identifier)\b")
_FORMAT = re.compile(r"response_format|json[_ ]?(?:schema|object)|structured[_ ]?output")


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a server has not refused yet: the extras, and one of json_schema, json_object and text."""

    extras: bool = True
    format: str = _FORMATS[0]

    def request(self, model: str, messages: Sequence[Mapping[str, str]], analyst: str) -> dict[str, Any]:
        """The body. Temperature is not sent: newer models refuse it, and their own is right.

        The analyst is told as a hash, and the cache by the first message, which no question changes.
        """
        body: dict[str, Any] = {"model": model, "messages": list(messages)}
        if self.format == "json_schema":
            schema = {"name": "plan", "strict": True, "schema": PLAN_SCHEMA}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif self.format == "json_object":
            body["response_format"] = {"type": "json_object"}
        if self.extras:
            body["store"] = False
            body["prompt_cache_key"] = f"gavel-{_digest(messages[0]['content'])[:16]}"
            body["safety_identifier"] = _digest(f"gavel analyst {analyst}")
        return body

    def without(self, refused: str) -> Dialect | None:
        """Plainer by what a refusal names; None if it names nothing that could be left out.

        >>> Dialect().without("property 'prompt_cache_key' is unsupported")
        Dialect(extras=False, format='json_schema')
        >>> Dialect(extras=False).without("Invalid value: response_format.type")
        Dialect(extras=False, format='json_object')
        """
        refused = refused.lower()
        if self.extras and _EXTRAS.search(refused):
            return replace(self, extras=False)
        if self.format != _FORMATS[-1] and _FORMAT.search(refused):
            return replace(self, format=_FORMATS[_FORMATS.index(self.format) + 1])
        return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
