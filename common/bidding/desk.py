"""Where bids are taken: lanes in front of the database, one transaction per batch.

The path of a bid: lane → lock the listings in id order → read the database's clock and the keys used before →
judge in order of arrival → one INSERT, one UPDATE, commit → every request gets its own answer.
Several instances may bid on the same row at once; the row lock decides between them, not the lanes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from common.bidding.batch import AcceptedBid, Lot, PendingBid, judge
from common.bidding.lanes import Lanes
from common.config import LaneSettings
from common.deadline import Deadline
from common.domain.actor import Actor
from common.domain.errors import Busy, IdempotencyKeyReused, Refusal
from common.domain.listing import Listing
from common.domain.placed_bid import PlacedBid
from common.store.session import ConstraintViolated
from common.store.store import Store, Transaction

_REMEMBERED_PEOPLE = 50_000  # a few MB; forgetting one costs a look-up


class BidDesk:
    """Takes bids of many requests at once; used from one event loop."""

    def __init__(self, store: Store, settings: LaneSettings) -> None:
        self._store = store
        self._lanes: Lanes[PendingBid, AcceptedBid] = Lanes(self._commit, settings)
        self._people: dict[str, Actor] = {}

    async def place(self, bid: PendingBid) -> AcceptedBid:
        """The bid, once it is committed.

        Raises:
            Refusal: as `judge`, or Busy and Unavailable: nothing is known to be done, the same request may be
                sent again under the same key.
        """
        return await self._lanes.put(bid.listing_id, bid)

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
        newcomers = {bid.actor.user_id: bid.actor for bid in bids if self._people.get(bid.actor.user_id) != bid.actor}

        def attempt(tx: Transaction) -> Sequence[AcceptedBid | Exception]:
            if newcomers:
                tx.users.remember([newcomers[user_id] for user_id in sorted(newcomers)])
            return _place_all(tx, bids)

        deadline = Deadline(max(bid.deadline.at for bid in bids))
        outcomes = self._store.transact(attempt, deadline=deadline, repeatable=True)
        if len(self._people) > _REMEMBERED_PEOPLE:
            self._people.clear()
        self._people.update(newcomers)
        return outcomes


def _place_all(tx: Transaction, bids: Sequence[PendingBid]) -> list[AcceptedBid | Exception]:
    """Lock and look up, judge, write and commit."""
    docket = tx.dockets.open(
        {bid.listing_id for bid in bids},
        keys=[bid.key for bid in bids],
        bidders=[(bid.listing_id, bid.actor.user_id) for bid in bids],
    )
    lots = {listing_id: Lot(listing, docket.numbers, docket.now) for listing_id, listing in docket.listings.items()}
    outcomes = judge(bids, lots, docket.placed)
    newest = {listing_id: lot.listing() for listing_id, lot in lots.items()}
    _settle(tx, [lot for lot in lots.values() if lot.placed], newest)
    return [
        AcceptedBid(placed=outcome, newest=newest[outcome.listing_id]) if isinstance(outcome, PlacedBid) else outcome
        for outcome in outcomes
    ]


def _settle(tx: Transaction, moved: Sequence[Lot], newest: Mapping[str, Listing]) -> None:
    if moved:
        tx.dockets.settle(
            [newest[lot.listing_id] for lot in moved],
            bids=[placed for lot in moved for placed in lot.placed],
            numbers={pair: number for lot in moved for pair, number in lot.new_numbers.items()},
        )
