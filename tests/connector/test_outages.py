"""Endpoint, Admin API or metadata server gone, silent or failing: a bounded wait, a refusal, and recovery by itself."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pymysql
import pytest

from common.config import Settings
from common.deadline import Deadline
from common.domain.errors import Unavailable
from common.services import Services
from common.store.cloud_sql import CloudSql
from common.store.reporting import QueryFailed, Reporting
from common.store.store import Store
from dev.cloud_sql.answering import Answering
from dev.cloud_sql.proxy import Endpoint
from dev.stack import ports
from tests.connector.cloud import Cloud
from tests.races.arena import Instance as Running
from tests.races.arena import a_person, offer, wait_until
from tests.store.notes import soon


def now(store: Store, seconds: float = 10.0) -> object:
    """Something that only the database knows."""
    return store.transact(lambda tx: tx.now(), deadline=soon(seconds))


def refuses_within(store: Store, bound: float, *, deadline: float = 0.2) -> None:
    """A caller is refused, and learns of it in time."""
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        now(store, deadline)
    assert time.monotonic() - begun < bound


def at_once(count: int, work: Callable[[], object]) -> list[tuple[BaseException | None, float]]:
    """What stopped each of so many threads, if anything, and after how many seconds."""
    together = threading.Barrier(count, timeout=10)
    ends: list[tuple[BaseException | None, float]] = []

    def run() -> None:
        together.wait()
        begun = time.monotonic()
        stopped: BaseException | None = None
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it was is looked at
            stopped = error
        ends.append((stopped, time.monotonic() - begun))

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(ends) == count
    return ends


def test_an_endpoint_that_is_gone_is_found_again(cloud: Cloud, build_store: Callable[..., Store]) -> None:
    """With the pooled connections cut and the port closed; then the instance is back."""
    store = build_store()
    now(store)
    cloud.endpoint.go()

    refuses_within(store, 3)

    cloud.endpoint.come_back()
    assert now(store)


@pytest.mark.parametrize("before_tls", [True, False], ids=["before TLS", "after TLS"])
def test_an_endpoint_that_keeps_silent_is_left_and_found_again(
    cloud: Cloud, build_store: Callable[..., Store], *, before_tls: bool
) -> None:
    """As an address behind which nothing answers: each try ends by itself."""
    store = build_store(network_seconds=1)
    now(store)
    cloud.endpoint.fall_silent(before_tls=before_tls)

    refuses_within(store, 3.5)

    cloud.endpoint.come_back()
    assert now(store)


def test_an_instance_that_moved_is_found_though_its_old_address_swallows_everything(
    cloud: Cloud, build_store: Callable[..., Store]
) -> None:
    """The dial there has to end, for it holds up the connector's only thread."""
    store = build_store(network_seconds=3)
    now(store)
    cloud.endpoint.fall_silent(before_tls=True)
    name, database = cloud.certificate_name, (cloud.server.host, cloud.server.port)
    with Endpoint(cloud.authority, name=name, logins=cloud.admin.login, database=database) as elsewhere:
        cloud.admin.instance = replace(cloud.admin.instance, address=elsewhere.address)

        assert now(store)


def test_a_dead_address_costs_each_of_many_his_own_wait(cloud: Cloud, build_store: Callable[..., Store]) -> None:
    """Eight at once: the connector dials them one by one, and the last must not wait for all the others."""
    store = build_store(network_seconds=1, pool_size=8)
    cloud.endpoint.fall_silent(before_tls=True)

    waits = [seconds for _, seconds in at_once(8, lambda: now(store, 0.5))]

    assert max(waits) < 3
    cloud.endpoint.come_back()
    begun = time.monotonic()
    assert now(store)
    assert time.monotonic() - begun < 3, "nobody dials any more for those who have left"


def test_many_who_fail_together_all_fail_alike(cloud: Cloud, build_store: Callable[..., Store]) -> None:
    """The connector forgets an instance that fails, and stumbles when a second caller has it forget it too."""
    store = build_store(pool_size=8)
    cloud.admin.fails_with = 403

    reasons = [type(error) for error, _ in at_once(8, lambda: now(store, 0.2))]

    assert reasons == [Unavailable] * 8


def test_who_left_before_his_turn_leaves_nothing_behind(cloud: Cloud) -> None:
    """The first one's dial holds the thread for longer than he and the next one wait; the third is served at once."""
    way = CloudSql(replace(cloud.settings(cloud.by_password).database, connect_seconds=5))
    cloud.endpoint.fall_silent(before_tls=True)

    def dial(seconds: float) -> None:
        with pytest.raises(pymysql.OperationalError):
            way.dial(read_timeout=seconds)

    threads = [threading.Thread(target=dial, args=(seconds,)) for seconds in (1.0, 1.5)]
    threads[0].start()
    wait_until(way._turns.locked)
    threads[1].start()
    for thread in threads:
        thread.join(10)
    cloud.endpoint.come_back()

    way.dial(read_timeout=5).close()


@pytest.mark.parametrize("status", [403, 429, 500])
def test_an_admin_api_that_refuses_or_fails_is_asked_again(
    cloud: Cloud, build_store: Callable[..., Store], capfd: pytest.CaptureFixture[str], status: int
) -> None:
    """Without it there is no certificate: Unavailable, the reason in the log alone, then as before."""
    store = build_store(network_seconds=1)
    cloud.admin.fails_with = status

    refuses_within(store, 4)

    line = capfd.readouterr().out.splitlines()[0]
    assert '"message":"database unreachable"' in line
    if status == 403:
        assert "not authorized to make this request" in line
    cloud.admin.behave()
    assert now(store)


def test_an_admin_api_that_keeps_silent_is_left(cloud: Cloud, build_store: Callable[..., Store]) -> None:
    """The connector would wait for five minutes."""
    store = build_store(network_seconds=1)
    cloud.admin.silent = True

    refuses_within(store, 3.5)

    cloud.admin.behave()
    assert now(store)


def test_without_an_admin_api_nothing_is_reached(cloud: Cloud, build_store: Callable[..., Store]) -> None:
    """Nobody listens there."""
    refuses_within(build_store(cloud_sql_admin_api=f"http://{ports.HOST}:{ports.free_port()}"), 3)


@pytest.mark.parametrize("what", ["admin", "metadata"])
@pytest.mark.parametrize("how", ["silent", "failing"])
def test_who_has_a_certificate_needs_neither_admin_api_nor_metadata(
    cloud: Cloud, build_store: Callable[..., Store], what: str, how: str
) -> None:
    """Their outage is felt by new instances alone, and by others when the hour is over."""
    store = build_store()
    now(store)
    server: Answering = getattr(cloud, what)
    server.silent, server.fails_with = how == "silent", 503
    store.close()

    assert now(store)


def test_credentials_that_do_not_come_are_not_awaited(cloud: Cloud, build_store: Callable[..., Store]) -> None:
    """The search for them waits and tries again in the connector's thread, longer than anybody here has time."""
    store = build_store(network_seconds=1)
    cloud.metadata.silent = True

    refuses_within(store, 3.5)

    cloud.metadata.behave()
    deadline = Deadline.after(15)
    while True:
        try:
            assert now(store, deadline.left())
            break
        except Unavailable:
            assert deadline.left() > 0


def test_a_bid_during_an_outage_is_told_to_come_back_and_succeeds_then(
    cloud: Cloud, build_services: Callable[[Settings], Services]
) -> None:
    """The same key: whatever became of the first try, there is one bid."""
    services = build_services(cloud.settings())
    running = Running(services)
    listing_id, bidder = offer(services.store), a_person("ann")
    cloud.endpoint.go()

    with pytest.raises(Unavailable):
        running.bid(listing_id, bidder, 5_00, key="the-same-key").result(15)
    cloud.endpoint.come_back()
    answer = running.bid(listing_id, bidder, 5_00, key="the-same-key").result(15)
    running.stop()

    assert answer.status == 201


def test_analysts_are_told_that_their_instance_is_gone(cloud: Cloud) -> None:
    """In their own words, and without the driver's."""
    analyst = cloud.server.analyst
    settings = cloud.settings(
        REPORTING_DB_USER=analyst.user, REPORTING_DB_PASSWORD=analyst.password, REPORTING_DB_NAME=cloud.server.reporting
    )
    assert settings.reporting is not None
    cloud.endpoint.go()

    with pytest.raises(QueryFailed) as failed:
        Reporting(settings.reporting).run("SELECT 1", deadline=soon())

    assert failed.value.code == "unavailable"
    assert failed.value.__cause__ is None
