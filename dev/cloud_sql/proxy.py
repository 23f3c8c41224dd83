"""An instance's endpoint: TLS on port 3307 for clients with a certificate of the instance's authority.

Behind it bytes go to the database and back. Only the login is looked at: whoever gives no password must come with a
certificate that is that user's login. Where the connector's port is fixed, loopback addresses keep endpoints apart.
"""

import asyncio
import contextlib
import random
import struct
import threading
from collections.abc import Callable, Coroutine
from typing import Any, Self, TypeVar

from cryptography import x509

from dev.cloud_sql.authority import Authority
from dev.stack import ports

T = TypeVar("T")
Logins = Callable[[int], str | None]

PORT = 3307
_PIECE_BYTES = 65_536
_TRIES = 20
_BEFORE_USER = 32  # capabilities, packet size, character set and a gap, at the start of a client's answer


class Endpoint:
    """Open from `with` to its end; in between it can be gone, or be there and keep silent.

    `connections` counts those whose client had a good certificate.
    """

    def __init__(self, authority: Authority, *, name: str, logins: Logins, database: tuple[str, int]) -> None:
        self.connections = 0
        self.address = ""
        self._context = authority.server_context(name)
        self._logins = logins
        self._database = database
        self._mute = False
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda *_: None)  # refused handshakes are what it is for
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    def present(self, authority: Authority, *, name: str) -> None:
        """Show another certificate to those who come from now on, and trust those that its authority has signed."""
        self._context = authority.server_context(name)
        self.come_back()

    def go(self) -> None:
        """Break every connection and stop listening."""
        self._run(self._stop())

    def come_back(self) -> None:
        """Listen again, and speak."""
        self._run(self._listen())

    def fall_silent(self, *, before_tls: bool) -> None:
        """Accept connections, and say nothing: not even TLS's first word, or nothing of the database's."""
        self._run(self._listen_and_say_nothing() if before_tls else self._listen(mute=True))

    def __enter__(self) -> Self:
        threading.Thread(target=self._loop.run_forever, name="endpoint", daemon=True).start()
        self._run(self._find_address())
        return self

    def __exit__(self, *_: object) -> None:
        self.go()
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _find_address(self) -> None:
        """One of our own among the loopback addresses; where there is but one (macOS), that."""
        drawn = [".".join(str(random.randint(1, 254)) for _ in range(3)) for _ in range(_TRIES)]
        for address in (*(f"127.{rest}" for rest in drawn), ports.HOST):
            self.address = address
            with contextlib.suppress(OSError):
                await self._listen()
                return
        raise OSError(f"port {PORT} is free on no loopback address")

    async def _listen(self, *, mute: bool = False) -> None:
        await self._stop()
        self._mute = mute
        self._server = await asyncio.start_server(self._serve, self.address, PORT, ssl=self._context)

    async def _listen_and_say_nothing(self) -> None:
        await self._stop()
        self._server = await asyncio.start_server(self._hold, self.address, PORT)

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with contextlib.suppress(OSError):
            while await reader.read(_PIECE_BYTES):
                pass
        writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._mute:
            await self._hold(reader, writer)
            return
        self.connections += 1
        self._writers.add(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            from_database, to_database = await asyncio.open_connection(*self._database)
            self._writers.add(to_database)
            try:
                if await self._admit(reader, writer, from_database, to_database):
                    await asyncio.gather(_pass_on(reader, to_database), _pass_on(from_database, writer))
            finally:
                to_database.close()
                self._writers.discard(to_database)
        writer.close()
        self._writers.discard(writer)

    async def _admit(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        from_database: asyncio.StreamReader,
        to_database: asyncio.StreamWriter,
    ) -> bool:
        """Let the database greet and the client answer; whether he may go on."""
        writer.write(await _packet(from_database))
        answer = await _packet(reader)
        user, has_password = _login_of(answer)
        certificate = x509.load_der_x509_certificate(writer.get_extra_info("ssl_object").getpeercert(binary_form=True))
        account = self._logins(certificate.serial_number)
        if has_password or (account is not None and account.partition("@")[0] == user):
            to_database.write(answer)
            return True
        writer.write(_refusal(answer[3] + 1, f"Access denied for user '{user}' (using IAM authentication)"))
        await writer.drain()
        return False


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while piece := await reader.read(_PIECE_BYTES):
            writer.write(piece)
            await writer.drain()
    writer.close()


async def _packet(reader: asyncio.StreamReader) -> bytes:
    """One packet of MySQL's protocol: three bytes of length, a number, and what they announce."""
    header = await reader.readexactly(4)
    return header + await reader.readexactly(int.from_bytes(header[:3], "little"))


def _login_of(answer: bytes) -> tuple[str, bool]:
    """Whose name is in a client's answer to the greeting, and whether a password stands behind it."""
    user, _, rest = answer[4 + _BEFORE_USER :].partition(b"\0")
    return user.decode(), bool(rest[:1].strip(b"\0"))


def _refusal(number: int, message: str) -> bytes:
    body = b"\xff" + struct.pack("<H", 1045) + b"#28000" + message.encode()
    return len(body).to_bytes(3, "little") + bytes([number]) + body
