"""What the doctor's tests share: an installation with something spoilt, what is found then, wrong servers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from email.utils import formatdate
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from common.config import DatabaseSettings
from common.store.connect import connector
from common.store.migrate import Analysts, migrate
from dev.doctor.finding import Finding, Level
from dev.doctor.installation import Installation
from dev.stack import ports
from dev.stack.database import DatabaseServer

Look = Callable[[Installation], Iterator[Finding]]


def changed(installation: Installation, **env: str) -> Installation:
    """The installation with other settings."""
    return replace(installation, env={**installation.env, **env})


def found(look: Look, installation: Installation) -> list[tuple[str, str]]:
    """What a check says, each with its mark."""
    findings = list(look(installation))
    assert all(finding.advice for finding in findings if finding.level is not Level.GOOD), "advice for every finding"
    return [(finding.level.value, finding.said) for finding in findings]


def the_only(look: Look, installation: Installation) -> tuple[str, str]:
    """The one line that a check gives."""
    (finding,) = found(look, installation)
    return finding


def migrate_again(server: DatabaseServer) -> None:
    """Bring the schema and the views up to date."""
    own = DatabaseSettings.from_env(server.environment(server.migrate))
    with closing(connector(replace(own, statement_seconds=60, network_seconds=90))()) as connection:
        migrate(connection, lambda _: None, analysts=Analysts(schema=server.reporting, user=server.analyst.user))


class _Answers(BaseHTTPRequestHandler):
    """Answers every request with one status and text, in a time of its own."""

    def __init__(self, statuses: Mapping[str, int], seconds: float, text: str, *args: Any) -> None:
        self.statuses, self.seconds, self.text = statuses, seconds, text.encode()
        super().__init__(*args)

    def answer(self) -> None:
        """The status for the method."""
        self.send_response(self.statuses[self.command])
        self.send_header("Content-Length", str(len(self.text)))
        self.end_headers()
        self.wfile.write(self.text)

    do_GET = do_POST = do_OPTIONS = answer  # noqa: N815 - the standard library's names

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The Date header."""
        return formatdate((timestamp or time.time()) + self.seconds, usegmt=True)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def answering(statuses: Mapping[str, int], *, seconds: float = 0, text: str = "") -> Iterator[str]:
    """The address of a server that gives these answers, its clock so far ahead."""
    with ThreadingHTTPServer((ports.HOST, ports.free_port()), partial(_Answers, statuses, seconds, text)) as server:  # type: ignore[arg-type]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield f"http://{ports.HOST}:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
