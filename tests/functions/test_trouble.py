"""Trouble on our side: what a caller is told when database, issuer or room are missing, and what he is not told."""

import time
from collections.abc import Iterator

import httpx
import pytest

from dev.stack import ports
from dev.stack.issuer import Issuer
from tests.market import Functions, Market, Records, check_problem, eventually, running_functions

SECRET = 98_765_43


@pytest.fixture(scope="module")
def troubled(function_env: dict[str, str]) -> Iterator[Functions]:
    """Functions that each lack something."""
    nowhere = str(ports.free_port())
    lacks = {
        "search_listings": {"DB_PORT": nowhere},
        "place_bid": {"BID_LANE_CAPACITY": "0"},
        "create_listing": {"LOCAL_ISSUER": f"http://127.0.0.1:{nowhere}"},
        "get_listing": {"DB_NAME": "information_schema"},
    }
    with running_functions(list(lacks), function_env, own=lacks) as functions:
        yield functions


@pytest.fixture
def visit(troubled: Functions, issuer: Issuer, http: httpx.Client) -> Market:
    """The market of those functions."""
    return Market(troubled, issuer, http)


def test_without_a_database_the_caller_is_asked_to_come_back(visit: Market) -> None:
    """503 with Retry-After, soon, and without a word of where the database was sought."""
    begun = time.monotonic()

    response = visit.nobody.send("search_listings")

    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert response.headers["retry-after"] == str(response.json()["retry_after_seconds"])
    assert time.monotonic() - begun < 5
    for told in ("127.0.0.1", "mysql", "DB_", "connect"):
        assert told not in response.json()["detail"].lower()


def test_without_the_issuers_keys_it_is_not_the_callers_fault(visit: Market) -> None:
    """503, not 401: his token may be good."""
    response = visit.user("ann").send("create_listing", json={})

    assert (response.status_code, response.json()["code"]) == (503, "unavailable")


def test_without_room_in_the_lane_nothing_is_begun(visit: Market, market: Market, records: Records) -> None:
    """503 at once, with Retry-After; the listing is as it was."""
    listing = market.create()
    before = records.digest()

    response = visit.user("ann").try_bid(listing, SECRET)

    assert (response.status_code, response.json()["code"]) == (503, "busy")
    assert response.headers["retry-after"] == "1"
    assert str(SECRET) not in response.text
    assert records.digest() == before


def test_our_bug_is_told_to_the_log_alone(visit: Market, troubled: Functions, http: httpx.Client) -> None:
    """The caller gets a trace id, and the log has the reason under it."""
    response = http.get(troubled["get_listing"].url, params={"id": "AAAAAAAAAAA"})

    body = check_problem(response)
    log = troubled["get_listing"].log
    assert (response.status_code, body["code"]) == (500, "internal")
    assert not [word for word in ("listings", "SELECT", "Table", "information_schema") if word in response.text]
    assert eventually(lambda: log.read_text().count(body["trace_id"]) == 2), "two lines: the fault and the request"
    assert "stack_trace" in log.read_text()
