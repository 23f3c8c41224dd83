"""Analysts' questions over a large past: what they take, and what they cost the bidders."""

from __future__ import annotations

import http.client
import itertools
import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from threading import Event, Thread
from typing import Any

from common.nl.verified import catalogue
from dev.bench.lots import GavelLots
from dev.bench.market import Market
from dev.bench.paced import PacedBidder
from dev.bench.past import make_past
from dev.stack.functions import FunctionProcess
from dev.stack.issuer import DASHBOARD_ACCOUNT
from dev.stack.process import StartFailed
from dev.stack.progress import say

OVERHEAD_MS, CACHED_MS, FIRST_MS, LARGE_MS, RISE = 20.0, 10.0, 1500.0, 1000.0, 1.2
SMALL = "SELECT COUNT(*) AS days FROM calendar"
WORST = (
    "SELECT COUNT(*) FROM bids a JOIN bids b ON b.bidder_id = a.bidder_id JOIN bids c ON c.bidder_id = b.bidder_id",
    "SELECT MAX(r) AS n FROM (SELECT RANK() OVER (PARTITION BY bidder_id ORDER BY amount, placed_at) AS r FROM bids) t",
    "SELECT COUNT(DISTINCT CONCAT(bidder_id, amount, placed_at)) AS n FROM bids",
    "SELECT bidder_id, seller_id, COUNT(DISTINCT title) FROM bids b JOIN listings l ON l.id = listing_id GROUP BY 1, 2",
)
"""As much work as the guard lets through, in several ways; each ends when its time is over at the latest."""
BIDS_PER_SECOND = 50
TURNS = 3

Answer = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideBids:
    """Milliseconds of bids while nobody asks and while somebody asks the worst, and of the worst questions."""

    quiet: Sequence[float]
    asked: Sequence[float]
    worst: Sequence[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Milliseconds of each thing that was measured; `beside` by where the questions are answered."""

    bids: int
    first: Sequence[float]
    overhead: Sequence[float]
    cached: Sequence[float]
    verified: Mapping[str, float]
    beside: Mapping[str, BesideBids]


class Asker:
    """One analyst; a connection for each question, since the framework ends idle ones after two seconds."""

    def __init__(self, market: Market, function: FunctionProcess) -> None:
        self._address = function.url.removeprefix("http://")
        self._headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {market.issuer.service_token(email=DASHBOARD_ACCOUNT)}",
            "X-Analyst-Assertion": market.issuer.analyst_assertion("analyst@mail.example"),
        }

    def ask(self, question: str, **more: object) -> tuple[Answer, float]:
        """The answer, and how long it took in milliseconds."""
        told, elapsed = self.send(question, **more)
        return json.loads(told), elapsed

    def send(self, question: str, **more: object) -> tuple[bytes, float]:
        """As `ask`, but the answer is left as it came: who bids in this process meanwhile must not wait for that."""
        begun = time.perf_counter()
        with closing(http.client.HTTPConnection(self._address, timeout=60)) as connection:
            connection.request("POST", "/", json.dumps({"question": question, **more}), self._headers)
            told = connection.getresponse().read()
        return told, 1000 * (time.perf_counter() - begun)

    def answered(self, question: str, **more: object) -> tuple[Answer, float]:
        """As `ask`.

        Raises:
            StartFailed: it was not answered.
        """
        told, elapsed = self.ask(question, **more)
        if told.get("status") != "answered":
            raise StartFailed(f"{question!r} was not answered: {told.get('reason') or told}")
        return told, elapsed


def measure(market: Market, bids: int, *, questions: int, seconds: int) -> Result:
    """All of it, one after the other.

    Raises:
        StartFailed: a function does not come up or does not answer.
    """
    say(f"  making {bids:,} bids")
    make_past(market.server, bids)
    firsts = [_first(market) for _ in range(5)]
    with market.asking() as function:
        asker = Asker(market, function)
        asker.answered("warm", sql_override=SMALL)
        overhead = [_overhead(asker) for _ in range(questions)]
        cached = [asker.answered("cached", sql_override=SMALL)[1] for _ in range(questions)]
        verified = dict(_verified(asker))
        beside = {"on the bidders' server": _beside_bids(market, asker, seconds)}
    with market.replica() as replica, market.asking(replica) as function:
        asker = Asker(market, function)
        asker.answered("warm", sql_override=SMALL)
        beside["on a replica"] = _beside_bids(market, asker, seconds)
    return Result(bids=bids, first=firsts, overhead=overhead, cached=cached, verified=verified, beside=beside)


def report(result: Result) -> Iterator[str]:
    """Lines of text."""
    slowest = sorted(result.verified.items(), key=lambda item: item[1], reverse=True)
    within = sum(milliseconds <= LARGE_MS for milliseconds in result.verified.values())
    yield f"{'milliseconds':58}{'p50':>9}{'p99':>9}  target"
    yield _line("first question of a cold process, no model", result.first, FIRST_MS)
    yield _line("overhead: all but the database, not cached", result.overhead, OVERHEAD_MS)
    yield _line("cached answer", result.cached, CACHED_MS)
    yield _line(f"verified questions over {result.bids:,} bids, each once", list(result.verified.values()), LARGE_MS)
    yield f"  {within} of {len(result.verified)} within {LARGE_MS:.0f} ms; the slowest:"
    yield from (f"    {milliseconds:8.0f}  {question}" for question, milliseconds in slowest[:8])
    for where, bids in result.beside.items():
        rise = _percentile(bids.asked, 99) / _percentile(bids.quiet, 99)
        yield _line(f"place_bid at {BIDS_PER_SECOND}/s, nobody asks", bids.quiet)
        yield _line(f"place_bid while the worst queries run {where}", bids.asked)
        yield f"  its p99 is {rise:.2f} times as long (target < {RISE:g}): {'met' if rise < RISE else 'missed'}"
        yield f"  {len(bids.worst)} such queries ran in turn, each for {statistics.median(bids.worst):.0f} ms (median)"


def _first(market: Market) -> float:
    """The first question of a process that answers already."""
    with market.asking() as function:
        return Asker(market, function).answered("Top 5 listings by bids")[1]


def _overhead(asker: Asker) -> float:
    told, elapsed = asker.answered("fresh", sql_override=SMALL, refresh=True)
    return elapsed - float(told["timings"]["database_ms"])


def _verified(asker: Asker) -> Iterator[tuple[str, float]]:
    """Each verified question with its usual values; what the limits end has taken as long as they let it."""
    for question in catalogue().questions:
        text = question.text(question.values({}))
        told, elapsed = asker.ask(text, verified=question.id, refresh=True)
        yield text, elapsed
        say(f"  {elapsed:7.0f} ms  {told['status']:8} {len(told['rows']):5} rows  {text}")


def _beside_bids(market: Market, asker: Asker, seconds: int) -> BesideBids:
    """Latencies of bids without and with the worst query, in turns, and how long that ran each time."""
    (listing_id,) = GavelLots(market.server).open(1)
    quiet: list[float] = []
    asked: list[float] = []
    worst: list[float] = []
    queries = itertools.cycle(WORST)
    with market.function("place_bid") as function:
        bidder = PacedBidder(function.url, market.bidder_tokens(), listing_id)
        bidder.bid(2 * BIDS_PER_SECOND, BIDS_PER_SECOND)
        for _ in range(TURNS):
            quiet += _latencies(bidder, seconds)
            asked += _while(
                lambda: worst.append(asker.send("worst", sql_override=next(queries), refresh=True)[1]),
                lambda: _latencies(bidder, seconds),
            )
    return BesideBids(quiet=quiet, asked=asked, worst=worst)


def _while(again: Callable[[], None], work: Callable[[], Sequence[float]]) -> Sequence[float]:
    """What the work gives while something is done over and over."""
    enough = Event()

    def repeat() -> None:
        while not enough.is_set():
            again()

    thread = Thread(target=repeat)
    thread.start()
    time.sleep(0.5)
    try:
        return work()
    finally:
        enough.set()
        thread.join()


def _latencies(bidder: PacedBidder, seconds: int) -> Sequence[float]:
    sent = bidder.bid(seconds * BIDS_PER_SECOND, BIDS_PER_SECOND)
    return [1000 * (bid.acknowledged_at - bid.sent_at) for bid in sent]


def _percentile(values: Sequence[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def _line(name: str, values: Sequence[float], target: float | None = None) -> str:
    middle = statistics.median(values)
    verdict = "" if target is None else f"  p50 <= {target:.0f}: {'met' if middle <= target else 'missed'}"
    return f"{name:58}{middle:9.1f}{_percentile(values, 99):9.1f}{verdict}"
