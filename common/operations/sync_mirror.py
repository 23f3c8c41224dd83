"""sync_mirror: show in the mirror what it missed; the scheduler calls it every minute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import fields

from common.domain.listing import Listing
from common.operations.answers import Strict
from common.operations.call import Answer, Call, Caller, KeyUse
from common.operations.showing import show
from common.services import Services
from common.store.store import Transaction

METHOD = "POST"
CALLER = Caller.SCHEDULER
IDEMPOTENCY_KEY = KeyUse.NONE

BATCH = 500
"""Listings read at once: two commits of the mirror."""
_SECONDS_FOR_LAST_BATCH = 2.0


class Request(Strict):
    """POST body: an empty object."""


class Response(Strict):
    """200: how many listings the mirror shows now that it may not have shown before."""

    mirrored = fields.Integer(required=True, strict=True)


async def run(services: Services, call: Call, body: dict[str, Any]) -> Answer:  # noqa: ARG001 - it says nothing
    """Write the newest state of every listing whose version the mirror is not known to have.

    Two runs at once write the same states, and no document goes back in time. Ends early when the mirror cannot
    be reached; the next run goes on.

    Raises:
        Busy, Unavailable: the next run goes on.
    """
    mirrored = 0
    while call.deadline.left() > _SECONDS_FOR_LAST_BATCH:
        behind = await services.threads.run(lambda: services.store.transact(_behind, deadline=call.deadline))
        shown = await show(services, call, behind)
        mirrored += shown
        if shown < BATCH:
            break
    return Answer(body={"mirrored": mirrored})


def _behind(tx: Transaction) -> Sequence[Listing]:
    return tx.listings.unmirrored(limit=BATCH)
