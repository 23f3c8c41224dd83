"""close_auctions: end every auction whose time has come, once each; the scheduler calls it every minute."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from marshmallow import fields

from common import logs
from common.domain.closing import is_due, outcome_of
from common.domain.listing import Listing, Outcome, Status
from common.operations.answers import Strict
from common.operations.call import Answer, Call, Caller, KeyUse
from common.operations.showing import show
from common.services import Services
from common.store.audit import AuditEntry
from common.store.notifications import Notification
from common.store.store import Transaction

METHOD = "POST"
CALLER = Caller.SCHEDULER
IDEMPOTENCY_KEY = KeyUse.NONE

BATCH = 500
"""Listings closed in one transaction: large enough to share the commit, small enough not to hold rows for long."""
_SECONDS_FOR_LAST_BATCH = 2.0
_LOOKS_AGAIN = 3
_SECONDS_BETWEEN_LOOKS = 0.2
"""A batch of bids holds its listings for some milliseconds, those that have just ended too. Whoever bid on one would
wait for its end until the scheduler calls again."""


class Request(Strict):
    """POST body: an empty object."""


class CountsView(Strict):
    """How many ended how."""

    sold = fields.Integer(required=True, strict=True)
    reserve_not_met = fields.Integer(required=True, strict=True)
    no_bids = fields.Integer(required=True, strict=True)


class Response(Strict):
    """200: what this run closed."""

    closed = fields.Nested(CountsView, required=True)


async def run(services: Services, call: Call, body: dict[str, Any]) -> Answer:  # noqa: ARG001 - it says nothing
    """Open what has started, close what is due, until nothing is or time runs short; overlapping runs share the work.

    Nothing waits for a row that somebody holds; a run looks again a few times before it leaves one to the next run.
    Each batch is shown in the mirror while the next one is decided; what the mirror misses, `sync_mirror` repairs.

    Raises:
        Busy, Unavailable: the next run goes on; what was closed stays closed.
    """
    counts: Counter[Outcome] = Counter()
    looks_again = _LOOKS_AGAIN
    while call.deadline.left() > _SECONDS_FOR_LAST_BATCH:
        opened = await services.threads.run(lambda: services.store.transact(_open_batch, deadline=call.deadline))
        closed, at = await services.threads.run(lambda: services.store.transact(_close_batch, deadline=call.deadline))
        if closed:
            late = max(at - listing.standing.ends_at for listing in closed)
            logs.write("INFO", "auctions closed", closed=len(closed), delay_seconds=round(late.total_seconds(), 3))
        counts.update(listing.outcome for listing in closed if listing.outcome)
        await show(services, call, closed)
        if len(closed) == BATCH or opened == BATCH:
            continue
        if not looks_again or not await services.threads.run(lambda: _is_any_due(services, call)):
            break
        looks_again -= 1
        await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
    return Answer(body={"closed": {outcome.value: counts[outcome] for outcome in Outcome}})


def _open_batch(tx: Transaction) -> int:
    return tx.listings.open_started(limit=BATCH)


def _close_batch(tx: Transaction) -> tuple[Sequence[Listing], datetime]:
    """Lock some due listings that nobody else is closing, decide, write; winner and news in the same transaction.

    With them the time of the close, for the log: what is written here may be undone and run again.
    """
    due = tx.listings.lock_due(limit=BATCH)
    now = tx.now()
    if not due:
        return (), now
    assert all(is_due(listing.status, listing.standing.ends_at, now=now) for listing in due)
    closed = [_closed(listing) for listing in due]
    winners = [(listing.id, listing.winner) for listing in closed if listing.winner]
    people = tx.bids.user_ids(winners) if winners else {}
    tx.listings.write_outcomes(closed, closed_at=now)
    tx.notifications.insert([note for listing in closed for note in _news(listing, people)], at=now)
    tx.audit_log.append([_entry(listing) for listing in closed], at=now)
    return closed, now


def _is_any_due(services: Services, call: Call) -> bool:
    """Whether the run would leave a listing open whose end has come."""
    return services.store.transact(lambda tx: tx.listings.is_any_due(), deadline=call.deadline)


def _closed(listing: Listing) -> Listing:
    outcome = outcome_of(listing.terms, listing.standing)
    return listing._replace(
        status=Status.CLOSED,
        outcome=outcome,
        winner=listing.standing.leader if outcome is Outcome.SOLD else None,
        version=listing.version + 1,
    )


def _news(listing: Listing, people: dict[tuple[str, int], str]) -> list[Notification]:
    """The seller hears how it ended, the winner that he won."""
    assert listing.outcome is not None
    news = [Notification(user_id=listing.terms.seller_id, listing_id=listing.id, kind=listing.outcome.value)]
    if listing.winner:
        winner = people[listing.id, listing.winner]
        news.append(Notification(user_id=winner, listing_id=listing.id, kind="won"))
    return news


def _entry(listing: Listing) -> AuditEntry:
    facts = {
        "outcome": listing.outcome,
        "winner": listing.winner,
        "price": listing.standing.price,
        "bid_count": listing.standing.bid_count,
    }
    return AuditEntry(actor="close_auctions", action="close", listing_id=listing.id, facts=facts)
