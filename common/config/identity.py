"""Whose tokens are believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from common.config.environment import required


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerSettings:
    """Whose tokens are believed: issuer, audience and where its public keys are."""

    issuer: str
    audience: str
    keys_url: str
    algorithm: str = "RS256"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthSettings:
    """The issuers of people's, services' and analysts' tokens, with the service accounts admitted."""

    users: IssuerSettings
    services: IssuerSettings
    analysts: IssuerSettings
    scheduler_account: str
    dashboard_account: str

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> AuthSettings:
        """GOOGLE_CLOUD_PROJECT, SERVICE_AUDIENCE, SCHEDULER_ACCOUNT, DASHBOARD_ACCOUNT, IAP_AUDIENCE; LOCAL_ISSUER."""
        project = required(env, "GOOGLE_CLOUD_PROJECT")
        audiences = (project, env.get("SERVICE_AUDIENCE", ""), env.get("IAP_AUDIENCE", ""))
        local = env.get("LOCAL_ISSUER", "").rstrip("/")
        users, services, analysts = _local_issuers(local, *audiences) if local else _google_issuers(*audiences)
        return cls(
            users=users,
            services=services,
            analysts=analysts,
            scheduler_account=env.get("SCHEDULER_ACCOUNT", ""),
            dashboard_account=env.get("DASHBOARD_ACCOUNT", ""),
        )


def _google_issuers(
    project: str, service_audience: str, iap_audience: str
) -> tuple[IssuerSettings, IssuerSettings, IssuerSettings]:
    google = "https://www.googleapis.com"
    return (
        IssuerSettings(
            issuer=f"https://securetoken.google.com/{project}",
            audience=project,
            keys_url=f"{google}/service_accounts/v1/metadata/jwk/securetoken@system.gserviceaccount.com",
        ),
        IssuerSettings(
            issuer="https://accounts.google.com", audience=service_audience, keys_url=f"{google}/oauth2/v3/certs"
        ),
        IssuerSettings(
            issuer="https://cloud.google.com/iap",
            audience=iap_audience,
            keys_url="https://www.gstatic.com/iap/verify/public_key-jwk",
            algorithm="ES256",
        ),
    )


def _local_issuers(
    base: str, project: str, service_audience: str, iap_audience: str
) -> tuple[IssuerSettings, IssuerSettings, IssuerSettings]:
    keys = f"{base}/jwks.json"
    return (
        IssuerSettings(issuer=f"{base}/users", audience=project, keys_url=keys),
        IssuerSettings(issuer=f"{base}/services", audience=service_audience, keys_url=keys),
        IssuerSettings(issuer=f"{base}/iap", audience=iap_audience, keys_url=keys, algorithm="ES256"),
    )
