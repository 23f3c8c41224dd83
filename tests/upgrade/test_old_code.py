"""The functions of the release before work on the schema of today, alone and beside today's functions."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from common.config import ReportingSettings
from common.deadline import Deadline
from common.store.migrate import FILES
from common.store.reporting import Reporting
from dev.stack.database import DatabaseServer
from tests.market import Records, a_key, a_title
from tests.mirror.public import Public
from tests.races.arena import wait_until
from tests.races.crowd import Crowd
from tests.races.invariants import Recorded
from tests.upgrade.conftest import Mirrors, Upgrade
from tests.upgrade.people import Version

Check = Callable[[str], Recorded]
DAY_SECONDS = 86_400


@pytest.fixture(params=["old, then new", "new, then old"])
def pair(request: pytest.FixtureRequest, old: Version, new: Version) -> tuple[Version, Version]:
    """Who begins and who goes on."""
    return (old, new) if request.param == "old, then new" else (new, old)


def essence(version: Version, lot: str) -> dict[str, object]:
    """What a visitor sees of a listing, without what a later release may have added."""
    seen = version.nobody.get(lot)["listing"]
    return {
        name: seen[name] for name in ("current_price", "bid_count", "leader", "status", "winner", "ends_at", "version")
    }


def test_bids_go_on_while_the_schema_changes_under_them(upgrade: Upgrade, previous: Path, check: Check) -> None:
    """What the release before did not have is applied meanwhile; no bid fails, none is lost."""
    assert upgrade.crowd.unexpected == []
    old_files = {path.name for path in (previous / "common" / "store" / "migrations").glob("*.sql")}
    assert upgrade.applied == sorted({path.name for path in FILES.glob("*.sql")} - old_files)
    rows = {(bid.listing_id, bid.seq, bid.idempotency_key) for lot in upgrade.lots for bid in check(lot).bids}
    assert rows == {(bid.listing_id, bid.seq, bid.key) for bid in upgrade.crowd.acknowledged}
    assert len(rows) >= 2 * upgrade.before


def test_an_auction_runs_from_offer_to_winner_by_old_functions(old: Version, tables: Records, check: Check) -> None:
    """Listing, bids of several people, soft close, a repeated key, search, closing: each as ever."""
    title, key = a_title(), a_key()
    lot = old.user("seller").create(title=title, duration_seconds=60, reserve_price=5_00, key=key)
    assert old.user("seller").create(title=title, duration_seconds=60, reserve_price=5_00, key=key)["id"] == lot["id"]

    bid_key = a_key()
    first = old.user("ann").bid(lot["id"], 10_00, key=bid_key)
    assert old.user("ann").try_bid(lot["id"], 10_00, key=bid_key).json() == first
    assert old.user("ann").try_bid(lot["id"], 11_00, key=bid_key).json()["code"] == "idempotency_key_reused"
    assert old.user("bob").try_bid(lot["id"], 5_00).json()["code"] == "bid_too_low"
    old.user("bob").bid(lot["id"], 8_00)
    old.user("cyd").bid(lot["id"], 12_00)

    shown = old.nobody.get(lot["id"])["listing"]
    assert (shown["leader"], shown["bid_count"], shown["current_price"]) == ("Bidder 3", 3, 10_50)
    extended = datetime.fromisoformat(shown["ends_at"]) - datetime.fromisoformat(lot["ends_at"])
    assert extended > timedelta(seconds=60), "each bid came in the last two minutes"
    assert old.nobody.found(q=title) == [lot["id"]]

    tables.let_pass(lot["id"], DAY_SECONDS)
    old.scheduler.run("close_auctions")

    ended = old.user("cyd").get(lot["id"])["listing"]
    assert (ended["status"], ended["outcome"], ended["winner"]) == ("closed", "sold", "Bidder 3")
    assert old.user("ann").try_bid(lot["id"], 50_00).json()["code"] == "auction_ended"
    assert len(check(lot["id"]).bids) == 3


def test_one_release_goes_on_with_what_the_other_began(
    pair: tuple[Version, Version], tables: Records, check: Check
) -> None:
    """The same rows, keys and people: who looks at either sees one auction."""
    one, other = pair
    title, key = a_title(), a_key()
    lot = one.user("seller").create(title=title)["id"]
    said = one.user("ann").try_bid(lot, 10_00, key=key)

    assert other.user("ann").try_bid(lot, 10_00, key=key).json()["bid"] == said.json()["bid"]
    other.user("bob").bid(lot, 20_00)
    one.user("ann").bid(lot, 30_00)
    assert other.user("seller").try_bid(lot, 90_00).json()["code"] == "seller_may_not_bid"
    assert other.user("bob").try_bid(lot, 20_00).json()["code"] == "bid_too_low"

    assert one.nobody.found(q=title) == other.nobody.found(q=title) == [lot]
    assert essence(one, lot) == essence(other, lot)
    assert other.user("ann").get(lot)["you"]["your_max"] == 30_00

    tables.let_pass(lot, DAY_SECONDS)
    other.scheduler.run("close_auctions")
    one.scheduler.run("close_auctions")

    assert essence(one, lot) == essence(other, lot)
    assert essence(one, lot)["winner"] == "Bidder 1"
    assert one.user("bob").try_bid(lot, 90_00).json()["code"] == "auction_ended"
    assert len(check(lot).bids) == 3


def test_a_listing_that_one_release_opens_takes_bids_at_the_other(
    pair: tuple[Version, Version], tables: Records, check: Check
) -> None:
    """Each had it in memory as it was before: offered for later."""
    one, other = pair
    starts_at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    lot = one.user("seller").create(starts_at=starts_at, duration_seconds=30 * DAY_SECONDS)["id"]
    for version in pair:
        assert version.user("ann").try_bid(lot, 10_00).json()["code"] == "auction_not_started"

    tables.let_pass(lot, 2 * DAY_SECONDS)
    one.scheduler.run("close_auctions")

    other.user("ann").bid(lot, 10_00)
    one.user("bob").bid(lot, 20_00)
    assert [bid.version for bid in check(lot).bids] == [3, 4]


def test_both_releases_bid_at_once_on_the_same_lots(old: Version, new: Version, check: Check) -> None:
    """Eight people, four listings, one process of each release: what was acknowledged is what is recorded."""
    lots = [version.user("seller").create()["id"] for version in (old, new) for _ in range(2)]
    crowd = Crowd([version.functions["place_bid"].url for version in (old, new)], lots, old.issuer)

    with crowd.bidding(8):
        wait_until(lambda: len(crowd.acknowledged) > 250 or bool(crowd.unexpected), seconds=60)

    assert crowd.unexpected == []
    rows = {(bid.listing_id, bid.seq, bid.idempotency_key) for lot in lots for bid in check(lot).bids}
    assert rows == {(bid.listing_id, bid.seq, bid.key) for bid in crowd.acknowledged}


def test_both_releases_close_at_once_what_both_were_bid_on(
    old: Version, new: Version, tables: Records, check: Check
) -> None:
    """Each auction ends once; both runs together close all."""
    lots = [version.user("seller").create()["id"] for version in (old, new) for _ in range(20)]
    for place, lot in enumerate(lots):
        (new, old)[place % 2].user("ann").bid(lot, 10_00)
        tables.let_pass(lot, DAY_SECONDS)

    with ThreadPoolExecutor(2) as both:
        runs = [both.submit(version.scheduler.run, "close_auctions") for version in (old, new)]
        counts = [run.result()["closed"]["sold"] for run in runs]

    assert sum(counts) == len(lots)
    assert {check(lot).listing.winner for lot in lots} == {1}


def test_analysts_read_what_old_functions_wrote(old: Version, server: DatabaseServer) -> None:
    """Through the views that were made under them, as a user who may nothing else."""
    lot = old.user("seller").create()["id"]
    old.user("ann").bid(lot, 10_00)
    settings = ReportingSettings.from_env(server.environment())
    assert settings is not None
    reporting = Reporting(settings)

    reporting.check()
    table = reporting.run(f"SELECT amount FROM bids WHERE listing_id = '{lot}'", deadline=Deadline.after(10))  # noqa: S608

    assert [str(amount) for (amount,) in table.rows] == ["1.00"]


@pytest.mark.emulator
def test_both_releases_show_the_newest_state(old: Version, new: Version, mirrors: Mirrors, public: Public) -> None:
    """What one release was bid on the other one's sync_mirror shows, whoever showed it last."""
    lot = old.user("seller").create()["id"]
    orders = [(old, mirrors.new), (new, mirrors.old), (old, mirrors.old), (new, mirrors.new)]
    for place, (bidding, showing) in enumerate(orders, 1):
        bidding.user(f"bidder{place}").bid(lot, 10_00 * place)

        replace(new, functions=showing).scheduler.run("sync_mirror")

        shown = public.listing(lot)
        assert shown is not None
        assert (shown["version"], shown["leader"]) == (place + 1, f"Bidder {place}")
