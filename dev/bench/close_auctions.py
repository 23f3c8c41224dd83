"""Auctions closed per second: many that are due at once, closed by the function itself over HTTP."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus

import httpx

from dev.bench.contenders import Inconsistent
from dev.bench.market import Market, number, session
from dev.bench.processor import cpu_seconds
from dev.stack.database import DatabaseServer
from dev.stack.process import StartFailed

TARGET_PER_SECOND = 5000
_OUTCOMES = ("sold", "reserve_not_met", "no_bids")
_SELLERS = 1000
_RESERVE = 500
_FUNCTION_SECONDS = 35


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What was closed, how fast, by how many calls."""

    closed: Counter[str]
    seconds: float
    calls: int
    server_cores: float
    database_cores: float

    @property
    def per_second(self) -> float:
        """Auctions closed per second, over all calls."""
        return self.closed.total() / self.seconds


def measure(market: Market, listings: int) -> Result:
    """Make so many due listings and call the function until it finds none.

    Raises:
        StartFailed: the function refused.
        Inconsistent: what it says, or what the tables say, is not what was due.
    """
    due = fill(market.server, listings)
    with market.function("close_auctions") as process:
        before = cpu_seconds(process.pid), cpu_seconds(market.server.pid)
        begun = time.perf_counter()
        closed, calls = _call_until_done(process.url, market)
        seconds = time.perf_counter() - begun
        used = cpu_seconds(process.pid) - before[0], cpu_seconds(market.server.pid) - before[1]
    _check(market.server, due, closed)
    return Result(
        closed=closed,
        seconds=seconds,
        calls=calls,
        server_cores=used[0] / seconds,
        database_cores=used[1] / seconds,
    )


def report(result: Result) -> Iterator[str]:
    """Lines of text."""
    verdict = "met" if result.per_second >= TARGET_PER_SECOND else "missed"
    yield f"{result.closed.total():,} auctions closed in {result.seconds:.1f} s by {result.calls} call(s), mirror off"
    yield f"  {result.per_second:,.0f} closes/s  target >= {TARGET_PER_SECOND:,}: {verdict}"
    yield "  " + ", ".join(f"{outcome}: {result.closed[outcome]:,}" for outcome in _OUTCOMES)
    yield f"  cores kept busy: function {result.server_cores:.2f}, database {result.database_cores:.2f}"


def fill(server: DatabaseServer, listings: int) -> Counter[str]:
    """Listings whose time is over: a third sold, a third below the reserve, a third without a bid; how many of each.

    They are the only ones that are open, and the first that this server closes.
    A listing with bids has two bidders, whose bids and numbers are there too.
    """
    with closing(session(server)) as connection, connection.cursor() as cursor:
        cursor.execute("UPDATE listings SET status = 'cancelled' WHERE status IN ('active', 'scheduled')")
        cursor.execute(_USERS, (_SELLERS,))
        for statement in (_LISTINGS, _BIDDERS, _BIDS):
            cursor.execute(statement, (listings,))
        cursor.execute("ANALYZE TABLE listings, bids, bidders")
    return Counter({outcome: len(range(index, listings, 3)) for index, outcome in enumerate(_OUTCOMES)})


def _call_until_done(url: str, market: Market) -> tuple[Counter[str], int]:
    headers = {"Authorization": f"Bearer {market.issuer.service_token()}"}
    closed: Counter[str] = Counter()
    calls = 0
    while True:
        answer = httpx.post(url, headers=headers, json={}, timeout=_FUNCTION_SECONDS, trust_env=False)
        if answer.status_code != HTTPStatus.OK:
            raise StartFailed(f"close_auctions answered {answer.status_code}: {answer.text}")
        counts = Counter(answer.json()["closed"])
        calls += 1
        if not counts.total():
            return closed, calls
        closed += counts


def _check(server: DatabaseServer, due: Counter[str], closed: Counter[str]) -> None:
    listings = due.total()
    found = {
        **{
            outcome: number(server, "SELECT COUNT(*) FROM listings WHERE status = 'closed' AND outcome = %s", outcome)
            for outcome in _OUTCOMES
        },
        "winners": number(server, "SELECT COUNT(*) FROM listings WHERE winner = 2 AND outcome = 'sold'"),
        "closed by the audit log": number(server, "SELECT COUNT(DISTINCT listing_id) FROM audit_log"),
        "told": number(server, "SELECT COUNT(*) FROM notifications"),
    }
    expected = {
        **due,
        "winners": due["sold"],
        "closed by the audit log": listings,
        "told": listings + due["sold"],
    }
    if found != expected or closed != due:
        raise Inconsistent(f"due were {expected}; the tables say {found}, the function {dict(closed)}")


# The numbers below a parameter, up to a million, in a way that MySQL and MariaDB share.
_DIGITS = "(SELECT 0 AS digit UNION ALL " + " UNION ALL ".join(f"SELECT {digit}" for digit in range(1, 10)) + ")"
_PLACES = [f"{10**place} * place_{place}.digit" for place in range(6)]
_TABLES = ", ".join(f"{_DIGITS} place_{place}" for place in range(6))
_BOUNDS = " AND ".join(f"{place} < most" for place in _PLACES)  # leaves out early what is far too large
_N = " + ".join(_PLACES)
_NUMBERS = f"(SELECT {_N} AS n FROM (SELECT %s AS most) bound, {_TABLES} WHERE {_BOUNDS} AND {_N} < most) numbers"  # noqa: S608 - our own constants
_ID = "REPLACE(REPLACE(LEFT(TO_BASE64(UNHEX(SHA2(n, 256))), 11), '+', '-'), '/', '_')"  # random, but the same each time
_USERS = f"""
    INSERT INTO users (id, alias, display_name, created_at)
    SELECT CONCAT('seller-', n), CONCAT('Seller ', n), 'Seller', UTC_TIMESTAMP(6) FROM {_NUMBERS}
"""  # noqa: S608 - our own constants
_LISTINGS = f"""
    INSERT INTO listings (id, seller_id, title, description, category, currency, starting_price, reserve_price,
        increment, soft_close_window_seconds, soft_close_extension_seconds, soft_close_max_extension_seconds,
        created_at, starts_at, scheduled_end, ends_at, status, leader, high_max, second_max, current_price, bid_count,
        bidder_count, version)
    SELECT {_ID}, CONCAT('seller-', n %% {_SELLERS}), CONCAT('Lot ', n), 'To be closed.', 'art', 'USD', 100,
        IF(n %% 3 = 2, NULL, {_RESERVE}), 10, 120, 120, 3600,
        UTC_TIMESTAMP(6) - INTERVAL 2 DAY, UTC_TIMESTAMP(6) - INTERVAL 2 DAY,
        UTC_TIMESTAMP(6) - INTERVAL n SECOND, UTC_TIMESTAMP(6) - INTERVAL n SECOND, 'active',
        IF(n %% 3 = 2, NULL, 2), ELT(n %% 3 + 1, 900, 400, NULL), ELT(n %% 3 + 1, 600, 300, NULL),
        ELT(n %% 3 + 1, 610, 310, 100), IF(n %% 3 = 2, 0, 2), IF(n %% 3 = 2, 0, 2), IF(n %% 3 = 2, 1, 3)
    FROM {_NUMBERS}
"""  # noqa: S608 - our own constants
_BIDDERS = f"""
    INSERT INTO bidders (listing_id, bidder_id, number)
    SELECT {_ID}, CONCAT('bidder-', n %% 200 + number), number
    FROM {_NUMBERS}, (SELECT 1 AS number UNION ALL SELECT 2) pair WHERE n %% 3 < 2
"""  # noqa: S608 - our own constants
_BIDS = f"""
    INSERT INTO bids (listing_id, seq, bidder_id, bidder, max_amount, idempotency_key, placed_at, leader, price,
        ends_at, version)
    SELECT {_ID}, number, CONCAT('bidder-', n %% 200 + number), number,
        IF(number = 1, ELT(n %% 3 + 1, 600, 300), ELT(n %% 3 + 1, 900, 400)), CONCAT('bid-', n, '-', number),
        UTC_TIMESTAMP(6) - INTERVAL 47 HOUR, number, IF(number = 1, 100, ELT(n %% 3 + 1, 610, 310)),
        UTC_TIMESTAMP(6) - INTERVAL n SECOND, number + 1
    FROM {_NUMBERS}, (SELECT 1 AS number UNION ALL SELECT 2) pair WHERE n %% 3 < 2
"""  # noqa: S608 - our own constants
