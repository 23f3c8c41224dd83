"""Whether auctions are closed, and the public sees what stands: what the scheduler's two jobs do."""

from __future__ import annotations

from collections.abc import Iterator

from dev.doctor.finding import Check, Finding
from dev.doctor.installation import Installation

CLOSING = Check("closing")
MIRROR = Check("mirror")
OVERDUE_SECONDS = 90
"""A run a minute, and half a minute for it."""
LAG_SECONDS = 60
_MOST = 10_000  # listings that are looked at one by one

_OVERDUE = (
    "SELECT COUNT(*), COALESCE(TIMESTAMPDIFF(SECOND, MIN(ends_at), UTC_TIMESTAMP(6)), 0) FROM listings"
    " WHERE status IN ('active', 'scheduled') AND ends_at < UTC_TIMESTAMP(6) - INTERVAL %(seconds)s SECOND"
)
# No column says when a listing last changed: it did when it was made, opened or closed, or took its last bid.
_BEHIND = (
    "SELECT COUNT(*), COALESCE(TIMESTAMPDIFF(SECOND, MIN(changed), UTC_TIMESTAMP(6)), 0) FROM ("
    " SELECT GREATEST(l.created_at, COALESCE(l.closed_at, l.created_at),"
    " IF(l.starts_at <= UTC_TIMESTAMP(6), l.starts_at, l.created_at),"
    " COALESCE((SELECT b.placed_at FROM bids b WHERE b.listing_id = l.id ORDER BY b.seq DESC LIMIT 1), l.created_at)"
    ") AS changed FROM listings l FORCE INDEX (listings_unmirrored) WHERE l.unmirrored = 1 LIMIT %(most)s"
    ") behind WHERE changed < UTC_TIMESTAMP(6) - INTERVAL %(seconds)s SECOND"
)


def closing(installation: Installation) -> Iterator[Finding]:
    """Whether auctions wait to be closed for longer than a scheduler leaves them.

    While none ends, a scheduler that is dead leaves no trace in the database; its alert looks at the log.
    """
    ((count, seconds),) = installation.rows(_OVERDUE, seconds=OVERDUE_SECONDS)
    if count:
        advice = "Nobody closes: look at the scheduler's job for close_auctions, then at that function's log."
        yield CLOSING.fault(f"{count} auctions are overdue, the oldest for {seconds} s", advice)
    else:
        yield CLOSING.good(
            f"no auction is overdue by more than {OVERDUE_SECONDS} s, which a dead scheduler shows once one ends"
        )


def lag(installation: Installation) -> Iterator[Finding]:
    """Whether the mirror has what is older than a run of sync_mirror."""
    if not installation.settings.mirror.enabled:
        yield MIRROR.doubt("MIRROR is off", "Pages poll. Set MIRROR=firestore for live updates.")
        return
    ((count, seconds),) = installation.rows(_BEHIND, seconds=LAG_SECONDS, most=_MOST)
    if count:
        advice = "Look at the scheduler's job for sync_mirror, then in its log for «mirror unreachable»."
        yield MIRROR.fault(f"{count} listings are not shown as they stand, the oldest for {seconds} s", advice)
    else:
        yield MIRROR.good(f"nothing older than {LAG_SECONDS} s is missing")
