"""From a bid's acknowledgement to the page that shows it: a real browser, the real SDK, the Firestore emulator.

Both clocks are this machine's: the client notes `time.time()` when it has read a 201, the page its monotonic clock on
top of its wall clock; their difference is measured and taken off.
"""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from dev.bench.lots import GavelLots
from dev.bench.market import Market
from dev.bench.paced import PacedBidder, SentBid
from dev.stack import ports
from dev.stack.emulator import private_emulator
from dev.stack.install import BROWSERS
from dev.stack.process import StartFailed
from dev.stack.settings import PROJECT, ROOT

TARGET_P99_MS = 100
PAGE = Path(__file__).with_name("push_page")
MODULES = ROOT / "web" / "site" / "node_modules"
_PATIENCE_SECONDS = 15
_WARM_UP_BIDS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Milliseconds per bid, sorted; below 0: the page had it before the client had its answer."""

    bids_per_second: float
    refused: int
    snapshots: int
    unseen: int
    from_acknowledged: Sequence[float]
    from_sent: Sequence[float]
    answered_in: Sequence[float]
    clock_offset_ms: float


def measure(market: Market, *, seconds: int, bids_per_second: int) -> Result:
    """Bids at an even pace on one listing that a page watches.

    Raises:
        StartFailed: a part is missing; the message says which.
    """
    bundle = _bundle(market.folder / "page")
    (listing_id,) = GavelLots(market.server).open(1)
    with (
        private_emulator() as emulator,
        market.function("place_bid", emulator=emulator.address) as function,
        _served(bundle) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=_browser(), args=["--no-sandbox"])
        page = browser.new_page()
        client = PacedBidder(function.url, market.bidder_tokens(), listing_id)
        page.goto(f"{site}/?listing={listing_id}&project={PROJECT}&emulator={emulator.address}")
        _warm_up(page, client, bids_per_second)
        started = time.time()
        offset_ms = _clock_offset_ms(page)
        bids = client.bid(seconds * bids_per_second, bids_per_second)
        elapsed = time.time() - started
        _sees(page, max(bid.version for bid in bids), patience_seconds=_PATIENCE_SECONDS)
        seen = page.evaluate("window.seen")
        browser.close()
    return _result(bids, seen, offset_ms=offset_ms, elapsed=elapsed, refused=seconds * bids_per_second - len(bids))


def report(result: Result) -> Iterator[str]:
    """Lines of text."""
    p99 = percentile(result.from_acknowledged, 99)
    yield (
        f"{len(result.from_acknowledged):,} bids at {result.bids_per_second:.0f}/s on one listing,"
        f" {result.snapshots:,} snapshots in the page (several bids may share one), {result.refused} bids refused,"
        f" {result.unseen} never seen"
    )
    yield f"{'milliseconds':28}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}"
    rows = {
        "acknowledged → in the page": result.from_acknowledged,
        "sent → in the page": result.from_sent,
        "sent → acknowledged": result.answered_in,
    }
    for name, values in rows.items():
        yield f"{name:28}" + "".join(f"{percentile(values, percent):8.1f}" for percent in (50, 95, 99, 100))
    yield (
        f"target: acknowledged → in the page, p99 <= {TARGET_P99_MS} ms:"
        f" {'met' if p99 <= TARGET_P99_MS and not result.unseen else 'missed'}"
    )
    yield (
        "below 0: the page had it before the client had its 201, since place_bid waits up to 250 ms for the mirror;"
        f" page's clock minus ours {result.clock_offset_ms:+.2f} ms, taken off"
    )


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The value that so many of a hundred do not exceed.

    >>> percentile([1, 2, 3, 4], 50), percentile([1, 2, 3, 4], 99)
    (2, 4)
    """
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)] if ordered else math.nan


def _result(
    bids: Sequence[SentBid], seen: Sequence[Sequence[float]], *, offset_ms: float, elapsed: float, refused: int
) -> Result:
    """Each bid against the first snapshot with its version or a later one."""
    seen_at = {bid.version: _first(seen, bid.version) for bid in bids}
    shown = [(bid, moment - offset_ms) for bid in bids if (moment := seen_at[bid.version]) is not None]
    return Result(
        bids_per_second=len(bids) / elapsed,
        refused=refused,
        snapshots=len(seen),
        unseen=len(bids) - len(shown),
        from_acknowledged=sorted(moment - 1000 * bid.acknowledged_at for bid, moment in shown),
        from_sent=sorted(moment - 1000 * bid.sent_at for bid, moment in shown),
        answered_in=sorted(1000 * (bid.acknowledged_at - bid.sent_at) for bid in bids),
        clock_offset_ms=offset_ms,
    )


def _first(seen: Sequence[Sequence[float]], version: int) -> float | None:
    return next((moment for seen_version, moment in seen if seen_version >= version), None)


def _clock_offset_ms(page: Page) -> float:
    """The page's clock minus ours, by the quickest of some questions."""
    answers = []
    for _ in range(20):
        before = time.time()
        theirs = page.evaluate("window.now()")
        after = time.time()
        answers.append((after - before, theirs - 500 * (before + after)))
    return float(min(answers)[1])


def _warm_up(page: Page, client: PacedBidder, bids_per_second: int) -> None:
    """Bid until the page sees it: the first write loads Firestore's client, and after a failure the mirror pauses.

    Raises:
        StartFailed: it never does.
    """
    deadline = time.monotonic() + 2 * _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        bids = client.bid(_WARM_UP_BIDS, bids_per_second)
        if bids and _sees(page, bids[-1].version, patience_seconds=2):
            return
    raise StartFailed(f"the page does not see the listing: {page.evaluate('window.failure ?? window.seen')}")


def _sees(page: Page, version: int, *, patience_seconds: float) -> bool:
    """Whether the page has seen a version, or a later one, by then."""
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline:
        if page.evaluate(f"(window.seen ?? []).some(([seen]) => seen >= {version})"):
            return True
        time.sleep(0.05)
    return False


def _bundle(folder: Path) -> Path:
    """The page with Firestore's SDK in one script."""
    esbuild = MODULES / ".bin" / "esbuild"
    if not esbuild.exists():
        raise StartFailed("The site's packages are not installed: run `make setup` first.")
    folder.mkdir(exist_ok=True)
    shutil.copy(PAGE / "index.html", folder)
    command = [str(esbuild), str(PAGE / "watch.js"), "--bundle", "--format=esm", f"--outfile={folder / 'watch.js'}"]
    env = os.environ | {"NODE_PATH": str(MODULES)}
    result = subprocess.run([*command, "--log-level=error"], env=env, capture_output=True, text=True, check=False)
    if result.returncode:
        raise StartFailed(f"esbuild failed: {result.stderr}")
    return folder


def _browser() -> str:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise StartFailed("No Chromium was found. Install it (Debian: apt-get install chromium).")
    return found


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The folder over HTTP."""
    server = ThreadingHTTPServer((ports.HOST, ports.free_port()), partial(_Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://{ports.HOST}:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
