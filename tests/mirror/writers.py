"""The mirror of one function instance: a FirestoreMirror on an event loop of its own. And states to write."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Self, TypeVar

from google.cloud import firestore

from common.config import MirrorSettings
from common.domain.aliases import new_listing_id
from common.domain.listing import AN_OFFER, Listing, opening_standing
from common.mirror.firestore import FirestoreMirror
from tests.domain.offers import the_listing

T = TypeVar("T")


def a_state(listing_id: str | None = None, *, version: int = 1) -> Listing:
    """A listing that has had so many changes, its price saying how many."""
    standing = opening_standing(AN_OFFER)._replace(price=1_00 + version, bid_count=version - 1)
    return the_listing(listing_id or new_listing_id(), terms=AN_OFFER, standing=standing, version=version)


class Writer:
    """An instance that writes to Firestore; `quiet` are the versions it said the mirror has."""

    def __init__(self, settings: MirrorSettings) -> None:
        self.quiet: dict[str, int] = {}
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="writer", daemon=True)
        self._thread.start()
        self.mirror = FirestoreMirror(settings, self._note)

    @classmethod
    @contextmanager
    def open(cls, settings: MirrorSettings, **limits: float) -> Iterator[Self]:
        """A writer whose client is made, so that it keeps the address it began with."""
        writer = cls(replace(settings, **limits))  # type: ignore[arg-type]
        try:
            writer.start(writer.mirror._api()).result(10)
            yield writer
        finally:
            writer.loop.call_soon_threadsafe(writer.loop.stop)
            writer._thread.join(5)

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Begin some work on this instance's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def publish(self, listing: Listing) -> bool:
        """Publish and wait for the answer."""
        return self.start(self.mirror.publish(listing)).result(20)

    def write_all(self, listings: Sequence[Listing]) -> dict[str, int]:
        """Write all and wait for the answer."""
        return self.start(self.mirror.write_all(listings)).result(30)

    async def _note(self, versions: dict[str, int]) -> None:
        self.quiet.update(versions)


@contextmanager
def watching(project: str, listing_id: str) -> Iterator[list[int]]:
    """Every version of a document that a browser with onSnapshot sees, in the order it sees them."""
    seen: list[int] = []
    begun = threading.Event()

    def see(snapshots: Sequence[Any], _changes: object, _at: object) -> None:
        seen.extend(snapshot.get("version") for snapshot in snapshots if snapshot.exists)
        begun.set()

    client = firestore.Client(project=project)
    watch = client.collection("listings").document(listing_id).on_snapshot(see)
    try:
        assert begun.wait(10)
        yield seen
    finally:
        watch.unsubscribe()
        client.close()
