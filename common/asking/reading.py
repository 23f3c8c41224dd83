"""Rows of guarded statements: from the database, or kept from a moment ago."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from common.deadline import Deadline
from common.nl.cache import SingleFlight, StillWorking, TimedCache
from common.nl.guard import CanonicalQuery
from common.store.reporting import QueryFailed, Reporting, ResultTable

_RESULTS_KEPT = 50  # of at most a megabyte each
_KEEP_OVER_SECONDS = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRows:
    """Rows, when they were read, and whether for an earlier question."""

    table: ResultTable
    read_at: datetime
    cached: bool = False


class Reading:
    """Reads for many threads; the same statement twice at once is run once."""

    def __init__(
        self, reporting: Reporting, *, keep_seconds: float, keep_over_seconds: float = _KEEP_OVER_SECONDS
    ) -> None:
        self._reporting = reporting
        self._keep_seconds = keep_seconds
        self._keep_over_seconds = keep_over_seconds
        self._kept: TimedCache[ReadRows] = TimedCache(entries=_RESULTS_KEPT)
        self._flights: SingleFlight[ReadRows] = SingleFlight()
        self._safe = False

    def read(self, query: CanonicalQuery, *, over: bool, refresh: bool, deadline: Deadline) -> ReadRows:
        """The statement's rows; kept ones unless the asker wants them fresh. `over`: it asks for a time that has ended.

        Raises:
            QueryFailed: the database refused or did not answer in time.
            UnsafeGrants: the analysts' user may do more than read the views.
        """
        kept = None if refresh else self._kept.get(query.fingerprint)
        if kept is not None:
            return replace(kept, cached=True)
        try:
            return self._flights.run(
                query.fingerprint, lambda: self._run(query, deadline, over=over), seconds=deadline.left()
            )
        except StillWorking as error:
            raise QueryFailed("busy") from error

    def _run(self, query: CanonicalQuery, deadline: Deadline, *, over: bool) -> ReadRows:
        if not self._safe:
            self._reporting.check()
            self._safe = True
        table = self._reporting.run(query.sql, deadline=deadline)
        read = ReadRows(table=table, read_at=datetime.now(UTC))
        if not table.truncated:
            seconds = self._keep_over_seconds if over else self._keep_seconds
            self._kept.put(query.fingerprint, read, seconds=seconds)
        return read
