"""Whether and where traces are sent."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from common.config.environment import SettingsError, required

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceSettings:
    """Where spans go; `cloud` is to Google, with the function's own credentials."""

    project: str
    service: str
    cloud: bool
    has_endpoint: bool

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> TraceSettings | None:
        """TRACES: off (None), otlp or cloud. How they are sent is said in OpenTelemetry's own variables (OTEL_...).

        >>> TraceSettings.from_env({"GOOGLE_CLOUD_PROJECT": "p"}) is None
        True

        Raises:
            SettingsError: it is something else, or otlp without an endpoint.
        """
        traces = env.get("TRACES") or "off"
        if traces == "off":
            return None
        has_endpoint = any(env.get(name) for name in _ENDPOINTS)
        if traces not in ("otlp", "cloud"):
            raise SettingsError("TRACES must be off, otlp or cloud")
        if traces == "otlp" and not has_endpoint:
            raise SettingsError(f"{_ENDPOINTS[0]} is not set, and TRACES=otlp needs it")
        return cls(
            project=required(env, "GOOGLE_CLOUD_PROJECT"),
            service=env.get("K_SERVICE") or env.get("FUNCTION_TARGET") or "gavel",
            cloud=traces == "cloud",
            has_endpoint=has_endpoint,
        )
