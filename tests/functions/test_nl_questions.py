"""nl_questions and nl_feedback over HTTP: what stands beside the answers, and what analysts make of them."""

import secrets
from dataclasses import replace
from typing import Any

import httpx
import pytest

from dev.stack.issuer import Issuer
from tests.analysts import REVIEWER, Analyst
from tests.market import Functions, check_problem, running_functions

COUNT_DAYS = "SELECT COUNT(*) AS days FROM calendar"


@pytest.fixture
def reviewer(functions: Functions, issuer: Issuer, http: httpx.Client) -> Analyst:
    """Somebody who may make verified questions."""
    return Analyst.new(functions, issuer, http, REVIEWER)


def test_everything_that_needs_no_model_is_listed(analyst: Analyst) -> None:
    """With its parameters, in words that can be asked as they stand."""
    told = analyst.overview()

    assert len(told["verified"]) >= 60
    assert len({question["id"] for question in told["verified"]}) == len(told["verified"])
    assert any(question["parameters"] for question in told["verified"])
    assert {"Art", "Watches"} <= set(told["categories"])
    assert "GMV" in {term["term"] for term in told["glossary"]}
    assert (told["model"], told["reviewer"], told["analyst"]) == (None, False, analyst.email)


def test_an_analyst_sees_his_own_questions_newest_first(analyst: Analyst, issuer: Issuer) -> None:
    """And nobody else's."""
    other = Analyst.new(analyst.functions, issuer, analyst.http)
    first = analyst.ask("the days", sql_override=COUNT_DAYS)
    second = analyst.ask("drop it", sql_override="DROP TABLE users")

    history = analyst.overview()["history"]

    assert [(asked["request_id"], asked["status"], asked["source"]) for asked in history] == [
        (second["request_id"], "blocked", "edited"),
        (first["request_id"], "answered", "edited"),
    ]
    assert other.overview()["history"] == []


def test_an_unlisted_question_is_not_in_the_history(analyst: Analyst) -> None:
    """What a page asks for itself; it is written down all the same."""
    analyst.ask("the days", sql_override=COUNT_DAYS, unlisted=True)
    listed = analyst.ask("the days", sql_override=COUNT_DAYS, unlisted=False)

    assert [asked["request_id"] for asked in analyst.overview()["history"]] == [listed["request_id"]]


def test_an_answer_is_saved_once_and_let_go_again(analyst: Analyst) -> None:
    """With its SQL."""
    told = analyst.ask("the days", sql_override=COUNT_DAYS)
    for _ in range(2):
        assert analyst.mark(told["request_id"], "saved").status_code == 200

    (saved,) = analyst.overview()["saved"]
    assert analyst.mark(told["request_id"], "unsaved").json() == {"request_id": told["request_id"], "mark": "unsaved"}

    assert (saved["question"], saved["sql"]) == ("the days", told["sql"])
    assert analyst.overview()["saved"] == []


def test_the_last_thumb_counts(analyst: Analyst) -> None:
    """And does not unsave."""
    told = analyst.ask("the days", sql_override=COUNT_DAYS)
    analyst.mark(told["request_id"], "saved")
    analyst.mark(told["request_id"], "up")
    analyst.mark(told["request_id"], "down", note="I wanted the weeks.")

    overview = analyst.overview()

    assert overview["history"][0]["mark"] == "down"
    assert len(overview["saved"]) == 1


@pytest.mark.parametrize("mark", ["up", "down", "saved", "unsaved"])
def test_nobody_marks_the_answer_of_another(analyst: Analyst, issuer: Issuer, mark: str) -> None:
    """Nor learns that there is one."""
    told = analyst.ask("the days", sql_override=COUNT_DAYS)
    other = Analyst.new(analyst.functions, issuer, analyst.http)

    foreign, missing = other.mark(told["request_id"], mark), other.mark("0" * 32, mark)

    assert (foreign.status_code, check_problem(foreign)["code"]) == (404, "question_not_found")
    assert (missing.status_code, check_problem(missing)["code"]) == (404, "question_not_found")
    assert analyst.overview()["history"][0]["mark"] is None


def test_only_a_reviewer_makes_verified_questions(analyst: Analyst) -> None:
    """Not even of his own answer."""
    told = analyst.ask("the days", sql_override=COUNT_DAYS)

    response = analyst.mark(told["request_id"], "verified")

    assert (response.status_code, check_problem(response)["code"]) == (403, "not_a_reviewer")


def test_what_a_reviewer_verified_is_listed(analyst: Analyst, reviewer: Analyst) -> None:
    """Under the reviewer's words, which are then answered without a model."""
    told = analyst.ask("the days", sql_override=COUNT_DAYS)

    response = reviewer.mark(told["request_id"], "verified", question="How many days does the calendar know?")

    assert response.status_code == 200
    assert reviewer.overview()["reviewer"] is True


def test_what_a_reviewer_verified_is_answered_until_it_is_taken_back(
    analyst: Analyst, reviewer: Analyst, function_env: dict[str, str]
) -> None:
    """By every instance that looks after that: in the list, and as an answer that says who answers for it."""
    told = analyst.ask("the days", sql_override=COUNT_DAYS)
    identity, words = told["request_id"], f"How many days are in calendar {secrets.token_hex(4)}?"

    def at_a_new_instance() -> tuple[list[str], dict[str, Any]]:
        with running_functions(("nl_query", "nl_questions"), function_env) as functions:
            there = replace(analyst, functions=functions)
            listed = [one["question"] for one in there.overview()["verified"] if one["id"] == identity]
            return listed, there.ask(words)

    reviewer.mark(identity, "verified", question=words)
    listed, answered = at_a_new_instance()
    taken_back = reviewer.mark(identity, "retracted", note="It is too long.")
    listed_then, answered_then = at_a_new_instance()

    assert (listed, answered["status"], answered["rows"]) == ([words], "answered", told["rows"])
    assert (answered["verified"]["id"], answered["verified"]["reviewed"]) == (identity, True)
    assert taken_back.json() == {"request_id": identity, "mark": "retracted"}
    assert (listed_then, answered_then["status"], answered_then["verified"]) == ([], "declined", None)


def test_the_products_own_questions_are_not_reviewed(analyst: Analyst, reviewer: Analyst) -> None:
    """No reviewer can take them back."""
    told = analyst.ask("How many live auctions are there?")

    assert told["verified"]["reviewed"] is False
    assert reviewer.mark(told["request_id"], "retracted").status_code == 404


def test_only_a_reviewer_takes_back(analyst: Analyst, reviewer: Analyst) -> None:
    """Also what was made of the analyst's own answer; a repeated request is answered as the first."""
    identity = analyst.ask("the days", sql_override=COUNT_DAYS)["request_id"]
    reviewer.mark(identity, "verified", question=f"How many days {secrets.token_hex(4)}?")

    refused = analyst.mark(identity, "retracted")

    assert (refused.status_code, check_problem(refused)["code"]) == (403, "not_a_reviewer")
    assert [reviewer.mark(identity, "retracted").status_code for _ in range(2)] == [200, 200]


def test_what_nobody_verified_cannot_be_taken_back(analyst: Analyst, reviewer: Analyst) -> None:
    """An answer, and nothing at all."""
    identity = analyst.ask("the days", sql_override=COUNT_DAYS)["request_id"]

    for missing in (identity, "0" * 32):
        response = reviewer.mark(missing, "retracted")
        assert (response.status_code, check_problem(response)["code"]) == (404, "question_not_found")


def test_what_was_not_answered_cannot_be_verified(analyst: Analyst, reviewer: Analyst) -> None:
    """A blocked statement stays blocked."""
    told = analyst.ask("drop it", sql_override="DROP TABLE users")

    response = reviewer.mark(told["request_id"], "verified")

    assert (response.status_code, check_problem(response)["code"]) == (404, "question_not_found")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"mark": "up"}, "request_id"),
        ({"request_id": "0" * 31, "mark": "up"}, "request_id"),
        ({"request_id": "0" * 33, "mark": "up"}, "request_id"),
        ({"request_id": "0" * 31 + "'", "mark": "up"}, "request_id"),
        ({"request_id": "0" * 32}, "mark"),
        ({"request_id": "0" * 32, "mark": "sideways"}, "mark"),
        ({"request_id": "0" * 32, "mark": "down", "note": "n" * 1001}, "note"),
        ({"request_id": "0" * 32, "mark": "retracted", "note": "n" * 1001}, "note"),
        ({"request_id": "0" * 32, "mark": "verified", "question": "q" * 301}, "question"),
        ({"request_id": "0" * 32, "mark": "up", "more": 1}, "more"),
    ],
)
def test_feedback_that_does_not_fit_is_named(analyst: Analyst, body: dict[str, object], field: str) -> None:
    """A 400 with the field."""
    response = analyst.send("nl_feedback", body)

    problem = check_problem(response)
    assert (response.status_code, problem["code"]) == (400, "invalid_request")
    assert [error["field"] for error in problem["errors"]] == [field]


def test_too_many_questions_in_a_minute_are_refused_with_the_time_to_wait(
    function_env: dict[str, str], issuer: Issuer, http: httpx.Client
) -> None:
    """The next but one, where one is the limit; reading the lists goes on."""
    env = function_env | {"NL_QUESTIONS_PER_MINUTE": "1"}
    with running_functions(("nl_query", "nl_questions"), env) as functions:
        analyst = Analyst.new(functions, issuer, http)
        analyst.ask("the days", sql_override=COUNT_DAYS)

        response = analyst.send("nl_query", {"question": "the days", "sql_override": COUNT_DAYS})

        assert (response.status_code, check_problem(response)["code"]) == (429, "too_many_questions")
        assert int(response.headers["retry-after"]) > 0
        assert len(analyst.overview()["history"]) == 1
