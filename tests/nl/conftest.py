"""What tests of questions and queries share: three made-up markets, always at the same moment."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing

import pymysql
import pytest

from dev.ask_eval import fixture
from dev.stack.database import DatabaseServer, connect


@pytest.fixture(scope="session")
def fixture_schemas(database: DatabaseServer) -> Iterator[tuple[str, ...]]:
    """The schemas of the three markets, by seed; dropped at the end."""
    name = f"gavel_fixture_{secrets.token_hex(4)}"
    schemas = tuple(f"{name}_{seed}" for seed in fixture.SEEDS)
    with closing(connect(database, database.root, timeout_seconds=60)) as connection:
        try:
            for seed, schema in zip(fixture.SEEDS, schemas, strict=True):
                fixture.load(connection, schema, seed)
            yield schemas
        finally:
            for schema in schemas:
                fixture.drop(connection, schema)


@pytest.fixture(scope="session")
def fixture_databases(
    database: DatabaseServer, fixture_schemas: tuple[str, ...]
) -> Iterator[tuple[pymysql.Connection, ...]]:  # type: ignore[type-arg]
    """A reading connection to each of the three markets, by seed, on which it is 2026-06-15 12:00:00 UTC."""
    connections = []
    try:
        for schema in fixture_schemas:
            connections.append(connect(database, database.root, timeout_seconds=60))
            fixture.freeze(connections[-1], schema)
        yield tuple(connections)
    finally:
        for connection in connections:
            connection.close()
