"""What is kept between questions, and work done once for many askers."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from common.nl.cache import SingleFlight, StillWorking, TimedCache


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """A clock to be moved."""
    return Clock()


def test_a_value_is_kept_for_its_time_and_no_longer(clock: Clock) -> None:
    """The moment at which its time is over counts as over."""
    cache: TimedCache[int] = TimedCache(entries=2, clock=clock)
    cache.put("a", 1, seconds=60)

    clock.now += 59.9
    assert cache.get("a") == 1
    clock.now += 0.1
    assert cache.get("a") is None


def test_each_value_has_its_own_time(clock: Clock) -> None:
    """A minute for what lives, an hour for what is over."""
    cache: TimedCache[int] = TimedCache(entries=2, clock=clock)
    cache.put("live", 1, seconds=60)
    cache.put("over", 2, seconds=3600)

    clock.now += 61

    assert (cache.get("live"), cache.get("over")) == (None, 2)


def test_the_least_used_value_goes_first(clock: Clock) -> None:
    """Asking for one counts as use; the bound itself still fits."""
    cache: TimedCache[int] = TimedCache(entries=2, clock=clock)
    cache.put("a", 1, seconds=60)
    cache.put("b", 2, seconds=60)
    assert cache.get("a") == 1

    cache.put("c", 3, seconds=60)

    assert [cache.get(key) for key in "abc"] == [1, None, 3]


def test_a_value_put_again_replaces_the_first(clock: Clock) -> None:
    """With a new time, and without taking a second place."""
    cache: TimedCache[int] = TimedCache(entries=2, clock=clock)
    cache.put("a", 1, seconds=10)
    cache.put("b", 2, seconds=60)
    cache.put("a", 3, seconds=60)

    clock.now += 30

    assert (cache.get("a"), cache.get("b")) == (3, 2)


def slow_work(ran: list[str], begun: threading.Event, go_on: threading.Event) -> Callable[[], str]:
    """Work that says that it began and waits to be let go."""

    def work() -> str:
        ran.append("ran")
        begun.set()
        assert go_on.wait(10)
        return "done"

    return work


def test_the_same_work_asked_for_twice_at_once_is_done_once() -> None:
    """And both have its result."""
    flight: SingleFlight[str] = SingleFlight()
    ran: list[str] = []
    begun, go_on = threading.Event(), threading.Event()
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(flight.run, "key", slow_work(ran, begun, go_on), seconds=10)
        assert begun.wait(10)
        second = threads.submit(flight.run, "key", slow_work(ran, begun, go_on), seconds=10)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.05)
        go_on.set()

        assert (first.result(10), second.result(10)) == ("done", "done")

    assert ran == ["ran"]


def test_other_work_does_not_wait() -> None:
    """Only the same key does."""
    flight: SingleFlight[str] = SingleFlight()
    begun, go_on = threading.Event(), threading.Event()
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(flight.run, "key", slow_work([], begun, go_on), seconds=10)
        assert begun.wait(10)

        assert flight.run("another", lambda: "at once", seconds=10) == "at once"

        go_on.set()
        assert first.result(10) == "done"


def test_who_runs_out_of_time_is_told_that_somebody_still_works() -> None:
    """And the work goes on for the one who began it."""
    flight: SingleFlight[str] = SingleFlight()
    begun, go_on = threading.Event(), threading.Event()
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(flight.run, "key", slow_work([], begun, go_on), seconds=10)
        assert begun.wait(10)

        with pytest.raises(StillWorking):
            flight.run("key", lambda: "never run", seconds=0.01)

        go_on.set()
        assert first.result(10) == "done"


def test_a_failure_is_everybodys_and_is_not_kept() -> None:
    """The next asker tries again."""
    flight: SingleFlight[str] = SingleFlight()

    def fail() -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        flight.run("key", fail, seconds=10)

    assert flight.run("key", lambda: "this time", seconds=10) == "this time"
