"""Request ids, which every answer carries; and traces, from the browser's call to the SQL statement, when on."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from common.config import SettingsError
from common.config.tracing import TraceSettings
from dev.stack import ports
from dev.stack.issuer import Issuer
from dev.stack.settings import ROOT
from tests.analysts import Analyst
from tests.api.collector import Collector, Span, collecting
from tests.market import ALLOWED_ORIGIN, Functions, Market, a_key, a_listing, eventually, running_functions

OPERATIONS = ("create_listing", "place_bid", "search_listings", "nl_query")
CALLER = "00f067aa0ba902b7"
SOON = {"OTEL_BSP_SCHEDULE_DELAY": "50"}
PROBE = """
import asyncio, sys
from starlette.requests import Request
from common import runtime
from common.api.endpoint import answer
from common.operations import place_bid
from common.store.store import Store
scope = {"type": "http", "method": "OPTIONS", "path": "/", "query_string": b"", "headers": []}
response = asyncio.run(answer(Request(scope), place_bid, runtime.services()))
assert response.headers["x-request-id"]
print(any(name.partition(".")[0] == "opentelemetry" for name in sys.modules), hasattr(Store.transact, "__wrapped__"))
"""


def a_trace(*, sampled: bool = True) -> tuple[str, dict[str, str]]:
    """A caller's trace id, and the header that tells it."""
    trace_id = secrets.token_hex(16)
    return trace_id, {"traceparent": f"00-{trace_id}-{CALLER}-0{int(sampled)}"}


@pytest.mark.parametrize(
    ("operation", "request_", "status"),
    [
        ("search_listings", {"params": {"limit": 1}}, 200),
        ("search_listings", {"params": {"limit": 0}}, 400),
        ("search_listings", {"method": "POST"}, 405),
        ("search_listings", {"method": "OPTIONS"}, 204),
        ("search_listings", {"method": "OPTIONS", "headers": {"Origin": ALLOWED_ORIGIN}}, 204),
        ("search_listings", {"params": {"limit": 1}, "headers": {"Origin": ALLOWED_ORIGIN}}, 200),
        ("get_listing", {"params": {"id": "AAAAAAAAAAA"}}, 404),
        ("place_bid", {"json": {}}, 401),
        ("close_auctions", {"json": {}}, 401),
    ],
)
def test_every_answer_carries_the_callers_id(
    market: Market, operation: str, request_: dict[str, object], status: int
) -> None:
    """Once; a problem has it in its body too."""
    trace_id, header = a_trace()
    headers = {**header, **dict(request_.get("headers", {}))}  # type: ignore[call-overload]

    response = market.nobody.send(operation, **{**request_, "headers": headers})

    assert response.status_code == status
    assert response.headers.get_list("x-request-id") == [trace_id]
    if response.status_code >= 400:
        assert response.json()["trace_id"] == trace_id


def test_an_answer_without_a_body_carries_it_too(market: Market) -> None:
    """A listing that has not changed, and an accepted bid."""
    listing = market.create()
    bid = market.user("ann").try_bid(listing, 5_00)
    etag = market.nobody.send("get_listing", params={"id": listing["id"]}).headers["etag"]
    trace_id, header = a_trace()

    same = market.nobody.send("get_listing", params={"id": listing["id"]}, headers={**header, "If-None-Match": etag})

    assert same.status_code == 304
    assert same.headers.get_list("x-request-id") == [trace_id]
    assert len(bid.headers["x-request-id"]) == 32


def test_the_log_has_the_request_under_its_id(market: Market) -> None:
    """Which is new where the caller named none."""
    first, second = (market.nobody.send("search_listings").headers["x-request-id"] for _ in range(2))

    assert first != second
    log = market.functions["search_listings"].log
    assert eventually(lambda: f'/traces/{second}"' in log.read_text())
    line = next(line for line in log.read_text().splitlines() if f'/traces/{first}"' in line)
    assert json.loads(line)["operation"] == "search_listings"


@pytest.mark.parametrize(("traces", "loaded"), [("", "False"), ("off", "False"), ("otlp", "True")])
def test_nothing_is_loaded_or_wrapped_while_traces_are_off(
    function_env: dict[str, str], traces: str, loaded: str
) -> None:
    """Off is what they are unless somebody says otherwise."""
    endpoint = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{ports.HOST}:{ports.free_port()}"}
    env = {**os.environ, **function_env, **endpoint, "TRACES": traces}

    probe = subprocess.run([sys.executable, "-c", PROBE], cwd=ROOT, env=env, capture_output=True, text=True, check=True)

    assert probe.stdout.split() == [loaded, loaded]


@pytest.mark.parametrize("env", [{"TRACES": "on"}, {"TRACES": "cloud", "GOOGLE_CLOUD_PROJECT": ""}], ids=str)
def test_a_setting_that_makes_no_sense_is_refused(env: dict[str, str]) -> None:
    """By its name."""
    with pytest.raises(SettingsError, match=r"TRACES|GOOGLE_CLOUD_PROJECT"):
        TraceSettings.from_env({"GOOGLE_CLOUD_PROJECT": "p", **env})


def test_the_platforms_name_of_the_function_is_the_services() -> None:
    """So that each function is one service among the traces."""
    settings = TraceSettings.from_env({"GOOGLE_CLOUD_PROJECT": "p", "TRACES": "cloud", "K_SERVICE": "place-bid"})

    assert settings == TraceSettings(project="p", service="place-bid", cloud=True)


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """Where the traced functions send their spans."""
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="module")
def traced(function_env: dict[str, str], collector: Collector) -> Iterator[Functions]:
    """Functions with traces on; the search has no database."""
    env = {**function_env, **SOON, "TRACES": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
    lost = {"search_listings": {"DB_PORT": str(ports.free_port())}}
    with running_functions(OPERATIONS, env, own=lost) as functions:
        yield functions


@pytest.fixture
def visit(traced: Functions, issuer: Issuer, http: httpx.Client) -> Market:
    """The market of those functions."""
    return Market(traced, issuer, http)


def came(collector: Collector, trace_id: str, name: str) -> Span:
    """The span of this name, once it has been sent: a request's is sent after all below it."""
    assert eventually(lambda: any(span.name == name for span in collector.of(trace_id)))
    (span,) = [span for span in collector.of(trace_id) if span.name == name]
    return span


def test_a_bids_trace_leads_from_the_caller_to_its_statements(visit: Market, collector: Collector) -> None:
    """Request, batch, transaction, statements, each below the one before; values stay out."""
    listing, bidder = visit.create(), visit.user("ann")
    trace_id, header = a_trace()
    key = a_key()
    body = {"listing_id": listing["id"], "max_amount": 7_654_321}

    response = bidder.send("place_bid", json=body, headers={**header, "Idempotency-Key": key})

    assert response.headers["x-request-id"] == trace_id
    request = came(collector, trace_id, "place_bid")
    assert request.parent_id == CALLER
    assert request.attributes == {
        "gavel.operation": "place_bid",
        "gavel.outcome": "ok",
        "http.response.status_code": 201,
    }
    (batch,) = collector.below(request)
    assert (batch.name, batch.attributes) == ("batch", {"gavel.bids": 1})
    (transaction,) = collector.below(batch)
    assert (transaction.name, transaction.attributes) == ("transaction", {"gavel.attempts": 1})
    statements = collector.below(transaction)
    texts = [str(statement.attributes["db.query.text"]) for statement in statements]
    assert any("FOR UPDATE" in text for text in texts)
    assert texts[-1].endswith("; COMMIT")
    assert statements[-1].name == "COMMIT"
    for secret in (b"7654321", key.encode(), bidder.user_id.encode(), listing["id"].encode()):
        assert secret not in collector.raw


def test_work_on_a_thread_stands_below_its_request(visit: Market, collector: Collector) -> None:
    """As of every operation but bids."""
    trace_id, header = a_trace()

    visit.user("seller").send("create_listing", json=a_listing(), headers=header)

    request = came(collector, trace_id, "create_listing")
    assert {span.name for span in collector.below(request)} == {"transaction"}


def test_bids_of_one_batch_know_each_other(visit: Market, collector: Collector) -> None:
    """It stands below one of them; it and the others are linked both ways."""
    listing, bidders = visit.create(), visit.users(24)
    traces = [a_trace() for _ in bidders]

    def bid(number: int) -> int:
        body = {"listing_id": listing["id"], "max_amount": 10_00 * (number + 1)}
        headers = {**traces[number][1], "Idempotency-Key": a_key()}
        return bidders[number].send("place_bid", json=body, headers=headers).status_code

    with ThreadPoolExecutor(len(bidders)) as threads:
        assert set(threads.map(bid, range(len(bidders)))) <= {201, 409}

    requests = [came(collector, trace_id, "place_bid") for trace_id, _ in traces]
    batches = [span for request in requests for span in collector.below(request)]
    assert sum(int(str(batch.attributes["gavel.bids"])) for batch in batches) == len(bidders)
    assert len(batches) < len(bidders), "some shared one"
    for request in requests:
        below = {batch.span_id for batch in collector.below(request)}
        linked = {batch.span_id for batch in batches if request.span_id in batch.links}
        assert len(below | linked) == 1
        assert request.links == linked


def test_what_the_caller_does_not_sample_is_not_sent(visit: Market, collector: Collector) -> None:
    """But named all the same."""
    listing = visit.create()
    (unsampled, header), (sampled, later) = a_trace(sampled=False), a_trace()
    body = {"listing_id": listing["id"], "max_amount": 5_00}

    for headers, trace_id in ((header, unsampled), (later, sampled)):
        sent = visit.user("ann").send("place_bid", json=body, headers={**headers, "Idempotency-Key": a_key()})
        assert sent.headers["x-request-id"] == trace_id

    came(collector, sampled, "place_bid")
    assert collector.of(unsampled) == []


@pytest.mark.parametrize(
    ("header", "parent"),
    [("{trace}/12345;o=1", f"{12345:016x}"), ("{trace}/12345", f"{12345:016x}"), ("{trace}", None)],
)
def test_googles_header_names_a_trace_too(visit: Market, collector: Collector, header: str, parent: str | None) -> None:
    """Where the W3C's is missing."""
    trace_id, _ = a_trace()

    response = visit.nobody.send("place_bid", json={}, headers={"X-Cloud-Trace-Context": header.format(trace=trace_id)})

    assert response.headers["x-request-id"] == trace_id
    request = came(collector, trace_id, "place_bid")
    assert parent in (None, request.parent_id)


@pytest.mark.parametrize("header", [{}, {"traceparent": "garbage"}, {"X-Cloud-Trace-Context": f"{'0' * 32}/1;o=1"}])
def test_without_a_good_header_a_request_begins_its_own_trace(
    visit: Market, collector: Collector, header: Mapping[str, str]
) -> None:
    """Whose id the caller is told."""
    trace_id = visit.nobody.send("place_bid", json={}, headers=header).headers["x-request-id"]

    request = came(collector, trace_id, "place_bid")
    assert request.parent_id == ""
    assert request.attributes["gavel.outcome"] == "unauthenticated"
    assert not request.failed, "the caller's fault"


def test_trouble_is_marked_without_the_drivers_words(visit: Market, collector: Collector) -> None:
    """What failed is seen, and nothing of where the database was sought."""
    trace_id, header = a_trace()

    assert visit.nobody.send("search_listings", headers=header).status_code == 503

    request = came(collector, trace_id, "search_listings")
    (transaction,) = collector.below(request)
    assert (request.failed, request.attributes["gavel.outcome"]) == (True, "unavailable")
    assert transaction.attributes == {"gavel.attempts": 0, "error.type": "unavailable"}
    assert {span.events for span in collector.spans} == {0}


def test_an_analysts_statement_is_not_told(
    traced: Functions, issuer: Issuer, http: httpx.Client, collector: Collector
) -> None:
    """It holds what he asked for."""
    analyst = Analyst.new(traced, issuer, http)
    trace_id, header = a_trace()

    analyst.with_headers(**header).ask("lamps", sql_override="SELECT id FROM listings WHERE title = 'my own secret'")

    request = came(collector, trace_id, "nl_query")
    questions = [span for span in collector.of(trace_id) if span.name == "reporting"]
    assert questions
    assert {"db.query.text"} & {name for span in questions for name in span.attributes} == set()
    assert b"my own secret" not in collector.raw
    assert request.attributes["gavel.outcome"] == "ok"


def test_a_collector_that_is_gone_costs_no_answer(function_env: dict[str, str], http: httpx.Client) -> None:
    """Spans are lost, requests are not."""
    nowhere = f"http://{ports.HOST}:{ports.free_port()}"
    env = {**function_env, **SOON, "TRACES": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": nowhere}

    with running_functions(["search_listings"], env) as functions:
        statuses = [http.get(functions["search_listings"].url).status_code for _ in range(20)]

    assert statuses == [200] * 20


def test_googles_collector_is_told_who_sends(
    function_env: dict[str, str], http: httpx.Client, tmp_path: Path, project: str
) -> None:
    """With the function's own credentials; what is left when the function ends is sent then."""
    with collecting() as google:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        account = {
            "type": "service_account",
            "client_email": "place-bid@demo-gavel.iam.gserviceaccount.com",
            "private_key": key.decode(),
            "token_uri": f"{google.url}/token",
        }
        file = tmp_path / "account.json"
        file.write_text(json.dumps(account))
        env = {
            **function_env,
            "TRACES": "cloud",
            "OTEL_EXPORTER_OTLP_ENDPOINT": google.url,
            "GOOGLE_APPLICATION_CREDENTIALS": str(file),
            "OTEL_BSP_SCHEDULE_DELAY": "60000",
        }
        with running_functions(["search_listings"], env) as functions:
            trace_id = http.get(functions["search_listings"].url).headers["x-request-id"]
            assert google.spans == []

        assert google.of(trace_id)
        assert {headers["authorization"] for headers in google.headers} == {"Bearer a-token"}
        assert google.resource["gcp.project_id"] == project
        assert google.resource["service.name"] == "gavel"
