"""Who may ask: the app's service account, for a person whom the identity proxy has signed in, and nobody else."""

import time
from collections.abc import Callable

import httpx
import pytest

from dev.stack.issuer import DASHBOARD_ACCOUNT, Issuer
from tests.analysts import Analyst
from tests.market import Market, Records, check_problem

OPERATIONS = {
    "nl_query": {"question": "Top 5 listings by bids"},
    "nl_questions": None,
    "nl_feedback": {"request_id": "0" * 32, "mark": "up"},
}


@pytest.fixture(params=OPERATIONS)
def send(request: pytest.FixtureRequest) -> Callable[[Analyst], httpx.Response]:
    """One request to each operation for analysts."""
    operation = request.param
    return lambda analyst: analyst.send(operation, OPERATIONS[operation])


def refused(response: httpx.Response) -> tuple[int, str]:
    """How it was refused."""
    return response.status_code, str(check_problem(response)["code"])


def test_without_a_token_nobody_comes_in(send: Callable[[Analyst], httpx.Response], analyst: Analyst) -> None:
    """An assertion alone is not enough."""
    assert refused(send(analyst.with_headers(Authorization=None))) == (401, "unauthenticated")


def test_without_an_assertion_nobody_comes_in(send: Callable[[Analyst], httpx.Response], analyst: Analyst) -> None:
    """The app itself asks nothing."""
    assert refused(send(analyst.with_headers(X_Analyst_Assertion=None))) == (401, "unauthenticated")


def test_another_service_account_is_refused(
    send: Callable[[Analyst], httpx.Response], analyst: Analyst, issuer: Issuer
) -> None:
    """The scheduler's, and a stranger's."""
    for email in ("scheduler@x.iam.gserviceaccount.com", "stranger@mail.example", DASHBOARD_ACCOUNT.upper()):
        token = issuer.service_token(email=email)
        assert refused(send(analyst.with_headers(Authorization=f"Bearer {token}"))) == (403, "forbidden")


def test_a_bidders_token_is_no_services(
    send: Callable[[Analyst], httpx.Response], analyst: Analyst, market: Market
) -> None:
    """Nor the other way round."""
    token = market.user("ann").token

    assert refused(send(analyst.with_headers(Authorization=f"Bearer {token}"))) == (401, "unauthenticated")


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "/projects/0/another/dashboard"},
        {"iss": "https://cloud.google.com/iap"},
        {"exp": int(time.time()) - 60},
        {"email": None},
        {"email": ""},
        {"email": "x" * 191},
        {"sub": ""},
    ],
    ids=["audience", "issuer", "expired", "no e-mail", "empty e-mail", "long e-mail", "no subject"],
)
def test_an_assertion_that_is_not_the_proxys_is_refused(
    analyst: Analyst, issuer: Issuer, claims: dict[str, object]
) -> None:
    """Every claim counts."""
    usual = {"email": "analyst@mail.example", "sub": "accounts.google.com:1"}
    forged = issuer.analyst_assertion(**usual | claims)  # type: ignore[arg-type]

    response = analyst.with_headers(X_Analyst_Assertion=forged).send("nl_questions")

    assert refused(response) == (401, "unauthenticated")


def test_an_assertion_signed_with_another_kind_of_key_is_refused(analyst: Analyst, issuer: Issuer) -> None:
    """ES256 is the proxy's; the issuer's RSA key, good for people and services, is not good for this."""
    issued = int(time.time())
    claims = {
        "iss": f"{issuer.url}/iap",
        "aud": "/projects/0/gavel-local/dashboard",
        "sub": "accounts.google.com:1",
        "email": "analyst@mail.example",
        "iat": issued,
        "exp": issued + 600,
    }

    response = analyst.with_headers(X_Analyst_Assertion=issuer.sign(claims)).send("nl_questions")

    assert refused(response) == (401, "unauthenticated")


def test_an_address_is_the_same_in_any_case(analyst: Analyst, issuer: Issuer) -> None:
    """So that a reviewer is one however his address was typed."""
    shouting = analyst.with_headers(X_Analyst_Assertion=issuer.analyst_assertion(analyst.email.upper()))

    assert shouting.overview()["analyst"] == analyst.email


def test_refused_questions_are_not_asked(analyst: Analyst, records: Records) -> None:
    """Nothing is written down of them."""
    before = records.value("SELECT COUNT(*) FROM nl_questions")

    analyst.with_headers(X_Analyst_Assertion=None).send("nl_query", {"question": "Top 5 listings by bids"})

    assert records.value("SELECT COUNT(*) FROM nl_questions") == before
