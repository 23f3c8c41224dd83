"""The evening's lots and who comes for them: all that is decided before the doors open."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dev.seed.plan import DATA

BIDDERS = 20
SELLER = "greenbaize-rooms"
USUAL_MINUTES = 3.0
SOFT_CLOSE_SECONDS = 20
SHORTEST_SECONDS = 10  # of any listing

_LOTS_EACH = 3
# title, category, currency, starting price, estimate and reserve in whole units, share of the evening, description
_LOTS: tuple[tuple[str, str, str, int, int, int | None, float, str], ...] = (
    ("Ship's lantern, copper, with a blue glass", "art", "GBP", 40, 210, None, 0.50,
     "From a coasting vessel, wired later and now returned to oil. Dents that tell of weather."),
    ("Travelling chess set in a rosewood box", "furniture", "USD", 60, 320, 180, 0.58,
     "Pegged pieces in boxwood and ebony, all thirty-two present. The box doubles as the board."),
    ("Night-sky globe, six inches, on its stand", "books", "EUR", 150, 740, None, 0.66,
     "Paper gores over plaster, with the constellations as their animals. One crack along a meridian."),
    ("Alarm wristwatch, steel, 1956", "watches", "USD", 120, 560, None, 0.75,
     "It rings like a cricket in a tin. Dial and hands untouched, the case polished once long ago."),
    ("Three bottles of old madeira, dry", "wine", "GBP", 80, 410, 640, 0.83,
     "Stencilled bottles from an island cellar, recorked in the nineties. It will outlive the buyer."),
)  # fmt: skip


class Temper(StrEnum):
    """How a bidder goes about it."""

    EARLY = "early proxy"
    STEPS = "step by step"
    PATIENT = "patient"
    SNIPER = "sniper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """What is offered: `offer` is create_listing's body."""

    offer: dict[str, Any]
    estimate: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    """One bidder's interest in one lot: how far he would go, in minor units, and how he goes about it."""

    bidder: str
    lot: int
    temper: Temper
    purse: int
    patience: float  # 0 to 1: how late in his way he acts

    def wish(
        self, *, minimum: int, leading: bool, bids_made: int, elapsed: float, soft_closes_left: float
    ) -> int | None:
        """What he bids now, None to wait.

        Args:
            minimum: the least that the lot accepts from him.
            leading: whether he leads.
            bids_made: how many bids of his stand already.
            elapsed: the share of the lot's time that is over, 1 at its scheduled end.
            soft_closes_left: the time left, in soft-close windows.

        >>> late = Interest(bidder="b", lot=0, temper=Temper.SNIPER, purse=90_00, patience=0.5)
        >>> now = {"minimum": 50_00, "leading": False, "bids_made": 0, "elapsed": 0.97}
        >>> late.wish(**now, soft_closes_left=0.6), late.wish(**now, soft_closes_left=0.2)
        (None, 9000)
        """
        if leading or minimum > self.purse:
            return None
        match self.temper:
            case Temper.EARLY:
                return self.purse if bids_made == 0 and elapsed >= 0.3 * self.patience else None
            case Temper.STEPS:
                return minimum if elapsed >= 0.4 * self.patience else None
            case Temper.PATIENT:
                step = minimum + minimum // 20 // 100 * 100
                return min(self.purse, step) if elapsed >= 0.5 + 0.3 * self.patience else None
            case Temper.SNIPER:
                return self.purse if soft_closes_left <= 0.4 - 0.3 * self.patience else None


def lots(minutes: float) -> list[Lot]:
    """The lots of an evening that lasts about so long; the last scheduled end comes after five sixths of it."""
    window = max(1, round(SOFT_CLOSE_SECONDS * pace(minutes)))
    soft_close = {"window_seconds": window, "extension_seconds": window, "max_extension_seconds": 3 * window}
    evening = []
    for title, category, currency, start, estimate, reserve, share, description in _LOTS:
        offer: dict[str, Any] = {
            "title": title,
            "description": description,
            "category": category,
            "currency": currency,
            "starting_price": start * 100,
            "duration_seconds": max(SHORTEST_SECONDS, round(minutes * 60 * share)),
            "soft_close": soft_close,
        }
        if reserve:
            offer["reserve_price"] = reserve * 100
        evening.append(Lot(offer=offer, estimate=estimate * 100))
    return evening


def pace(minutes: float) -> float:
    """How fast everybody looks and acts: 1 on a usual evening, less on a short one."""
    return min(1.0, minutes / USUAL_MINUTES)


def interests(evening: Sequence[Lot], *, seed: int) -> list[Interest]:
    """Who comes for what: each bidder for three lots, the tempers by turns."""
    rng = random.Random(seed)
    names = json.loads(DATA.read_text(encoding="utf-8"))["bidders"][:BIDDERS]
    tempers = list(Temper)
    return [
        Interest(
            bidder=name,
            lot=lot,
            temper=tempers[number % len(tempers)],
            purse=int(evening[lot].estimate * rng.uniform(0.5, 1.2)) // 100 * 100,
            patience=rng.random(),
        )
        for number, name in enumerate(names)
        for lot in sorted(rng.sample(range(len(evening)), _LOTS_EACH))
    ]
