"""One Cloud SQL for the tests of this folder, mended before each; Google's client finds our metadata server."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from google.auth.compute_engine import _metadata

from common.store.store import Store
from dev.cloud_sql.proxy import Endpoint
from dev.stack.database import DatabaseServer
from tests.connector.cloud import Cloud, cloud_before
from tests.races.conftest import build_instance

__all__ = ["build_instance"]


@pytest.fixture(scope="session")
def whole_cloud(database: DatabaseServer, function_env: dict[str, str], project: str) -> Iterator[Cloud]:
    """The servers, started once."""
    with cloud_before(database, function_env, project=project) as cloud:
        yield cloud


@pytest.fixture(autouse=True)
def cloud(whole_cloud: Cloud, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Cloud]:
    """Cloud SQL in good order, the only Google that this process knows; nobody's own credentials are looked at.

    The first connection sets the default timeout of every new socket; other tests of this process have none.
    """
    monkeypatch.setattr(_metadata, "_GCE_METADATA_HOST", whole_cloud.metadata.address)
    monkeypatch.setattr(_metadata, "_NO_GCE_CHECK", False)
    for name, value in whole_cloud.metadata.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    usual = socket.getdefaulttimeout()
    whole_cloud.mend()
    yield whole_cloud
    socket.setdefaulttimeout(usual)


@pytest.fixture
def endpoint(cloud: Cloud) -> Endpoint:
    """The instance's endpoint."""
    return cloud.endpoint


@pytest.fixture
def build_store(cloud: Cloud) -> Iterator[Callable[..., Store]]:
    """Makes stores that reach the database through Cloud SQL by password; waits are short unless told otherwise."""
    with ExitStack() as stack:

        def build(**changed: Any) -> Store:
            usual = {"connect_seconds": 1, "network_seconds": 2}
            settings = replace(cloud.settings(cloud.by_password).database, **(usual | changed))
            return stack.enter_context(closing(Store(settings)))

        yield build
