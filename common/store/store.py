"""Transactions: a block is run, committed and, where MySQL asks for it, run again."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import TypeVar

import pymysql

from common.config import DatabaseSettings
from common.deadline import Deadline
from common.domain.errors import Refusal, Unavailable
from common.store.audit import AuditLog
from common.store.bids import Bids
from common.store.connect import connector
from common.store.docket import Dockets
from common.store.listings import Listings
from common.store.notifications import Notifications
from common.store.pool import Pool
from common.store.questions import Questions
from common.store.session import ConstraintViolated, Session
from common.store.users import Users

T = TypeVar("T")

ATTEMPTS = 3
"""Contention that survives three tries is load, which only waiting outside the database cures."""

_CONTENTION = frozenset({1205, 1213})  # lock wait timeout, deadlock
_TIMED_OUT = frozenset({1969, 3024, 1317})  # statement limit of MariaDB, of MySQL; interrupted
_LOST = frozenset({0, 1040, 1053, 1152, 1184, 1203, 1290, 1836, 1927, 2002, 2003, 2006, 2013, 2014, 2026, 2055, 4031})


class Transaction:
    """One transaction's tables. Nothing of it is seen by others before the block it is given to has returned."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def now(self) -> datetime:
        """The database's clock. Ask after the locks are held: a statement's time is when it began (design, clock)."""
        rows = self._session.rows("SELECT UTC_TIMESTAMP(6)")
        now: datetime = rows[0][0]
        return now

    @cached_property
    def listings(self) -> Listings:
        """The listings."""
        return Listings(self._session)

    @cached_property
    def bids(self) -> Bids:
        """The bids and who placed them."""
        return Bids(self._session)

    @cached_property
    def dockets(self) -> Dockets:
        """What bidding reads and writes."""
        return Dockets(self._session)

    @cached_property
    def users(self) -> Users:
        """The people."""
        return Users(self._session)

    @cached_property
    def notifications(self) -> Notifications:
        """What people are told."""
        return Notifications(self._session)

    @cached_property
    def audit_log(self) -> AuditLog:
        """Who did what."""
        return AuditLog(self._session)

    @cached_property
    def questions(self) -> Questions:
        """What analysts asked."""
        return Questions(self._session)


class Store:
    """MySQL as the operations see it."""

    def __init__(self, settings: DatabaseSettings) -> None:
        self._pool = Pool(connector(settings), settings)

    def transact(self, attempt: Callable[[Transaction], T], *, deadline: Deadline, repeatable: bool = False) -> T:
        """Run the block in a transaction; commit what returns, roll back what raises.

        MySQL answers contention by asking for the block to be run again, so the block may run up to ATTEMPTS
        times and must have no effect outside the transaction. A connection lost before the commit was sent is
        tried again too; one lost during it, when nobody knows whether it happened, only if the block is
        `repeatable`, that is, finds what it has already done.

        Raises:
            Busy: no connection came free in time.
            Unavailable: the database could not be reached, or stayed contended, before the deadline.
        """
        for tries_left in reversed(range(ATTEMPTS)):
            fate = _Fate()
            try:
                return self._once(attempt, fate, deadline)
            except (pymysql.OperationalError, pymysql.InterfaceError) as error:
                errno = _errno(error)
                if errno not in _CONTENTION | _TIMED_OUT | _LOST:
                    raise
                if errno in _LOST:
                    self._pool.drop_idle()
                again = errno in _CONTENTION or (errno in _LOST and (repeatable or not fate.commit_sent))
                if not again or not tries_left or deadline.left() <= 0:
                    raise Unavailable from error
                _pause_before_retry(deadline, lost=errno in _LOST)
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        """Let the connections go."""
        self._pool.drop_idle()

    def _once(self, attempt: Callable[[Transaction], T], fate: _Fate, deadline: Deadline) -> T:
        with self._pool.connection(deadline) as connection:
            session = fate.session = Session(connection)
            try:
                result = attempt(Transaction(session))
                if not session.commit_sent:
                    session.commit()
            except (Refusal, ConstraintViolated) as refusal:
                connection.rollback()
                refused: Exception = refusal
            else:
                return result
        raise refused  # outside the pool's block: an answer is no reason to drop a connection


class _Fate:
    """Whether a try's commit left our hands."""

    session: Session | None = None

    @property
    def commit_sent(self) -> bool:
        return self.session is not None and self.session.commit_sent


def _errno(error: pymysql.Error) -> int:
    return error.args[0] if error.args and isinstance(error.args[0], int) else -1


def _pause_before_retry(deadline: Deadline, *, lost: bool) -> None:
    """Step out of the others' way: a few milliseconds after contention, longer while a server comes back."""
    wait = random.uniform(0.1, 0.3) if lost else random.uniform(0.001, 0.01)  # noqa: S311 - jitter, not a secret
    time.sleep(max(0.0, min(wait, deadline.left())))
