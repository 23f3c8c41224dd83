"""The way to a Cloud SQL instance: by its private address, with IAM authentication, through Google's connector.

Certificates are refreshed when they are used, since CPU sleeps between requests. The connector has no deadline, dials
inside its one event loop thread, lets errors of four libraries out, and looks at who signed the instance's certificate
but not at its name: the bound, the turns, the one kind of error and the look at the name are here
(docs/decisions/0016).
"""

from __future__ import annotations

import asyncio
import socket
import threading
import weakref
from concurrent.futures import CancelledError
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pymysql
from pymysql.constants import CR

from common import logs
from common.config import DatabaseSettings
from common.deadline import Deadline

if TYPE_CHECKING:
    Connection = pymysql.connections.Connection[pymysql.cursors.Cursor]

_GOODBYE_SECONDS = 1.0


class Unreachable(Exception):  # noqa: N818 - it says what happened
    """There is no connection to the instance, for this reason."""


class CloudSql:
    """Opens connections to one instance; used from any thread.

    The connector is imported and made at the first connection (0.3 s): it finds the credentials and makes a key pair.
    """

    def __init__(self, settings: DatabaseSettings) -> None:
        assert settings.cloud_sql_instance is not None
        self._settings = settings
        self._instance = settings.cloud_sql_instance
        self._turns = threading.Lock()
        self._made: list[Any] = []  # one connector or none; this and the next belong to the loop's thread
        self._closing: asyncio.Task[None] | None = None

    def dial(self, **options: Any) -> Connection:
        """A bare connection, within the seconds that a read may take; `options` are PyMySQL's.

        Connections are opened one by one. They would be anyhow, in the connector's thread, and so nobody dials there
        whose caller has left: an address that is dead for a while costs each caller his own wait and no other's.

        Raises:
            pymysql.OperationalError: 2003 if the instance could not be reached in time, or is another one; why, an
                operator reads in the log. The server's own refusals as they are.
        """
        deadline = Deadline.after(options["read_timeout"])
        try:
            connection = self._in_turn(options, deadline)
            self._look_at(connection)
        except Unreachable as error:
            logs.write("WARNING", "database unreachable", instance=self._instance, reason=str(error))
            raise pymysql.OperationalError(
                CR.CR_CONN_HOST_ERROR, f"Can't connect to {self._instance} ({error})"
            ) from error
        return connection

    def _in_turn(self, options: dict[str, Any], deadline: Deadline) -> Connection:
        if not self._turns.acquire(timeout=max(0.0, deadline.left())):
            raise Unreachable("others were still trying")
        try:
            opening = asyncio.run_coroutine_threadsafe(self._open(options, deadline), self._loop)
            try:
                return opening.result(max(0.0, deadline.left()))
            except (TimeoutError, CancelledError) as error:
                opening.cancel()
                self._loop.call_soon_threadsafe(self._start_anew)
                raise Unreachable("it took too long") from error
        finally:
            self._turns.release()

    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        """A loop of our own instead of the connector's, whose `connect` waits without end."""
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda *_: None)  # the connector's left-overs; what failed, callers are told
        threading.Thread(target=loop.run_forever, name="cloud-sql", daemon=True).start()
        weakref.finalize(self, _end, loop, self._made)
        return loop

    def _connector(self) -> Any:
        """Made on the loop's thread, for the search for credentials has no bound of ours either.

        It dials with a blocking socket and no timeout, but for the process's default.
        """
        if not self._made:
            from google.cloud.sql.connector import Connector

            socket.setdefaulttimeout(self._settings.connect_seconds)
            self._made.append(
                Connector(
                    refresh_strategy="lazy",
                    ip_type="private",
                    loop=self._loop,
                    sqladmin_api_endpoint=self._settings.cloud_sql_admin_api,
                )
            )
        return self._made[0]

    def _start_anew(self) -> None:
        """Forget a connector that was interrupted: what it had half done, say its keys, it would never do again."""
        if self._made:
            self._closing = self._loop.create_task(self._made.pop().close_async())

    async def _open(self, options: dict[str, Any], deadline: Deadline) -> Connection:
        from aiohttp import ClientError
        from google.auth.exceptions import GoogleAuthError

        if deadline.left() <= 0:
            raise Unreachable("nobody waits for it any more")
        settings = self._settings
        iam = settings.password is None
        try:
            connection: Connection = await self._connector().connect_async(
                self._instance,
                "pymysql",
                user=settings.user,
                db=settings.name,
                enable_iam_auth=iam,
                ssl_disabled=True,  # the connector's own TLS is around it
                **({} if iam else {"password": settings.password}),
                **options,
            )
        except (OSError, ClientError, GoogleAuthError) as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        return connection

    def _look_at(self, connection: Connection) -> None:
        """Make sure of the instance, whose certificate names it, and let small packets go at once as PyMySQL would."""
        sock = connection._sock  # type: ignore[attr-defined]  # noqa: SLF001 - the socket that the connector made
        project, _region, name = self._instance.rsplit(":", 2)
        names = [value for part in sock.getpeercert()["subject"] for kind, value in part if kind == "commonName"]
        if names != [f"{project}:{name}"]:
            connection._force_close()  # type: ignore[attr-defined]  # noqa: SLF001 - without a word to whom we do not know
            raise Unreachable(f"its certificate is of {names}")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)


def _end(loop: asyncio.AbstractEventLoop, made: list[Any]) -> None:
    """With the process, or before if nobody dials any more: say goodbye to the Admin API, and end the thread."""

    async def end() -> None:
        for connector in made:
            await connector.close_async()
        loop.call_soon(loop.stop)

    ending = asyncio.run_coroutine_threadsafe(end(), loop)
    with suppress(TimeoutError):
        ending.result(_GOODBYE_SECONDS)
