"""Moments as the visitor reads them, in the visitor's zone; cells stay in UTC, as the market's days are."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def clock_time(moment: datetime, zone: str | None, *, seconds: bool = False) -> str:
    """The time of day in a zone, or in UTC and saying so.

    >>> noon = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
    >>> clock_time(noon, "Europe/Vienna"), clock_time(noon, "Nowhere/At_All"), clock_time(noon, None, seconds=True)
    ('14:00', '12:00 UTC', '12:00:00 UTC')
    """
    form = "%H:%M:%S" if seconds else "%H:%M"
    place = _zone(zone)
    if place is None:
        return f"{moment.astimezone(UTC):{form}} UTC"
    return f"{moment.astimezone(place):{form}}"


def day_and_time(moment: datetime, zone: str | None, now: datetime) -> str:
    """When something was, said short: today by the clock, else by the day.

    >>> noon, next_day = datetime(2026, 6, 15, 12, 0, tzinfo=UTC), datetime(2026, 6, 16, 9, 0, tzinfo=UTC)
    >>> day_and_time(noon, "Europe/Vienna", noon), day_and_time(noon, "Europe/Vienna", next_day)
    ('14:00', '15 Jun, 14:00')
    """
    place = _zone(zone) or UTC
    local = moment.astimezone(place)
    time = clock_time(moment, zone)
    return time if local.date() == now.astimezone(place).date() else f"{local.day} {local:%b}, {time}"


def moment_text(cell: str) -> str:
    """A date or a datetime (UTC) of a result, for a tooltip.

    >>> moment_text("2026-06-15"), moment_text("2026-06-05T12:30:00Z"), moment_text("soon")
    ('15 Jun 2026', '5 Jun 2026, 12:30', 'soon')
    """
    try:
        moment = datetime.fromisoformat(cell)
    except ValueError:
        return cell
    day = f"{moment.day} {moment:%b %Y}"
    return f"{day}, {moment:%H:%M}" if "T" in cell else day


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        return None
