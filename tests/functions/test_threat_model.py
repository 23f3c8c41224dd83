"""Everybody at every door: who is let in where, and that whoever is not leaves no trace. The table of SECURITY.md."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from dev.stack.functions import FOR_ANALYSTS
from dev.stack.issuer import DASHBOARD_ACCOUNT, Issuer
from tests.conftest import OPERATIONS
from tests.market import Functions, Market, Records, a_key, check_problem

IN = 0
"""Let in: whatever is answered then, it is neither 401 nor 403."""

DOORS = {
    "anyone": ("get_listing", "search_listings"),
    "people": ("create_listing", "place_bid"),
    "scheduler": ("close_auctions", "sync_mirror"),
    "analysts": tuple(sorted(FOR_ANALYSTS)),
}
REQUESTS: Mapping[str, tuple[str, Mapping[str, object]]] = {
    "get_listing": ("GET", {"params": {"id": "AAAAAAAAAAA"}}),
    "search_listings": ("GET", {"params": {"limit": 1}}),
    "create_listing": ("POST", {"json": {}}),
    "place_bid": ("POST", {"json": {"listing_id": "AAAAAAAAAAA"}}),
    "close_auctions": ("POST", {"json": {"nothing": "of the kind"}}),
    "sync_mirror": ("POST", {"json": {"nothing": "of the kind"}}),
    "nl_query": ("POST", {"json": {}}),
    "nl_questions": ("GET", {"params": {"nothing": "of the kind"}}),
    "nl_feedback": ("POST", {"json": {}}),
}
"""Requests that change nothing even where they are let in."""

Headers = Callable[[Issuer], dict[str, str]]


def bearer(token: str) -> dict[str, str]:
    """The header that says who calls."""
    return {"Authorization": f"Bearer {token}"}


def assertion(issuer: Issuer, **claims: object) -> dict[str, str]:
    """The header that says for whom the dashboard calls."""
    return {"X-Analyst-Assertion": issuer.analyst_assertion("analyst@mail.example", **claims)}


def by_a_stranger(issuer: Issuer, token: str) -> str:
    """The same claims under the issuer's name and another key."""
    claims = jwt.decode(token, options={"verify_signature": False})
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": issuer.key_id})


def dashboards(issuer: Issuer) -> str:
    """The dashboard's token."""
    return issuer.service_token(email=DASHBOARD_ACCOUNT)


def an_hour_ago() -> dict[str, int]:
    """Times of a token that was good."""
    now = int(time.time())
    return {"iat": now - 3700, "exp": now - 100}


# Who calls, with what; and how the doors answer him: anyone's, people's, the scheduler's, the analysts'.
CALLERS: dict[str, tuple[Headers, tuple[int, int, int, int]]] = {
    "nobody": (lambda _: {}, (IN, 401, 401, 401)),
    "nobody, with an analyst's assertion": (assertion, (IN, 401, 401, 401)),
    "a user": (lambda i: bearer(i.user_token("uid-ann")), (IN, IN, 401, 401)),
    "a user, with an analyst's assertion": (
        lambda i: bearer(i.user_token("uid-ann")) | assertion(i),
        (IN, IN, 401, 401),
    ),
    "the scheduler": (lambda i: bearer(i.service_token()), (401, 401, IN, 403)),
    "the scheduler, with an analyst's assertion": (
        lambda i: bearer(i.service_token()) | assertion(i),
        (401, 401, IN, 403),
    ),
    "the dashboard, for an analyst": (lambda i: bearer(dashboards(i)) | assertion(i), (401, 401, 403, IN)),
    "the dashboard, for nobody": (lambda i: bearer(dashboards(i)), (401, 401, 403, 401)),
    "the dashboard, with a user's token for assertion": (
        lambda i: bearer(dashboards(i)) | {"X-Analyst-Assertion": i.user_token("uid-ann")},
        (401, 401, 403, 401),
    ),
    "the dashboard, with its own token for assertion": (
        lambda i: bearer(dashboards(i)) | {"X-Analyst-Assertion": dashboards(i)},
        (401, 401, 403, 401),
    ),
    "the dashboard, with an expired assertion": (
        lambda i: bearer(dashboards(i)) | assertion(i, **an_hour_ago()),
        (401, 401, 403, 401),
    ),
    "an assertion in a token's place": (
        lambda i: bearer(i.analyst_assertion("analyst@mail.example")) | assertion(i),
        (401, 401, 401, 401),
    ),
    "another service of the project": (
        lambda i: bearer(i.service_token(email=f"place-bid@{i.project}.iam.gserviceaccount.com")) | assertion(i),
        (401, 401, 403, 403),
    ),
    "a forged user": (lambda i: bearer(by_a_stranger(i, i.user_token("uid-ann"))), (401, 401, 401, 401)),
    "a forged scheduler": (lambda i: bearer(by_a_stranger(i, i.service_token())), (401, 401, 401, 401)),
    "a forged dashboard": (
        lambda i: bearer(by_a_stranger(i, dashboards(i))) | assertion(i),
        (401, 401, 401, 401),
    ),
    "an expired user": (lambda i: bearer(i.user_token("uid-ann", **an_hour_ago())), (401, 401, 401, 401)),
    "an expired scheduler": (lambda i: bearer(i.service_token(**an_hour_ago())), (401, 401, 401, 401)),
    "a user of another project, replayed": (
        lambda i: bearer(i.user_token("uid-ann", aud="another-project")),
        (401, 401, 401, 401),
    ),
    "the scheduler's token for another function, replayed": (
        lambda i: bearer(i.service_token(aud="https://another.example")),
        (401, 401, 401, 401),
    ),
}

PRETENDED = {
    "X-Goog-Authenticated-User-Email": "accounts.google.com:analyst@mail.example",
    "X-Goog-Authenticated-User-Id": "accounts.google.com:1",
    "X-Goog-IAP-JWT-Assertion": "e30.e30.e30",
    "X-Serverless-Authorization": "Bearer e30.e30.e30",
    "X-Forwarded-User": "uid-ann",
    "X-CloudScheduler": "true",
    "X-CloudScheduler-JobName": "close-auctions",
    "X-Appengine-Cron": "true",
    "User-Agent": "Google-Cloud-Scheduler",
    "X-Forwarded-For": "127.0.0.1",
    "Cookie": "__session=uid-ann",
    "Host": "localhost",
}
"""What others' platforms put in front of an application, and what applications were seen to believe."""


@pytest.fixture
def knock(functions: Functions, http: httpx.Client) -> Callable[[str, Mapping[str, str]], httpx.Response]:
    """One request to an operation under these headers."""

    def send(operation: str, headers: Mapping[str, str]) -> httpx.Response:
        method, request = REQUESTS[operation]
        sent = {"Idempotency-Key": a_key(), **headers}
        return http.request(method, functions[operation].url, headers=sent, **request)  # type: ignore[arg-type]

    return send


def test_every_operation_stands_behind_one_door() -> None:
    """A new one must be put behind one of them here, or this test says so."""
    assert sorted(operation for door in DOORS.values() for operation in door) == sorted(OPERATIONS)


@pytest.mark.parametrize("caller", CALLERS)
def test_everybody_comes_in_where_he_may_and_nowhere_else(
    caller: str, knock: Callable[[str, Mapping[str, str]], httpx.Response], issuer: Issuer, records: Records
) -> None:
    """And nothing is written of whom nobody let in, nor is he told again what he sent."""
    make, answers = CALLERS[caller]
    headers = make(issuer)
    before = records.digest()

    for door, expected in zip(DOORS.values(), answers, strict=True):
        for operation in door:
            response = knock(operation, headers)
            if expected == IN:
                assert response.status_code not in (401, 403, 500), f"{operation}: {response.text}"
                continue
            assert response.status_code == expected, f"{operation}: {response.text}"
            check_problem(response)
            assert not [value for value in headers.values() if value.removeprefix("Bearer ") in response.text]

    assert records.digest() == before


@pytest.mark.parametrize("operation", sorted({*OPERATIONS} - {*DOORS["anyone"]}))
def test_headers_that_only_a_platform_should_set_let_nobody_in(
    operation: str, knock: Callable[[str, Mapping[str, str]], httpx.Response]
) -> None:
    """Nothing is believed that is not signed."""
    assert knock(operation, PRETENDED).status_code == 401


def test_a_captured_bid_sent_by_another_is_his_own(functions: Functions, issuer: Issuer, http: httpx.Client) -> None:
    """Whoever repeats somebody's request, key and all, bids for himself and learns nothing of the other's maximum."""
    market = Market(functions, issuer, http)
    listing, key = market.create(), a_key()
    market.user("ann").bid(listing, 77_77, key=key)

    response = market.user("bob").try_bid(listing, 77_77, key=key)

    assert response.status_code == 201
    assert response.json()["you"] == {"is_seller": False, "leading": False, "your_max": 77_77, "alias": "Bidder 2"}
    assert market.user("ann").get(listing)["you"]["leading"] is True
    assert market.get(listing)["listing"]["bid_count"] == 2
