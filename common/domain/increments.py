"""Bid increments: how far above the shown price the next bid must be.

A table is bands of (lower bound, step) in minor units; a seller may choose one flat step instead.
Sources: eBay.com's table (USD) and eBay UK's (GBP; also used for EUR), as in auction-rules.
"""

from __future__ import annotations

import functools
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Increments:
    """Bands sorted by their lower bounds, the first of which is 0; all in minor units."""

    lower_bounds: tuple[int, ...]
    steps: tuple[int, ...]

    def __post_init__(self) -> None:
        assert self.lower_bounds[0] == 0
        assert list(self.lower_bounds) == sorted(set(self.lower_bounds))
        assert len(self.steps) == len(self.lower_bounds)
        assert min(self.steps) > 0

    @classmethod
    def of(cls, bands: Sequence[tuple[int, int]]) -> Increments:
        """From (lower bound, step) pairs.

        >>> Increments.of([(0, 5), (100, 25)]).step_at(100)
        25
        """
        return cls(tuple(bound for bound, _ in bands), tuple(step for _, step in bands))

    @classmethod
    @functools.lru_cache(maxsize=1000)
    def flat(cls, step: int) -> Increments:
        """One step at every price.

        >>> Increments.flat(500).step_at(1_000_000)
        500
        """
        return cls((0,), (step,))

    def step_at(self, price: int) -> int:
        """Step of the band that holds `price`, in minor units; lower bounds are inclusive (auction-rules).

        >>> TABLES["USD"].step_at(99_99), TABLES["USD"].step_at(100_00)
        (100, 250)
        """
        return self.steps[bisect_right(self.lower_bounds, price) - 1]

    def above(self, price: int) -> int:
        """The price one step up, in minor units.

        >>> TABLES["USD"].above(127_50)
        13000
        """
        return price + self.step_at(price)


_US = Increments.of(
    [
        (0, 5),
        (1_00, 25),
        (5_00, 50),
        (25_00, 1_00),
        (100_00, 2_50),
        (250_00, 5_00),
        (500_00, 10_00),
        (1_000_00, 25_00),
        (2_500_00, 50_00),
        (5_000_00, 100_00),
    ]
)
_UK = Increments.of(
    [
        (0, 5),
        (1_00, 20),
        (5_00, 50),
        (15_00, 1_00),
        (60_00, 2_00),
        (150_00, 5_00),
        (300_00, 10_00),
        (600_00, 20_00),
        (1_500_00, 50_00),
        (3_000_00, 100_00),
    ]
)

TABLES: dict[str, Increments] = {"USD": _US, "GBP": _UK, "EUR": _UK}
"""The increment table of each currency a listing may have."""


def increments_of(currency: str, flat_step: int | None) -> Increments:
    """The seller's flat step where he chose one, else his currency's table.

    >>> increments_of("EUR", None).step_at(1_00), increments_of("EUR", 7).step_at(1_00)
    (20, 7)
    """
    return TABLES[currency] if flat_step is None else Increments.flat(flat_step)
