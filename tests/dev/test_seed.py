"""The market that a first visitor finds: believable on paper, and made over HTTP."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from common.domain.bidding import place
from common.domain.listing import Standing, Terms, opening_standing, reserve_met
from common.operations import create_listing
from dev.seed.plan import DATA, PlannedListing, planned_market, terms_of
from dev.stack import ports
from dev.stack.process import Program, running
from dev.stack.settings import ROOT

CATEGORIES = {"art", "books", "cameras", "coins", "furniture", "jewelry", "watches", "wine"}
MARKET = planned_market(listings=48, seed=1)
PAST = 30
ITEMS = {item["title"]: item for item in json.loads(DATA.read_text(encoding="utf-8"))["listings"]}


def terms(planned: PlannedListing) -> Terms:
    """The terms of a planned listing."""
    return terms_of(ITEMS[planned.offer["title"]])


def after_all_bids(planned: PlannedListing) -> Standing:
    """The standing that the planned bids lead to, each of them accepted."""
    standing, numbers = opening_standing(terms(planned)), {}
    for bid in planned.bids:
        number = numbers.setdefault(bid.bidder, len(numbers) + 1)
        standing = place(
            terms(planned), standing, bidder=number, max_amount=bid.max_amount, now=terms(planned).starts_at
        )
    return standing


def test_a_seed_number_plans_the_same_market() -> None:
    """Another number another one; fewer listings are its beginning."""
    assert planned_market(listings=48, seed=1) == MARKET
    assert planned_market(listings=10, seed=1) == MARKET[:10]
    assert planned_market(listings=48, seed=2) != MARKET
    assert len(planned_market(listings=100, seed=1)) == 100


def test_the_market_is_mixed_from_its_beginning() -> None:
    """Every category among the first eight; three currencies, a dozen sellers, two dozen bidders in all."""
    assert {planned.offer["category"] for planned in MARKET[:8]} == CATEGORIES
    assert {planned.offer["currency"] for planned in MARKET} == {"USD", "GBP", "EUR"}
    assert len({planned.seller for planned in MARKET}) == 12
    assert len({bid.bidder for planned in MARKET for bid in planned.bids}) == 25


def test_a_visitor_sees_endings_and_has_days_to_bid() -> None:
    """One lot of two minutes, several within ten, the last in six days; two begin later."""
    durations = sorted(planned.duration for planned in MARKET)

    assert durations[0] == timedelta(minutes=2)
    assert sum(timedelta(minutes=2) < duration <= timedelta(minutes=10) for duration in durations) >= 6
    assert durations[-1] == timedelta(days=6)
    assert sum(planned.starts_in is not None for planned in MARKET) == 2


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_lots_are_hot_quiet_and_short_of_their_reserve(seed: int) -> None:
    """Every planned bid is accepted; prices stay near what a thing is worth."""
    for planned in planned_market(listings=48, seed=seed):
        item, standing = ITEMS[planned.offer["title"]], after_all_bids(planned)

        assert standing.bid_count == len(planned.bids)
        assert standing.price <= max(1.6 * item["estimate"], item["starting_price"]) * 100
        if item["interest"] == "hot":
            assert standing.bid_count >= 15
        if item["interest"] == "none":
            assert standing.bid_count == 0
        if "reserve_price" in item and planned.bids:
            assert reserve_met(terms(planned), standing.price) == item["reserve_will_be_met"]


def test_every_item_reads_like_one() -> None:
    """A title of its own, two to four sentences, and an offer that create_listing takes."""
    assert len(ITEMS) == 48
    for planned in MARKET:
        assert 2 <= planned.offer["description"].count(".") <= 5
        assert 80 <= len(planned.offer["description"]) <= 400
        create_listing.Request().read({**planned.offer, "duration_seconds": 120})


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A stack on its first start, which seeds the market and then its past."""
    home = tmp_path_factory.mktemp("home")
    port = ports.free_port()
    settings = {"GAVEL_HOME": str(home), "GAVEL_PORT": str(port), "GAVEL_FIRESTORE_JAR": "none"}
    settings["GAVEL_HISTORY_LISTINGS"] = str(PAST)
    others = {name: value for name, value in os.environ.items() if name != "FIRESTORE_EMULATOR_HOST"}
    stack = Program(
        name="stack",
        command=[sys.executable, "-m", "dev.stack", "up"],
        log=home / "up.log",
        ready=(home / "database" / "history").exists,
        env={**others, **settings, "PYTHONPATH": str(ROOT)},
        grace_seconds=30,
    )
    with running(stack):
        yield f"http://127.0.0.1:{port}"


def seed(*options: str) -> subprocess.CompletedProcess[str]:
    """The command."""
    command = [sys.executable, "-m", "dev.seed", *options]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)


def listings(gateway: str, **query: str) -> list[dict[str, Any]]:
    """Everything that is listed."""
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = httpx.get(
            f"{gateway}/api/search_listings", params={"limit": 50, **query, **cursor}, trust_env=False
        ).json()
        found += page["listings"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def is_past(listing: dict[str, Any]) -> bool:
    """Whether a listing is one of the year before: they all began days ago."""
    return datetime.fromisoformat(listing["starts_at"]) < datetime.now(UTC) - timedelta(days=1)


def test_the_first_start_fills_the_market_and_only_another_number_adds_to_it(gateway: str) -> None:
    """As planned, bid for bid; the people stay hidden."""
    shown = {listing["title"]: listing for listing in listings(gateway) if not is_past(listing)}

    again = seed("--gateway", gateway, "--listings", "10")
    more = seed("--gateway", gateway, "--listings", "3", "--seed", "7")

    assert [(run.returncode, run.stderr) for run in (again, more)] == [(0, "")] * 2
    assert "10 of 10 listings" in again.stdout
    assert (len(shown), len(listings(gateway))) == (48, PAST + 48 + 3)
    for planned in MARKET:
        listing, standing = shown[planned.offer["title"]], after_all_bids(planned)
        assert (listing["bid_count"], listing["current_price"]) == (standing.bid_count, standing.price)
        assert listing["seller"].startswith("Seller ")
        ends = datetime.fromisoformat(listing["scheduled_end"]) - datetime.fromisoformat(listing["starts_at"])
        assert ends == planned.duration
    assert Counter(listing["status"] for listing in shown.values())["scheduled"] == 2


def test_the_past_crowds_nobody_out(gateway: str) -> None:
    """What a visitor sees first is open now and none of it old; the past is there for those who ask for it."""
    first = httpx.get(f"{gateway}/api/search_listings", params={"status": "active"}, trust_env=False).json()["listings"]

    assert len(first) == 20
    assert not any(is_past(listing) for listing in first)
    assert sum(is_past(listing) for listing in listings(gateway, status="closed")) >= PAST - 5  # some were withdrawn
    assert sum(is_past(listing) for listing in listings(gateway)) == PAST


def test_without_a_gateway_it_says_so(tmp_path: Path) -> None:
    """One sentence, status 1."""
    nobody = seed("--gateway", "http://127.0.0.1:1")

    assert (nobody.returncode, nobody.stderr) == (
        1,
        "seed: Nobody answers at http://127.0.0.1:1. Start the stack: make up\n",
    )
