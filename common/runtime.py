"""The services of this function instance: built once, at first use, and closed with the process.

Importing this without any environment does nothing; on Google Cloud it refuses a laptop's settings at once.
"""

from __future__ import annotations

import functools
import gc
import sys

from common.asking.question import QuestionDesk
from common.auth.tokens import Doorkeeper
from common.bidding.desk import BidDesk
from common.bidding.seat import AnySeat, Seat
from common.config import Settings, refuse_laptop_settings_on_cloud
from common.deadline import Deadline
from common.domain.errors import Refusal
from common.mirror.firestore import FirestoreMirror
from common.services import Mirror, NoMirror, Services, Threads
from common.store.store import Store

refuse_laptop_settings_on_cloud()

_SWITCH_SECONDS = 0.002
"""How long a thread may keep the interpreter while another waits. A batch's thread waits four times, each time it has
heard from the database; at Python's 5 ms that is longer than the database takes."""


@functools.cache
def services() -> Services:
    """The services, from the environment.

    Raises:
        SettingsError: naming the setting that is missing or wrong.
    """
    made = build(Settings.from_env(), Seat())
    _spare_the_collector()
    sys.setswitchinterval(_SWITCH_SECONDS)
    return made


def build(settings: Settings, seat: Seat | None = None) -> Services:
    """The services of these settings; bidding runs where the seat says, anywhere if there is none."""
    store = Store(settings.database)
    threads = Threads(settings.api.threads)
    return Services(
        api=settings.api,
        doorkeeper=Doorkeeper(settings.auth),
        threads=threads,
        store=store,
        bid_desk=BidDesk(store, settings.lanes, seat or AnySeat()),
        mirror=_mirror(settings, store, threads),
        question_desk=functools.cache(lambda: _question_desk(settings, store)),
    )


def _spare_the_collector() -> None:
    """Leave what lives as long as the process out of garbage collection, and collect less often.

    Requests that wait for their batch outlive a young collection; with the default of 700 objects they are carried
    into full ones, which cost bids a third of the processor (docs/decisions/0005).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _question_desk(settings: Settings, store: Store) -> QuestionDesk:
    """Where questions are answered; imported at the first one, for the other functions need none of it."""
    from common.asking.building import question_desk

    return question_desk(settings, store)


def _mirror(settings: Settings, store: Store, threads: Threads) -> Mirror:
    """The mirror, which notes in MySQL what it shows; a note that fails is made by the next `sync_mirror`."""
    if not settings.mirror.enabled:
        return NoMirror()

    async def note(versions: dict[str, int]) -> None:
        deadline = Deadline.after(settings.api.request_seconds)
        try:
            await threads.run(lambda: store.transact(lambda tx: tx.listings.mark_mirrored(versions), deadline=deadline))
        except Refusal:
            return

    return FirestoreMirror(settings.mirror, note)
