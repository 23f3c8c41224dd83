"""python -m dev.demo: a scripted evening at the market, live in the terminal and on the page.

Twenty bidders of four tempers bid on five lots over the public API; anybody may bid along. At the end every result
is held against the rules.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import secrets
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from dev.demo import script
from dev.demo.board import Board, money
from dev.demo.sale import Sale, inconsistencies
from dev.demo.script import Interest, Temper
from dev.seed.market import Market, NoMarket, Refused, add_gateway, gateway_address
from dev.stack.settings import SettingError

_LOOK_SECONDS = {  # between two looks of a bidder at a lot, on a usual evening
    Temper.EARLY: (2.0, 8.0),
    Temper.STEPS: (2.0, 8.0),
    Temper.PATIENT: (2.0, 8.0),
    Temper.SNIPER: (0.5, 1.5),
}
_DRAW_SECONDS = 0.25
_POLL_SECONDS = 1.0
_CLOSING_SECONDS = 90.0  # the scheduler comes every few seconds here, every minute in production


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 every result is right, 1 one is not, or there is no market, 130 interrupted."""
    parser = argparse.ArgumentParser(prog="python -m dev.demo", description=__doc__)
    add_gateway(parser)
    parser.add_argument("--minutes", type=float, default=script.USUAL_MINUTES, help="how long, about (default: 3)")
    parser.add_argument("--seed", type=int, default=None, metavar="NUMBER", help="which evening (default: another one)")
    asked = parser.parse_args(arguments)
    if not 0.2 <= asked.minutes <= 40:
        parser.error("--minutes must lie between 0.2 and 40")
    seed = secrets.randbelow(10**6) if asked.seed is None else asked.seed
    try:
        return asyncio.run(_evening(gateway_address(asked.gateway), asked.minutes, seed))
    except (NoMarket, Refused, SettingError) as failure:
        print(f"demo: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nThe evening ends early; its lots will close by themselves.")
        return 130


async def _evening(gateway: str, minutes: float, seed: int) -> int:
    async with Market(gateway) as market:
        evening = script.lots(minutes)
        sales = await _open(market, evening)
        print(f"Watch and bid along (evening {seed}):")
        for sale in sales:
            print(f"  {gateway}/#/listing/{sale.id}  {sale.offer['title']}")
        print(flush=True)
        room = _Room(market, sales, script.pace(minutes))
        await room.run(script.interests(evening, seed=seed), random.Random(seed))
        return await _conclude(market, sales)


async def _open(market: Market, evening: Sequence[script.Lot]) -> list[Sale]:
    night = secrets.token_hex(6)
    answers = await asyncio.gather(
        *(
            market.post("create_listing", lot.offer, user=script.SELLER, key=f"demo-{night}-{number}")
            for number, lot in enumerate(evening)
        )
    )
    return [Sale(lot.offer, answer["listing"]) for lot, answer in zip(evening, answers, strict=True)]


class _Room:
    """Everybody who is there, on the market's clock."""

    def __init__(self, market: Market, sales: Sequence[Sale], pace: float) -> None:
        self._market = market
        self._sales = sales
        self._pace = pace
        self._board = Board(sales)
        self._ahead = timedelta(0)  # of the market's clock before ours

    async def run(self, interests: Sequence[Interest], rng: random.Random) -> None:
        """Until every lot is closed, or should have been for long; whatever goes wrong for one ends it for all."""
        drawing = asyncio.create_task(self._draw())
        people = [asyncio.create_task(self._watch(sale)) for sale in self._sales]
        people += [asyncio.create_task(self._bid_along(each, random.Random(rng.random()))) for each in interests]
        try:
            await asyncio.gather(*people)
        finally:
            for task in (drawing, *people):
                task.cancel()
            await asyncio.gather(drawing, *people, return_exceptions=True)
        self._board.draw(self._now())

    def _now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    async def _draw(self) -> None:
        while True:
            self._board.draw(self._now())
            await asyncio.sleep(_DRAW_SECONDS)

    async def _watch(self, sale: Sale) -> None:
        """Look at a lot every second, as a page without live updates does: guests may bid, and the end comes."""
        patience = timedelta(seconds=_CLOSING_SECONDS)
        while not sale.is_closed and self._now() < datetime.fromisoformat(sale.listing["ends_at"]) + patience:
            await asyncio.sleep(_POLL_SECONDS)
            shown = await self._market.get("get_listing", id=sale.id)
            self._ahead = datetime.fromisoformat(shown["server_time"]) - datetime.now(UTC)
            if not sale.see(shown["listing"]):
                continue
            if shown["listing"]["status"] == "closed":
                self._tell(sale, _ending(sale))
            elif not sale.under_way and shown["bids"] and not sale.is_ours(shown["bids"][0]["bidder"]):
                self._tell(sale, "a guest bids")

    async def _bid_along(self, interest: Interest, rng: random.Random) -> None:
        sale = self._sales[interest.lot]
        while sale.left(self._now()):
            await asyncio.sleep(rng.uniform(*_LOOK_SECONDS[interest.temper]) * self._pace)
            amount = self._wish(interest, sale)
            if amount is not None:
                await self._bid(interest, sale, amount)

    def _wish(self, interest: Interest, sale: Sale) -> int | None:
        now = self._now()
        mine = [bid for bid in sale.bids.values() if bid.bidder == interest.bidder]
        return interest.wish(
            minimum=sale.listing["minimum_bid"],
            leading=any(bid.alias == sale.listing["leader"] for bid in mine),
            bids_made=len(mine),
            elapsed=sale.elapsed(now),
            soft_closes_left=sale.left(now) / timedelta(seconds=sale.offer["soft_close"]["window_seconds"]),
        )

    async def _bid(self, interest: Interest, sale: Sale, amount: int) -> None:
        body = {"listing_id": sale.id, "max_amount": amount}
        end = sale.listing["ends_at"]
        key = f"demo-{secrets.token_hex(12)}"
        sale.under_way += 1
        try:
            answer = await self._market.post("place_bid", body, user=interest.bidder, key=key)
        except Refused as refused:
            if refused.code not in ("bid_too_low", "auction_ended"):
                raise
            self._tell(sale, f"{interest.bidder} is {'late' if refused.code == 'auction_ended' else 'overtaken'}")
            return
        finally:
            sale.under_way -= 1
        sale.accepted(interest.bidder, amount, answer)
        result = "leads" if answer["leading"] else "is outbid at once"
        more = ", more time" if answer["listing"]["ends_at"] > end else ""
        self._tell(sale, f"{interest.bidder} ({interest.temper}) {result}{more}")

    def _tell(self, sale: Sale, event: str) -> None:
        sale.event = event
        self._board.tell(sale, self._now())


async def _conclude(market: Market, sales: Sequence[Sale]) -> int:
    """Say who won what, as the market says it, and everything that is not as it must be; the exit status."""
    print("\nThe evening is over.")
    wrong = 0
    for sale in sales:
        shown = await market.get("get_listing", id=sale.id)
        sale.see(shown["listing"])
        print(f"  {sale.offer['title']}: {_ending(sale)}")
        for what in inconsistencies(sale, shown):
            wrong += 1
            print(f"    ! {what}")
    print("Something is not as the rules have it." if wrong else "Every result agrees with the rules.")
    return 1 if wrong else 0


def _ending(sale: Sale) -> str:
    listing = sale.listing
    price = money(listing["current_price"], listing["currency"])
    match listing["outcome"]:
        case "sold":
            return f"sold to {sale.name_of(listing['winner'])}, for {price}, after {listing['bid_count']} bids"
        case "reserve_not_met":
            return f"not sold: {price} did not meet the reserve, {listing['bid_count']} bids"
        case "no_bids":
            return "not sold: nobody bid"
    return f"still {listing['status']}"


if __name__ == "__main__":
    sys.exit(main())
