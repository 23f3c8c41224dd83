"""One listing's stored bids put through the rules again, and held against everything that is stored of it.

Bids are taken one at a time, in their order; what is kept grows with the listing's bidders, not with its bids. Of each
kind of disagreement the first is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from common.domain.bidding import check_may_bid, check_open, place
from common.domain.errors import Refusal
from common.domain.listing import Standing, Status, opening_standing
from common.domain.placed_bid import PlacedBid
from dev.audit.closing import closing_disagreements
from dev.audit.stored import StoredBid, StoredListing


@dataclass(frozen=True, slots=True)
class Disagreement:
    """What does not agree, by a stable word and in a sentence. Sentences name maxima, which are secret."""

    kind: str
    said: str


class Replay:
    """The replay of one listing: `take` each bid, then ask for the `disagreements`."""

    def __init__(self, stored: StoredListing) -> None:
        self._stored = stored
        self._listing = stored.listing
        self._terms = stored.listing.terms
        self._replayed: Standing | None = opening_standing(self._terms)  # None once a bid is refused
        self._opened: int | None = None
        self._best: dict[int, tuple[int, int]] = {}
        self._count = 0
        self._last: PlacedBid | None = None
        self._said: dict[str, str] = {}

    def take(self, stored: StoredBid) -> None:
        """The next bid."""
        bid = stored.bid
        self._count += 1
        self._look_at_rows(bid, stored.number)
        self._look_at_minimum(bid)
        self._look_at_times(bid)
        if bid.price < self._price_before():
            self._say("price", f"the price fell: bid {bid.seq} says {bid.price} after {self._price_before()}")
        if self._replayed is not None:
            self._replayed = self._again(bid, self._replayed)
        if bid.max_amount > self._best.get(bid.bidder, (0, 0))[0]:
            self._best[bid.bidder] = (bid.max_amount, -bid.seq)
        self._last = bid

    def disagreements(self) -> Iterator[Disagreement]:
        """Everything that does not agree, after the last bid."""
        self._look_at_counts()
        self._look_at_price()
        self._look_at_leader()
        self._look_at_end()
        self._look_at_versions()
        if self._replayed is not None and self._replayed != self._listing.standing:
            self._say("standing", f"the listing says {self._listing.standing}, its bids {self._replayed}")
        for kind, said in closing_disagreements(self._stored):
            self._say(kind, said)
        yield from (Disagreement(kind, said) for kind, said in self._said.items())

    def _say(self, kind: str, said: str) -> None:
        self._said.setdefault(kind, said)

    def _look_at_rows(self, bid: PlacedBid, number: int | None) -> None:
        """Dense sequence and bidder numbers, no seller among the bidders, times in order."""
        if bid.seq != self._count:
            self._say("sequence", f"sequence numbers are not dense from 1: {bid.seq} stands in place {self._count}")
        if number != bid.bidder or (bid.bidder not in self._best and bid.bidder != len(self._best) + 1):
            self._say(
                "bidders",
                f"bidders are not numbered by their first bids: bid {bid.seq} has {bid.bidder}, its bidder {number}",
            )
        if bid.bidder_id == self._terms.seller_id:
            self._say("seller", f"the seller bid: {bid.seq}")
        if self._last is not None and bid.placed_at < self._last.placed_at:
            self._say("time", f"a later bid has an earlier time: {bid.seq}")

    def _look_at_minimum(self, bid: PlacedBid) -> None:
        """An accepted bid met the minimum that the row before it says; told without `place`."""
        last = self._last
        if last is None:
            least = self._terms.starting_price
        elif bid.bidder == last.leader and last.leader in self._best:
            least = self._best[last.leader][0] + 1
        else:
            least = last.price + self._terms.increments.step_at(last.price)
        if bid.max_amount < least:
            self._say("minimum", f"bid {bid.seq} of {bid.max_amount} was accepted under the minimum {least}")

    def _look_at_times(self, bid: PlacedBid) -> None:
        """It came between the start and the end that the row before it says, which it does not move back."""
        end = self._end_before()
        if not self._terms.starts_at <= bid.placed_at < end:
            self._say("late", f"bid {bid.seq} of {bid.placed_at} is not between {self._terms.starts_at} and {end}")
        if bid.ends_at < end:
            self._say("end", f"the end moved back: bid {bid.seq} says {bid.ends_at} after {end}")

    def _again(self, bid: PlacedBid, before: Standing) -> Standing | None:
        """The standing after the bid by the rules, which its row must say too; None if they refuse it."""
        if self._opened is None:
            self._opened = self._times_opened(bid.version - 2)
        try:
            check_open(self._terms, Status.ACTIVE, before.ends_at, now=bid.placed_at)
            check_may_bid(self._terms, bid.bidder_id)
            after = place(self._terms, before, bidder=bid.bidder, max_amount=bid.max_amount, now=bid.placed_at)
        except Refusal as refusal:
            self._say("refused", f"bid {bid.seq} is refused when replayed: {refusal!r}")
            return None
        again = (after.leader, after.price, after.ends_at, 1 + self._opened + bid.seq)
        says = (bid.leader, bid.price, bid.ends_at, bid.version)
        if again != says:
            self._say("replay", f"bid {bid.seq} says {says}, its replay {again}")
        return after

    def _look_at_counts(self) -> None:
        standing, bidders = self._listing.standing, len(self._best)
        if standing.bid_count != self._count:
            self._say("bid_count", f"bid_count is {standing.bid_count}, there are {self._count} bids")
        if self._listing.bidder_count != bidders:
            self._say("bidder_count", f"bidder_count is {self._listing.bidder_count}, there are {bidders} bidders")
        if self._stored.bidders != bidders:
            self._say("bidders", f"{self._stored.bidders} bidders have numbers, {bidders} have bid")

    def _look_at_price(self) -> None:
        """It never falls, and stands between the starting price and the leader's maximum, one step over the second."""
        terms, standing = self._terms, self._listing.standing
        if standing.price < self._price_before():
            self._say("price", f"the price fell: the listing says {standing.price} after {self._price_before()}")
        if standing.high_max is None:
            if standing.price != terms.starting_price:
                self._say("price", "the price left the starting price without a bid")
            return
        if standing.price > standing.high_max:
            self._say("maximum", f"price {standing.price} is over the leader's maximum {standing.high_max}")
        reasons = [terms.starting_price]
        if standing.second_max is not None:
            reasons.append(terms.increments.above(standing.second_max))
        if terms.reserve_price is not None and terms.reserve_price <= standing.high_max:
            reasons.append(terms.reserve_price)
        if standing.price > max(reasons):
            second = standing.second_max
            self._say("step", f"price {standing.price} is more than a step over the second maximum {second}")

    def _look_at_leader(self) -> None:
        """The leader's maximum is the highest; of equal ones, the one that was set first. Told from the rows alone."""
        standing, best = self._listing.standing, self._best
        stored = (standing.leader, standing.high_max, standing.second_max)
        if not best:
            if stored != (None, None, None):
                self._say("leader", "somebody leads without a bid")
            return
        leader = max(best, key=lambda bidder: best[bidder])
        others = (maximum for bidder, (maximum, _) in best.items() if bidder != leader)
        told = (leader, best[leader][0], max(others, default=None))
        if told != stored:
            self._say("leader", f"leader, maximum and second maximum are {stored}, the bids say {told}")

    def _look_at_end(self) -> None:
        ends_at = self._listing.standing.ends_at
        if ends_at < self._end_before():
            self._say("end", f"the end moved back: the listing says {ends_at} after {self._end_before()}")
        if ends_at > self._terms.scheduled_end + self._terms.soft_close.max_extension:
            self._say("extension", f"the end moved beyond the longest extension: {ends_at}")

    def _look_at_versions(self) -> None:
        listing, closed = self._listing, self._listing.status is Status.CLOSED
        opened = self._times_opened(listing.version - 1 - closed) if self._opened is None else self._opened
        expected = 1 + opened + self._count + closed
        if listing.version != expected:
            self._say("version", f"version {listing.version} is not {expected}")
        if self._stored.mirrored_version > listing.version:
            mirrored = self._stored.mirrored_version
            self._say("mirror", f"the mirror is at {mirrored}, ahead of version {listing.version}")

    def _times_opened(self, further_versions: int) -> int:
        """Whether close_auctions opened it, which it does at most once, before the first bid, if it began scheduled."""
        began_scheduled = self._terms.starts_at > self._stored.created_at
        return min(1, max(0, further_versions)) if began_scheduled else 0

    def _price_before(self) -> int:
        return self._terms.starting_price if self._last is None else self._last.price

    def _end_before(self) -> datetime:
        return self._terms.scheduled_end if self._last is None else self._last.ends_at
