"""Where spans go: by OTLP over HTTP to any collector, or to Google's, which takes the same.

Source: Google's "Telemetry (OTLP) API" pages, OpenTelemetry's specification of OTLP exporters.
"""

from __future__ import annotations

import os
import signal
import threading
from types import FrameType

import google.auth
from google.auth.transport.requests import AuthorizedSession
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Tracer

from common.config.tracing import TraceSettings

_GOOGLE = "https://telemetry.googleapis.com"
_SCOPE = "https://www.googleapis.com/auth/trace.append"
_LAST_SECONDS = 2.0  # of the ten that a function's instance is given to end


def tracer(settings: TraceSettings) -> Tracer:
    """Makes spans that are sent from a thread of their own, and when the process is told to end.

    What is sampled is said by OTEL_TRACES_SAMPLER: by default what the caller samples, and whatever comes without a
    caller's word. The tracer is ours alone: no library's spans get into it.
    """
    names = {"service.name": settings.service, "gcp.project_id": settings.project}
    provider = TracerProvider(resource=Resource.create(names))
    provider.add_span_processor(BatchSpanProcessor(_exporter(settings)))
    if threading.current_thread() is threading.main_thread():
        _send_at_the_end(provider)
    return provider.get_tracer("gavel")


def _exporter(settings: TraceSettings) -> OTLPSpanExporter:
    """Endpoint, headers and time limits are as OTEL_EXPORTER_OTLP_… say; they default to a collector on this machine.

    To Google it is Google's endpoint instead, unless they name another one.
    """
    if not settings.cloud:
        return OTLPSpanExporter(compression=Compression.Gzip)
    os.environ.setdefault("OTEL_EXPORTER_OTLP_ENDPOINT", _GOOGLE)
    credentials, _ = google.auth.default(scopes=[_SCOPE])
    session = AuthorizedSession(credentials)  # type: ignore[no-untyped-call]
    return OTLPSpanExporter(session=session, compression=Compression.Gzip)


def _send_at_the_end(provider: TracerProvider) -> None:
    """Send what is left when SIGTERM comes: the server ends by that very signal, so nothing registered at exit runs.

    On a thread, for this one may hold a lock of the queue just then.
    """
    before = signal.getsignal(signal.SIGTERM)

    def send(number: int, frame: FrameType | None) -> None:
        sending = threading.Thread(target=provider.force_flush, name="last spans", daemon=True)
        sending.start()
        sending.join(_LAST_SECONDS)
        if callable(before):
            before(number, frame)
        else:
            signal.signal(number, before)
            signal.raise_signal(number)

    signal.signal(signal.SIGTERM, send)
