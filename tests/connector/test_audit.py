"""The audit reaches Cloud SQL as the functions do: by the connector, with nothing but their settings."""

import json
from collections.abc import Callable

import pytest

from common.config import Settings
from common.services import Services
from dev.audit.__main__ import main
from tests.connector.cloud import Cloud
from tests.market import Records
from tests.races.arena import Instance, offer, people


def test_a_restored_instance_is_audited_by_its_name(
    cloud: Cloud,
    build_services: Callable[[Settings], Services],
    empty_market: Records,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Every statement comes through the endpoint; IAM signs it in."""
    running = Instance(build_services(cloud.settings()))
    lot = offer(running.services.store)
    running.bid(lot, people(1)[0], 5_00).result(10)
    running.stop()
    before = cloud.endpoint.connections

    assert main([], cloud.environment()) == 0

    assert cloud.endpoint.connections == before + 1
    assert json.loads(capsys.readouterr().out)["bids"] == 1
