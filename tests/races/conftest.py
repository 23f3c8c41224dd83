"""Instances to race with, and the checks after the race."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from common.config import Settings
from common.services import Services
from common.store.connect import connector
from common.store.store import Store
from dev.stack.database import DatabaseServer
from tests.races.arena import Instance, Onlooker
from tests.races.invariants import Recorded, check_listing


@pytest.fixture
def build_instance(build_services: Callable[[Settings], Services]) -> Iterator[Callable[[Settings], Instance]]:
    """Makes further instances, stopped after the test."""
    built: list[Instance] = []

    def build(settings: Settings) -> Instance:
        built.append(Instance(build_services(settings)))
        return built[-1]

    yield build
    for instance in built:
        instance.stop()


@pytest.fixture
def two(settings: Settings, build_instance: Callable[[Settings], Instance]) -> tuple[Instance, Instance]:
    """Two instances of one function, each with its own lanes and connections."""
    return build_instance(settings), build_instance(settings)


@pytest.fixture
def store(services: Services) -> Store:
    """The database, for what is prepared and looked up."""
    return services.store


@pytest.fixture
def onlooker(database: DatabaseServer) -> Iterator[Onlooker]:
    """Somebody who sees all locks."""
    with closing(Onlooker(database)) as onlooker:
        yield onlooker


@pytest.fixture
def check(settings: Settings) -> Iterator[Callable[[str], Recorded]]:
    """Checks every invariant of a listing; what the database holds about it."""
    with closing(connector(settings.database)()) as connection:
        yield lambda listing_id: check_listing(connection, listing_id)
