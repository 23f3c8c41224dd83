"""A market that is brought from the schema of the release before to today's while that release's functions run on it.

The old functions come from previous.tar.xz (`python -m dev.release keep`) and are processes like any others. What
migrates is `dev.migrate`, as an operator runs it; the functions' database user has the rights that it grants.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from common.config import DatabaseSettings
from common.store.accounts import allow_working
from common.store.connect import connector
from common.store.migrate import migrate
from dev import release
from dev.stack.database import Account, DatabaseServer, connect
from dev.stack.emulator import RULES, Emulator
from dev.stack.issuer import Issuer
from dev.stack.settings import ROOT
from tests.market import Functions, Records, running_functions
from tests.mirror.public import Public
from tests.races.arena import wait_until
from tests.races.crowd import Crowd
from tests.races.invariants import Recorded, check_listing
from tests.upgrade.people import OPERATIONS, Version

BIDS_AROUND = 60
"""How many are acknowledged before the schema changes and again after it, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """What came of a migration under load: who bid meanwhile on which lots, and what the migration said."""

    crowd: Crowd
    lots: list[str]
    applied: list[str]
    before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirrors:
    """Functions that show listings in the emulator."""

    old: Functions
    new: Functions


@pytest.fixture(scope="module")
def previous(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of the release before."""
    folder = tmp_path_factory.mktemp("previous")
    release.unpack(folder)
    return folder


@pytest.fixture(scope="module")
def server(database: DatabaseServer, previous: Path) -> Iterator[DatabaseServer]:
    """A schema as the release before made it, and users of it alone; dropped at the end."""
    word = secrets.token_hex(3)
    worker = Account(user=f"place-bid-{word}", password=secrets.token_hex(12))
    server = replace(
        database,
        app=worker,
        migrate=database.root,
        analyst=Account(user=f"analyst-{word}", password=secrets.token_hex(12)),
        schema=f"gavel_before_{word}",
        reporting=f"gavel_before_{word}_views",
    )
    with closing(connect(database, database.root)) as root, root.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {server.schema} CHARACTER SET utf8mb4")
        cursor.execute("CREATE USER %s@'%%' IDENTIFIED BY %s", (worker.user, worker.password))
        settings = DatabaseSettings.from_env(server.environment(server.migrate))
        with closing(connector(replace(settings, statement_seconds=60, network_seconds=90))()) as connection:
            migrate(connection, lambda _: None, previous / "common" / "store" / "migrations")
            allow_working(connection, users=[worker.user])
        yield server
        for schema in (server.schema, server.reporting):
            cursor.execute(f"DROP DATABASE IF EXISTS {schema}")
        for account in (server.app, server.analyst):
            cursor.execute("DROP USER IF EXISTS %s@'%%'", (account.user,))


@pytest.fixture(scope="module")
def signing(project: str) -> Iterator[Issuer]:
    """An issuer with keys of one kind, as Google has them at each address; the one of a laptop mixes them."""
    with Issuer(project=project) as issuer:
        issuer.keys = {"keys": [key for key in issuer.keys["keys"] if key["kty"] == "RSA"]}
        yield issuer


@pytest.fixture(scope="module")
def new_env(server: DatabaseServer, signing: Issuer, function_env: Mapping[str, str]) -> dict[str, str]:
    """The settings of a function of today."""
    return {**function_env, **server.environment(), "LOCAL_ISSUER": signing.url}


@pytest.fixture(scope="module")
def old_env(previous: Path, new_env: Mapping[str, str]) -> dict[str, str]:
    """The settings of a function of the release before: its own `common`, which must not be today's.

    Python would put the folder that the tests run in before everything else.
    """
    path = {"PYTHONPATH": str(previous), "PYTHONSAFEPATH": "1", "PYTHONDONTWRITEBYTECODE": ""}
    return {**new_env, **path}


@pytest.fixture(scope="module")
def old_functions(previous: Path, old_env: dict[str, str]) -> Iterator[Functions]:
    """The functions of the release before."""
    with running_functions(OPERATIONS, old_env, directory=previous / "functions") as functions:
        for operation in OPERATIONS:
            compiled = previous / "common" / "operations" / "__pycache__"
            assert list(compiled.glob(f"{operation}.*.pyc")), f"{operation} does not run its own release's code"
        yield functions


@pytest.fixture(scope="module")
def upgrade(old_functions: Functions, server: DatabaseServer, signing: Issuer, http: httpx.Client) -> Upgrade:
    """Today's migrations, views and grants, applied while people bid through the functions of the release before."""
    old = Version(old_functions, signing, http)
    lots = [old.user("seller").create(title="A lamp that is on offer meanwhile")["id"] for _ in range(3)]
    crowd = Crowd([old_functions["place_bid"].url], lots, signing)

    def have_bid(count: int) -> bool:
        """Or somebody met a failure, which the test then shows."""
        return len(crowd.acknowledged) >= count or bool(crowd.unexpected)

    with crowd.bidding(4):
        wait_until(lambda: have_bid(BIDS_AROUND), seconds=60)
        before = len(crowd.acknowledged)
        settings = {**os.environ, **server.environment(server.migrate), "FUNCTION_DB_USERS": server.app.user}
        done = subprocess.run(
            [sys.executable, "-m", "dev.migrate"], cwd=ROOT, env=settings, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        migrated = len(crowd.acknowledged)
        wait_until(lambda: have_bid(migrated + BIDS_AROUND), seconds=60)
    applied = [line.removeprefix("applied ") for line in done.stdout.splitlines()]
    return Upgrade(crowd=crowd, lots=lots, applied=applied, before=before)


@pytest.fixture
def old(upgrade: Upgrade, old_functions: Functions, signing: Issuer, http: httpx.Client) -> Version:
    """The release before, on the schema of today."""
    return Version(old_functions, signing, http)


@pytest.fixture(scope="module")
def new_functions(upgrade: Upgrade, new_env: dict[str, str]) -> Iterator[Functions]:
    """The functions of today."""
    with running_functions(OPERATIONS, new_env) as functions:
        yield functions


@pytest.fixture
def new(old: Version, new_functions: Functions) -> Version:
    """Today's release beside the one before, called by the same people."""
    return replace(old, functions=new_functions)


@pytest.fixture
def tables(server: DatabaseServer) -> Iterator[Records]:
    """The tables of both."""
    with Records.of(server) as records:
        yield records


@pytest.fixture
def check(server: DatabaseServer) -> Iterator[Callable[[str], Recorded]]:
    """Checks every invariant of a listing there."""
    with closing(connector(DatabaseSettings.from_env(server.environment()))()) as connection:
        yield lambda listing_id: check_listing(connection, listing_id)


@pytest.fixture(scope="module")
def mirrors(
    upgrade: Upgrade, previous: Path, old_env: dict[str, str], new_env: dict[str, str], mirrored_env: dict[str, str]
) -> Iterator[Mirrors]:
    """Each release's sync_mirror, with the mirror."""
    mirror = {name: mirrored_env[name] for name in ("MIRROR", "FIRESTORE_EMULATOR_HOST")}
    with (
        running_functions(("sync_mirror",), old_env | mirror, directory=previous / "functions") as old,
        running_functions(("sync_mirror",), new_env | mirror) as new,
    ):
        yield Mirrors(old=old, new=new)


@pytest.fixture
def public(emulator: Emulator, project: str) -> Iterator[Public]:
    """Everybody, under the repository's rules."""
    with Public(emulator.address, project) as public:
        public.load_rules(RULES.read_text())
        yield public
