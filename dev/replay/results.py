"""What a replay is asked and what it answers."""

from __future__ import annotations

import json
from dataclasses import dataclass

from common.domain.closing import outcome_of
from common.domain.listing import Outcome, Standing, Terms


class ReplayFailed(Exception):  # noqa: N818 - it says what happened
    """The replay could not be carried through, so that nothing it would say counts."""


@dataclass(frozen=True, slots=True)
class Steps:
    """The increments of every listing of the file: a currency's table, or `flat` minor units."""

    currency: str
    flat: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How one listing ended; `price` in minor units, None without a bid; `winner` None when it was not sold."""

    listing: str
    price: int | None
    winner: str | None
    accepted: int
    refused: int

    @classmethod
    def of(cls, listing: str, terms: Terms, standing: Standing, *, leader: str | None, refused: int) -> Result:
        """The result of closing a listing as it stands, led by this bidder."""
        return cls(
            listing=listing,
            price=None if standing.leader is None else standing.price,
            winner=leader if outcome_of(terms, standing) is Outcome.SOLD else None,
            accepted=standing.bid_count,
            refused=refused,
        )

    def line(self) -> str:
        """As JSON on one line, in ASCII; the price with its two decimals, which no float would keep for sure.

        >>> Result(listing="l1", price=26000, winner="ann", accepted=2, refused=0).line()
        '{"listing": "l1", "price": 260.00, "winner": "ann", "accepted": 2, "refused": 0}'
        """
        price = "null" if self.price is None else f"{self.price // 100}.{self.price % 100:02}"
        return (
            f'{{"listing": {json.dumps(self.listing)}, "price": {price}, "winner": {json.dumps(self.winner)},'
            f' "accepted": {self.accepted}, "refused": {self.refused}}}'
        )
