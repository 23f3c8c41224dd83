"""Where spans go: by OTLP over HTTP to any collector, or to Google's, which takes the same.

Source: Google's "Telemetry (OTLP) API" pages, OpenTelemetry's specification of OTLP exporters.
"""

from __future__ import annotations

import google.auth
from google.auth.transport.requests import AuthorizedSession
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Tracer

from common.config.tracing import TraceSettings

_GOOGLE = "https://telemetry.googleapis.com/v1/traces"
_SCOPE = "https://www.googleapis.com/auth/trace.append"


def tracer(settings: TraceSettings) -> Tracer:
    """Makes spans that are sent from a thread of their own, and at the process's end.

    What is sampled is said by OTEL_TRACES_SAMPLER: by default what the caller samples, and whatever comes without a
    caller's word. The tracer is ours alone: no library's spans get into it.
    """
    names = {"service.name": settings.service, "gcp.project_id": settings.project}
    provider = TracerProvider(resource=Resource.create(names))
    provider.add_span_processor(BatchSpanProcessor(_exporter(settings)))
    return provider.get_tracer("gavel")


def _exporter(settings: TraceSettings) -> OTLPSpanExporter:
    """Endpoint, headers and time limit are as OpenTelemetry's variables say; only Google's endpoint is known here."""
    if not settings.cloud:
        return OTLPSpanExporter(compression=Compression.Gzip)
    credentials, _ = google.auth.default(scopes=[_SCOPE])
    return OTLPSpanExporter(
        endpoint=None if settings.has_endpoint else _GOOGLE,
        session=AuthorizedSession(credentials),  # type: ignore[no-untyped-call]
        compression=Compression.Gzip,
    )
