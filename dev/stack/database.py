"""A private MariaDB or MySQL server: its own data directory, loopback only, durable commits.

Everything of one server lies in one directory: `data/`, `accounts.json` (passwords, mode 0600), `setup.sql`,
`server.log`.
"""

import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import pymysql

from dev.stack import mysqld, ports
from dev.stack.process import Program, StartFailed, running

SCHEMA = "gavel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A database user."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseServer:
    """Where a server listens and who may do what there: `app` data, `migrate` the schema, `root` everything."""

    host: str
    port: int
    root: Account
    app: Account
    migrate: Account
    version: str
    schema: str = SCHEMA
    pid: int = 0

    def environment(self, account: Account | None = None) -> dict[str, str]:
        """The DB_* variables for an account; the functions' own if none is named."""
        account = account or self.app
        return {
            "DB_HOST": self.host,
            "DB_PORT": str(self.port),
            "DB_USER": account.user,
            "DB_PASSWORD": account.password,
            "DB_NAME": self.schema,
        }


@contextmanager
def private_server(
    directory: Path, *, durable: bool = True, env: Mapping[str, str] | None = None
) -> Iterator[DatabaseServer]:
    """A throw-away server in a directory, with the schema and its users; stopped at the end, the directory kept.

    Args:
        directory: made if missing; a server that was there before is started again with its data.
        durable: whether each commit reaches the disk and the binary log before it is acknowledged, as in production.
        env: where GAVEL_MYSQLD is looked up; the process's own environment if None.

    Raises:
        StartFailed: there is no server on this machine, or it does not start.
    """
    server, program = prepare(
        directory, port=ports.free_port(), durable=durable, env=os.environ if env is None else env
    )
    with running(program) as child:
        yield replace(server, pid=child.process.pid)
    shutil.rmtree(mysqld.short_folder(directory), ignore_errors=True)


def prepare(
    directory: Path, *, port: int, durable: bool = True, env: Mapping[str, str]
) -> tuple[DatabaseServer, Program]:
    """Initialise the directory unless that was done before; the server to be, and the program that is to run.

    Raises:
        StartFailed: there is no server on this machine, its data are another product's, or it cannot be initialised.
    """
    binary = mysqld.find_server(env)
    if binary is None:
        raise StartFailed(mysqld.HOW_TO_GET)
    version = mysqld.server_version(binary)
    directory.mkdir(parents=True, exist_ok=True)
    mysqld.initialise(binary, directory, version=version)
    accounts = _accounts(directory)
    _private_file(directory / "setup.sql").write_text(_setup_sql(accounts))
    server = DatabaseServer(
        host=ports.HOST,
        port=port,
        version=version,
        root=accounts["root"],
        app=accounts["app"],
        migrate=accounts["migrate"],
    )
    return server, Program(
        name="database",
        command=mysqld.command(binary, directory, port=port, durable=durable),
        log=directory / "server.log",
        ready=lambda: answers(server),
        port=port,
        grace_seconds=20,
    )


def answers(server: DatabaseServer) -> bool:
    """Whether the functions' user can work there now."""
    try:
        with closing(connect(server, server.app, timeout_seconds=2)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except pymysql.MySQLError:
        return False
    return True


def connect(
    server: DatabaseServer, account: Account, *, timeout_seconds: float = 10
) -> "pymysql.connections.Connection[pymysql.cursors.Cursor]":
    """A connection that commits each statement."""
    return pymysql.connect(
        host=server.host,
        port=server.port,
        user=account.user,
        password=account.password,
        database=server.schema,
        connect_timeout=timeout_seconds,
        read_timeout=timeout_seconds,
        write_timeout=timeout_seconds,
        autocommit=True,
        charset="utf8mb4",
    )


def forget_mirror(server: DatabaseServer) -> int:
    """Mark every listing as not mirrored, for an emulator that starts empty; how many there were.

    `sync_mirror` then writes them again. Nothing happens where the table does not exist yet.
    """
    with closing(connect(server, server.app)) as connection, connection.cursor() as cursor:
        with suppress(pymysql.err.ProgrammingError):
            return cursor.execute("UPDATE listings SET mirrored_version = 0 WHERE mirrored_version > 0")
        return 0


def _accounts(directory: Path) -> dict[str, Account]:
    """The three accounts, with random passwords made once."""
    file = directory / "accounts.json"
    if file.exists():
        return {role: Account(**facts) for role, facts in json.loads(file.read_text()).items()}
    users = {"root": "root", "app": "gavel_app", "migrate": "gavel_migrate"}
    accounts = {role: Account(user=user, password=secrets.token_hex(16)) for role, user in users.items()}
    _private_file(file).write_text(json.dumps({role: asdict(account) for role, account in accounts.items()}, indent=1))
    return accounts


def _private_file(file: Path) -> Path:
    """The file, readable by its owner alone from the moment it exists."""
    file.touch(mode=0o600)
    file.chmod(0o600)
    return file


def _setup_sql(accounts: Mapping[str, Account]) -> str:
    """What the server runs at every start, before it listens; each line may run again."""
    lines = [f"CREATE DATABASE IF NOT EXISTS {SCHEMA} CHARACTER SET utf8mb4;"]
    for account in accounts.values():
        name = f"'{account.user}'@'{ports.HOST}'"
        lines.append(f"CREATE USER IF NOT EXISTS {name} IDENTIFIED BY '{account.password}';")
        lines.append(f"ALTER USER {name} IDENTIFIED BY '{account.password}';")
    app, migrate, root = (f"'{accounts[role].user}'@'{ports.HOST}'" for role in ("app", "migrate", "root"))
    lines += [
        f"ALTER USER 'root'@'localhost' IDENTIFIED BY '{accounts['root'].password}';",
        "DROP USER IF EXISTS ''@'localhost';",
        f"GRANT ALL ON *.* TO {root} WITH GRANT OPTION;",
        f"GRANT ALL ON {SCHEMA}.* TO {migrate};",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {SCHEMA}.* TO {app};",
    ]
    return "\n".join(lines) + "\n"
