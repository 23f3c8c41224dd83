"""The period before a period, in words that verified questions take."""

import re
from datetime import date, timedelta

_LAST_DAYS = re.compile(r"last (\d{1,4}) days")


def period_before(period: str, today: date) -> str | None:
    """As many days before the period as it has so far; None where nothing sensible lies before it.

    Whole days of UTC. "last 30 days" ends now and not at midnight: both are 30 days long, apart by less than a day.

    >>> period_before("last 30 days", date(2026, 6, 15)), period_before("this month", date(2026, 6, 15))
    ('between 2026-04-16 and 2026-05-15', 'between 2026-05-01 and 2026-05-15')
    >>> period_before("last month", date(2026, 6, 15)), period_before("last 12 months", date(2026, 6, 15))
    ('between 2026-04-01 and 2026-04-30', 'between 2024-06-15 and 2025-06-14')
    >>> period_before("this year", date(2026, 2, 1)), period_before("all time", date(2026, 6, 15))
    ('between 2025-01-01 and 2025-02-01', None)
    """
    days = _LAST_DAYS.fullmatch(period)
    if days is not None:
        count = timedelta(days=int(days[1]))
        return _between(today - 2 * count, today - count - timedelta(days=1))
    month = today.replace(day=1)
    earlier = (month - timedelta(days=1)).replace(day=1)
    if period == "this month":
        return _between(earlier, min(earlier + timedelta(days=today.day - 1), month - timedelta(days=1)))
    if period == "last month":
        before = (earlier - timedelta(days=1)).replace(day=1)
        return _between(before, earlier - timedelta(days=1))
    if period == "this year":
        return _between(_a_year_before(month.replace(month=1)), _a_year_before(today))
    if period == "last 12 months":
        return _between(_a_year_before(_a_year_before(today)), _a_year_before(today) - timedelta(days=1))
    return None


def _a_year_before(day: date) -> date:
    """The same day of the year before, the 28th for a leap day."""
    return day.replace(year=day.year - 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _between(first: date, last: date) -> str:
    return f"between {first} and {last}"
