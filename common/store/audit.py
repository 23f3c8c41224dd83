"""Who did what: written in the transaction that did it, never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from common.store.session import Session


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
        self._session.insert(
            "INSERT INTO audit_log (at, actor, action, listing_id, facts) VALUES (%s, %s, %s, %s, %s)",
            [(at, entry.actor, entry.action, entry.listing_id, json.dumps(entry.facts)) for entry in entries],
        )
