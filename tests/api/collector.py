"""A collector of traces: takes what OpenTelemetry's exporters send over HTTP, in protobuf, and keeps it."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Sent

from dev.stack import ports


@dataclass(frozen=True, kw_only=True)
class Span:
    """A span as it was sent."""

    trace_id: str
    span_id: str
    parent_id: str
    name: str
    attributes: Mapping[str, object]
    links: frozenset[str]
    failed: bool
    events: int


@dataclass
class Collector:
    """What came in."""

    spans: list[Span] = field(default_factory=list)
    raw: bytes = b""
    headers: list[Mapping[str, str]] = field(default_factory=list)
    resource: dict[str, object] = field(default_factory=dict)
    url: str = ""

    def of(self, trace_id: str) -> list[Span]:
        """The spans of a trace, in the order in which they ended."""
        return [span for span in self.spans if span.trace_id == trace_id]

    def below(self, span: Span) -> list[Span]:
        """The spans whose parent this is."""
        return [one for one in self.spans if one.parent_id == span.span_id]

    def take(self, body: bytes, headers: Mapping[str, str]) -> None:
        """One request of an exporter."""
        request = ExportTraceServiceRequest.FromString(body)
        self.headers.append(headers)
        self.raw += body
        for group in request.resource_spans:
            self.resource |= _plain(group.resource.attributes)
            self.spans += [_read(sent) for scope in group.scope_spans for sent in scope.spans]


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector at its `url`; it also gives out access tokens at /token, as Google's token endpoint does."""
    collector = Collector()
    with ThreadingHTTPServer((ports.HOST, ports.free_port()), partial(_Handler, collector)) as server:
        collector.url = f"http://{ports.HOST}:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, collector: Collector, *args: Any) -> None:
        self.collector = collector
        super().__init__(*args)

    def do_POST(self) -> None:
        """Take spans, or give a token."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/token":
            self._answer(b'{"access_token": "a-token", "expires_in": 3600, "token_type": "Bearer"}')
            return
        assert self.path == "/v1/traces", self.path
        plain = gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body
        self.collector.take(plain, {name.lower(): value for name, value in self.headers.items()})
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json" if body else "application/x-protobuf")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def _read(sent: Sent) -> Span:
    return Span(
        trace_id=sent.trace_id.hex(),
        span_id=sent.span_id.hex(),
        parent_id=sent.parent_span_id.hex(),
        name=sent.name,
        attributes=_plain(sent.attributes),
        links=frozenset(link.span_id.hex() for link in sent.links),
        failed=sent.status.code == sent.status.STATUS_CODE_ERROR,
        events=len(sent.events),
    )


def _plain(attributes: Any) -> dict[str, object]:
    return {one.key: getattr(one.value, str(one.value.WhichOneof("value"))) for one in attributes}
