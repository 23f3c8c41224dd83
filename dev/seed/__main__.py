"""python -m dev.seed: fill a market through the public API, with sellers, listings and bids.

The same --seed makes the same market but for the times, and never twice in one database: what an interrupted run
left undone, the next one does. Another number adds another market.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from dev.seed.market import Market, NoMarket, Refused, add_gateway, gateway_address
from dev.seed.plan import PlannedListing, planned_market
from dev.stack.settings import SettingError

_AT_ONCE = 32  # listings under way: enough to keep both ends busy, few enough for a laptop
_MOST_LISTINGS = 1000
# Somebody else was faster, or an earlier run did it: the market is none the worse for it.
_HARMLESS = frozenset({"bid_too_low", "auction_ended", "listing_cancelled", "idempotency_key_reused"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 the market is there, 1 it is not."""
    parser = argparse.ArgumentParser(prog="python -m dev.seed", description=__doc__)
    add_gateway(parser)
    parser.add_argument("--listings", type=int, default=48, metavar="N", help="how many (default: 48)")
    parser.add_argument("--seed", type=int, default=1, metavar="NUMBER", help="which market (default: 1)")
    asked = parser.parse_args(arguments)
    if not 1 <= asked.listings <= _MOST_LISTINGS:
        parser.error(f"--listings must lie between 1 and {_MOST_LISTINGS}")
    market = planned_market(listings=asked.listings, seed=asked.seed)
    try:
        asyncio.run(_Seeding(market, f"seed-{asked.seed}").run(gateway_address(asked.gateway)))
    except (NoMarket, Refused, SettingError) as failure:
        print(f"seed: {failure}", file=sys.stderr)
        return 1
    return 0


class _Seeding:
    """One run; `name` begins the idempotency keys."""

    def __init__(self, market: Sequence[PlannedListing], name: str) -> None:
        self._market = market
        self._name = name
        self._begun = time.monotonic()
        self._listings = self._bids = self._refused = 0
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def run(self, gateway: str) -> None:
        """Make every listing, each with its bids in their order; the first failure ends it."""
        async with Market(gateway) as market:
            tasks = [asyncio.ensure_future(self._make(market, number)) for number in range(len(self._market))]
            try:
                await asyncio.gather(*tasks)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        self._tell(end="\n")

    async def _make(self, market: Market, number: int) -> None:
        planned = self._market[number]
        async with self._places:
            key = f"{self._name}-{number}"
            made = await market.post("create_listing", _offer(planned), user=planned.seller, key=key)
            for place, bid in enumerate(planned.bids):
                body = {"listing_id": made["listing"]["id"], "max_amount": bid.max_amount}
                try:
                    await market.post("place_bid", body, user=bid.bidder, key=f"{key}-{place}")
                except Refused as refused:
                    if refused.code not in _HARMLESS:
                        raise
                    self._refused += 1
                else:
                    self._bids += 1
            self._listings += 1
            if sys.stdout.isatty():
                self._tell(end="")

    def _tell(self, end: str) -> None:
        refused = f", {self._refused} no longer possible" if self._refused else ""
        seconds = time.monotonic() - self._begun
        start = "\r\033[K" if sys.stdout.isatty() else ""
        done = f"{self._listings} of {len(self._market)} listings, {self._bids} bids{refused}"
        print(f"{start}seed: {done}, {seconds:.1f} s", end=end, flush=True)


def _offer(planned: PlannedListing) -> dict[str, Any]:
    """The body of create_listing, with its times counted from now."""
    offer = {**planned.offer, "duration_seconds": int(planned.duration.total_seconds())}
    if planned.starts_in is not None:
        offer["starts_at"] = (datetime.now(UTC) + planned.starts_in).isoformat()
    return offer


if __name__ == "__main__":
    sys.exit(main())
