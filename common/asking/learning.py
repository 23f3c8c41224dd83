"""What reviewers made verified, and took back, while this instance runs: it looks at first and once a minute."""

from __future__ import annotations

import time

from common.asking.planner import Planner
from common.nl.verified import catalogue
from common.store.store import Transaction

SECONDS = 60.0
"""How long an instance may answer by what was taken back, and not know what is new."""


class Learning:
    """Keeps a planner's catalogue; used by many threads, of which two may look at once and find the same."""

    def __init__(self, planner: Planner) -> None:
        self._planner = planner
        self._looked_at = float("-inf")

    def catch_up(self, tx: Transaction) -> None:
        """Exchange the catalogue for one with the house's own questions as they are now, unless that was just done."""
        if time.monotonic() >= self._looked_at + SECONDS:
            self._planner.catalogue = catalogue(tx.questions.verified())
            self._looked_at = time.monotonic()
