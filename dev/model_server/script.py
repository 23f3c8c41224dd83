"""What the stand-in answers: lines of a script, each a pattern of questions and the replies to them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

_NOTHING: Mapping[str, Any] = {
    "kind": "sql",
    "standalone_question": "",
    "sql": None,
    "clarification": None,
    "options": [],
    "decline_reason": None,
    "explanation": "",
    "assumptions": [],
    "chart": None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An HTTP answer: a completion whose message is `content`, or whatever `body` holds in its place."""

    content: str | None = None
    refusal: str | None = None
    finish_reason: str = "stop"
    usage: bool = True
    status: int = 200
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_seconds: float = 0.0
    byte_seconds: float = 0.0


class Line:
    """Questions in which `pattern` is found, whatever their case, and the replies to them.

    Each request takes the next reply, and the last one stays; with `by_attempt` a first try takes the first, a try
    after one refused attempt the second. `after` is a pattern that the conversation's last question must hold.
    """

    def __init__(self, pattern: str, *replies: Reply, after: str | None = None, by_attempt: bool = False) -> None:
        """Patterns are regular expressions."""
        assert replies, "a line answers something"
        self.replies = replies
        self.by_attempt = by_attempt
        self._pattern = re.compile(pattern, re.IGNORECASE)
        self._after = re.compile(after, re.IGNORECASE) if after is not None else None
        self._given = 0

    def matches(self, asked: Mapping[str, Any]) -> bool:
        """Whether this line answers what the prompt's last message asks."""
        earlier = asked["earlier"]
        continues = self._after is None or (earlier and self._after.search(earlier[-1]["question"]))
        return bool(continues and self._pattern.search(asked["question"]))

    def reply(self, asked: Mapping[str, Any]) -> Reply:
        """The reply that is due."""
        place = len(asked["refused_attempts"]) if self.by_attempt else self._given
        self._given += 1
        return self.replies[min(place, len(self.replies) - 1)]


def asked_in(message: str) -> dict[str, Any]:
    """The question, earlier turns and refused attempts in the prompt's last message; any other text is a question."""
    try:
        told = json.loads(message)
    except ValueError:
        told = None
    if not isinstance(told, dict) or not isinstance(told.get("question"), str):
        told = {"question": message}
    return {"earlier": [], "refused_attempts": [], **told}


def read_script(path: Path) -> list[Line]:
    """A script from a JSON file: `[{"pattern", "answers": [plan, ...], "after"?, "by_attempt"?}, ...]`."""
    return [
        Line(
            line["pattern"],
            *(_planned(plan) for plan in line["answers"]),
            after=line.get("after"),
            by_attempt=line.get("by_attempt", False),
        )
        for line in json.loads(path.read_text(encoding="utf-8"))
    ]


def sql(statement: str, explanation: str = "", **rest: Any) -> Reply:
    """A plan of kind sql; `rest` are further members of a plan: assumptions, chart, standalone_question."""
    return _planned({"kind": "sql", "sql": " ".join(statement.split()), "explanation": explanation, **rest})


def clarify(clarification: str, options: Sequence[str] = ()) -> Reply:
    """A question back."""
    return _planned({"kind": "clarify", "clarification": clarification, "options": list(options)})


def decline(explanation: str, reason: str = "not_in_data") -> Reply:
    """A no."""
    return _planned({"kind": "decline", "explanation": explanation, "decline_reason": reason})


def says(text: str) -> Reply:
    """Any text in the place of a plan."""
    return Reply(content=text)


def refusal(text: str) -> Reply:
    """What OpenAI's models answer where their own rules forbid an answer."""
    return Reply(refusal=text)


def breaks_off(text: str = '{"kind": "sql", "sql": "SELECT ') -> Reply:
    """An answer that met the limit of its length."""
    return Reply(content=text, finish_reason="length")


def filtered() -> Reply:
    """An answer that a content filter took away."""
    return Reply(content="", finish_reason="content_filter")


def no_choices() -> Reply:
    """A completion without an answer."""
    return Reply(body=json.dumps({"id": "x", "object": "chat.completion", "choices": []}).encode())


def page(text: str = "<html><body>Sign in to the guest network</body></html>") -> Reply:
    """A page for people with status 200, as captive portals and wrong addresses answer."""
    return Reply(body=text.encode(), headers={"Content-Type": "text/html"})


def fails(status: int, message: str = "It failed.", *, retry_after: str | None = None, **error: Any) -> Reply:
    """A status of failure; `error` are further members of OpenAI's error object: code, param, type."""
    body = json.dumps({"error": {"message": message, "type": "error", "param": None, "code": None, **error}}).encode()
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Reply(status=status, body=body, headers=headers)


def redirects(to: str, status: int = 307) -> Reply:
    """Elsewhere."""
    return Reply(status=status, body=b"", headers={"Location": to})


def late(seconds: float, reply: Reply) -> Reply:
    """The same after a silence."""
    return replace(reply, wait_seconds=seconds)


def dripping(seconds: float, reply: Reply) -> Reply:
    """The same with so many seconds before each byte of the body."""
    return replace(reply, byte_seconds=seconds)


def _planned(plan: Mapping[str, Any]) -> Reply:
    return Reply(content=json.dumps({**_NOTHING, **plan}))
