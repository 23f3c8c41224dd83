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
REPORTING = "reporting"
_USERS = {"root": "root", "app": "gavel_app", "migrate": "gavel_migrate", "analyst": "gavel_analyst"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A database user."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseServer:
    """Where a server listens and who may do what there.

    `app` reads and writes data, `migrate` alters the schemas, `analyst` reads the views that a migration lets him
    read (in the schema `reporting`), `root` may everything.
    """

    host: str
    port: int
    root: Account
    app: Account
    migrate: Account
    analyst: Account
    version: str
    schema: str = SCHEMA
    reporting: str = REPORTING
    pid: int = 0

    def environment(self, account: Account | None = None) -> dict[str, str]:
        """The DB_* variables for an account, the functions' own if none is named; REPORTING_* for the analyst."""
        account = account or self.app
        return {
            "DB_HOST": self.host,
            "DB_PORT": str(self.port),
            "DB_USER": account.user,
            "DB_PASSWORD": account.password,
            "DB_NAME": self.schema,
            "REPORTING_DB_USER": self.analyst.user,
            "REPORTING_DB_PASSWORD": self.analyst.password,
            "REPORTING_DB_NAME": self.reporting,
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
        analyst=accounts["analyst"],
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
    """Mark what a visitor may look for as not mirrored, for an emulator that starts empty; how many listings.

    `sync_mirror` then writes them again; what ended more than a day ago is read from the database alone. Nothing
    happens where the table does not exist yet.
    """
    with closing(connect(server, server.app)) as connection, connection.cursor() as cursor:
        with suppress(pymysql.err.ProgrammingError):
            return cursor.execute(
                "UPDATE listings SET mirrored_version = 0"
                " WHERE mirrored_version > 0 AND ends_at > UTC_TIMESTAMP(6) - INTERVAL 1 DAY"
            )
        return 0


def _accounts(directory: Path) -> dict[str, Account]:
    """The four accounts, with random passwords made once; a directory from before one of them was needed gets it."""
    file = directory / "accounts.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    accounts = {role: Account(**facts) for role, facts in known.items()}
    for role, user in _USERS.items():
        accounts.setdefault(role, Account(user=user, password=secrets.token_hex(16)))
    if accounts.keys() != known.keys():
        text = json.dumps({role: asdict(account) for role, account in accounts.items()}, indent=1)
        new = _private_file(directory / "accounts.json.new")
        new.write_text(text)
        new.replace(file)
    return accounts


def _private_file(file: Path) -> Path:
    """The file, readable by its owner alone from the moment it exists."""
    file.touch(mode=0o600)
    file.chmod(0o600)
    return file


def _setup_sql(accounts: Mapping[str, Account]) -> str:
    """What the server runs at every start, before it listens; each line may run again."""
    lines = [f"CREATE DATABASE IF NOT EXISTS {schema} CHARACTER SET utf8mb4;" for schema in (SCHEMA, REPORTING)]
    names = {role: f"'{account.user}'@'{_host_of(role)}'" for role, account in accounts.items()}
    for role, name in names.items():
        lines.append(f"CREATE USER IF NOT EXISTS {name} IDENTIFIED BY '{accounts[role].password}';")
        lines.append(f"ALTER USER {name} IDENTIFIED BY '{accounts[role].password}';")
    lines += [
        f"ALTER USER 'root'@'localhost' IDENTIFIED BY '{accounts['root'].password}';",
        "DROP USER IF EXISTS ''@'localhost';",
        f"GRANT ALL ON *.* TO {names['root']} WITH GRANT OPTION;",
        f"GRANT ALL ON {SCHEMA}.* TO {names['migrate']};",
        f"GRANT ALL ON {REPORTING}.* TO {names['migrate']} WITH GRANT OPTION;",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {SCHEMA}.* TO {names['app']};",
    ]
    return "\n".join(lines) + "\n"


def _host_of(role: str) -> str:
    """Whence an account may come: the analyst from anywhere that the server listens, as migrations grant it."""
    return "%" if role == "analyst" else ports.HOST
