"""Where bids are taken: lanes in front of the database, one transaction per batch.

The path of a bid: lane → lock the listings in id order → read the database's clock and the keys used before →
judge in order of arrival → one INSERT, one UPDATE, commit → every request gets its own answer.
Several instances may bid on the same row at once; the row lock decides between them, not the lanes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from common.bidding.batch import AcceptedBid, Lot, Pair, PendingBid, judge
from common.bidding.lanes import Lanes
from common.bidding.seat import Seat
from common.config import LaneSettings
from common.deadline import Deadline
from common.domain.actor import Actor
from common.domain.errors import Busy, IdempotencyKeyReused, Refusal
from common.domain.listing import Offer
from common.domain.placed_bid import PlacedBid
from common.store.session import ConstraintViolated
from common.store.store import Store, Transaction

Key = TypeVar("Key")
Value = TypeVar("Value")

_MOST_REMEMBERED = 50_000  # people, and numbers of theirs: some ten MB each; forgetting costs a look-up
_MOST_OFFERS = 5_000  # with descriptions of a few kilobytes


class BidDesk:
    """Takes bids of many requests at once; used from one event loop."""

    def __init__(self, store: Store, settings: LaneSettings, seat: Seat) -> None:
        self._store = store
        self._lanes: Lanes[PendingBid, AcceptedBid] = Lanes(self._commit, settings, seat)
        self._people: dict[str, Actor] = {}
        self._numbers: dict[Pair, int] = {}  # a bidder keeps his number, so what was once committed stays true
        self._offers: dict[str, Offer] = {}  # as of a revision, which is compared under the row's lock

    def place(self, bid: PendingBid) -> Awaitable[AcceptedBid]:
        """The bid, once it is committed.

        Raises:
            Refusal: as `judge`, or Busy and Unavailable: nothing is known to be done, the same request may be
                sent again under the same key.
        """
        return self._lanes.put(bid.listing_id, bid)

    def _commit(self, bids: Sequence[PendingBid]) -> list[AcceptedBid | Exception]:
        """One outcome per bid. What waited past its deadline is not begun."""
        in_time = [bid.deadline.left() > 0 for bid in bids]
        begun = [bid for bid, wanted in zip(bids, in_time, strict=True) if wanted]
        outcomes = iter(self._together(begun) if begun else ())
        return [next(outcomes) if wanted else Busy() for wanted in in_time]

    def _together(self, bids: Sequence[PendingBid]) -> Sequence[AcceptedBid | Exception]:
        """All in one transaction; if that fails for a reason of one bid's own, each by itself."""
        try:
            return self._transact(bids)
        except Refusal as refusal:  # Busy or Unavailable: it would be the same for each
            return [refusal] * len(bids)
        except Exception as error:  # noqa: BLE001 - one bad bid must cost nobody else; its own error is its answer
            if len(bids) == 1 and not isinstance(error, ConstraintViolated):
                return [error]
        return [self._alone(bid) for bid in bids]

    def _alone(self, bid: PendingBid) -> AcceptedBid | Exception:
        """One bid; a key that another transaction has just used is found at the second try."""
        for _ in range(2):
            try:
                return self._transact([bid])[0]
            except ConstraintViolated:
                continue
            except Exception as error:  # noqa: BLE001 - as above
                return error
        return IdempotencyKeyReused()

    def _transact(self, bids: Sequence[PendingBid]) -> Sequence[AcceptedBid | Exception]:
        """The batch may be run again after a lost connection even if it was committed: the keys tell."""
        newcomers = {bid.actor.user_id: bid.actor for bid in bids if not self._knows(bid.actor)}

        def attempt(tx: Transaction) -> _Round:
            if newcomers:
                tx.users.remember([newcomers[user_id] for user_id in sorted(newcomers)])
            return _play(tx, bids, numbers=self._numbers, offers=self._offers)

        deadline = Deadline(max(bid.deadline.at for bid in bids))
        played = self._store.transact(attempt, deadline=deadline, repeatable=True)
        _remember(self._people, newcomers)
        _remember(self._numbers, played.numbers)
        _remember(self._offers, played.offers, most=_MOST_OFFERS)
        return played.outcomes

    def _knows(self, actor: Actor) -> bool:
        known = self._people.get(actor.user_id)
        return known is actor or known == actor


@dataclass(frozen=True, slots=True)
class _Round:
    """What a batch came to, and what it learnt: its bidders' numbers and its listings' offers."""

    outcomes: Sequence[AcceptedBid | Exception]
    numbers: Mapping[Pair, int]
    offers: Mapping[str, Offer]


def _play(
    tx: Transaction, bids: Sequence[PendingBid], *, numbers: Mapping[Pair, int], offers: Mapping[str, Offer]
) -> _Round:
    """Lock and look up, judge, write and commit; `numbers` and `offers` are what is remembered."""
    listing_ids = {bid.listing_id for bid in bids}
    pairs = {(bid.listing_id, bid.actor.user_id) for bid in bids}
    numbers = _known(numbers, pairs)
    docket = tx.dockets.open(
        listing_ids,
        keys=[bid.key for bid in bids],
        bidders=[pair for pair in pairs if pair not in numbers],
        offers=_known(offers, listing_ids),
    )
    numbers.update(docket.numbers)
    lots = {listing_id: Lot(listing, numbers, docket.now) for listing_id, listing in docket.listings.items()}
    outcomes = judge(bids, lots, docket.placed)
    newest = {listing_id: lot.listing() for listing_id, lot in lots.items()}
    moved = [lot for lot in lots.values() if lot.placed]
    new_numbers = {pair: number for lot in moved for pair, number in lot.new_numbers.items()}
    if moved:
        tx.dockets.settle(
            [newest[lot.listing_id] for lot in moved],
            bids=[placed for lot in moved for placed in lot.placed],
            numbers=new_numbers,
        )
    return _Round(
        [
            AcceptedBid(outcome, newest[outcome.listing_id]) if isinstance(outcome, PlacedBid) else outcome
            for outcome in outcomes
        ],
        {**docket.numbers, **new_numbers},
        docket.offers,
    )


def _known(remembered: Mapping[Key, Value], keys: Collection[Key]) -> dict[Key, Value]:
    """What is remembered of these; another thread may forget everything meanwhile."""
    found = ((key, remembered.get(key)) for key in keys)
    return {key: value for key, value in found if value is not None}


def _remember(known: dict[Key, Value], new: Mapping[Key, Value], *, most: int = _MOST_REMEMBERED) -> None:
    if len(known) > most:
        known.clear()
    known.update(new)
