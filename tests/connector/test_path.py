"""The whole path: functions, services and analysts reach the database through the connector, by password and IAM."""

import gc
import socket
import threading
from collections.abc import Callable
from contextlib import closing

import httpx
import pytest

from common.config import Settings
from common.services import Services
from common.store.cloud_sql import CloudSql
from common.store.connect import connector
from common.store.reporting import Reporting
from common.store.store import Store, Transaction
from dev.cloud_sql.admin import AdminApi, Instance
from dev.cloud_sql.authority import Authority
from dev.cloud_sql.proxy import Endpoint
from dev.stack.issuer import Issuer
from tests.connector.cloud import REGION, Cloud
from tests.market import Market, Records, running_functions
from tests.races.arena import Instance as Running
from tests.races.arena import a_person, offer, wait_until
from tests.store.notes import soon


@pytest.mark.parametrize("by", ["password", "iam"])
def test_a_bid_goes_the_whole_way(
    cloud: Cloud, build_services: Callable[[Settings], Services], records: Records, by: str
) -> None:
    """Judged, answered and stored; every statement of it came through the endpoint."""
    before = cloud.endpoint.connections
    services = build_services(cloud.settings(cloud.by_password if by == "password" else None))
    running = Running(services)
    listing_id, bidder = offer(services.store), a_person("ann")

    answer = running.bid(listing_id, bidder, 5_00).result(10)
    running.stop()

    assert answer.status == 201
    stored = records.rows("SELECT bidder_id, max_amount FROM bids WHERE listing_id = %s", listing_id)
    assert stored == ((bidder.user_id, 5_00),)
    assert 1 <= cloud.endpoint.connections - before <= 2


def test_deployed_functions_find_their_instance_by_the_environment_alone(
    cloud: Cloud, issuer: Issuer, http: httpx.Client, records: Records
) -> None:
    """Processes as in production: credentials from the metadata server, IAM instead of a password."""
    with running_functions(["create_listing", "place_bid"], cloud.environment()) as functions:
        market = Market(functions, issuer, http)
        listing = market.create(title="By way of the connector")
        market.bid(listing, 7_00, by="ann")

    assert records.value("SELECT max_amount FROM bids WHERE listing_id = %s", listing["id"]) == 7_00


def test_analysts_read_another_instance(cloud: Cloud, project: str, records: Records) -> None:
    """A replica with an authority of its own; the functions' instance hears nothing of it."""
    authority = Authority("Cloud SQL Server CA")
    analyst, database = cloud.server.analyst, (cloud.server.host, cloud.server.port)
    with Endpoint(authority, name=f"{project}:replica", logins=lambda _: None, database=database) as endpoint:
        instance = Instance(project=project, region=REGION, name="replica", address=endpoint.address)
        with AdminApi(instance, authority, cloud.metadata) as admin:
            settings = cloud.settings(
                CLOUD_SQL_ADMIN_API=admin.url,
                REPORTING_CLOUD_SQL_INSTANCE=instance.connection_name,
                REPORTING_DB_USER=analyst.user,
                REPORTING_DB_PASSWORD=analyst.password,
                REPORTING_DB_NAME=cloud.server.reporting,
            )
            assert settings.reporting is not None
            before = cloud.endpoint.connections

            found = Reporting(settings.reporting).run("SELECT COUNT(*) FROM users", deadline=soon())

            assert found.rows == ((records.value("SELECT COUNT(*) FROM users"),),)
            assert (endpoint.connections, cloud.endpoint.connections) == (1, before)


def test_a_session_is_as_over_tcp(cloud: Cloud, build_store: Callable[..., Store]) -> None:
    """The same zone, isolation and limits: the way there makes no difference."""
    store = build_store()

    def attempt(tx: Transaction) -> object:
        return tx._session.rows("SELECT @@time_zone, @@autocommit, @@innodb_lock_wait_timeout")

    assert store.transact(attempt, deadline=soon()) == (("+00:00", 0, 3),)


def test_small_packets_go_at_once(cloud: Cloud) -> None:
    """PyMySQL asks that of its own sockets; the connector's had to wait for the other side's acknowledgement."""
    with closing(connector(cloud.settings(cloud.by_password).database)()) as connection:
        sock = connection._sock  # type: ignore[attr-defined]
        assert sock.version() == "TLSv1.3"
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


def test_the_connectors_thread_ends_with_its_store(cloud: Cloud) -> None:
    """Whoever makes stores leaves no threads behind, and no session of the Admin API's open."""
    others = set(threading.enumerate())
    way = CloudSql(cloud.settings(cloud.by_password).database)
    way.dial(read_timeout=5).close()
    (thread,) = (one for one in set(threading.enumerate()) - others if one.name == "cloud-sql")

    del way
    gc.collect()

    wait_until(lambda: not thread.is_alive())
