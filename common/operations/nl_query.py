"""nl_query: answer an analyst's question about the market, in English or in SQL."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from common.asking.question import Question
from common.operations.answers import Strict
from common.operations.call import Answer, Call, Caller, KeyUse
from common.operations.fields import Flag, Name, Scalars, Text
from common.services import Services

METHOD = "POST"
CALLER = Caller.ANALYST
IDEMPOTENCY_KEY = KeyUse.NONE


class Request(Strict):
    """POST body: a question; SQL to run in its place, or a verified question's id with values for its slots."""

    question = Text(longest=1000, lines=True, required=True)
    conversation_id = Name(shortest=8, longest=64)
    sql_override = Text(longest=8000, lines=True)
    dry_run = Flag()
    refresh = Flag()
    unlisted = Flag()
    verified = Name(shortest=1, longest=64)
    parameters = Scalars(most=10)

    def read(self, given: Mapping[str, Any]) -> Question:
        """The question."""
        loaded = self.load(given)
        return Question(
            text=loaded["question"],
            conversation_id=loaded.get("conversation_id"),
            sql=loaded.get("sql_override"),
            verified_id=loaded.get("verified"),
            parameters=loaded.get("parameters"),
            dry_run=loaded.get("dry_run", False),
            refresh=loaded.get("refresh", False),
            unlisted=loaded.get("unlisted", False),
        )


class ColumnView(Strict):
    """A column of the answer; `type` is text, integer, decimal, float, date, datetime or time."""

    name = fields.String(required=True)
    type = fields.String(required=True)


class ChartView(Strict):
    """The picture that fits: `type` is line, bar, metric or table; the others name columns."""

    type = fields.String(required=True)
    x = fields.String(required=True, allow_none=True)
    y = fields.List(fields.String(), required=True)
    series = fields.String(required=True, allow_none=True)


class ReasonView(Strict):
    """Why there are no rows."""

    code = fields.String(required=True)
    message = fields.String(required=True)


class VerifiedView(Strict):
    """The verified question that answered, its parameters as they can be changed, and whether a reviewer made it."""

    id = fields.String(required=True)
    question = fields.String(required=True)
    parameters = fields.List(fields.Dict(), required=True)
    reviewed = fields.Boolean(required=True)


class UsageView(Strict):
    """The model's tokens, and their price in US dollars as text; null where its server does not say."""

    tokens_in = fields.Integer(data_key="in", required=True, allow_none=True)
    cached = fields.Integer(required=True, allow_none=True)
    out = fields.Integer(required=True, allow_none=True)
    cost = fields.String(required=True, allow_none=True)


class Response(Strict):
    """200, whatever became of the question: `status` says it."""

    status = fields.String(required=True)
    source = fields.String(required=True, allow_none=True)
    sql = fields.String(required=True, allow_none=True)
    columns = fields.List(fields.Nested(ColumnView), required=True)
    rows = fields.List(fields.List(fields.Raw(allow_none=True)), required=True)
    truncated = fields.Boolean(required=True)
    cached = fields.Boolean(required=True)
    as_of = fields.AwareDateTime(required=True, format="iso")
    explanation = fields.String(required=True)
    assumptions = fields.List(fields.String(), required=True)
    chart = fields.Nested(ChartView, required=True, allow_none=True)
    suggestions = fields.List(fields.String(), required=True)
    options = fields.List(fields.String(), required=True)
    reason = fields.Nested(ReasonView, required=True, allow_none=True)
    verified = fields.Nested(VerifiedView, required=True, allow_none=True)
    usage = fields.Nested(UsageView, required=True, allow_none=True)
    timings = fields.Dict(keys=fields.String(), values=fields.Float(), required=True)
    request_id = fields.String(required=True)


def run(services: Services, call: Call, body: Question) -> Answer:
    """Answer from a verified question, the cache or the model; every statement passes the guard.

    Raises:
        TooManyQuestions: this analyst asked as many as he may in a minute.
        InvalidRequest: there is no such verified question, or a value does not fit it.
        Busy, Unavailable: ask again.
    """
    told = services.question_desk().ask(body, call.person, call.deadline)
    return Answer(body={part.name: getattr(told, part.name) for part in dataclasses.fields(told)})
