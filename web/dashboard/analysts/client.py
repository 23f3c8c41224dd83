"""The functions, as the app calls them; and what to say when a call fails."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import httpx

from analysts.answers import Answer, Desk, read_answer, read_desk

TIMEOUT = httpx.Timeout(75.0, connect=5.0)
"""A model may think for a while, and be asked three times; whoever waits sees the seconds."""

_ADVICE = {
    400: "The question could not be read. Write it in up to 1,000 characters.",
    401: "Your sign-in has run out. Reload this page.",
    403: "Your account may not ask here. Ask whoever runs Gavel to let you in.",
    404: "The function is not there. Tell whoever runs Gavel.",
    413: "That is too long. Shorten the question or the SQL.",
    429: "You have asked many questions in a short time.",
    503: "The service is busy. Try again in a moment.",
}
_UNREACHABLE = "The service cannot be reached. Check your connection, then try again."
_TOO_SLOW = "No answer came in time. Ask for less (a shorter period, fewer rows), then try again."
_UNREADABLE = "The answer could not be read. Try again; if it stays so, tell whoever runs Gavel."
_FAILED = "Something went wrong on our side. Try again; if it stays so, tell whoever runs Gavel."


FUNCTION = "{function}"
"""Stands in GAVEL_API and GAVEL_AUDIENCE for an operation's name with hyphens."""


class CallFailed(Exception):  # noqa: N818 - it says what went wrong
    """A call that brought no answer. `advice` is a sentence for the analyst, `code` for whoever helps."""

    def __init__(self, code: str, advice: str, *, again_at: datetime | None = None, trace: str = "") -> None:
        super().__init__(advice)
        self.code = code
        self.advice = advice
        self.again_at = again_at
        self.trace = trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What nl_query is asked; what is None is not sent."""

    question: str
    conversation_id: str | None = None
    sql_override: str | None = None
    refresh: bool | None = None
    unlisted: bool | None = None
    verified: str | None = None
    parameters: Mapping[str, Any] | None = None

    def body(self) -> dict[str, Any]:
        """The members of the request."""
        return {name: value for name, value in asdict(self).items() if value is not None}


class Functions:
    """nl_query, nl_questions and nl_feedback over HTTP. May be used by several threads at once."""

    def __init__(self, http: httpx.Client, api: str) -> None:
        self._http = http
        self._api = api

    def ask(self, question: Question, proof: Mapping[str, str]) -> Answer:
        """Answer a question. `proof` shows who asks.

        Raises:
            CallFailed: there is no answer.
        """
        return read_answer(self._call("POST", "nl_query", proof, question.body()))

    def desk(self, proof: Mapping[str, str]) -> Desk:
        """The verified questions, and what the analyst asked and saved.

        Raises:
            CallFailed: there is no answer.
        """
        return read_desk(self._call("GET", "nl_questions", proof))

    def mark(self, proof: Mapping[str, str], request_id: str, mark: str, **more: str) -> None:
        """Mark an answer as up, down, saved, unsaved or verified, with a note or a better question.

        Raises:
            CallFailed: it was not taken.
        """
        self._call("POST", "nl_feedback", proof, {"request_id": request_id, "mark": mark} | more)

    def _call(
        self, method: str, operation: str, proof: Mapping[str, str], body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        try:
            answer = self._http.request(
                method, address(self._api, operation), json=body, headers=dict(proof), timeout=TIMEOUT
            )
        except httpx.ConnectTimeout as error:
            raise CallFailed("unreachable", _UNREACHABLE) from error
        except httpx.TimeoutException as error:
            raise CallFailed("no_answer_in_time", _TOO_SLOW) from error
        except httpx.HTTPError as error:
            raise CallFailed("unreachable", _UNREACHABLE) from error
        document = _document(answer)
        if answer.is_error:
            raise _refusal(answer, document or {})
        if document is None:
            raise CallFailed("unreadable_answer", _UNREADABLE)
        return document


def address(pattern: str, operation: str) -> str:
    """Where an operation is: under one base, or wherever {function} in the pattern says.

    >>> address("http://127.0.0.1:8080/api", "nl_query"), address("https://{function}-12.run.app", "nl_query")
    ('http://127.0.0.1:8080/api/nl_query', 'https://nl-query-12.run.app')
    """
    if FUNCTION in pattern:
        return pattern.replace(FUNCTION, operation.replace("_", "-"))
    return f"{pattern}/{operation}"


def _document(answer: httpx.Response) -> dict[str, Any] | None:
    """The JSON object in an answer, None if there is none."""
    try:
        document = answer.json()
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _refusal(answer: httpx.Response, problem: Mapping[str, Any]) -> CallFailed:
    """What a problem (RFC 9457) means for an analyst; its own words stay out of the page."""
    return CallFailed(
        str(problem.get("code") or f"http_{answer.status_code}"),
        _advice(answer.status_code, problem),
        again_at=_again_at(answer.headers.get("Retry-After"), datetime.now(UTC)),
        trace=str(problem.get("trace_id") or ""),
    )


def _advice(status: int, problem: Mapping[str, Any]) -> str:
    """What to do; a value that does not fit a verified question's blank is told in the function's words."""
    errors = problem.get("errors") or [{}]
    first = errors[0] if isinstance(errors, list) and isinstance(errors[0], dict) else {}
    if status == HTTPStatus.BAD_REQUEST and str(first.get("field", "")).startswith("parameters."):
        return f"This value does not fit. {first.get('message') or ''}".strip()
    return _ADVICE.get(status, _FAILED)


def _again_at(retry_after: str | None, now: datetime) -> datetime | None:
    """When to go on, from a number of seconds."""
    if retry_after is None or not retry_after.isdecimal():
        return None
    return now + timedelta(seconds=int(retry_after))
