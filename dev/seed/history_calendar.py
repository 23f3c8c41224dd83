"""When a year's auctions end and bids come: growth, seasons, a weekly rhythm, evenings. All of it is UTC."""

from __future__ import annotations

import bisect
import itertools
import random
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

DAYS = 365
_DAY = timedelta(days=1)
_TO_SETTLE = timedelta(hours=2)  # longer than a soft close may last and the scheduler may take
_GROWTH = (0.55, 1.45)  # a year ago and now, against the year's average
_WEEKDAYS = (0.8, 0.8, 0.9, 1.1, 0.8, 1.1, 1.7)  # from Monday: people end their auctions on Sundays
# Hours of the day from 0: few at night, some at noon, most in the evening.
_BIDS_BY_HOUR = (5, 3, 2, 1, 1, 2, 4, 8, 12, 15, 17, 20, 26, 22, 18, 18, 22, 30, 44, 58, 66, 56, 34, 14)
_ENDS_BY_HOUR = (0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 3, 5, 4, 4, 5, 7, 12, 20, 28, 26, 14, 4, 0)


class Year:
    """The days of the twelve months before `now` on which auctions of a category end."""

    def __init__(self, now: datetime, seasons: Sequence[float]) -> None:
        last = datetime.combine((now - _TO_SETTLE).date() - _DAY, time.min, UTC)
        self._days = [last - (DAYS - 1 - number) * _DAY for number in range(DAYS)]
        heights = list(itertools.accumulate(self._weight(number, seasons) for number in range(DAYS)))
        self._heights = [height / heights[-1] for height in heights]

    def day(self, share: float) -> datetime:
        """Midnight of the day by which this share of the year's auctions have ended, from 0 to 1."""
        return self._days[bisect.bisect(self._heights, share, hi=DAYS - 1)]

    def _weight(self, number: int, seasons: Sequence[float]) -> float:
        day = self._days[number]
        first, last = _GROWTH
        growth = first + (last - first) * number / DAYS
        return growth * seasons[day.month - 1] * _WEEKDAYS[day.weekday()]


def end_of_day(rng: random.Random) -> timedelta:
    """A time of the day at which auctions end, on a full five minutes."""
    (hour,) = rng.choices(range(24), _ENDS_BY_HOUR)
    return timedelta(hours=hour, minutes=5 * rng.randrange(12))


def near(moment: datetime, rng: random.Random) -> datetime:
    """A time of the same day at which people are at their screens."""
    (hour,) = rng.choices(range(24), _BIDS_BY_HOUR)
    return datetime.combine(moment.date(), time.min, UTC) + timedelta(hours=hour) + jitter(3600, rng)


def jitter(seconds: float, rng: random.Random) -> timedelta:
    """A time of at least 1 s and at most about so many seconds, to the microsecond, for nobody acts on the second."""
    return timedelta(seconds=1, microseconds=rng.randrange(int(seconds * 1_000_000)))
