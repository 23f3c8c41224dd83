"""Showing many listings in the mirror, and noting in MySQL what it shows."""

from __future__ import annotations

from collections.abc import Sequence

from common.domain.listing import Listing
from common.operations.call import Call
from common.services import Services


async def show(services: Services, call: Call, listings: Sequence[Listing]) -> int:
    """How many of them the mirror now shows, at these versions or newer ones."""
    shown = await services.mirror.write_all(listings)
    if shown:
        await services.threads.run(
            lambda: services.store.transact(lambda tx: tx.listings.mark_mirrored(shown), deadline=call.deadline)
        )
    return len(shown)
