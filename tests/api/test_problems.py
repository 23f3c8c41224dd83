"""Refusals as problems: every code has a status, every fact gets out, nothing else does."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus

import pytest

from common.api import problems
from common.api.outbound import problem
from common.api.problems import STATUS, MethodNotAllowed
from common.domain.errors import (
    AuctionEnded,
    BidTooLow,
    Busy,
    Forbidden,
    InvalidRequest,
    Refusal,
    Unauthenticated,
    Unavailable,
)

TRACE = "4b" * 16


def every_refusal(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """All the kinds there are."""
    for below in kind.__subclasses__():
        yield below
        yield from every_refusal(below)


def body_of(refusal: Refusal) -> dict[str, object]:
    """The problem's members."""
    body: dict[str, object] = json.loads(bytes(problem(refusal, trace_id=TRACE, site_url="https://x").body))
    return body


def test_every_code_has_a_status_and_every_status_a_code() -> None:
    """One table, nothing left over."""
    codes = {kind.code for kind in every_refusal()}

    assert codes == set(STATUS)
    assert problems.Internal.code in codes


def test_codes_and_titles_are_fit_for_callers() -> None:
    """A code is a slug, nobody else's; a title is a sentence."""
    kinds = list(every_refusal())

    assert len({kind.code for kind in kinds}) == len(kinds)
    for kind in kinds:
        assert kind.code.replace("_", "").isalpha()
        assert kind.code == kind.code.lower()
        assert kind.title.endswith(".")


@pytest.mark.parametrize("status", set(STATUS.values()))
def test_every_status_is_a_refusal(status: HTTPStatus) -> None:
    """4xx or 5xx."""
    assert 400 <= status < 600


def test_a_problem_says_what_rfc_9457_asks() -> None:
    """Type, title, status, detail, and our code and trace id."""
    response = problem(Forbidden("Not you."), trace_id=TRACE, site_url="https://gavel.example")

    assert response.status_code == 403
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    assert json.loads(bytes(response.body)) == {
        "type": "https://gavel.example/problems.html#forbidden",
        "title": "You may not do this.",
        "status": 403,
        "detail": "Not you.",
        "code": "forbidden",
        "trace_id": TRACE,
    }


def test_the_facts_to_act_on_get_out() -> None:
    """Amounts as numbers, times in UTC with a Z."""
    moment = datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC)

    assert body_of(BidTooLow(12_50))["minimum_bid"] == 12_50
    assert body_of(AuctionEnded(moment))["ends_at"] == "2026-11-22T10:00:00.123456Z"
    assert body_of(InvalidRequest({"a": "Bad.", "b": "Worse."})) | {
        "detail": "a: Bad.",
        "errors": [{"field": "a", "message": "Bad."}, {"field": "b", "message": "Worse."}],
    } == body_of(InvalidRequest({"a": "Bad.", "b": "Worse."}))


@pytest.mark.parametrize(
    ("refusal", "header", "value"),
    [
        (Unauthenticated(), "www-authenticate", "Bearer"),
        (MethodNotAllowed(allow="GET, OPTIONS"), "allow", "GET, OPTIONS"),
        (Busy(), "retry-after", "1"),
        (Unavailable(7), "retry-after", "7"),
    ],
)
def test_the_headers_that_http_wants_are_there(refusal: Refusal, header: str, value: str) -> None:
    """How to sign in, what to call instead, when to come back."""
    assert problem(refusal, trace_id=TRACE, site_url="").headers[header] == value
