"""A store of one's own settings, connections as the functions open them, and root's eyes."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any

import pytest

from common.config import DatabaseSettings, Settings
from common.store.connect import Connection, connector
from common.store.store import Store
from dev.stack.database import DatabaseServer, connect
from tests.races.conftest import onlooker
from tests.store.notes import CREATE, FILL
from tests.store.proxy import Proxy

__all__ = ["onlooker"]


@pytest.fixture
def build_store(settings: Settings) -> Iterator[Callable[..., Store]]:
    """Makes stores with some settings of the database's changed; their connections are let go after the test."""
    with ExitStack() as stack:

        def build(base: Settings = settings, **changed: Any) -> Store:
            return stack.enter_context(closing(Store(replace(base.database, **changed))))

        yield build


@pytest.fixture
def store(build_store: Callable[..., Store]) -> Store:
    """A store with the usual settings and connections of its own."""
    return build_store()


@pytest.fixture
def open_connection(settings: Settings) -> Iterator[Callable[..., Connection]]:
    """Opens sessions as the functions do, with some settings changed."""
    with ExitStack() as stack:

        def connect(**changed: Any) -> Connection:
            changed_settings: DatabaseSettings = replace(settings.database, **changed)
            return stack.enter_context(closing(connector(changed_settings)()))

        yield connect


@pytest.fixture
def notes(database: DatabaseServer) -> Iterator[None]:
    """A table of our own to write into."""
    with connect(database, database.root) as root, root.cursor() as cursor:
        cursor.execute(CREATE)
        cursor.execute(FILL)
        yield
        cursor.execute("DROP TABLE notes")


@pytest.fixture
def proxied(settings: Settings) -> Iterator[tuple[Proxy, Settings]]:
    """The database behind a proxy."""
    with Proxy(settings.database.host, settings.database.port) as proxy:
        yield proxy, proxy.before_database(settings)
