"""Where the data are: the functions' database, and the analysts' way to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from common.config.environment import SettingsError, integer, required


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
    cloud_sql_admin_api: str | None = None  # Google's; another only where a stand-in is under test

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> DatabaseSettings:
        """CLOUD_SQL_INSTANCE with DB_USER, or DB_HOST, DB_PORT, DB_USER and DB_PASSWORD; DB_NAME, DB_POOL_SIZE.

        An instance without DB_PASSWORD, or with an empty one, is entered by IAM. CLOUD_SQL_ADMIN_API is for tests.
        """
        instance = env.get("CLOUD_SQL_INSTANCE") or None
        return cls(
            name=env.get("DB_NAME", "gavel"),
            user=required(env, "DB_USER"),
            password=env.get("DB_PASSWORD") or None,
            cloud_sql_instance=instance,
            host="" if instance else required(env, "DB_HOST"),
            port=integer(env, "DB_PORT", 3306),
            pool_size=integer(env, "DB_POOL_SIZE", 8),
            cloud_sql_admin_api=env.get("CLOUD_SQL_ADMIN_API") or None,
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
        seconds = integer(env, "REPORTING_SECONDS", 5, lowest=1)  # to the servers 0 means no limit
        try:
            shared = {"CLOUD_SQL_ADMIN_API": env.get("CLOUD_SQL_ADMIN_API", "")}  # last: there is none for analysts
            database = DatabaseSettings.from_env({"DB_NAME": "reporting", "DB_POOL_SIZE": "4"} | own | shared)
        except SettingsError as error:
            raise SettingsError(f"REPORTING_{error}") from None
        return cls(
            database=replace(database, lock_wait_seconds=1, statement_seconds=seconds, network_seconds=seconds + 2),
            seconds=seconds,
            bytes=integer(env, "REPORTING_BYTES", 1_000_000, lowest=1),
        )
