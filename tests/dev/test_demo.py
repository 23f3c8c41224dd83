"""The scripted evening: its people, its table, its proof, and one short evening live."""

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dev.demo import script
from dev.demo.board import Board, table
from dev.demo.sale import OurBid, Sale, inconsistencies
from dev.demo.script import Interest, Temper
from dev.stack import ports
from dev.stack.process import Program, running
from dev.stack.settings import ROOT

OPENED = datetime(2026, 11, 22, 10, tzinfo=UTC)
ENDS = OPENED + timedelta(seconds=90)


def a_listing(**fields: Any) -> dict[str, Any]:
    """A lot that was sold to Bidder 1 for 41.00, as get_listing shows it."""
    return {
        "id": "lotlotlotlo",
        "title": "Ship's lantern",
        "currency": "GBP",
        "current_price": 41_00,
        "minimum_bid": 42_00,
        "bid_count": 2,
        "leader": "Bidder 1",
        "status": "closed",
        "outcome": "sold",
        "winner": "Bidder 1",
        "starts_at": OPENED.isoformat(),
        "scheduled_end": ENDS.isoformat(),
        "ends_at": ENDS.isoformat(),
        "version": 4,
        **fields,
    }


def a_sale(**fields: Any) -> Sale:
    """Our two bids on it: 100.00, then 40.00."""
    soft_close = {"window_seconds": 20, "extension_seconds": 20, "max_extension_seconds": 60}
    offer = {"title": "Ship's lantern", "currency": "GBP", "starting_price": 10_00, "soft_close": soft_close}
    first = OurBid(bidder="kite-weather", alias="Bidder 1", max_amount=100_00, placed_at=OPENED)
    second = OurBid(bidder="late-train", alias="Bidder 2", max_amount=40_00, placed_at=OPENED)
    return Sale(offer, a_listing(**fields), {1: first, 2: second})


HISTORY = [{"seq": 2, "bidder": "Bidder 2", "amount": 41_00}, {"seq": 1, "bidder": "Bidder 1", "amount": 10_00}]


def test_a_right_result_is_consistent() -> None:
    """Price, leader, winner, end and history as the rule makes them."""
    assert list(inconsistencies(a_sale(), {"listing": a_listing(), "bids": HISTORY})) == []


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"current_price": 40_00}, "shows current_price 4000, where the rules say 4100"),
        ({"winner": "Bidder 2"}, "shows winner Bidder 2, where the rules say Bidder 1"),
        ({"outcome": "no_bids"}, "shows outcome no_bids, where the rules say sold"),
        ({"status": "active"}, "is active, not closed"),
        ({"bid_count": 1}, "has 1 bids, but we placed number 2"),
        (
            {"ends_at": (ENDS + timedelta(seconds=1)).isoformat()},
            "shows ends_at 2026-11-22 10:01:31+00:00, where the rules say 2026-11-22 10:01:30+00:00",
        ),
    ],
)
def test_a_wrong_result_is_found(wrong: dict[str, Any], what: str) -> None:
    """Each by what is wrong with it."""
    assert list(inconsistencies(a_sale(), {"listing": a_listing(**wrong), "bids": HISTORY})) == [what]


def test_a_wrong_history_is_found() -> None:
    """Also where price and winner are right."""
    history = [{**HISTORY[0], "bidder": "Bidder 1"}, HISTORY[1]]

    assert list(inconsistencies(a_sale(), {"listing": a_listing(), "bids": history})) == [
        "has another history than our bids make"
    ]


def test_with_a_guest_the_public_history_is_the_measure() -> None:
    """His maximum is secret; our bids, the last price and the winner must agree all the same."""
    guest = {"seq": 3, "bidder": "Bidder 3", "amount": 50_00}
    shown = {"bid_count": 3, "current_price": 50_00}

    right = {"listing": a_listing(**shown), "bids": [guest, *HISTORY]}
    wrong = {"listing": a_listing(**shown, winner="Bidder 3"), "bids": [guest, {**HISTORY[0], "bidder": "Bidder 4"}]}

    assert list(inconsistencies(a_sale(), right)) == []
    assert list(inconsistencies(a_sale(), wrong)) == [
        "says bid 2 is Bidder 4's; it is Bidder 2's, late-train",
        "names Bidder 3 winner, but Bidder 1 leads",
    ]


@pytest.mark.parametrize("width", [20, 79, 200])
def test_no_line_of_the_table_is_wider_than_the_terminal(width: int) -> None:
    """A wrapped one would spoil the redrawing."""
    lines = table([a_sale(status="active", title="x" * 140)], OPENED, width=width)

    assert len(lines) == 2
    assert max(map(len, lines)) <= width


def test_the_table_shows_lot_price_leader_bids_and_time_left() -> None:
    """On a terminal of 80 columns too."""
    line = table([a_sale(status="active")], ENDS - timedelta(seconds=61.5), width=79)[1]

    assert re.split(" {2,}", line) == ["Ship's lantern", "£41.00", "Bidder 1, kite-weather", "2", "1:01", "opens"]


def test_a_terminal_is_redrawn_in_place_and_a_file_is_not() -> None:
    """Escape codes on a terminal alone; a file gets one line per event."""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for out, drawn, told in ((Terminal(), 2, 0), (io.StringIO(), 0, 1)):
        board = Board([a_sale()], out)
        board.draw(OPENED)
        board.draw(OPENED)
        board.tell(a_sale(), OPENED)

        assert out.getvalue().count("Lot ") == drawn
        assert out.getvalue().count("\033[2A") == drawn // 2
        assert out.getvalue().count("closed  Ship's lantern: opens") == told


def test_an_evening_has_twenty_bidders_of_four_tempers_on_five_lots() -> None:
    """Lots of 90 to 150 seconds with a soft close of 20; a short evening is scaled down."""
    lots = script.lots(3)
    interests = script.interests(lots, seed=1)

    assert [lot.offer["duration_seconds"] for lot in lots] == [90, 104, 119, 135, 149]
    assert {lot.offer["soft_close"]["window_seconds"] for lot in lots} == {20}
    assert len({interest.bidder for interest in interests}) == 20
    assert {interest.temper for interest in interests} == set(Temper)
    assert {interest.lot for interest in interests} == set(range(5))
    assert min(lot.offer["duration_seconds"] for lot in script.lots(0.2)) == 10


@pytest.mark.parametrize(
    ("temper", "moments"),
    [
        (Temper.EARLY, "150 -- -- --"),
        (Temper.STEPS, "-- 50 50 50"),
        (Temper.PATIENT, "-- -- 52 52"),
        (Temper.SNIPER, "-- -- -- 150"),
    ],
)
def test_bidders_bid_by_their_temper(temper: Temper, moments: str) -> None:
    """At a fifth, half, nine tenths and the last second of a lot of 100 s; each has bid before but for the sniper."""
    interest = Interest(bidder="b", lot=0, temper=temper, purse=150_00, patience=0.6)
    bids = []
    for elapsed, before in ((0.2, 0), (0.5, 1), (0.9, 1), (0.99, 1)):
        wish = interest.wish(
            minimum=50_00, leading=False, bids_made=before, elapsed=elapsed, soft_closes_left=(1 - elapsed) * 5
        )
        bids.append("--" if wish is None else f"{wish // 100}")

    assert " ".join(bids) == moments


def test_nobody_bids_against_himself_or_beyond_his_purse() -> None:
    """Whatever the temper."""
    for temper in Temper:
        interest = Interest(bidder="b", lot=0, temper=temper, purse=50_00, patience=0)
        at_the_end = {"bids_made": 0, "elapsed": 0.99, "soft_closes_left": 0.05}

        assert interest.wish(minimum=50_01, leading=False, **at_the_end) is None
        assert interest.wish(minimum=50_00, leading=True, **at_the_end) is None
        assert interest.wish(minimum=50_00, leading=False, **at_the_end) == 50_00


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of a running stack with an empty market."""
    home = tmp_path_factory.mktemp("home")
    (home / "seeded").touch()
    port = ports.free_port()
    settings = {"GAVEL_HOME": str(home), "GAVEL_PORT": str(port), "GAVEL_FIRESTORE_JAR": "none"}
    others = {name: value for name, value in os.environ.items() if name != "FIRESTORE_EMULATOR_HOST"}
    stack = Program(
        name="stack",
        command=[sys.executable, "-m", "dev.stack", "up"],
        log=home / "up.log",
        ready=lambda: ports.http_status(f"127.0.0.1:{port}", "/config.json") == 200,
        env={**others, **settings, "GAVEL_SCHEDULE_SECONDS": "0.5", "PYTHONPATH": str(ROOT)},
        grace_seconds=30,
    )
    with running(stack):
        yield home


def demo(home: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """The command, for the stack of this home."""
    command = [sys.executable, "-m", "dev.demo", *options]
    env = {**os.environ, "GAVEL_HOME": str(home)}
    return subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)


def test_a_short_evening_ends_as_the_rules_have_it(home: Path) -> None:
    """Five lots, each with its address at the beginning and its result at the end."""
    evening = demo(home, "--minutes", "0.2", "--seed", "3")

    assert (evening.returncode, evening.stderr) == (0, "")
    assert evening.stdout.count("/#/listing/") == 5
    last = evening.stdout.partition("The evening is over.")[2]
    assert last.count("  sold to Bidder ") + last.count(": sold to Bidder ") + last.count(": not sold") == 5
    assert ": sold to Bidder " in last
    assert "Every result agrees with the rules." in last


def test_without_a_stack_it_says_how_to_get_one(tmp_path: Path) -> None:
    """One sentence, status 1."""
    nobody = demo(tmp_path)

    assert (nobody.returncode, nobody.stdout) == (1, "")
    assert nobody.stderr == f"demo: No stack runs in {tmp_path}. Start it first: make up\n"
