"""Writing to Firestore, never back in time: a document's version only rises, whichever instance comes late."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from common import logs
from common.config import MirrorSettings
from common.domain.listing import Listing
from common.mirror.documents import mirrored_listing
from common.mirror.publisher import OnQuiet, Publisher

COLLECTION = "listings"
_TRIES = 5
_BULK = 250  # documents of one commit; Firestore takes 500 writes, and a stamp counts as one
_REMEMBERED = 10_000
_PAUSE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a document was when we last wrote or read it; no update time: there was none."""

    version: int
    update_time: Any


class FirestoreMirror:
    """The public documents `listings/{id}`. Used from one event loop."""

    def __init__(self, settings: MirrorSettings, on_quiet: OnQuiet) -> None:
        self._settings = settings
        self._api_made: _Api | None = None
        self._limits = {"retry": None, "timeout": settings.write_seconds}
        self._seen: OrderedDict[str, _Seen] = OrderedDict()
        self._paused_until = 0.0
        self._publisher = Publisher(self._write_bounded, on_quiet, settings)

    async def publish(self, listing: Listing) -> bool:
        """Show a listing's newest state; whether it is shown after at most the bounded wait (250 ms)."""
        if time.monotonic() < self._paused_until:
            logs.write("INFO", "mirror write", shown=False, lag_milliseconds=0)
            return False
        return await self._publisher.publish(listing)

    async def write_all(self, listings: Sequence[Listing]) -> dict[str, int]:
        """Show many listings; the version of each that the mirror now has, as far as it could be reached."""
        shown: dict[str, int] = {}
        for start in range(0, len(listings), _BULK):
            if time.monotonic() < self._paused_until:
                break
            part = listings[start : start + _BULK]
            if not await self._write_bulk(part):
                for listing in part:
                    self._seen.pop(listing.id, None)
                results = await asyncio.gather(*(self._write_bounded(listing) for listing in part))
                part = [listing for listing, written in zip(part, results, strict=True) if written]
            shown.update({listing.id: listing.version for listing in part})
        return shown

    async def _write_bounded(self, listing: Listing) -> bool:
        """One write within its time limit; after a failure the mirror is left alone for a few seconds."""
        if time.monotonic() < self._paused_until:
            return False
        api = await self._api()
        if api is None:
            return False
        try:
            async with asyncio.timeout(self._settings.write_seconds):
                return await self._write(api, listing)
        except (TimeoutError, *api.failures) as error:
            self._pause(error)
            return False

    async def _write(self, api: _Api, listing: Listing) -> bool:
        """Compare and set by the document's update time, until it holds this version or a newer one.

        False when others wrote it first each time: `sync_mirror` will look again.
        """
        document = api.client.collection(COLLECTION).document(listing.id)
        for _ in range(_TRIES):
            seen = self._seen.get(listing.id) or _seen_in(await document.get(["version"], **self._limits))
            if seen.version >= listing.version:
                self._remember(listing.id, seen)
                return True
            try:
                if seen.update_time is None:
                    result = await document.create(api.stamped(listing), **self._limits)
                else:
                    option = api.client.write_option(last_update_time=seen.update_time)
                    result = await document.update(api.stamped(listing), option=option, **self._limits)
            except api.overtaken:
                self._seen.pop(listing.id, None)  # another instance wrote it: look again
            else:
                self._remember(listing.id, _Seen(listing.version, result.update_time))
                return True
        return False

    async def _write_bulk(self, listings: Sequence[Listing]) -> bool:
        """All in one commit, each guarded by its own update time; False when a guard or the network refused."""
        api = await self._api()
        if api is None:
            return False
        documents = {listing.id: api.client.collection(COLLECTION).document(listing.id) for listing in listings}
        try:
            snapshots = api.client.get_all(documents.values(), field_paths=["version"], **self._limits)
            seen = {snapshot.id: _seen_in(snapshot) async for snapshot in snapshots}
            behind = [listing for listing in listings if seen[listing.id].version < listing.version]
            batch = api.client.batch()
            for listing in behind:
                before = seen[listing.id]
                if before.update_time is None:
                    batch.create(documents[listing.id], api.stamped(listing))
                else:
                    option = api.client.write_option(last_update_time=before.update_time)
                    batch.update(documents[listing.id], api.stamped(listing), option=option)
            if behind:
                await batch.commit(**self._limits)
        except api.overtaken:  # somebody wrote one of them meanwhile: each by itself then
            return False
        except api.failures as error:
            self._pause(error)
            return False
        return True

    def _remember(self, listing_id: str, seen: _Seen) -> None:
        self._seen[listing_id] = seen
        self._seen.move_to_end(listing_id)
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)

    def _pause(self, error: BaseException) -> None:
        if time.monotonic() >= self._paused_until:
            logs.write("WARNING", "mirror unreachable", error=type(error).__name__)
        self._paused_until = time.monotonic() + _PAUSE_SECONDS

    async def _api(self) -> _Api | None:
        """Firestore's client, imported (0.3 s) off the event loop at first use; None while it cannot be made."""
        if self._api_made is None:
            self._make_api(await asyncio.to_thread(_Modules))
        return self._api_made

    def _make_api(self, modules: _Modules) -> None:
        if self._api_made is None:  # nobody else has meanwhile
            try:
                self._api_made = _Api(modules, self._settings.project)
            except modules.auth_error as error:
                self._pause(error)


class _Modules:
    """The parts of Google's packages that are used."""

    def __init__(self) -> None:
        from google.api_core import exceptions
        from google.auth.exceptions import GoogleAuthError
        from google.cloud import firestore

        self.firestore: Any = firestore
        self.exceptions: Any = exceptions
        self.auth_error: type[Exception] = GoogleAuthError


class _Api:
    """A client, what it raises, and how it stamps a document."""

    def __init__(self, modules: _Modules, project: str) -> None:
        raised = modules.exceptions
        self.client: Any = modules.firestore.AsyncClient(project=project)
        self.failures = (raised.GoogleAPICallError, raised.RetryError, modules.auth_error)
        self.overtaken = (raised.FailedPrecondition, raised.AlreadyExists, raised.NotFound, raised.Aborted)
        self._server_timestamp = modules.firestore.SERVER_TIMESTAMP

    def stamped(self, listing: Listing) -> dict[str, Any]:
        return {**mirrored_listing(listing), "mirrored_at": self._server_timestamp}


def _seen_in(snapshot: Any) -> _Seen:
    return _Seen(snapshot.get("version"), snapshot.update_time) if snapshot.exists else _Seen(0, None)
