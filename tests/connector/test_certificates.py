"""Certificates on both sides: ours run out and are renewed when needed; theirs must be the instance's own."""

import socket
import ssl
import tempfile
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pymysql
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from common.domain.errors import Unavailable
from common.store.cloud_sql import CloudSql
from common.store.connect import Connection
from common.store.store import Store
from dev.cloud_sql.authority import Authority, pem
from dev.cloud_sql.proxy import PORT
from tests.connector.cloud import Cloud
from tests.store.notes import soon


def dialer(cloud: Cloud) -> Callable[[], Connection]:
    """Opens connections by password, always by the same connector."""
    way = CloudSql(cloud.settings(cloud.by_password).database)
    return lambda: way.dial(read_timeout=5)


def test_a_good_certificate_serves_every_connection(cloud: Cloud) -> None:
    """Two calls of the Admin API for the first, none for the next."""
    connect, issued, asked = dialer(cloud), cloud.admin.issued, len(cloud.admin.paths)

    for _ in range(3):
        connect().close()

    assert (cloud.admin.issued - issued, len(cloud.admin.paths) - asked) == (1, 2)


def test_nothing_is_renewed_while_nobody_connects(cloud: Cloud) -> None:
    """CPU sleeps between requests: whatever ran in between would run late or never."""
    cloud.admin.lifetimes.append(timedelta(seconds=-1))
    connect, issued = dialer(cloud), cloud.admin.issued
    with pytest.raises(pymysql.OperationalError):
        connect()
    assert cloud.admin.issued - issued == 1

    connect().close()

    assert cloud.admin.issued - issued == 2


def test_many_threads_renew_a_certificate_once(cloud: Cloud) -> None:
    """The old one has run out, as far as the connector is concerned, and eight connect at the same moment."""
    cloud.admin.lifetimes.append(timedelta(seconds=30))  # less than the four minutes that it wants to have left
    connect, together = dialer(cloud), threading.Barrier(8, timeout=10)
    connect().close()
    issued, opened = cloud.admin.issued, []

    def open_one() -> None:
        together.wait()
        with closing(connect()) as connection:
            opened.append(connection.thread_id())  # type: ignore[no-untyped-call]

    threads = [threading.Thread(target=open_one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert len(set(opened)) == 8
    assert cloud.admin.issued - issued == 1


def test_an_expired_certificate_costs_a_try(cloud: Cloud, build_store: Callable[..., Store]) -> None:
    """The endpoint refuses it, the connector asks for another, and the caller never learns of it."""
    cloud.admin.lifetimes.append(timedelta(seconds=-1))
    issued = cloud.admin.issued

    build_store().transact(lambda tx: tx.now(), deadline=soon())

    assert cloud.admin.issued - issued == 2


def test_an_open_connection_outlives_its_certificate(cloud: Cloud) -> None:
    """Whom the endpoint has let in stays in: the pool need not know when certificates end."""
    cloud.admin.lifetimes.append(timedelta(seconds=2))
    ends = datetime.now(UTC) + timedelta(seconds=2)
    with closing(dialer(cloud)()) as connection, connection.cursor() as cursor:
        threading.Event().wait((ends - datetime.now(UTC)).total_seconds())

        cursor.execute("SELECT 1")

        assert cursor.fetchall() == ((1,),)


def test_an_instance_with_another_authority_is_refused(cloud: Cloud, build_store: Callable[..., Store]) -> None:
    """The same name, signed by somebody else; nothing was said to it, and the right one is found again."""
    cloud.endpoint.present(Authority("Cloud SQL Server CA"), name=cloud.certificate_name)
    before = cloud.endpoint.connections
    store = build_store()

    with pytest.raises(Unavailable) as refused:
        store.transact(lambda tx: tx.now(), deadline=soon(0.2))

    assert "CERTIFICATE_VERIFY_FAILED" in str(refused.value.__cause__)
    assert cloud.endpoint.connections == before
    cloud.endpoint.present(cloud.authority, name=cloud.certificate_name)
    store.transact(lambda tx: tx.now(), deadline=soon())


@pytest.mark.parametrize("name", ["{project}:other", "other:gavel"])
def test_another_instance_of_the_same_authority_is_refused(
    cloud: Cloud, build_store: Callable[..., Store], name: str
) -> None:
    """The connector itself would take it."""
    other = name.format(project=cloud.admin.instance.project)
    cloud.endpoint.present(cloud.authority, name=other)

    with pytest.raises(Unavailable) as refused:
        build_store().transact(lambda tx: tx.now(), deadline=soon(0.2))

    assert f"its certificate is of ['{other}']" in str(refused.value.__cause__)


def test_a_new_authority_is_learnt_when_the_old_one_fails(cloud: Cloud, build_store: Callable[..., Store]) -> None:
    """The instance's certificates were rotated while we held the old ones."""
    store = build_store()
    store.transact(lambda tx: tx.now(), deadline=soon())
    rotated = Authority("Cloud SQL Server CA")
    cloud.admin.authority = rotated
    cloud.endpoint.present(rotated, name=cloud.certificate_name)

    store.transact(lambda tx: tx.now(), deadline=soon())


@pytest.mark.parametrize("of", ["nobody", "another authority", "the authority"])
def test_the_endpoint_wants_a_certificate_of_its_authority(cloud: Cloud, of: str) -> None:
    """With none, or with one that somebody else has signed, the database does not even greet."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(cadata=cloud.authority.pem)
    if of != "nobody":
        show(context, cloud.authority if of == "the authority" else Authority("Cloud SQL Server CA"))
    with (
        socket.create_connection((cloud.endpoint.address, PORT), timeout=5) as bare,
        context.wrap_socket(bare) as sock,
    ):
        try:
            said = sock.recv(5)
        except OSError:  # told why, or just cut off
            said = b""
    assert said[4:] == (b"\x0a" if of == "the authority" else b""), "a greeting begins with the protocol's number, 10"


def show(context: ssl.SSLContext, authority: Authority) -> None:
    """Give a client a certificate of this authority."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    form, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    certificate = authority.for_client(public.decode(), not_after=datetime.now(UTC) + timedelta(hours=1))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "both.pem"
        file.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, bare) + pem(certificate).encode())
        context.load_cert_chain(file)
