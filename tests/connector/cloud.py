"""Cloud SQL as these tests have it: the stand-ins around the tests' database, and the settings that lead there."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from common.config import Settings
from dev.cloud_sql.admin import AdminApi, Instance
from dev.cloud_sql.authority import Authority
from dev.cloud_sql.metadata import MetadataServer
from dev.cloud_sql.proxy import Endpoint
from dev.stack.database import Account, DatabaseServer, connect

REGION = "europe-west1"
NAME = "gavel"


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """The servers, the instance they are of, and two database users: one enters by IAM alone, one by password."""

    metadata: MetadataServer
    admin: AdminApi
    endpoint: Endpoint
    authority: Authority
    server: DatabaseServer
    iam_user: str
    by_password: Account
    function_env: Mapping[str, str]

    @property
    def certificate_name(self) -> str:
        """What stands in the instance's certificate."""
        return f"{self.admin.instance.project}:{self.admin.instance.name}"

    def environment(self, account: Account | None = None, **more: str) -> dict[str, str]:
        """A function's variables for this instance: by an account and its password, else by IAM, else as told."""
        direct = {"DB_HOST": "", "DB_PORT": "", "REPORTING_DB_USER": ""}
        login = {"DB_USER": self.metadata.account, "DB_PASSWORD": ""}
        if account is not None:
            login = {"DB_USER": account.user, "DB_PASSWORD": account.password}
        ours = {
            "CLOUD_SQL_INSTANCE": self.admin.instance.connection_name,
            "CLOUD_SQL_ADMIN_API": self.admin.url,
        }
        return {**self.function_env, **direct, **login, **ours, **self.metadata.environment(), **more}

    def settings(self, account: Account | None = None, **more: str) -> Settings:
        """The settings from that environment."""
        return Settings.from_env(self.environment(account, **more))

    def mend(self) -> None:
        """Everything as at the start, but for the counts and the open connections, which are cut."""
        self.metadata.behave()
        self.metadata.account = f"{self.iam_user}@accounts.example"
        self.admin.behave()
        self.admin.authority = self.authority
        self.admin.instance = replace(self.admin.instance, address=self.endpoint.address)
        self.admin.lifetimes.clear()
        self.endpoint.present(self.authority, name=self.certificate_name)


@contextmanager
def cloud_before(server: DatabaseServer, env: Mapping[str, str], *, project: str) -> Iterator[Cloud]:
    """Cloud SQL in front of a database.

    A database cannot read certificates, so the user has no password there; who he is, only the endpoint asks. His
    name is drawn, so that he who does not know it does not get in.
    """
    iam_user = f"functions-{secrets.token_hex(10)}"
    by_password = Account(user=f"password-{secrets.token_hex(4)}", password=secrets.token_hex(16))
    authority = Authority("Cloud SQL Server CA")
    database = (server.host, server.port)
    with (
        _user(server, Account(user=iam_user, password="")),
        _user(server, by_password),
        MetadataServer(f"{iam_user}@accounts.example", project=project) as metadata,
    ):
        admin: AdminApi  # made when the endpoint has its address

        def login(serial_number: int) -> str | None:
            return admin.login(serial_number)

        with Endpoint(authority, name=f"{project}:{NAME}", logins=login, database=database) as endpoint:
            instance = Instance(project=project, region=REGION, name=NAME, address=endpoint.address)
            admin = AdminApi(instance, authority, metadata)
            with admin:
                yield Cloud(
                    metadata=metadata,
                    admin=admin,
                    endpoint=endpoint,
                    authority=authority,
                    server=server,
                    iam_user=iam_user,
                    by_password=by_password,
                    function_env=env,
                )


@contextmanager
def _user(server: DatabaseServer, account: Account) -> Iterator[None]:
    name = f"'{account.user}'@'%'"
    with connect(server, server.root) as root, root.cursor() as cursor:
        cursor.execute(f"CREATE USER {name} IDENTIFIED BY '{account.password}'")
        try:
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {server.schema}.* TO {name}")
            yield
        finally:
            cursor.execute(f"DROP USER {name}")
