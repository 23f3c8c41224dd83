"""An HTTP server of a stand-in: it answers, fails or keeps silent as it is told."""

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from dev.stack import ports


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is answered: JSON, or a bare text."""

    body: Mapping[str, Any] | str
    status: int = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)


class Answering(ABC):
    """Listens on a free loopback port; a subclass says what it answers.

    `fails_with` is the status it answers with instead, `silent` makes it accept requests and say nothing, `paths` is
    what it was asked for.
    """

    def __init__(self) -> None:
        self.fails_with: int | None = None
        self.silent = False
        self.paths: list[str] = []
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer((ports.HOST, ports.free_port()), partial(_Handler, self))
        self._server.daemon_threads = True

    @property
    def address(self) -> str:
        """Where it listens, as host:port."""
        return f"{ports.HOST}:{self._server.server_port}"

    @abstractmethod
    def answer(self, asked: Asked) -> Said:
        """What is said to a request."""

    def failure(self, status: int) -> Said:
        """What is said when it fails."""
        return Said(status=status, body={})

    def behave(self) -> None:
        """Answer again as one should."""
        self.fails_with, self.silent = None, False

    def respond(self, asked: Asked) -> Said | None:
        """The answer as things stand; None when there is none."""
        self.paths.append(asked.path)
        while self.silent:
            if self._closing.wait(0.02):
                return None
        return self.answer(asked) if self.fails_with is None else self.failure(self.fails_with)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, answering: Answering, *args: Any) -> None:
        self._answering = answering
        super().__init__(*args)

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def _respond(self) -> None:
        target = urlsplit(self.path)
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        said = self._answering.respond(
            Asked(
                method=self.command,
                path=target.path,
                query={name: values[0] for name, values in parse_qs(target.query).items()},
                headers={name.lower(): value for name, value in self.headers.items()},
                body=json.loads(content) if content else {},
            )
        )
        if said is None:
            self.close_connection = True
            return
        is_text = isinstance(said.body, str)
        body = said.body.encode() if isinstance(said.body, str) else json.dumps(said.body).encode()
        self.send_response(said.status)
        self.send_header("Content-Type", "application/text" if is_text else "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in said.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
