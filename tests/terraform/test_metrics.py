"""Every log-based metric against lines that real functions wrote, and the platform's as Google documents them.

A metric whose filter matches no line is a chart that is always empty and an alert that never comes.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from dev.stack import ports
from dev.stack.functions import FunctionProcess
from dev.stack.issuer import Issuer
from tests.market import Functions, Market, Records, eventually, running_functions
from tests.terraform.filters import Entry, LogMetric, entry_of, field

METRICS = LogMetric.all()

Payload = Mapping[str, Any]

MEANT: dict[str, Callable[[Payload], bool]] = {
    "requests": lambda line: line["message"] == "request",
    "failures": lambda line: line["message"] == "request" and line["status"] in (500, 503),
    "latency": lambda line: line["message"] == "request" and line["status"] not in (500, 503),
    "bugs": lambda line: "stack_trace" in line,
    "closing_delay": lambda line: line["message"] == "auctions closed",
    "late_closings": lambda line: line["message"] == "auctions closed" and line["delay_seconds"] > 90,
    "pushes": lambda line: line["message"] == "mirror write",
    "pushes_missed": lambda line: line["message"] == "mirror write" and not line["shown"],
    "mirror_lag": lambda line: line["message"] == "mirror write" and line["shown"],
    "mirror_unreachable": lambda line: line["message"] == "mirror unreachable",
}
"""Which of our lines each metric is about."""

NEEDS_EMULATOR = {"mirror_lag"}
"""Metrics of lines that are only written where Firestore takes the write."""

LATE_SECONDS = 100.0

_REQUESTS = {"logName": "projects/demo/logs/run.googleapis.com%2Frequests"}
_SCHEDULER = {"logName": "projects/demo/logs/cloudscheduler.googleapis.com%2Fexecutions"}
_FUNCTION = {"type": "cloud_run_revision", "labels": {"service_name": "place-bid"}}
_JOB = {"type": "cloud_scheduler_job", "labels": {"job_id": "close-auctions", "location": "europe-west1"}}
_NO_INSTANCE = "The request was aborted because there was no available instance."
_TIME_RAN_OUT = "The request has been terminated because it has reached the maximum request timeout."

PLATFORM: dict[str, tuple[list[Entry], list[Entry]]] = {
    "lost_requests": (
        [
            {**_REQUESTS, "resource": _FUNCTION, "httpRequest": {"status": 429}, "textPayload": _NO_INSTANCE},
            {**_REQUESTS, "resource": _FUNCTION, "httpRequest": {"status": 504}, "textPayload": _TIME_RAN_OUT},
        ],
        [
            {**_REQUESTS, "resource": _FUNCTION, "severity": "INFO", "httpRequest": {"status": 201}},
            {**_REQUESTS, "resource": _FUNCTION, "severity": "ERROR", "httpRequest": {"status": 503}},
        ],
    ),
    "scheduler_failures": (
        [{**_SCHEDULER, "resource": _JOB, "severity": "ERROR", "jsonPayload": {"status": "PERMISSION_DENIED"}}],
        [{**_SCHEDULER, "resource": _JOB, "severity": "INFO", "jsonPayload": {"jobName": "close-auctions"}}],
    ),
}
"""Lines that Cloud Run and Cloud Scheduler write themselves: those a metric counts, and those it does not."""


class Read:
    """What a function has logged since we began to read."""

    def __init__(self, function: FunctionProcess) -> None:
        self.operation = function.operation
        self._log: Path = function.log
        self._from = self._log.stat().st_size

    def entries(self) -> list[Entry]:
        """The lines as Cloud Logging stores them."""
        with self._log.open("rb") as log:
            log.seek(self._from)
            lines = log.read().decode().splitlines()
        return [entry for line in lines if (entry := entry_of(line, operation=self.operation))]

    def wait_for(self, message: str, *, seconds: float = 10.0) -> None:
        """Until a line with this message is there; those who look for it say that it is not."""
        eventually(lambda: any(said(entry) == message for entry in self.entries()), seconds=seconds)


def said(entry: Entry) -> str:
    """The message of a line."""
    return str(field(entry, "jsonPayload.message") or entry.get("textPayload"))


@pytest.fixture(scope="module")
def troubled(function_env: dict[str, str]) -> Iterator[Functions]:
    """A bidder's function without room, a reader's whose tables are gone, a seller's whose mirror is out of reach."""
    nowhere = {"MIRROR": "firestore", "FIRESTORE_EMULATOR_HOST": f"127.0.0.1:{ports.free_port()}"}
    own = {
        "place_bid": {"BID_LANE_CAPACITY": "0"},
        "get_listing": {"DB_NAME": "information_schema"},
        "create_listing": nowhere,
    }
    with running_functions(list(own), function_env, own=own) as functions:
        yield functions


@pytest.fixture(scope="module")
def usual_lines(functions: Functions, issuer: Issuer, http: httpx.Client, records: Records) -> list[Entry]:
    """What an ordinary evening leaves in the log: an offer, bids, a refusal, a late close, a repair."""
    records.forget_listings()  # what other tests left open long ago would be closed late too
    reads = [Read(function) for function in functions.values()]
    market = Market(functions, issuer, http)
    listing = market.create()
    market.bid(listing, 5_00, by="ann")
    assert market.user("bob").try_bid(listing, 1).status_code == 409
    market.get(listing)
    records.ends_in(listing, -LATE_SECONDS)
    market.scheduler.close_auctions()
    market.scheduler.send("sync_mirror", json={})
    for read in reads:
        if read.operation in ("place_bid", "close_auctions", "sync_mirror"):
            read.wait_for("request")
    return [entry for read in reads for entry in read.entries()]


@pytest.fixture(scope="module")
def lines(usual_lines: list[Entry], troubled: Functions, functions: Functions, issuer: Issuer) -> list[Entry]:
    """And what trouble leaves there."""
    reads = [Read(function) for function in troubled.values()]
    with httpx.Client(trust_env=False, timeout=20) as http:
        listing = Market(functions, issuer, http).create()
        market = Market(troubled, issuer, http)
        assert market.user("ann").try_bid(listing, 5_00).status_code == 503
        assert http.get(troubled["get_listing"].url, params={"id": listing["id"]}).status_code == 500
        market.create()
    for read in reads:
        read.wait_for("mirror write" if read.operation == "create_listing" else "request")
    return usual_lines + [entry for read in reads for entry in read.entries()]


@pytest.fixture(scope="module")
def mirrored_lines(mirrored_env: dict[str, str], issuer: Issuer) -> list[Entry]:
    """What a function leaves there whose Firestore takes what it writes."""
    with (
        running_functions(["create_listing"], mirrored_env) as functions,
        httpx.Client(trust_env=False, timeout=20) as http,
    ):
        read = Read(functions["create_listing"])
        Market(functions, issuer, http).create()
        read.wait_for("mirror write")
        return read.entries()


def check(metric: LogMetric, lines: list[Entry]) -> None:
    """It counts the lines that it is about and no others, and finds a number and a word in each of them."""
    counted = [entry for entry in lines if metric.matches(entry)]
    meant = [entry for entry in lines if MEANT[metric.name](entry.get("jsonPayload", {"message": None}))]
    assert counted, f"no function wrote a line that gavel/{metric.name} counts: {sorted({said(e) for e in lines})}"
    assert counted == meant
    for entry in counted:
        if metric.value:
            assert type(field(entry, metric.value)) in (int, float), json.dumps(entry)
        for path in metric.labels.values():
            assert isinstance(field(entry, path), str | int), json.dumps(entry)


def test_every_metric_is_tested() -> None:
    """On our lines or on the platform's."""
    assert METRICS.keys() == MEANT.keys() | PLATFORM.keys()
    assert len(METRICS) >= 12


@pytest.mark.parametrize("name", sorted(MEANT.keys() - NEEDS_EMULATOR))
def test_a_metric_counts_lines_that_functions_write(name: str, lines: list[Entry]) -> None:
    """Those it is about, all of them, and no others."""
    check(METRICS[name], lines)


@pytest.mark.emulator
@pytest.mark.parametrize("name", ["mirror_lag", "pushes"])
def test_a_metric_counts_lines_of_a_mirror_that_works(
    name: str, lines: list[Entry], mirrored_lines: list[Entry]
) -> None:
    """A change that is shown, among all the other lines."""
    check(METRICS[name], lines + mirrored_lines)


@pytest.mark.parametrize("name", PLATFORM)
def test_a_metric_counts_lines_of_the_platform(name: str) -> None:
    """Those it is about and not their sound neighbours."""
    counted, sound = PLATFORM[name]
    metric = METRICS[name]

    assert [entry for entry in counted + sound if metric.matches(entry)] == counted
    for entry in counted:
        for path in metric.labels.values():
            assert isinstance(field(entry, path), str)


def test_the_platforms_metrics_count_none_of_our_lines(lines: list[Entry]) -> None:
    """Otherwise a failure of ours would ring twice."""
    counted = [entry for entry in lines for name in PLATFORM if METRICS[name].matches(entry)]

    assert counted == []


def test_the_delay_of_a_close_is_how_late_it_was(usual_lines: list[Entry]) -> None:
    """In seconds after the auction's end, of the one that waited longest."""
    delays = [field(entry, "jsonPayload.delay_seconds") for entry in usual_lines if said(entry) == "auctions closed"]

    assert delays
    assert LATE_SECONDS <= max(delays) < 2 * LATE_SECONDS


def test_a_bids_line_has_what_its_objectives_ask(usual_lines: list[Entry]) -> None:
    """Operation, outcome and status as the objectives' filters name them."""
    bids = [entry for entry in usual_lines if field(entry, "jsonPayload.operation") == "place_bid"]

    told = {(field(entry, "jsonPayload.outcome"), field(entry, "jsonPayload.status")) for entry in bids}
    assert told == {("ok", 201), ("bid_too_low", 409)}
