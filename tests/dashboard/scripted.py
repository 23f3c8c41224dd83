"""A small HTTP server that says nl_query's lines: every state of the app can be asked for by its question.

It stands in for nothing but scripted answers; `requests` holds what the app sent.
"""

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.dashboard import script

TOKENS = {"service_token": "service-token", "analyst_assertion": "analyst-assertion", "expires_in": 3600}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request of the app."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Any


@dataclass(slots=True)
class Stage:
    """What the server answers now, and what it was asked."""

    url: str = ""
    desk: dict[str, Any] = field(default_factory=script.desk)
    feedback_status: int = 200
    token: str = "metadata-token"
    refuses: dict[str, script.Line] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    @property
    def api(self) -> str:
        """The functions' address."""
        return f"{self.url}/api"

    def settings(self) -> dict[str, str]:
        """The app's settings for it."""
        return {"GAVEL_API": self.api, "GAVEL_SIGN_IN": f"{self.url}/dev/analyst"}

    def sent(self, operation: str) -> list[Any]:
        """The bodies sent to an operation, oldest first."""
        return [request.body for request in self.requests if request.path == f"/api/{operation}"]

    def clear(self) -> None:
        """As it was."""
        self.desk = script.desk()
        self.feedback_status = 200
        self.token = "metadata-token"
        self.refuses = {}
        self.requests.clear()


@contextmanager
def served(port: int = 0) -> Iterator[Stage]:
    """The server on a port of its own."""
    stage = Stage()
    server = Theatre(port, stage)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield stage
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Theatre(ThreadingHTTPServer):
    """The server, and what it plays."""

    daemon_threads = True

    def __init__(self, port: int, stage: Stage) -> None:
        super().__init__(("127.0.0.1", port), Actor)
        self.stage = stage
        stage.url = f"http://127.0.0.1:{self.server_address[1]}"


class Actor(BaseHTTPRequestHandler):
    """Says the lines."""

    protocol_version = "HTTP/1.1"
    server: Theatre

    def do_GET(self) -> None:
        """Answer with the desk, or with a token as the metadata server does."""
        self._note(None)
        stage = self.server.stage
        self._send(200, stage.token if self.path.startswith("/computeMetadata/") else stage.desk)

    def do_POST(self) -> None:
        """Answer a question, a mark, a sign-in."""
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"null")
        self._note(body)
        stage = self.server.stage
        if self.path == "/dev/analyst":
            self._send(200, TOKENS)
        elif self.path == "/api/nl_feedback":
            self._send(stage.feedback_status, {"request_id": body["request_id"], "mark": body["mark"]})
        else:
            self._play(stage.refuses.get(body.get("verified")) or script.line_for(body))

    def log_message(self, *_: object) -> None:
        """Nothing is logged."""

    def _play(self, line: script.Line) -> None:
        time.sleep(line.seconds)
        if line.hangs_up:
            self.close_connection = True
        else:
            self._send(line.status, line.document, line.headers)

    def _note(self, body: Any) -> None:
        self.server.stage.requests.append(
            Request(method=self.command, path=self.path, headers=dict(self.headers), body=body)
        )

    def _send(self, status: int, document: Any, headers: Mapping[str, str] | None = None) -> None:
        text = document if isinstance(document, str) else json.dumps(document)
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())
