"""Traces that begin in the browser, and the id by which an operator finds a request that went wrong."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Request, expect

from dev.stack import ports
from dev.stack.gateway import GatewayFacts, served
from dev.stack.issuer import Issuer
from dev.stack.settings import ROOT
from tests.api.collector import Collector, collecting
from tests.browser.conftest import OpenWindow
from tests.market import Functions, Market, eventually, running_functions

OPERATIONS = ("create_listing", "place_bid", "get_listing", "search_listings")
TRACEPARENT = re.compile(r"00-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-01")


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    """Where the functions send their spans."""
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="module")
def functions(function_env: dict[str, str], collector: Collector) -> Iterator[Functions]:
    """Functions with traces on; the search has no database."""
    traced = {"TRACES": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_BSP_SCHEDULE_DELAY": "50"}
    lost = {"search_listings": {"DB_PORT": str(ports.free_port())}}
    with running_functions(OPERATIONS, function_env | traced, own=lost) as functions:
        yield functions


@pytest.fixture(scope="module")
def house(functions: Functions, issuer: Issuer, project: str) -> Iterator[str]:
    """The site before those functions."""
    facts = GatewayFacts(
        functions={operation: function.url for operation, function in functions.items()},
        issuer=issuer,
        dist=ROOT / "web" / "site" / "dist",
        emulator=None,
        project=project,
        site_url="http://site",
    )
    with served(facts) as url:
        yield url


def test_a_bids_trace_begins_in_the_browser(open_window: OpenWindow, market: Market, collector: Collector) -> None:
    """What it sent is the parent of the function's span, which leads down to the statements."""
    listing, window = market.create(), open_window()
    sent: list[Request] = []
    window.page.on("request", lambda request: sent.append(request) if "/place_bid" in request.url else None)
    window.open_listing(listing)
    window.sign_in(market.user("alice"))

    window.bid("5")

    window.stands("leading")
    (request,) = sent
    header = TRACEPARENT.fullmatch(request.headers["traceparent"])
    assert header is not None
    answer = request.response()
    assert answer is not None
    assert answer.headers["x-request-id"] == header["trace"]
    assert eventually(lambda: any(span.name == "place_bid" for span in collector.of(header["trace"])))
    (span,) = [span for span in collector.of(header["trace"]) if span.name == "place_bid"]
    assert span.parent_id == header["span"]
    names = {span.name for span in collector.of(header["trace"])}
    assert {"batch", "transaction", "COMMIT"} <= names


def test_what_went_wrong_is_found_in_the_log_by_what_the_page_says(
    open_window: OpenWindow, functions: Functions
) -> None:
    """The market cannot be read; the line of that very request says so."""
    window = open_window(viewport={"width": 320, "height": 640})
    window.may_be_refused(503)
    window.open()

    expect(window(".market__note")).to_contain_text("If you write to us, mention")

    mentioned = re.search(r"mention ([0-9a-f]{32})\.", window(".market__note").inner_text())
    assert mentioned is not None
    log = functions["search_listings"].log
    assert eventually(lambda: f'/traces/{mentioned[1]}"' in log.read_text())
    assert window.overflow == 0


def test_every_call_is_a_trace_of_its_own(open_window: OpenWindow, market: Market) -> None:
    """Nothing ties the calls of a visitor together."""
    listing, window = market.create(), open_window()
    sent: list[str] = []
    window.page.on("request", lambda request: sent.extend(value_of(request)))

    window.open_listing(listing)
    window.page.reload()
    expect(window("#price")).to_be_visible()

    assert eventually(lambda: len(sent) >= 2)
    found = [TRACEPARENT.fullmatch(header) for header in sent]
    assert all(found)
    assert len({match["trace"] for match in found if match}) == len(sent)


def value_of(request: Request) -> list[str]:
    """The header of a call to a function."""
    return [request.headers["traceparent"]] if "/api/" in request.url else []
