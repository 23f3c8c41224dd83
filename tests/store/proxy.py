"""A TCP proxy with a will: it stands between us and a server and delays, swallows or cuts what passes.

with Proxy("127.0.0.1", 3306) as proxy:
settings = proxy.before_database(settings)
proxy.lose_answer_to(b"COMMIT")
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from dataclasses import replace
from typing import Self

from common.config import Settings

PLAIN_COMMIT = b"\x03COMMIT"
"""How a commit by itself goes over the wire; a session's READ-COMMITTED is another thing."""

BATCH_COMMIT = b"; COMMIT"
"""How the commit of a batch of bids does, at the end of what it commits."""

_PIECE_BYTES = 65_536
_CLIENT_SSL = 0x0800


class Proxy:
    """Listens on a free loopback port and passes everything to a server and back, unless told otherwise."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.delay_seconds = 0.0
        self.silent = False
        self.lost = 0
        self.connections = 0
        self._offers_no_tls = False
        self._lose_requests: list[bytes] = []
        self._lose_answers: list[bytes] = []
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        """Where it listens, as host:port."""
        return f"127.0.0.1:{self.port}"

    def before_database(self, settings: Settings) -> Settings:
        """The settings of somebody who reaches the database through this proxy, which must see what passes."""
        self._offers_no_tls = True
        return replace(settings, database=replace(settings.database, host="127.0.0.1", port=self.port))

    def lose_request(self, containing: bytes) -> None:
        """Cut the connection on which this is sent next, before the server has it."""
        self._lose_requests.append(containing)

    def lose_answer_to(self, containing: bytes) -> None:
        """Cut the connection on which this is sent next, when the server has answered and before we have it."""
        self._lose_answers.append(containing)

    def cut(self) -> None:
        """Break every connection."""
        with self._lock:
            sockets, self._sockets = self._sockets, []
        for one in sockets:
            _end(one)

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        _end(self._listener)
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            try:
                server = socket.create_connection(self._target, timeout=5)
            except OSError:
                _end(client)
                continue
            server.settimeout(None)
            for one in (client, server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._sockets += [client, server]
            awaited = threading.Event()
            threading.Thread(target=self._to_server, args=(client, server, awaited), daemon=True).start()
            threading.Thread(target=self._to_client, args=(server, client, awaited), daemon=True).start()

    def _to_server(self, client: socket.socket, server: socket.socket, awaited: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while piece := client.recv(_PIECE_BYTES):
                if self._matches(self._lose_requests, piece):
                    break
                if self._matches(self._lose_answers, piece):
                    awaited.set()
                self._hold_back()
                server.sendall(piece)
        _end(client)
        _end(server)

    def _to_client(self, server: socket.socket, client: socket.socket, awaited: threading.Event) -> None:
        greeted = False
        with contextlib.suppress(OSError):
            while piece := server.recv(_PIECE_BYTES):
                if awaited.is_set():
                    break
                if self._offers_no_tls and not greeted:
                    piece, greeted = _without_tls(piece), True
                if self.delay_seconds:
                    time.sleep(self.delay_seconds)
                self._hold_back()
                client.sendall(piece)
        _end(client)
        _end(server)

    def _matches(self, wanted: list[bytes], piece: bytes) -> bool:
        with self._lock:
            found = next((text for text in wanted if text in piece), None)
            if found is None:
                return False
            wanted.remove(found)
            self.lost += 1
            return True

    def _hold_back(self) -> None:
        while self.silent:
            time.sleep(0.01)


def _without_tls(greeting: bytes) -> bytes:
    """A MySQL server's greeting as that of a server without TLS: bit 11 of its capabilities cleared.

    After a header of 4 bytes: the protocol's number, the version up to a zero, and 13 bytes before the capabilities.
    """
    upper_half = greeting.index(0, 5) + 1 + 13 + 1
    changed = bytearray(greeting)
    changed[upper_half] &= 0xFF ^ (_CLIENT_SSL >> 8)
    return bytes(changed)


def _end(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
