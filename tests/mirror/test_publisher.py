"""The publisher's coalescing, without Firestore: the write is a function that we hold in hand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any, TypeVar

from common.config import MirrorSettings
from common.mirror.publisher import Publisher
from tests.mirror.writers import a_state

T = TypeVar("T")

SETTINGS = MirrorSettings(enabled=True, project="demo-gavel", writes_in_flight=2, answer_wait_seconds=0.1)


class Scene:
    """A publisher, what it wrote, what it said is quiet; writes wait while the gate is shut."""

    def __init__(self, **settings: Any) -> None:
        self.written: list[tuple[str, int]] = []
        self.quiet: list[dict[str, int]] = []
        self.noted: dict[str, asyncio.Event] = {}
        self.gate = asyncio.Event()
        self.gate.set()
        self.succeeds = True
        self.under_way: dict[str, int] = {}
        self.most_of_one = 0
        self.most_of_all = 0
        self.note_fails = False
        self.publisher = Publisher(self._write, self._note, replace(SETTINGS, **settings))

    async def _write(self, listing: Any) -> bool:
        self.under_way[listing.id] = self.under_way.get(listing.id, 0) + 1
        self.most_of_one = max(self.most_of_one, *self.under_way.values())
        self.most_of_all = max(self.most_of_all, sum(self.under_way.values()))
        await self.gate.wait()
        await asyncio.sleep(0)
        self.under_way[listing.id] -= 1
        self.written.append((listing.id, listing.version))
        return self.succeeds

    async def _note(self, versions: dict[str, int]) -> None:
        self.quiet.append(versions)
        for listing_id in versions:
            self.noted.setdefault(listing_id, asyncio.Event()).set()
        if self.note_fails:
            self.note_fails = False
            raise RuntimeError("the note failed")

    def publish(self, listing_id: str, version: int) -> asyncio.Task[bool]:
        """Begin to publish a version of a listing."""
        return asyncio.ensure_future(self.publisher.publish(a_state(listing_id, version=version)))

    async def settled(self, listing_id: str) -> None:
        """Wait until a listing is said to be quiet."""
        async with asyncio.timeout(2):
            await self.noted.setdefault(listing_id, asyncio.Event()).wait()


def play(scene: Coroutine[Any, Any, T]) -> T:
    """Run a scene to its end."""
    return asyncio.run(scene)


def test_what_is_published_is_written_and_told() -> None:
    """One state, one write, and the note of it."""

    async def scene() -> Scene:
        scene = Scene()
        assert await scene.publish("lot", 1)
        await scene.settled("lot")
        return scene

    scene_played = play(scene())
    assert scene_played.written == [("lot", 1)]
    assert scene_played.quiet == [{"lot": 1}]


def test_what_comes_during_a_write_is_one_more_write_of_the_newest() -> None:
    """A hundred states while the first is under way: all are told when the newest is written."""

    async def scene() -> Scene:
        scene = Scene(answer_wait_seconds=5.0)
        scene.gate.clear()
        answers = [scene.publish("lot", version) for version in range(1, 102)]
        await asyncio.sleep(0.01)
        scene.gate.set()
        assert all(await asyncio.gather(*answers))
        await scene.settled("lot")
        return scene

    scene_played = play(scene())
    assert len(scene_played.written) <= 2
    assert scene_played.written[-1] == ("lot", 101)
    assert scene_played.quiet == [{"lot": 101}]
    assert scene_played.most_of_one == 1


def test_an_older_state_never_follows_a_newer_one() -> None:
    """Whatever order they come in during a write, the next carries the newest."""

    async def scene() -> Scene:
        scene = Scene(answer_wait_seconds=5.0)
        scene.gate.clear()
        answers = [scene.publish("lot", version) for version in (3, 9, 5, 7, 2)]
        await asyncio.sleep(0.01)
        scene.gate.set()
        await asyncio.gather(*answers)
        await scene.settled("lot")
        return scene

    versions = [version for _, version in play(scene()).written]
    assert versions == sorted(versions)
    assert versions[-1] == 9


def test_nobody_waits_longer_than_promised() -> None:
    """The write hangs: everybody gets his no in time, those who come later too."""

    async def scene() -> None:
        scene = Scene()
        scene.gate.clear()
        for version in range(1, 4):
            begun = time.monotonic()
            assert not await scene.publish("lot", version)
            assert time.monotonic() - begun < 0.5
        scene.gate.set()
        await scene.settled("lot")
        assert scene.written[-1] == ("lot", 3)

    play(scene())


def test_an_answer_in_time_is_yes() -> None:
    """The other side of the bound."""

    async def scene() -> bool:
        scene = Scene()
        scene.gate.clear()
        answer = scene.publish("lot", 1)
        asyncio.get_running_loop().call_later(0.03, scene.gate.set)
        return await answer

    assert play(scene())


def test_a_write_that_fails_is_a_no_and_no_note() -> None:
    """What is not shown is not said to be; the next publish tries again."""

    async def scene() -> Scene:
        scene = Scene()
        scene.succeeds = False
        assert not await scene.publish("lot", 1)
        assert scene.quiet == []
        scene.succeeds = True
        assert await scene.publish("lot", 2)
        await scene.settled("lot")
        return scene

    assert play(scene()).quiet == [{"lot": 2}]


def test_so_many_writes_are_in_flight_and_no_more() -> None:
    """Over all listings; the others wait their turn and are written."""

    async def scene() -> Scene:
        scene = Scene(answer_wait_seconds=5.0)
        scene.gate.clear()
        answers = [scene.publish(f"lot{number}", 1) for number in range(7)]
        await asyncio.sleep(0.01)
        assert sum(scene.under_way.values()) == 2
        scene.gate.set()
        assert all(await asyncio.gather(*answers))
        return scene

    scene_played = play(scene())
    assert scene_played.most_of_all == 2
    assert len(scene_played.written) == 7


def test_somebody_who_goes_away_costs_the_others_nothing() -> None:
    """A request torn down while it waits leaves the write and the other answers alone."""

    async def scene() -> bool:
        scene = Scene(answer_wait_seconds=5.0)
        scene.gate.clear()
        gone, stays = scene.publish("lot", 1), scene.publish("lot", 1)
        await asyncio.sleep(0.01)
        gone.cancel()
        await asyncio.sleep(0)
        scene.gate.set()
        return await stays

    assert play(scene())


def test_nothing_is_kept_of_a_quiet_listing() -> None:
    """An instance that has shown a million listings remembers none of them here."""

    async def scene() -> Scene:
        scene = Scene()
        await asyncio.gather(*(scene.publish(f"lot{number}", 1) for number in range(50)))
        await scene.settled("lot49")
        return scene

    publisher = play(scene()).publisher
    assert publisher._lines == {}
    assert publisher._quiet == {}


def test_a_note_that_fails_is_not_the_last() -> None:
    """The database was away for one note: those after it are made."""

    async def scene() -> Scene:
        scene = Scene()
        scene.note_fails = True
        await scene.publish("lot", 1)
        await scene.settled("lot")
        await asyncio.sleep(0)
        await scene.publish("other", 1)
        await scene.settled("other")
        return scene

    assert play(scene()).quiet == [{"lot": 1}, {"other": 1}]
