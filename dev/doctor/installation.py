"""The installation that is looked at: its settings, where its functions answer, and tokens to try."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

import common.operations
from common.config import Settings
from common.store.connect import connector
from dev.stack import lock, state
from dev.stack.database import Account, DatabaseServer
from dev.stack.functions import function_defaults, function_environment
from dev.stack.settings import StackSettings

_SECONDS = 20  # a function that has slept starts first


class NothingThere(Exception):  # noqa: N818 - it says what was found
    """There is nothing to look at; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Tokens that must be good; None where nobody gave one."""

    person: str | None = field(default=None, repr=False)
    service: str | None = field(default=None, repr=False)
    assertion: str | None = field(default=None, repr=False)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """One installation.

    Args:
        env: the functions' settings, as `common.config` reads them.
        functions: the base URL of each operation.
        tokens: what is tried at the door.
        local: whether it runs on this machine alone.
        now: this machine's clock, aware UTC.
    """

    env: Mapping[str, str] = field(repr=False)
    functions: Mapping[str, str]
    tokens: Tokens = Tokens()
    local: bool = False
    now: Callable[[], datetime] = _utc_now

    @property
    def settings(self) -> Settings:
        """The settings, read.

        Raises:
            SettingsError: one is missing or wrong.
        """
        return Settings.from_env(self.env)

    @contextmanager
    def http(self) -> Iterator[httpx.Client]:
        """A client that passes by proxies on this machine and takes the system's elsewhere."""
        with httpx.Client(trust_env=not self.local, timeout=_SECONDS, follow_redirects=False) as client:
            yield client

    def rows(self, sql: str, **parameters: object) -> Sequence[tuple[Any, ...]]:
        """What a statement finds as the functions' database user, on a connection of its own."""
        with closing(connector(self.settings.database)()) as connection, connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            return cursor.fetchall()


def operations() -> list[str]:
    """Every operation, by the modules that carry them out: an image in which the doctor runs has no functions/."""
    names = [module.name for module in pkgutil.iter_modules(common.operations.__path__)]
    return sorted(name for name in names if hasattr(importlib.import_module(f"common.operations.{name}"), "run"))


def local(settings: StackSettings, env: Mapping[str, str]) -> Installation:
    """The stack that runs in this GAVEL_HOME.

    Raises:
        NothingThere: none runs.
    """
    facts = state.read(settings.home)
    if lock.holder(settings.home) is None or not {"database", "functions", "gateway"} <= facts.keys():
        raise NothingThere(f"No stack runs in {settings.home}. Start it with `make up`, or look elsewhere: --deployed.")
    server = _server(settings.home / "database", facts["database"])
    given = function_environment(
        database=server.environment(),
        issuer=facts["issuer"],
        emulator=facts.get("firestore_emulator"),
        site=facts["gateway"],
        project=settings.project,
    )
    around = {name: value for name, value in env.items() if name != "FIRESTORE_EMULATOR_HOST"}
    return Installation(
        env={**function_defaults("nl_query"), **around, **given},
        functions=facts["functions"],
        tokens=_signed(facts["gateway"]),
        local=True,
    )


def deployed(env: Mapping[str, str], *, api: str | None, functions: Path | None) -> Installation:
    """What the environment describes.

    Args:
        env: the functions' settings; DOCTOR_TOKEN, somebody's ID token, is tried at the door if it is there, and
            DOCTOR_FUNCTIONS is what such a file would hold.
        api: the address below which every operation answers under its name.
        functions: a JSON file with the address of each operation, as `terraform output -json` writes it.

    Raises:
        NothingThere: no address was given, or the file holds none.
    """
    text = env.get("DOCTOR_FUNCTIONS") if functions is None else functions.read_text(encoding="utf-8")
    if text:
        addresses = json.loads(text)
        if not isinstance(addresses, dict) or not all(isinstance(url, str) for url in addresses.values()):
            raise NothingThere(f"{functions or 'DOCTOR_FUNCTIONS'} is no JSON object of addresses by operation.")
    elif api:
        addresses = {operation: f"{api.rstrip('/')}/{operation}" for operation in operations()}
    else:
        raise NothingThere("Say where the functions answer: --api BASE_URL, or --functions FILE.")
    return Installation(env=env, functions=addresses, tokens=Tokens(person=env.get("DOCTOR_TOKEN") or None))


def _server(home: Path, facts: Mapping[str, Any]) -> DatabaseServer:
    """The stack's database, with the passwords that it made for itself."""
    accounts = {name: Account(**known) for name, known in json.loads((home / "accounts.json").read_text()).items()}
    return DatabaseServer(
        host=facts["host"],
        port=facts["port"],
        schema=facts["schema"],
        version="",
        root=accounts["root"],
        app=accounts["app"],
        migrate=accounts["migrate"],
        analyst=accounts["analyst"],
    )


def _signed(gateway: str) -> Tokens:
    """Tokens as the stack's gateway gives them to anybody; none where it does not answer."""
    try:
        with httpx.Client(base_url=gateway, trust_env=False, timeout=_SECONDS) as client:
            person = client.post("/dev/token", json={"user": "doctor"}).raise_for_status().json()
            analyst = client.post("/dev/analyst", json={"email": "doctor@example.com"}).raise_for_status().json()
    except (httpx.HTTPError, ValueError):
        return Tokens()
    return Tokens(person=person["id_token"], service=analyst["service_token"], assertion=analyst["analyst_assertion"])
