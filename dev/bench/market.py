"""What every benchmark stands on: a durable database server, a token issuer, and function processes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pymysql

from common.config import DatabaseSettings
from common.store.connect import connector
from common.store.migrate import Analysts, migrate
from dev.bench.replica import replica_of
from dev.stack.database import DatabaseServer, connect, private_server
from dev.stack.functions import FunctionProcess, function_environment, function_process
from dev.stack.issuer import Issuer

EMPTY_FUNCTION = Path(__file__).parent / "functions"
BIDDERS = 200
_DATABASE = "db"


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """The outside systems of one benchmark; `folder` lasts as long as it does."""

    server: DatabaseServer
    issuer: Issuer
    folder: Path

    def settings(self, emulator: str | None = None) -> dict[str, str]:
        """A function's environment, without the mirror unless there is an emulator."""
        return function_environment(database=self.server.environment(), issuer=self.issuer.url, emulator=emulator)

    @contextmanager
    def function(self, operation: str, *, workers: int = 1, emulator: str | None = None) -> Iterator[FunctionProcess]:
        """A function under the framework's own command line, its log in the folder.

        Workers are the framework's and share its port; each has its own lanes and connections.
        """
        env = {**self.settings(emulator), "WORKERS": str(workers)}
        with function_process(operation, env, log=self.folder / f"{operation}.log") as process:
            yield process

    @contextmanager
    def replica(self) -> Iterator[DatabaseServer]:
        """A server that follows this market's (dev.bench.replica)."""
        accounts = self.folder / _DATABASE / "accounts.json"
        with replica_of(self.server, accounts, self.folder / "replica") as server:
            yield server

    @contextmanager
    def asking(self, replica: DatabaseServer | None = None) -> Iterator[FunctionProcess]:
        """The function `nl_query` without a model, for as many questions as are asked; a replica is read if given."""
        nothing = dict.fromkeys(("OPENAI_BASE_URL", "OPENAI_API_KEY"), "")
        env = {**self.settings(), **nothing, "NL_QUESTIONS_PER_MINUTE": "1000000", "REQUEST_SECONDS": "25"}
        if replica:
            env |= {"REPORTING_DB_HOST": replica.host, "REPORTING_DB_PORT": str(replica.port)}
        with function_process("nl_query", env, log=self.folder / "nl_query.log") as process:
            yield process

    @contextmanager
    def empty_function(self, *, workers: int = 1) -> Iterator[FunctionProcess]:
        """The function that does nothing."""
        env = {"WORKERS": str(workers)}
        log = self.folder / "empty.log"
        with function_process("empty", env, directory=EMPTY_FUNCTION, log=log) as process:
            yield process

    def bidder_tokens(self) -> list[str]:
        """A signed token for each bidder."""
        return [self.issuer.user_token(f"bidder-{number}", f"Bidder {number}") for number in range(BIDDERS)]

    def schema(self, name: str) -> DatabaseServer:
        """The same server with another schema as its default, made if missing, in which the functions' user may all."""
        with closing(connect(self.server, self.server.root)) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE IF NOT EXISTS {name} CHARACTER SET utf8mb4")
            for account in (self.server.app, self.server.migrate):
                cursor.execute(f"GRANT ALL ON {name}.* TO '{account.user}'@'{self.server.host}'")
        return replace(self.server, schema=name)


@contextmanager
def open_market() -> Iterator[Market]:
    """A market with nothing on it, on a server that keeps each commit before it acknowledges it.

    Raises:
        StartFailed: there is no database server on this machine, or it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="gavel-bench-") as name:
        folder = Path(name)
        with private_server(folder / _DATABASE, durable=True) as server, Issuer() as issuer:
            apply_migrations(server)
            yield Market(server=server, issuer=issuer, folder=folder)


def apply_migrations(server: DatabaseServer) -> None:
    """Bring the server's default schema up to date."""
    connection = connector(DatabaseSettings.from_env(server.environment(server.migrate)))()
    try:
        migrate(connection, lambda _: None, analysts=Analysts(schema=server.reporting, user=server.analyst.user))
    finally:
        connection.close()


def query(server: DatabaseServer, sql: str, *parameters: object) -> list[tuple[object, ...]]:
    """The rows of one statement, as the functions' user; committed."""
    with closing(session(server)) as connection, connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def number(server: DatabaseServer, sql: str, *parameters: object) -> int:
    """The one number that a statement answers."""
    ((value,),) = query(server, sql, *parameters)
    return int(str(value or 0))


def session(server: DatabaseServer) -> pymysql.connections.Connection[pymysql.cursors.Cursor]:
    """A session that may wait for a large statement."""
    return connect(server, server.app, timeout_seconds=300)
