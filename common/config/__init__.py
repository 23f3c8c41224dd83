"""Settings of a function, read from the environment once: the only reader of `os.environ`.

One frozen class per outside system. A missing variable fails by its name; secrets do not print.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from common.config.asking import AskingSettings
from common.config.database import DatabaseSettings, ReportingSettings
from common.config.environment import SettingsError
from common.config.identity import AuthSettings, IssuerSettings
from common.config.serving import ApiSettings, LaneSettings, MirrorSettings

__all__ = [
    "ApiSettings",
    "AskingSettings",
    "AuthSettings",
    "DatabaseSettings",
    "IssuerSettings",
    "LaneSettings",
    "MirrorSettings",
    "ReportingSettings",
    "Settings",
    "SettingsError",
    "refuse_laptop_settings_on_cloud",
]

_LAPTOP_ONLY = ("FIRESTORE_EMULATOR_HOST", "FIREBASE_AUTH_EMULATOR_HOST", "LOCAL_ISSUER", "CLOUD_SQL_ADMIN_API")


def refuse_laptop_settings_on_cloud(env: Mapping[str, str] = os.environ) -> None:
    """Keep a deployed function from trusting an emulator or a local issuer, which would let anybody be anyone.

    >>> refuse_laptop_settings_on_cloud({"K_SERVICE": "place-bid", "LOCAL_ISSUER": "http://127.0.0.1:9"})
    Traceback (most recent call last):
    common.config.environment.SettingsError: LOCAL_ISSUER must not be set on Google Cloud (K_SERVICE is set)
    """
    if "K_SERVICE" not in env:
        return
    for name in _LAPTOP_ONLY:
        if env.get(name):
            raise SettingsError(f"{name} must not be set on Google Cloud (K_SERVICE is set)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All of them."""

    database: DatabaseSettings
    mirror: MirrorSettings
    auth: AuthSettings
    api: ApiSettings
    lanes: LaneSettings
    asking: AskingSettings
    reporting: ReportingSettings | None

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Read every setting, or fail by the name of the first that is missing or wrong."""
        refuse_laptop_settings_on_cloud(env)
        return cls(
            database=DatabaseSettings.from_env(env),
            mirror=MirrorSettings.from_env(env),
            auth=AuthSettings.from_env(env),
            api=ApiSettings.from_env(env),
            lanes=LaneSettings.from_env(env),
            asking=AskingSettings.from_env(env),
            reporting=ReportingSettings.from_env(env),
        )
