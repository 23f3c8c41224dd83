"""The audit agrees with what bidding left, names what does not agree, and changes nothing."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from typing import Any

import pytest

from common.config import DatabaseSettings, Settings
from common.store.connect import connector
from dev.audit import __main__ as tool
from dev.audit import stored
from dev.stack.database import Account, DatabaseServer, connect
from tests.market import Records
from tests.races.arena import Instance, listing, offer_all, outcomes, people, wait_until
from tests.races.conftest import build_instance

__all__ = ["build_instance"]

Audited = Callable[..., tuple[int, list[dict[str, Any]], dict[str, Any]]]


@pytest.fixture
def instance(settings: Settings, build_instance: Callable[[Settings], Instance], empty_market: Records) -> Instance:
    """A function instance on a market without listings."""
    return build_instance(settings)


@pytest.fixture
def lots(instance: Instance, records: Records) -> Iterator[list[str]]:
    """Five lots of three bids each, by three people; the last one is closed. They go again."""
    *rest, over = offer_all(instance.services.store, 5)
    for bidder, amount in zip(people(3), (5_00, 9_00, 7_00), strict=True):
        outcomes([instance.bid(lot, bidder, amount) for lot in (*rest, over)])
    records.let_pass(over, 86_400)
    instance.close_auctions().result()
    yield [*sorted(rest), over]
    records.forget_listings()


@pytest.fixture
def audited(database: DatabaseServer, capsys: pytest.CaptureFixture[str]) -> Audited:
    """Runs the audit, as the functions' user unless told otherwise: exit status, disagreements, summary."""

    def run(account: Account | None = None, *options: str) -> tuple[int, list[dict[str, Any]], dict[str, Any]]:
        capsys.readouterr()
        status = tool.main(options, database.environment(account))
        *found, summary = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        return status, found, summary

    return run


def test_what_bidding_left_agrees(
    audited: Audited, lots: list[str], records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over several batches, each listing and each bid once; the newest bid is the restored moment's."""
    monkeypatch.setattr(tool, "_LISTINGS_AT_ONCE", 2)

    status, found, summary = audited()

    assert (status, found) == (0, [])
    newest = datetime.fromisoformat(summary.pop("newest_bid"))
    assert newest.replace(tzinfo=None) == records.value("SELECT MAX(placed_at) FROM bids")
    assert summary == {"listings": 5, "bids": 15, "disagreements": 0}


def test_an_empty_market_agrees(audited: Audited, empty_market: Records) -> None:
    """There is no newest bid."""
    nothing = {"listings": 0, "bids": 0, "disagreements": 0, "newest_bid": None}

    assert audited() == (0, [], nothing)


@pytest.mark.parametrize(
    ("change", "kinds"),
    [
        ("UPDATE listings SET current_price = current_price + 1 WHERE id = %s", {"standing"}),
        ("UPDATE listings SET second_max = second_max - 1 WHERE id = %s", {"standing", "leader", "step"}),
        ("UPDATE listings SET leader = 1 WHERE id = %s", {"standing", "leader"}),
        ("UPDATE listings SET version = version - 1 WHERE id = %s", {"version"}),
        ("UPDATE listings SET outcome = 'sold' WHERE id = %s", {"closing"}),
        ("DELETE FROM bids WHERE listing_id = %s AND seq = 3", {"standing", "bid_count", "version", "leader"}),
        ("DELETE FROM bids WHERE listing_id = %s AND seq = 1", {"sequence", "bidders"}),
        ("DELETE FROM bidders WHERE listing_id = %s AND number = 2", {"bidders"}),
        ("UPDATE bids SET max_amount = 1100 WHERE listing_id = %s AND seq = 1", {"replay", "refused", "leader"}),
        ("UPDATE bids SET price = price + 1 WHERE listing_id = %s AND seq = 2", {"replay"}),
        ("UPDATE bids SET ends_at = ends_at + INTERVAL 1 SECOND WHERE listing_id = %s AND seq = 2", {"replay", "end"}),
    ],
)
def test_what_was_changed_is_named(
    audited: Audited, lots: list[str], records: Records, *, change: str, kinds: set[str]
) -> None:
    """One listing, one line for each kind of disagreement; the others agree."""
    lot = lots[0]
    assert records.execute(change, lot) == 1

    status, found, summary = audited()

    assert status == 1
    assert {line["listing"] for line in found} == {lot}
    assert kinds <= {line["kind"] for line in found}
    assert len({line["kind"] for line in found}) == len(found) == summary["disagreements"]
    assert all(line["said"] for line in found)


def test_for_a_log_the_audit_is_discreet(audited: Audited, lots: list[str], records: Records) -> None:
    """It says which listing and what kind of disagreement, in no sentence that may name a maximum."""
    records.execute("UPDATE listings SET second_max = second_max - 1 WHERE id = %s", lots[0])

    status, found, summary = audited(None, "--discreet")

    assert (status, len(found)) == (1, summary["disagreements"])
    assert {tuple(line) for line in found} == {("listing", "kind")}


def test_a_wrong_winner_is_named(audited: Audited, lots: list[str], records: Records) -> None:
    """Also where the standing is right."""
    records.execute("UPDATE listings SET winner = 1 WHERE status = 'closed'")

    status, found, _ = audited()

    assert (status, [line["kind"] for line in found]) == (1, ["outcome"])


def test_bids_without_their_listing_are_found(audited: Audited, lots: list[str], records: Records) -> None:
    """Nothing in the database keeps a listing from going while its bids stay."""
    records.execute("DELETE FROM listings WHERE id = %s", lots[0])

    status, found, summary = audited()

    assert (status, [(line["listing"], line["kind"]) for line in found]) == (1, [(lots[0], "listing")])
    assert (summary["listings"], summary["bids"]) == (4, 12)


def test_it_agrees_while_people_bid(
    database: DatabaseServer,
    instance: Instance,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    records: Records,
) -> None:
    """Each batch is of one moment; how far it is, is told on standard error."""
    monkeypatch.setattr(tool, "_LISTINGS_AT_ONCE", 3)
    monkeypatch.setattr(tool, "_SAY_EVERY_SECONDS", 0.0)
    lots = offer_all(instance.services.store, 8)
    bids = [instance.bid(lot, bidder, 1_00 * step) for step, bidder in enumerate(people(40), 1) for lot in lots]
    wait_until(lambda: listing(instance.services.store, lots[0]).standing.bid_count > 0)

    while True:
        running = not all(bid.done() for bid in bids)
        assert tool.main([], database.environment()) == 0
        if not running:
            break

    told = capsys.readouterr()
    assert "3 of 8 listings" in told.err
    outcomes(bids)
    records.forget_listings()


def test_whoever_may_read_can_audit(
    audited: Audited, database: DatabaseServer, lots: list[str], records: Records
) -> None:
    """It needs no right but SELECT, and leaves everything as it was."""
    reader = Account(user=f"auditor-{secrets.token_hex(3)}", password=secrets.token_hex(12))
    before = records.digest()
    with closing(connect(database, database.root)) as root, root.cursor() as cursor:
        cursor.execute("CREATE USER %s@'%%' IDENTIFIED BY %s", (reader.user, reader.password))
        cursor.execute(f"GRANT SELECT ON `{database.schema}`.* TO %s@'%%'", (reader.user,))
        try:
            status, _, summary = audited(reader)
        finally:
            cursor.execute("DROP USER %s@'%%'", (reader.user,))

    assert (status, summary["bids"]) == (0, 15)
    assert records.digest() == before


def test_bids_are_fetched_as_they_are_needed(database: DatabaseServer, lots: list[str]) -> None:
    """A listing with millions of them does not have to fit into memory; and all of it is of one moment."""
    settings = DatabaseSettings.from_env(database.environment())
    with closing(connector(settings)()) as connection, stored.snapshot(connection):
        bids = stored.bids_of(connection, lots)
        first = next(bids)
        assert connection._result.unbuffered_active
        rest = list(bids)

    assert [first.bid.seq, *(bid.bid.seq for bid in rest)] == [1, 2, 3] * 5
    assert first.number == 1


@pytest.mark.parametrize(
    ("wrong", "why"), [({"DB_USER": ""}, "DB_USER"), ({"DB_PORT": "1"}, "connect"), ({"DB_NAME": "nowhere"}, "nowhere")]
)
def test_what_cannot_be_read_is_no_agreement(
    database: DatabaseServer, capsys: pytest.CaptureFixture[str], wrong: dict[str, str], why: str
) -> None:
    """A status of its own, and one line that says why."""
    assert tool.main([], database.environment() | wrong) == 2

    told = capsys.readouterr()
    assert told.out == ""
    assert why in told.err
