"""Whether traces are made, and where they are sent."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from common.config.environment import SettingsError, required


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceSettings:
    """Under which names spans go; `cloud` is to Google, with the function's own credentials."""

    project: str
    service: str
    cloud: bool

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> TraceSettings | None:
        """TRACES: off (None), otlp or cloud. The rest is said in OpenTelemetry's own variables, which its parts read.

        >>> TraceSettings.from_env({"GOOGLE_CLOUD_PROJECT": "p"}) is None
        True

        Raises:
            SettingsError: it is something else.
        """
        traces = env.get("TRACES") or "off"
        if traces == "off":
            return None
        if traces not in ("otlp", "cloud"):
            raise SettingsError("TRACES must be off, otlp or cloud")
        return cls(
            project=required(env, "GOOGLE_CLOUD_PROJECT"),
            service=env.get("K_SERVICE") or "gavel",
            cloud=traces == "cloud",
        )
