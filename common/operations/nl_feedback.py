"""nl_feedback: what an analyst makes of an answer; a reviewer can make a verified question of it, and take it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import fields

from common.operations.answers import Strict
from common.operations.call import Answer, Call, Caller, KeyUse
from common.operations.fields import Name, OneOf, Text
from common.services import Services

METHOD = "POST"
CALLER = Caller.ANALYST
IDEMPOTENCY_KEY = KeyUse.NONE

VERIFIED, RETRACTED = "verified", "retracted"
MARKS = ("up", "down", "saved", "unsaved", VERIFIED, RETRACTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackBody:
    """A mark on an answer; `question` is the wording of the verified question to be, `note` says why."""

    request_id: str
    mark: str
    note: str = ""
    question: str | None = None


class Request(Strict):
    """POST body. Marking again replaces the mark of the same kind."""

    request_id = Name(shortest=32, longest=32, required=True)
    mark = OneOf(MARKS, required=True)
    note = Text(longest=1000, lines=True)
    question = Text(longest=300)

    def read(self, given: Mapping[str, Any]) -> FeedbackBody:
        """The body."""
        return FeedbackBody(**self.load(given))


class Response(Strict):
    """200: what is kept now."""

    request_id = fields.String(required=True)
    mark = fields.String(required=True)


def run(services: Services, call: Call, body: FeedbackBody) -> Answer:
    """Keep it.

    Raises:
        QuestionNotFound: this analyst asked no such question, or it has no answer to verify, or none to take back.
        NotAReviewer: only reviewers make verified questions, and take them back.
        Busy, Unavailable: ask again.
    """
    notebook = services.question_desk().notebook
    if body.mark == VERIFIED:
        notebook.verify(body.request_id, body.question, call.person, call.deadline)
    elif body.mark == RETRACTED:
        notebook.retract(body.request_id, body.note, call.person, call.deadline)
    else:
        notebook.mark(body.request_id, body.mark, body.note, call.person, call.deadline)
    return Answer(body={"request_id": body.request_id, "mark": body.mark})
