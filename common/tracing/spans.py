"""Spans of a request and of what is done for it. No value goes in: no amount, no name, no parameter of a statement."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, NonRecordingSpan, Span, SpanContext, SpanKind, StatusCode, TraceFlags, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from common.domain.errors import Refusal

_CLOUD_TRACE = re.compile(r"([0-9a-f]{32})(?:/(\d{1,20}))?(?:;o=(\d))?")
_MOST_TEXT = 4000


class RequestSpan:
    """The span of one request."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self.trace_id = f"{span.get_span_context().trace_id:032x}"

    def tell(self, outcome: str, status: int) -> None:
        """How it ended, as the log line has it."""
        self._span.set_attribute("gavel.outcome", outcome)
        self._span.set_attribute("http.response.status_code", status)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self._span.set_status(StatusCode.ERROR)


class Spans:
    """Opens spans; the one that is open is known to what runs inside."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    @contextmanager
    def request(self, operation: str, traceparent: str | None, cloud_trace: str | None) -> Iterator[RequestSpan]:
        """A request's span, below the caller's if he named one."""
        with self._tracer.start_as_current_span(
            operation,
            context=_caller(traceparent, cloud_trace),
            kind=SpanKind.SERVER,
            attributes={"gavel.operation": operation},
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            yield RequestSpan(span)

    @contextmanager
    def batch(self, requests: Sequence[Span], size: int) -> Iterator[None]:
        """The span of a batch, below the first of its sampled requests; it and the others' are linked both ways."""
        sampled = [span for span in requests if span.is_recording()]
        if not sampled:
            yield
            return
        parent, *others = sampled
        links = [Link(span.get_span_context()) for span in others]
        context = trace.set_span_in_context(parent, Context())
        with self._open("batch", {"gavel.bids": size}, context=context, links=links) as batch:
            for other in others:
                other.add_link(batch.get_span_context())
            yield

    @contextmanager
    def inside(self, name: str, **attributes: str | int) -> Iterator[Span]:
        """A span below the one that is open; where none is, nobody asked, and nothing is recorded."""
        current = trace.get_current_span()
        if not current.is_recording():
            yield current
            return
        with self._open(name, attributes) as span:
            yield span

    @contextmanager
    def statement(self, text: str) -> Iterator[None]:
        """A statement's span; its text has placeholders where values go."""
        word = text.rpartition("; ")[2].split(None, 1)[0]
        facts = {"db.system.name": "mysql", "db.operation.name": word, "db.query.text": text[:_MOST_TEXT]}
        with self.inside(word, **facts):
            yield

    @contextmanager
    def _open(
        self,
        name: str,
        attributes: Mapping[str, str | int],
        *,
        context: Context | None = None,
        links: Sequence[Link] = (),
    ) -> Iterator[Span]:
        """A span that says what kind of error ended it, but not the error's words: a driver's may quote values."""
        with self._tracer.start_as_current_span(
            name,
            context=context,
            attributes=dict(attributes),
            links=links,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:
            try:
                yield span
            except Refusal as refusal:
                span.set_attribute("error.type", refusal.code)
                raise
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(StatusCode.ERROR)
                raise


def _caller(traceparent: str | None, cloud_trace: str | None) -> Context:
    """Whose request it is: W3C's `traceparent`, else Google's `X-Cloud-Trace-Context`, else nobody's."""
    if traceparent:
        context = TraceContextTextMapPropagator().extract({"traceparent": traceparent}, context=Context())
        if trace.get_current_span(context).get_span_context().is_valid:
            return context
    found = _CLOUD_TRACE.fullmatch(cloud_trace or "")
    if not found or not int(found[1], 16):
        return Context()
    remote = SpanContext(
        trace_id=int(found[1], 16),
        span_id=int(found[2] or 0) % 2**64 or random.getrandbits(64) or 1,
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.DEFAULT if found[3] == "0" else TraceFlags.SAMPLED),
    )
    return trace.set_span_in_context(NonRecordingSpan(remote), Context())
