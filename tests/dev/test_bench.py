"""The benchmarks run, small; and the Django baseline does what Gavel does, or comparing them would say nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from dev.bench import close_auctions, cold_start, contenders, memory, place_bid, place_bid_report, push
from dev.bench.django_server import DjangoSite, Shape
from dev.bench.lots import DjangoLots, GavelLots, Lots, end_now
from dev.bench.market import Market, number, open_market
from dev.stack.issuer import Issuer
from tests.market import eventually


@pytest.fixture(scope="module")
def market() -> Iterator[Market]:
    """One market for this module."""
    with open_market() as market:
        yield market


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """One of the two that are compared, running."""

    url: str
    lots: Lots
    table: str
    market: Market

    def bid(self, request: Bid) -> httpx.Response:
        """What it answers."""
        (listing_id,) = self.lots.open(1)
        if request.ended:
            end_now(self.lots.server, self.table, listing_id)  # type: ignore[attr-defined]
        return self.send(request, listing_id)

    def send(self, request: Bid, listing_id: str) -> httpx.Response:
        """What it answers to a bid on this listing."""
        token = request.token(self.market.issuer)
        headers = {"Content-Type": request.content_type}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if request.key:
            headers["Idempotency-Key"] = request.key
        body = request.body.replace("LISTING", listing_id)
        return httpx.request(request.method, self.url, headers=headers, content=body, trust_env=False, timeout=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bid:
    """A bid of 1000 that both accept, but for what is given otherwise."""

    user: str | None = "bidder-1"
    claims: dict[str, Any] = field(default_factory=dict)
    method: str = "POST"
    key: str | None = "a-key-of-its-own"
    content_type: str = "application/json"
    body: str = '{"listing_id":"LISTING","max_amount":1000}'
    ended: bool = False

    def token(self, issuer: Issuer) -> str | None:
        """The bidder's."""
        return issuer.user_token(self.user, **self.claims) if self.user else None


@pytest.fixture(scope="module")
def designs(market: Market) -> Iterator[tuple[Design, Design]]:
    """Gavel and Django on the same database server."""
    site = DjangoSite.install(market)
    with market.function("place_bid") as gavel, site.serve(Shape(1, 2)) as django:
        yield (
            Design(url=gavel.url, lots=GavelLots(market.server), table="listings", market=market),
            Design(url=django.url, lots=DjangoLots(site.server), table="listing", market=market),
        )


@pytest.mark.parametrize(
    ("bid", "status"),
    [
        pytest.param(Bid(key="fresh-key"), 201, id="a good bid"),
        pytest.param(Bid(user=None), 401, id="no token"),
        pytest.param(Bid(claims={"exp": int(time.time()) - 60}), 401, id="expired"),
        pytest.param(Bid(claims={"aud": "another-project"}), 401, id="another audience"),
        pytest.param(Bid(claims={"iss": "https://example.org"}), 401, id="another issuer"),
        pytest.param(Bid(claims={"email": "a@example.org", "email_verified": False}), 403, id="address not confirmed"),
        pytest.param(Bid(user="the-seller", key="sellers-key"), 403, id="the seller"),
        pytest.param(Bid(method="PUT"), 405, id="wrong method"),
        pytest.param(Bid(key=None), 400, id="no key"),
        pytest.param(Bid(key="short"), 400, id="short key"),
        pytest.param(Bid(content_type="text/plain"), 415, id="not declared as JSON"),
        pytest.param(Bid(body="{"), 400, id="not JSON"),
        pytest.param(Bid(body="[]"), 400, id="not an object"),
        pytest.param(Bid(body='{"listing_id":"LISTING"}'), 400, id="no amount"),
        pytest.param(Bid(body='{"listing_id":"LISTING","max_amount":1.5}'), 400, id="float amount"),
        pytest.param(Bid(body='{"listing_id":"LISTING","max_amount":true}'), 400, id="boolean amount"),
        pytest.param(Bid(body='{"listing_id":"LISTING","max_amount":0}'), 400, id="amount of nothing"),
        pytest.param(Bid(body='{"listing_id":"LISTING","max_amount":1000000000001}'), 400, id="amount too large"),
        pytest.param(Bid(body='{"listing_id":"LISTING","max_amount":1000,"x":1}'), 400, id="unknown member"),
        pytest.param(Bid(body='{"listing_id":"no","max_amount":1000}'), 400, id="no id"),
        pytest.param(Bid(body=" " * 66_000), 413, id="body too large"),
        pytest.param(Bid(key="lost-key", body='{"listing_id":"nosuchthing","max_amount":1000}'), 404, id="no listing"),
        pytest.param(Bid(key="late-key", ended=True), 409, id="too late"),
        pytest.param(Bid(key="low-key!", body='{"listing_id":"LISTING","max_amount":99}'), 409, id="too low"),
    ],
)
def test_the_baseline_answers_as_gavel_does(designs: tuple[Design, Design], bid: Bid, status: int) -> None:
    """Status and code are the same, whatever is wrong with a bid."""
    gavel, django = (design.bid(bid) for design in designs)

    assert (gavel.status_code, django.status_code) == (status, status)
    assert django.json().get("code") == gavel.json().get("code")
    assert django.json().get("minimum_bid") == gavel.json().get("minimum_bid")


def test_the_baseline_decides_as_gavel_does(designs: tuple[Design, Design]) -> None:
    """Prices, leaders, repeated keys: the same story in both."""
    story = [
        Bid(user="ann", key="story-ann-1", body='{"listing_id":"LISTING","max_amount":1000}'),
        Bid(user="ben", key="story-ben-1", body='{"listing_id":"LISTING","max_amount":700}'),
        Bid(user="ann", key="story-ann-1", body='{"listing_id":"LISTING","max_amount":1000}'),
        Bid(user="ann", key="story-ann-1", body='{"listing_id":"LISTING","max_amount":2000}'),
        Bid(user="cat", key="story-cat-1", body='{"listing_id":"LISTING","max_amount":701}'),
        Bid(user="cat", key="story-cat-2", body='{"listing_id":"LISTING","max_amount":1500}'),
        Bid(user="cat", key="story-cat-3", body='{"listing_id":"LISTING","max_amount":1500}'),
    ]
    told = []
    for design in designs:
        (listing_id,) = design.lots.open(1)
        answers = [design.send(bid, listing_id) for bid in story]
        told.append([_gist(answer) for answer in answers])

    gavel, django = told

    assert django == gavel
    assert [status for status, *_ in gavel] == [201, 201, 201, 422, 409, 201, 409]


def _gist(answer: httpx.Response) -> tuple[Any, ...]:
    body = answer.json()
    listing = body.get("listing", {})
    shown = [listing.get(name) for name in ("current_price", "minimum_bid", "bid_count", "version")]
    return answer.status_code, body.get("code"), body.get("minimum_bid"), body.get("leading"), *shown


def test_place_bid_is_measured_beside_everything_else(market: Market) -> None:
    """Four designs on two scenes, each with figures and no failure; Gavel's invariants are checked on the way."""
    small = place_bid.Options(
        seconds=1,
        rounds=1,
        connections=4,
        threads=2,
        spread=5,
        warm_up_seconds=0,
        workers=[1, 2],
        shapes=[Shape(1, 2)],
    )

    result = place_bid.measure(market, small)

    functions = [
        f"{design}, {workers}" for workers in ("1 worker", "2 workers") for design in ("empty function", "Gavel")
    ]
    for scene in place_bid.SCENES:
        assert list(result.medians[scene]) == [*functions, "one commit per bid", "Django, 1 x 2"]
        for name, sample in result.medians[scene].items():
            assert sample.answers_per_second > 0
            assert sample.failed == 0
            assert (sample.accepted_per_second > 0) == (not name.startswith("empty function"))


def test_a_target_is_of_one_process_beside_the_ceiling_and_of_the_best_beside_django() -> None:
    """Django takes part in the best of its shapes, so Gavel does; every ratio is there."""
    at = {"empty function, 1 worker": 900, "Gavel, 1 worker": 600, "empty function, 2 workers": 1500}
    at |= {"Gavel, 2 workers": 700, "one commit per bid": 300, "Django, 4 x 4": 45}
    scene = {name: sample(answers_per_second=rate) for name, rate in at.items()}
    result = place_bid.Result(options=place_bid.Options(), medians=dict.fromkeys(place_bid.SCENES, scene), swept={})

    ratios = [line for line in place_bid_report.report(result) if " / " in line and "one hot listing" in line]

    ceiling, best = (line for line in ratios if "target" in line)
    assert len(ratios) == 6
    assert "Gavel, 1 worker / empty function, 1 worker" in ceiling
    assert ceiling.endswith("target >= 0.55: met")
    assert "Gavel, 2 workers / Django, 4 x 4" in best
    assert best.endswith("target >= 15: met")


def sample(*, answers_per_second: float) -> contenders.Sample:
    """A run of which only the speed matters."""
    return contenders.Sample(
        answers_per_second=answers_per_second,
        accepted_per_second=answers_per_second,
        refused=0,
        failed=0,
        p50_ms=1.0,
        p99_ms=2.0,
        generator_cores=0.1,
        server_cores=1.0,
        database_cores=0.2,
    )


def test_close_auctions_is_measured_and_counted(market: Market) -> None:
    """All that was due is closed, a third each way."""
    result = close_auctions.measure(market, 31)

    assert dict(result.closed) == {"sold": 11, "reserve_not_met": 10, "no_bids": 10}
    assert any("closes/s" in line for line in close_auctions.report(result))


def test_a_replica_follows(market: Market) -> None:
    """What was there before it, and what comes after."""
    lots = GavelLots(market.server)
    lots.open(1)

    with market.replica() as replica:
        before = number(replica, "SELECT COUNT(*) FROM listings")
        lots.open(2)

        assert eventually(lambda: number(replica, "SELECT COUNT(*) FROM listings") == before + 2, seconds=30)
        assert before == number(market.server, "SELECT COUNT(*) FROM listings") - 2


def test_cold_starts_are_measured(market: Market) -> None:
    """A start of the function beside one of an empty one."""
    result = cold_start.measure(market, 1, mirror=False)

    assert {name: len(seconds) for name, seconds in result.seconds.items()} == {"empty function": 1, "place_bid": 1}
    assert any("ratio" in line for line in cold_start.report(result))


def test_memory_is_measured(market: Market) -> None:
    """A row for each function, of a process that served a request."""
    empty, ours = memory.measure(market, ["place_bid"], mirror=False)

    assert 0 < empty.worker_pss <= empty.worker_rss
    assert (ours.name, ours.total_pss > ours.worker_pss) == ("place_bid", True)
    assert len(list(memory.report([empty, ours]))) == 4


@pytest.mark.emulator
def test_push_is_measured_in_a_real_browser(market: Market) -> None:
    """Every accepted bid is seen in the page."""
    result = push.measure(market, seconds=1, bids_per_second=10)

    assert len(result.from_acknowledged) + result.refused == 10
    assert (result.unseen, result.snapshots > 0) == (0, True)
    assert any("in the page" in line for line in push.report(result))
