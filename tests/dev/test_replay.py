"""Recorded bids replayed: what is read, what is left out, and that the rule and the database agree."""

import csv
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.config import DatabaseSettings
from common.store.connect import connector
from common.store.migrate import migrate
from dev.replay.__main__ import main
from dev.replay.rows import COLUMNS, amount_minor
from dev.stack.database import private_server
from dev.stack.settings import ROOT

HEADER = ",".join(COLUMNS)

Run = Callable[..., "Replayed"]


class Replayed:
    """What a replay answered."""

    def __init__(self, status: int, out: str, err: str) -> None:
        self.status = status
        self.out = out
        self.results = {result["listing"]: result for result in map(json.loads, out.splitlines())}
        self.complaints = err.splitlines()


@pytest.fixture
def replay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Replay a file of this content."""

    def run(content: str | bytes, *options: str) -> Replayed:
        file = tmp_path / "bids.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        status = main([str(file), *options])
        told = capsys.readouterr()
        return Replayed(status, told.out, told.err.replace(str(file), "bids.csv"))

    return run


def bids(*rows: str, header: str = HEADER) -> str:
    """A file of these rows."""
    return "\n".join([header, *rows, ""])


def test_a_listing_is_one_line_with_an_exact_price(replay: Run) -> None:
    """The second maximum plus its step, in major units with two decimals; counts of bids."""
    replayed = replay(bids("l1,ann,300.00,0.1,1.00,", "l1,bob,255.00,0.2,1.00,", "l1,cid,255.50,0.3,1.00,"))

    assert replayed.out == '{"listing": "l1", "price": 260.00, "winner": "ann", "accepted": 2, "refused": 1}\n'
    assert (replayed.status, replayed.complaints) == (0, [])


def test_interleaved_listings_keep_the_order_of_their_first_rows(replay: Run) -> None:
    """The file's order decides within a listing, whatever placed_at says."""
    replayed = replay(bids("b,ann,5,9,1,", "a,bob,5,8,1,", "b,bob,5,1,1,", "a,ann,7,1,1,"))

    assert list(replayed.results) == ["b", "a"]
    assert replayed.results["b"]["winner"] == "ann"  # the tie is the earlier row's, not the earlier time's
    assert replayed.results["a"] == {"listing": "a", "price": 5.5, "winner": "ann", "accepted": 2, "refused": 0}


def test_nobody_wins_below_the_reserve_or_without_a_bid(replay: Run) -> None:
    """A price without a winner; neither where every bid was refused."""
    replayed = replay(bids("low,ann,50,0,1,100", "met,ann,150,0,1,100", "none,ann,1,0,2,", "none,bob,1.99,0,2,"))

    results = [(r["price"], r["winner"], r["accepted"], r["refused"]) for r in replayed.results.values()]
    assert results == [(1.0, None, 1, 0), (100.0, "ann", 1, 0), (None, None, 0, 2)]


def test_the_leaders_raise_must_pass_his_own_maximum(replay: Run) -> None:
    """Lower and equal ones are refused like any other; a higher one is silent."""
    replayed = replay(bids("l,ann,20,0,1,", "l,ann,20,1,1,", "l,ann,19,2,1,", "l,ann,30,3,1,", "l,bob,25,4,1,"))

    assert replayed.results["l"] == {"listing": "l", "price": 26.0, "winner": "ann", "accepted": 3, "refused": 2}


def test_increments_may_be_anothers_or_flat(replay: Run) -> None:
    """The table of a currency, or one step."""
    content = bids("l,ann,50,0,1,", "l,bob,20,1,1,")

    prices = [replay(content, "--increments", steps).results["l"]["price"] for steps in ("USD", "GBP", "7.25")]

    assert prices == [20.5, 21.0, 27.25]


def test_columns_come_in_any_order_among_others(replay: Run) -> None:
    """Also after a byte order mark, with Windows line ends, quoted cells and a record over two lines."""
    header = "\ufeffnote, amount ,reserve_price,bidder,starting_price,listing,placed_at"
    rows = ['"two\r\nlines",3.00,,"Smith, J",1.00,l1,2020-01-01 10:00:00', ",2.00,,Å,1.00,l1,2020-01-01T10:00:00Z"]

    replayed = replay("\r\n".join([header, *rows, "", ""]))

    assert replayed.results["l1"] == {"listing": "l1", "price": 2.25, "winner": "Smith, J", "accepted": 2, "refused": 0}
    assert replayed.status == 0
    assert replayed.out.isascii()


BAD_ROWS = {
    "l,bob,5.00,0,1.00": "there are 5 cells, not 6",
    "l,bob,5.00,0,1.00,,": "there are 7 cells, not 6",
    ",bob,5.00,0,1.00,": "listing is empty",
    "l,  ,5.00,0,1.00,": "bidder is empty",
    "l,bob,,0,1.00,": "amount is not a decimal number: ''",
    "l,bob,five,0,1.00,": "amount is not a decimal number: 'five'",
    "l,bob,1e3,0,1.00,": "amount is not a decimal number: '1e3'",
    "l,bob,1_000,0,1.00,": "amount is not a decimal number: '1_000'",
    "l,bob,٣,0,1.00,": r"amount is not a decimal number: '\u0663'",
    "l,bob,NaN,0,1.00,": "amount is not a decimal number: 'NaN'",
    "l,bob,Infinity,0,1.00,": "amount is not a decimal number: 'Infinity'",
    'l,bob,"1,000.00",0,1.00,': "amount is not a decimal number: '1,000.00'",
    "l,bob,-5.00,0,1.00,": "amount is negative: -5.00",
    "l,bob,5.001,0,1.00,": "amount has more than two decimals: 5.001",
    "l,bob,10000000000.01,0,1.00,": "amount is more than 10000000000.00: 10000000000.01",
    f"l,bob,{'9' * 5000},0,1.00,": f"amount is more than 10000000000.00: {'9' * 40}",
    "l,bob,5.00,,1.00,": "placed_at is neither a time nor a number: ''",
    "l,bob,5.00,yesterday,1.00,": "placed_at is neither a time nor a number: 'yesterday'",
    "l,bob,5.00,nan,1.00,": "placed_at is neither a time nor a number: 'nan'",
    "l,bob,5.00,-1,1.00,": "placed_at is negative: -1",
    "l,bob,5.00,2026-02-30 10:00:00,1.00,": "placed_at is not a time that exists: 2026-02-30 10:00:00",
    "l,bob,5.00,2026-02-03T10:00:00,1.00,": "placed_at is neither a time nor a number: '2026-02-03T10:00:00'",
    "l,bob,5.00,0,x,": "starting_price is not a decimal number: 'x'",
    "l,bob,5.00,0,1.00,-1": "reserve_price is negative: -1",
    "l,bob,5.00,0,1.01,": "starting_price is not that of the listing's first row",
    "l,bob,5.00,0,1.00,9.00": "reserve_price is not that of the listing's first row",
    'l,"bob,5.00,0,1.00,': "a quote is not closed",
    'l,"bob"x,5.00,0,1.00,': "the line is not CSV: ',' expected after '\"'",
    "l,bob\0,5.00,0,1.00,": "the line holds a NUL",
    b"l,bob\xff,5.00,0,1.00,": "the line is not UTF-8 (byte 6)",
    b"l," + b"x" * 2_000_000 + b",5.00,0,1.00,": "the line is longer than 1048576 bytes",
}


@pytest.mark.parametrize("row", BAD_ROWS, ids=lambda row: repr(row)[:40])
def test_a_bad_row_is_told_with_its_line_and_nothing_else_is_lost(replay: Run, row: str | bytes) -> None:
    """The rest of its listing and the others are replayed; the status is 1."""
    raw = row if isinstance(row, bytes) else row.encode()
    good = [b"l,ann,9.00,0,1.00,", b"m,ann,9.00,0,1.00,", b"", b"l,cid,3.00,0,1.00,", b'm,"cid",4.00,0,1.00,']

    replayed = replay(b"\n".join([HEADER.encode(), *good[:2], raw, *good[2:]]))

    assert replayed.status == 1
    assert replayed.complaints == [f"bids.csv:4: {BAD_ROWS[row]}", "bids.csv: 1 row was left out"]
    assert [(r["price"], r["accepted"]) for r in replayed.results.values()] == [(3.25, 2), (4.25, 2)]


def test_a_bad_first_row_sets_no_terms(replay: Run) -> None:
    """The first good row does; a listing without one is not in the answer."""
    replayed = replay(bids("l,ann,x,0,1,", "l,ann,9,0,2,5", "l,bob,9,0,1,", "gone,ann,1,0,,"))

    assert list(replayed.results) == ["l"]
    assert (replayed.results["l"]["price"], replayed.status, len(replayed.complaints)) == (5.0, 1, 4)


def test_two_stray_quotes_do_not_swallow_what_is_between(replay: Run) -> None:
    """Not even where a record of the right width would come of it."""
    rows = ['l,"bob,5.00,0,1.00,', "l,ann,6.00,0,1.00,", 'l,cid",7.00,0,1.00,', "l,dan,8.00,0,1.00,"]

    replayed = replay(bids(*rows))

    assert replayed.complaints[0] == "bids.csv:2: a quote is not closed"
    assert replayed.results["l"]["accepted"] == 3


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file is empty"),
        (b"l1,ann,5.00,0,1.00,\n", "listing is missing"),
        (HEADER.replace("amount", "Amount").encode(), "amount is missing"),
        (HEADER.encode() + b",bidder\n", "bidder is twice"),
        (HEADER.encode("utf-16"), "the header cannot be read: the line holds a NUL"),
        (b"\xff\xfe\n", "the header cannot be read: the line is not UTF-8 (byte 1)"),
    ],
)
def test_a_file_without_a_usable_header_is_refused(replay: Run, content: bytes, sentence: str) -> None:
    """Status 2, one sentence, no answer."""
    replayed = replay(content)

    assert (replayed.status, replayed.out, len(replayed.complaints)) == (2, "", 1)
    assert replayed.complaints[0].startswith("bids.csv: ")
    assert sentence in replayed.complaints[0]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nor is a folder a file."""
    assert main([str(tmp_path / "gone.csv")]) == 2
    assert main([str(tmp_path)]) == 2

    told = capsys.readouterr().err
    assert "gone.csv: No such file or directory" in told
    assert "Is a directory" in told


@pytest.mark.parametrize("steps", ["0", "0.001", "usd", "-1"])
def test_steps_that_are_none_are_refused(steps: str) -> None:
    """By the command line itself."""
    with pytest.raises(SystemExit) as refusal:
        main(["bids.csv", f"--increments={steps}"])

    assert refusal.value.code == 2


@given(st.integers(0, 10**12))
def test_every_amount_is_read_exactly(amount: int) -> None:
    """No float is on its way, up to the largest."""
    assert amount_minor(f"{amount // 100}.{amount % 100:02}", "amount") == amount


def market(seed: int, listings: int) -> list[Sequence[object]]:
    """Random bids on listings that run side by side: ties, reserves, own raises, refused bids."""
    rng = random.Random(seed)
    rows: list[Sequence[object]] = []
    for number in range(listings):
        start = rng.choice((1, 100, 9_999, 25_000))
        reserve = rng.choice((None, None, start, start + rng.randrange(1, 30_000)))
        for _ in range(rng.randrange(1, 14)):
            amount = max(0, start + rng.randrange(-50, 40) * rng.choice((1, 25, 100, 1_000)))
            bidder = f"bidder {rng.randrange(5)}"
            money = [f"{minor // 100}.{minor % 100:02}" for minor in (amount, start, reserve or 0)]
            rows.append([f"lot {number}", bidder, money[0], rng.random(), money[1], money[2] if reserve else ""])
    order = sorted(range(len(rows)), key=lambda row: (row // 40, rng.random()))
    return [rows[row] for row in order]


def write(file: Path, rows: Sequence[Sequence[object]]) -> None:
    """The rows below a header."""
    with file.open("w", newline="") as target:
        csv.writer(target).writerows([COLUMNS, *rows])


def run(file: Path, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    """The command, in a process of its own, with no database in its environment but the one given."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DB_", "CLOUD_SQL"))}
    command = [sys.executable, "-m", "dev.replay", str(file), *options]
    return subprocess.run(command, cwd=ROOT, env={**clean, **env}, check=False, capture_output=True, text=True)


def test_rule_and_store_agree_on_a_private_database(tmp_path: Path) -> None:
    """500 random listings, line by line; no setting is needed."""
    write(tmp_path / "bids.csv", market(seed=1, listings=500))

    rule, store = (run(tmp_path / "bids.csv", "--through", way) for way in ("rule", "store"))

    assert (store.returncode, store.stderr) == (0, "")
    assert store.stdout == rule.stdout
    lines = [json.loads(line) for line in rule.stdout.splitlines()]
    assert len(lines) == 500
    assert all(sum(line[count] for line in lines) > 500 for count in ("accepted", "refused"))
    assert any(line["winner"] is None and line["price"] for line in lines)


def test_rule_and_store_agree_on_a_database_of_ones_own(tmp_path: Path) -> None:
    """The one that DB_* names, with flat steps; nothing is left open there, and names of any length are taken."""
    rows = [*market(seed=2, listings=60), ["lot", "b" * 500, "5.00", "0", "1.00", ""]]
    write(tmp_path / "bids.csv", rows)
    with private_server(tmp_path / "server", durable=False) as server:
        settings = DatabaseSettings.from_env(server.environment(server.migrate))
        with closing(connector(settings)()) as connection, connection.cursor() as cursor:
            migrate(connection, lambda _: None)
            options = ("--increments", "2.50")
            rule = run(tmp_path / "bids.csv", *options)
            stores = [run(tmp_path / "bids.csv", *options, "--through=store", **server.environment()) for _ in "ab"]
            cursor.execute("SELECT status, COUNT(*), SUM(bid_count) FROM listings GROUP BY status")
            left = cursor.fetchall()

    assert [(store.returncode, store.stdout) for store in stores] == [(0, rule.stdout)] * 2
    accepted = sum(json.loads(line)["accepted"] for line in rule.stdout.splitlines())
    assert left == (("closed", 2 * 61, 2 * accepted),)


def test_a_database_that_is_not_there_ends_the_replay(tmp_path: Path) -> None:
    """Status 2 and one sentence: half an answer would be none."""
    write(tmp_path / "bids.csv", market(seed=3, listings=1))

    store = run(tmp_path / "bids.csv", "--through=store", DB_HOST="127.0.0.1", DB_PORT="1", DB_USER="nobody")

    assert (store.returncode, store.stdout) == (2, "")
    assert store.stderr.startswith("replay: Unavailable: ")
