"""nl_questions: what can be asked without a model, and what this analyst asked and saved."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from common.operations.answers import Strict
from common.operations.call import Answer, Call, Caller, KeyUse
from common.services import Services

METHOD = "GET"
CALLER = Caller.ANALYST
IDEMPOTENCY_KEY = KeyUse.NONE


class Request(Strict):
    """No query string."""


class VerifiedQuestionView(Strict):
    """A verified question with its parameters at their usual values."""

    id = fields.String(required=True)
    area = fields.String(required=True)
    question = fields.String(required=True)
    parameters = fields.List(fields.Dict(), required=True)
    terms = fields.List(fields.String(), required=True)


class SavedView(Strict):
    """An answer that the analyst saved."""

    request_id = fields.String(required=True)
    question = fields.String(required=True)
    sql = fields.String(required=True, allow_none=True)
    source = fields.String(required=True, allow_none=True)
    at = fields.AwareDateTime(required=True, format="iso")


class AskedView(Strict):
    """A question that the analyst asked."""

    request_id = fields.String(required=True)
    question = fields.String(required=True)
    status = fields.String(required=True)
    source = fields.String(required=True, allow_none=True)
    at = fields.AwareDateTime(required=True, format="iso")
    mark = fields.String(required=True, allow_none=True)


class TermView(Strict):
    """A word of the market."""

    term = fields.String(required=True)
    synonyms = fields.List(fields.String(), required=True)
    meaning = fields.String(required=True)


class Response(Strict):
    """200: verified questions, saved ones, the newest asked ones first, the glossary, and who asks."""

    verified = fields.List(fields.Nested(VerifiedQuestionView), required=True)
    saved = fields.List(fields.Nested(SavedView), required=True)
    history = fields.List(fields.Nested(AskedView), required=True)
    glossary = fields.List(fields.Nested(TermView), required=True)
    categories = fields.List(fields.String(), required=True)
    model = fields.String(required=True, allow_none=True)
    reviewer = fields.Boolean(required=True)
    analyst = fields.String(required=True)


def run(services: Services, call: Call, body: dict[str, Any]) -> Answer:  # noqa: ARG001 - it says nothing
    """Everything the app shows beside an answer.

    Raises:
        Busy, Unavailable: ask again.
    """
    return Answer(body=services.question_desk().notebook.overview(call.person, call.deadline))
