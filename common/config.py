"""Settings of a function, read from the environment once: the only reader of `os.environ`.

One frozen class per outside system. A missing variable fails by its name; secrets do not print.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation

_LAPTOP_ONLY = ("FIRESTORE_EMULATOR_HOST", "FIREBASE_AUTH_EMULATOR_HOST", "LOCAL_ISSUER")


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it."""


def refuse_laptop_settings_on_cloud(env: Mapping[str, str] = os.environ) -> None:
    """Keep a deployed function from trusting an emulator or a local issuer, which would let anybody be anyone.

    >>> refuse_laptop_settings_on_cloud({"K_SERVICE": "place-bid", "LOCAL_ISSUER": "http://127.0.0.1:9"})
    Traceback (most recent call last):
    common.config.SettingsError: LOCAL_ISSUER must not be set on Google Cloud (K_SERVICE is set)
    """
    if "K_SERVICE" not in env:
        return
    for name in _LAPTOP_ONLY:
        if env.get(name):
            raise SettingsError(f"{name} must not be set on Google Cloud (K_SERVICE is set)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """Where MySQL is: a Cloud SQL instance by its connection name, else a host and port.

    Every time limit is shorter than the one around it: a lock wait < a statement < a network wait < a request
    < the function's own timeout, so that the innermost gives up first and says why.
    """

    name: str
    user: str
    password: str | None = field(repr=False)
    cloud_sql_instance: str | None
    host: str
    port: int
    pool_size: int
    connect_seconds: int = 3
    lock_wait_seconds: int = 3
    statement_seconds: int = 4
    network_seconds: int = 5
    recycle_seconds: int = 1500  # under the 30 minutes after which idle peers are known to close
    ping_after_idle_seconds: int = 20

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> DatabaseSettings:
        """CLOUD_SQL_INSTANCE with DB_USER, or DB_HOST, DB_PORT, DB_USER and DB_PASSWORD; DB_NAME, DB_POOL_SIZE."""
        instance = env.get("CLOUD_SQL_INSTANCE") or None
        return cls(
            name=env.get("DB_NAME", "gavel"),
            user=_required(env, "DB_USER"),
            password=env.get("DB_PASSWORD"),
            cloud_sql_instance=instance,
            host="" if instance else _required(env, "DB_HOST"),
            port=_integer(env, "DB_PORT", 3306),
            pool_size=_integer(env, "DB_POOL_SIZE", 8),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingSettings:
    """Where analysts read, as a user who sees the views alone, perhaps on a replica; and what a query may take."""

    database: DatabaseSettings
    seconds: int
    bytes: int

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> ReportingSettings | None:
        """REPORTING_DB_USER (None if not set), _DB_PASSWORD, _DB_NAME; REPORTING_SECONDS, REPORTING_BYTES.

        For a server other than the functions': REPORTING_CLOUD_SQL_INSTANCE, or REPORTING_DB_HOST and _DB_PORT.
        """
        own = {
            name.removeprefix("REPORTING_"): env[name] for name in env if name.startswith("REPORTING_") and env[name]
        }
        if "DB_USER" not in own:
            return None
        if not own.keys() & {"CLOUD_SQL_INSTANCE", "DB_HOST"}:
            own = {name: env[name] for name in ("CLOUD_SQL_INSTANCE", "DB_HOST", "DB_PORT") if env.get(name)} | own
        seconds = _integer(env, "REPORTING_SECONDS", 5, lowest=1)  # to the servers 0 means no limit
        try:
            database = DatabaseSettings.from_env({"DB_NAME": "reporting", "DB_POOL_SIZE": "4"} | own)
        except SettingsError as error:
            raise SettingsError(f"REPORTING_{error}") from None
        return cls(
            database=replace(database, lock_wait_seconds=1, statement_seconds=seconds, network_seconds=seconds + 1),
            seconds=seconds,
            bytes=_integer(env, "REPORTING_BYTES", 1_000_000, lowest=1),
        )


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
            project=_required(env, "GOOGLE_CLOUD_PROJECT"),
            writes_in_flight=_integer(env, "MIRROR_WRITES_IN_FLIGHT", 32),
        )


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
        project = _required(env, "GOOGLE_CLOUD_PROJECT")
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
        function_seconds = _integer(env, "CLOUD_RUN_TIMEOUT_SECONDS", 60)
        request_seconds = _integer(env, "REQUEST_SECONDS", 10)
        if function_seconds and request_seconds >= function_seconds:
            raise SettingsError("REQUEST_SECONDS must be less than CLOUD_RUN_TIMEOUT_SECONDS")
        return cls(
            project=_required(env, "GOOGLE_CLOUD_PROJECT"),
            site_url=env.get("SITE_URL", "").rstrip("/"),
            allowed_origins=frozenset(o.strip() for o in env.get("ALLOWED_ORIGINS", "").split(",") if o.strip()),
            request_seconds=request_seconds,
            threads=_integer(env, "THREADS", 8),
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
            lanes=_integer(env, "BID_LANES", 2),
            capacity=_integer(env, "BID_LANE_CAPACITY", 2048),
            batch=_integer(env, "BID_BATCH", 256),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AskingSettings:
    """Analysts' questions: the language model, if there is one, who reviews, and how many questions one may ask."""

    model_url: str | None
    model_key: str | None = field(repr=False)
    model: str
    model_seconds: int
    model_prices: tuple[Decimal, ...] | None
    reviewers: frozenset[str]
    questions_per_minute: int
    keep_seconds: int

    @property
    def has_model(self) -> bool:
        """Whether free questions can be answered."""
        return bool(self.model_key or self.model_url)

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> AskingSettings:
        """OPENAI_BASE_URL, OPENAI_API_KEY, OPENAI_MODEL, MODEL_SECONDS, MODEL_PRICES (dollars per million tokens
        in, cached, out), NL_REVIEWERS (e-mails), NL_QUESTIONS_PER_MINUTE, NL_KEEP_SECONDS.
        """  # fmt: skip
        return cls(
            model_url=env.get("OPENAI_BASE_URL") or None,
            model_key=env.get("OPENAI_API_KEY") or None,
            model=env.get("OPENAI_MODEL") or "gpt-5.4-mini",
            model_seconds=_integer(env, "MODEL_SECONDS", 20),
            model_prices=_prices(env.get("MODEL_PRICES", "")),
            reviewers=frozenset(e.strip().lower() for e in env.get("NL_REVIEWERS", "").split(",") if e.strip()),
            questions_per_minute=_integer(env, "NL_QUESTIONS_PER_MINUTE", 60),
            keep_seconds=_integer(env, "NL_KEEP_SECONDS", 60),
        )


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


def _required(env: Mapping[str, str], name: str) -> str:
    value = env.get(name)
    if not value:
        raise SettingsError(f"{name} is not set")
    return value


def _integer(env: Mapping[str, str], name: str, default: int, *, lowest: int = 0) -> int:
    text = env.get(name) or str(default)
    if not text.isdecimal():
        raise SettingsError(f"{name} must be a whole number, not {text!r}")
    if int(text) < lowest:
        raise SettingsError(f"{name} must be at least {lowest}")
    return int(text)


def _prices(text: str) -> tuple[Decimal, ...] | None:
    """Three prices in dollars, None when none are told.

    >>> _prices("0.25, 0.025, 2"), _prices("")
    ((Decimal('0.25'), Decimal('0.025'), Decimal('2')), None)
    """
    if not text:
        return None
    try:
        prices = tuple(Decimal(part.strip()) for part in text.split(","))
    except InvalidOperation:
        prices = ()
    if len(prices) != 3 or not all(price.is_finite() and price >= 0 for price in prices):  # noqa: PLR2004 - in, cached, out
        raise SettingsError("MODEL_PRICES must be three amounts of dollars per million tokens: in, cached, out")
    return prices
