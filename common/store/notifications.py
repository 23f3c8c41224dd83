"""What people are told, one row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from common.store.session import Session, json_rows, json_table, zoneless


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One person's news about one listing; `kind` is won, sold, reserve_not_met or no_bids."""

    user_id: str
    listing_id: str
    kind: str


class Notifications:
    """Table `notifications`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def insert(self, notifications: Sequence[Notification], *, at: datetime) -> None:
        """Tell them, in the same transaction as what they are told of."""
        if notifications:
            rows = [(note.user_id, note.listing_id, note.kind, zoneless(at)) for note in notifications]
            self._session.execute(
                "INSERT INTO notifications (user_id, listing_id, kind, created_at) SELECT j.* FROM "
                + json_table("rows", user_id="user", listing_id="listing", kind="word", created_at="DATETIME(6)"),
                rows=json_rows(rows),
            )
