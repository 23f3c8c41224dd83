"""How requests are answered, bids gathered and listings shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from common.config.environment import SettingsError, integer, required


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorSettings:
    """Where the public mirror is; `enabled` is False with MIRROR=off."""

    enabled: bool
    project: str
    writes_in_flight: int
    answer_wait_seconds: float = 0.25
    write_seconds: float = 5.0

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> MirrorSettings:
        """MIRROR (firestore or off), GOOGLE_CLOUD_PROJECT, MIRROR_WRITES_IN_FLIGHT."""
        mirror = env.get("MIRROR", "firestore")
        if mirror not in ("firestore", "off"):
            raise SettingsError("MIRROR must be firestore or off")
        return cls(
            enabled=mirror == "firestore",
            project=required(env, "GOOGLE_CLOUD_PROJECT"),
            writes_in_flight=integer(env, "MIRROR_WRITES_IN_FLIGHT", 32),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiSettings:
    """How requests are answered: limits, origins of browsers, where problems are explained, the trace's project."""

    project: str
    site_url: str
    allowed_origins: frozenset[str]
    request_seconds: float
    threads: int

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> ApiSettings:
        """SITE_URL, ALLOWED_ORIGINS, REQUEST_SECONDS (under CLOUD_RUN_TIMEOUT_SECONDS), THREADS."""
        function_seconds = integer(env, "CLOUD_RUN_TIMEOUT_SECONDS", 60)
        request_seconds = integer(env, "REQUEST_SECONDS", 10)
        if function_seconds and request_seconds >= function_seconds:
            raise SettingsError("REQUEST_SECONDS must be less than CLOUD_RUN_TIMEOUT_SECONDS")
        return cls(
            project=required(env, "GOOGLE_CLOUD_PROJECT"),
            site_url=env.get("SITE_URL", "").rstrip("/"),
            allowed_origins=frozenset(o.strip() for o in env.get("ALLOWED_ORIGINS", "").split(",") if o.strip()),
            request_seconds=request_seconds,
            threads=integer(env, "THREADS", 8),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneSettings:
    """Group commit of bids: how many lanes, how many bids each may hold, how many one transaction takes."""

    lanes: int
    capacity: int
    batch: int

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> LaneSettings:
        """BID_LANES, BID_LANE_CAPACITY, BID_BATCH."""
        return cls(
            lanes=integer(env, "BID_LANES", 1),
            capacity=integer(env, "BID_LANE_CAPACITY", 2048),
            batch=integer(env, "BID_BATCH", 128),
        )
