"""One lot while it is sold, as the market shows it, and the proof of how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from common.domain.bidding import place
from common.domain.closing import outcome_of
from common.domain.increments import increments_of
from common.domain.listing import Outcome, SoftClose, Standing, Terms, opening_standing

HISTORY = 100  # bids that get_listing tells

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class OurBid:
    """A bid of the script's that was accepted."""

    bidder: str
    alias: str
    max_amount: int
    placed_at: datetime


@dataclass(slots=True)
class Sale:
    """What is known of one lot: the newest listing seen, our bids by their seq, and the last thing that happened.

    under_way: our bids that are not answered yet
    """

    offer: Json
    listing: Json
    bids: dict[int, OurBid] = field(default_factory=dict)
    event: str = "opens"
    under_way: int = 0

    @property
    def id(self) -> str:
        """The listing's id."""
        return str(self.listing["id"])

    @property
    def is_closed(self) -> bool:
        """Whether the market has named a winner, or that there is none."""
        return bool(self.listing["status"] == "closed")

    def see(self, listing: Json) -> bool:
        """Take in a listing as it was shown; whether it is newer than what is known."""
        newer = bool(listing["version"] > self.listing["version"])
        if newer:
            self.listing = listing
        return newer

    def accepted(self, bidder: str, max_amount: int, answer: Json) -> None:
        """Take in the answer to one of our bids."""
        seq, placed_at = answer["bid"]["seq"], datetime.fromisoformat(answer["bid"]["placed_at"])
        self.bids[seq] = OurBid(bidder=bidder, alias=answer["you"]["alias"], max_amount=max_amount, placed_at=placed_at)
        self.see(answer["listing"])

    def is_ours(self, alias: str) -> bool:
        """Whether one of the script's bidders is known by this alias here."""
        return any(bid.alias == alias for bid in self.bids.values())

    def name_of(self, alias: str | None) -> str:
        """A bidder's alias, with the name we know him by."""
        names = {bid.alias: bid.bidder for bid in self.bids.values()}
        return "nobody" if alias is None else f"{alias}, {names.get(alias, 'a guest')}"

    def left(self, now: datetime) -> timedelta:
        """The time left to the effective end."""
        return max(timedelta(0), datetime.fromisoformat(self.listing["ends_at"]) - now)

    def elapsed(self, now: datetime) -> float:
        """The share of the time up to the scheduled end that is over."""
        start, end = (datetime.fromisoformat(self.listing[name]) for name in ("starts_at", "scheduled_end"))
        return (now - start) / (end - start)


def inconsistencies(sale: Sale, shown: Json) -> Iterator[str]:
    """What does not agree between our bids, judged by the pure rule, and what get_listing says at the end.

    Where a guest bid too, whose maximum we do not know, our bids and the winner are held against the public history.
    """
    listing = shown["listing"]
    if listing["status"] != "closed":
        yield f"is {listing['status']}, not closed"
        return
    if any(seq > listing["bid_count"] for seq in sale.bids):
        yield f"has {listing['bid_count']} bids, but we placed number {max(sale.bids)}"
    elif len(sale.bids) == listing["bid_count"]:
        yield from _against_the_rule(sale, shown)
    else:
        yield from _against_the_history(sale, shown)


def _against_the_rule(sale: Sale, shown: Json) -> Iterator[str]:
    terms = _terms(sale)
    standing = opening_standing(terms)
    prices = {}
    for seq, bid in sorted(sale.bids.items()):
        number = _number(bid.alias)
        standing = place(terms, standing, bidder=number, max_amount=bid.max_amount, now=bid.placed_at)
        prices[seq] = (bid.alias, standing.price)
    history = {bid["seq"]: (bid["bidder"], bid["amount"]) for bid in shown["bids"]}
    if history != dict(sorted(prices.items())[-HISTORY:]):
        yield "has another history than our bids make"
    yield from _differences(shown["listing"], _expected(terms, standing))


def _expected(terms: Terms, standing: Standing) -> Json:
    outcome = outcome_of(terms, standing)
    leader = None if standing.leader is None else f"Bidder {standing.leader}"
    return {
        "current_price": standing.price,
        "bid_count": standing.bid_count,
        "leader": leader,
        "outcome": outcome.value,
        "winner": leader if outcome is Outcome.SOLD else None,
        "ends_at": standing.ends_at,
    }


def _differences(listing: Json, expected: Json) -> Iterator[str]:
    for name, value in expected.items():
        found = datetime.fromisoformat(listing[name]) if isinstance(value, datetime) else listing[name]
        if found != value:
            yield f"shows {name} {found}, where the rules say {value}"


def _against_the_history(sale: Sale, shown: Json) -> Iterator[str]:
    listing, history = shown["listing"], {bid["seq"]: bid for bid in shown["bids"]}
    for seq, bid in sale.bids.items():
        if seq in history and history[seq]["bidder"] != bid.alias:
            yield f"says bid {seq} is {history[seq]['bidder']}'s; it is {bid.alias}'s, {bid.bidder}"
    newest = history[max(history)]
    if newest["amount"] != listing["current_price"]:
        yield f"shows {listing['current_price']}, but its last bid led to {newest['amount']}"
    sold = listing["outcome"] == "sold"
    if listing["winner"] != (listing["leader"] if sold else None):
        yield f"names {listing['winner']} winner, but {listing['leader']} leads"


def _terms(sale: Sale) -> Terms:
    offer, soft = sale.offer, sale.offer["soft_close"]
    return Terms(
        seller_id="",
        currency=offer["currency"],
        starting_price=offer["starting_price"],
        reserve_price=offer.get("reserve_price"),
        increments=increments_of(offer["currency"], None),
        starts_at=datetime.fromisoformat(sale.listing["starts_at"]),
        scheduled_end=datetime.fromisoformat(sale.listing["scheduled_end"]),
        soft_close=SoftClose(
            window=timedelta(seconds=soft["window_seconds"]),
            extension=timedelta(seconds=soft["extension_seconds"]),
            max_extension=timedelta(seconds=soft["max_extension_seconds"]),
        ),
    )


def _number(alias: str) -> int:
    return int(alias.rpartition(" ")[2])
