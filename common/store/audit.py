"""Who did what: written in the transaction that did it, never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from common.store.session import Session, json_rows, json_table, zoneless


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One act on one listing; `actor` is a user id or the operation that acted by itself, `facts` have no secrets."""

    actor: str
    action: str
    listing_id: str
    facts: Mapping[str, object]


class AuditLog:
    """Table `audit_log`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def append(self, entries: Sequence[AuditEntry], *, at: datetime) -> None:
        """Add entries."""
        if entries:
            rows = [
                (zoneless(at), entry.actor, entry.action, entry.listing_id, orjson.dumps(entry.facts).decode())
                for entry in entries
            ]
            self._session.execute(
                "INSERT INTO audit_log (at, actor, action, listing_id, facts) SELECT j.* FROM "
                + json_table("rows", at="DATETIME(6)", actor="user", action="word", listing_id="listing", facts="text"),
                rows=json_rows(rows),
            )
