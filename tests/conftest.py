"""What tests share, once per pytest process: a database, an issuer of tokens, an emulator, the functions.

Every server is real, private to this process, on a free loopback port, and gone when the tests are. Tests of one
process share the database: each takes its own people and listings, or `empty_market` when it counts everything.

The database is a private server of the product found on this machine; or, with TEST_DB_HOST (TEST_DB_PORT,
TEST_DB_USER, TEST_DB_PASSWORD), a throw-away schema on a server that runs already.
"""

import os
import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import hypothesis
import pymysql
import pytest

from common import runtime
from common.config import DatabaseSettings, Settings
from common.services import Services
from common.store.connect import connector
from common.store.migrate import Analysts, migrate
from common.store.reporting import Reporting
from dev.stack.database import Account, DatabaseServer, private_server
from dev.stack.emulator import Emulator, private_emulator
from dev.stack.functions import function_environment
from dev.stack.issuer import Issuer
from tests.analysts import REVIEWER, Analyst
from tests.market import ALLOWED_ORIGIN, Functions, Market, Records, running_functions

hypothesis.settings.register_profile("gavel", deadline=None, max_examples=150, print_blob=True)
hypothesis.settings.load_profile("gavel")

OPERATIONS = (
    "create_listing",
    "place_bid",
    "get_listing",
    "search_listings",
    "close_auctions",
    "sync_mirror",
    "nl_query",
    "nl_questions",
    "nl_feedback",
)


@pytest.fixture(scope="session")
def database() -> Iterator[DatabaseServer]:
    """A migrated database of our own. Its commits do not wait for the disk: no test cuts the power."""
    with _external_schema() if os.environ.get("TEST_DB_HOST") else _private_schema() as server:
        _migrate(server)
        yield server


@pytest.fixture(scope="session")
def project() -> str:
    """The project id of this pytest process: two of them may share an emulator."""
    return f"demo-gavel-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}-{secrets.token_hex(3)}"


@pytest.fixture(scope="session")
def issuer(project: str) -> Iterator[Issuer]:
    """An issuer of people's and services' tokens for that project."""
    with Issuer(project=project) as issuer:
        yield issuer


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """A Firestore emulator; tests that use it are marked `emulator`."""
    with private_emulator() as emulator:
        yield emulator


@pytest.fixture(scope="session")
def function_env(database: DatabaseServer, issuer: Issuer, project: str) -> dict[str, str]:
    """The settings of a function without the mirror; lay others over them for a function of your own."""
    env = function_environment(database=database.environment(), issuer=issuer.url, emulator=None, project=project)
    mine = {"ALLOWED_ORIGINS": ALLOWED_ORIGIN, "NL_REVIEWERS": REVIEWER, "NL_QUESTIONS_PER_MINUTE": "1000"}
    return env | mine | dict.fromkeys(("OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL"), "")


@pytest.fixture(scope="session")
def mirrored_env(
    database: DatabaseServer, issuer: Issuer, project: str, emulator: Emulator, session_patch: pytest.MonkeyPatch
) -> dict[str, str]:
    """The settings of a function with the mirror; Firestore's client in this process finds the emulator too."""
    session_patch.setenv("FIRESTORE_EMULATOR_HOST", emulator.address)
    return function_environment(
        database=database.environment(), issuer=issuer.url, emulator=emulator.address, project=project
    )


@pytest.fixture(scope="session")
def session_patch() -> Iterator[pytest.MonkeyPatch]:
    """Changes of the environment that last as long as the tests."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="session")
def settings(function_env: dict[str, str]) -> Settings:
    """The settings of services in this process, without the mirror."""
    return Settings.from_env(function_env)


@pytest.fixture(scope="session")
def services(settings: Settings) -> Iterator[Services]:
    """The services of one function instance, in this process; a test that races makes more with `build_services`."""
    services = runtime.build(settings)
    yield services
    services.store.close()


@pytest.fixture(scope="session")
def reporting(settings: Settings) -> Reporting:
    """The analysts' way to the data."""
    assert settings.reporting is not None
    return Reporting(settings.reporting)


@pytest.fixture
def build_services() -> Iterator[Callable[[Settings], Services]]:
    """Makes the services of further instances; their connections are let go after the test."""
    built: list[Services] = []

    def build(settings: Settings) -> Services:
        built.append(runtime.build(settings))
        return built[-1]

    yield build
    for services in built:
        services.store.close()


@pytest.fixture(scope="session")
def functions(function_env: dict[str, str]) -> Iterator[Functions]:
    """Every function as a process of its own, without the mirror."""
    with running_functions(OPERATIONS, function_env) as functions:
        yield functions


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    """Connections kept open between requests, but not for as long as the framework keeps them (2 s)."""
    with httpx.Client(trust_env=False, timeout=20, limits=httpx.Limits(keepalive_expiry=0.5)) as client:
        yield client


@pytest.fixture
def market(functions: Functions, issuer: Issuer, http: httpx.Client) -> Market:
    """The functions, and people of this test alone who call them."""
    return Market(functions, issuer, http)


@pytest.fixture
def analyst(functions: Functions, issuer: Issuer, http: httpx.Client) -> Analyst:
    """An analyst of this test alone, where no model is set up."""
    return Analyst.new(functions, issuer, http)


@pytest.fixture(scope="session")
def records(database: DatabaseServer) -> Iterator[Records]:
    """The tables, as the functions' user may read and change them."""
    with Records.of(database) as records:
        yield records


@pytest.fixture
def empty_market(records: Records) -> Records:
    """The tables without a listing, for tests that count; who was remembered stays so."""
    records.forget_listings()
    return records


@contextmanager
def _private_schema() -> Iterator[DatabaseServer]:
    with (
        tempfile.TemporaryDirectory(prefix="gavel-tests-") as folder,
        private_server(Path(folder), durable=False) as server,
    ):
        yield server


@contextmanager
def _external_schema() -> Iterator[DatabaseServer]:
    """Two schemas of our own on a running server and an analyst, dropped at the end; one account is all others."""
    env: Mapping[str, str] = os.environ
    account = Account(user=env.get("TEST_DB_USER", "root"), password=env.get("TEST_DB_PASSWORD", ""))
    schema = f"gavel_test_{env.get('PYTEST_XDIST_WORKER', 'main')}_{secrets.token_hex(4)}"
    analyst = Account(user=f"gavel_test_{secrets.token_hex(4)}", password=secrets.token_hex(16))
    with (
        closing(
            pymysql.connect(
                host=env["TEST_DB_HOST"],
                port=int(env.get("TEST_DB_PORT", "3306")),
                user=account.user,
                password=account.password,
                autocommit=True,
            )
        ) as connection,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT VERSION()")
        ((version,),) = cursor.fetchall()
        cursor.execute(f"CREATE DATABASE {schema} CHARACTER SET utf8mb4")
        cursor.execute(f"CREATE USER '{analyst.user}'@'%' IDENTIFIED BY '{analyst.password}'")
    server = DatabaseServer(
        host=env["TEST_DB_HOST"],
        port=int(env.get("TEST_DB_PORT", "3306")),
        root=account,
        app=account,
        migrate=account,
        analyst=analyst,
        version=f"{'MariaDB' if 'MariaDB' in version else 'MySQL'} {version.split('-')[0]}",
        schema=schema,
        reporting=f"{schema}_reporting",
    )
    try:
        yield server
    finally:
        with Records.of(server) as records:
            records.execute(f"DROP USER '{analyst.user}'@'%'")
            records.execute(f"DROP DATABASE IF EXISTS {server.reporting}")
            records.execute(f"DROP DATABASE {schema}")


def _migrate(server: DatabaseServer) -> None:
    """Bring the schema up to date, as the account that may."""
    settings = DatabaseSettings.from_env(server.environment(server.migrate))
    with closing(connector(replace(settings, statement_seconds=60, network_seconds=90))()) as connection:
        migrate(connection, lambda _: None, analysts=Analysts(schema=server.reporting, user=server.analyst.user))
