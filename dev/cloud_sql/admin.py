"""A stand-in of the Cloud SQL Admin API: the two calls that the connector makes before it dials an instance."""

from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from dev.cloud_sql.answering import Answering, Asked, Said
from dev.cloud_sql.authority import Authority, pem
from dev.cloud_sql.metadata import ADMIN_SCOPE, LOGIN_SCOPE, MetadataServer

CERTIFICATE_LIFETIME = timedelta(hours=1)  # as Google's
_MESSAGES = {403: "The client is not authorized to make this request.", 404: "The Cloud SQL instance does not exist."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """What the API knows of an instance."""

    project: str
    region: str
    name: str
    address: str

    @property
    def connection_name(self) -> str:
        """As CLOUD_SQL_INSTANCE has it."""
        return f"{self.project}:{self.region}:{self.name}"


class AdminApi(Answering):
    """Knows one instance.

    `authority` signs from now on and is told as the instance's; `lifetimes` are those of the next certificates, an
    hour after them; `issued` counts certificates.
    """

    def __init__(self, instance: Instance, authority: Authority, metadata: MetadataServer) -> None:
        super().__init__()
        self.instance = instance
        self.authority = authority
        self.lifetimes: deque[timedelta] = deque()
        self.issued = 0
        self._metadata = metadata
        self._logins: dict[int, str] = {}

    @property
    def url(self) -> str:
        """As CLOUD_SQL_ADMIN_API has it."""
        return f"http://{self.address}"

    def login(self, serial_number: int) -> str | None:
        """Whose login the certificate with this number carries; None if it carries none."""
        return self._logins.get(serial_number)

    def answer(self, asked: Asked) -> Said:
        """The instance's settings or a new certificate, for a token of the right scope."""
        bearer = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if self._metadata.token(bearer, scope=ADMIN_SCOPE) is None:
            return self.failure(HTTPStatus.UNAUTHORIZED)
        path = f"/sql/v1beta4/projects/{self.instance.project}/instances/{self.instance.name}"
        if (asked.method, asked.path) == ("GET", f"{path}/connectSettings"):
            return Said(body=self._settings())
        if (asked.method, asked.path) == ("POST", f"{path}:generateEphemeralCert"):
            return self._certificate(asked.body["public_key"], asked.body.get("access_token"))
        return self.failure(HTTPStatus.NOT_FOUND)

    def failure(self, status: int) -> Said:
        """A fault in the form of Google's APIs."""
        message = _MESSAGES.get(status, HTTPStatus(status).phrase)
        return Said(status=status, body={"error": {"code": status, "message": message}})

    def _settings(self) -> dict[str, object]:
        return {
            "kind": "sql#connectSettings",
            "serverCaCert": {"kind": "sql#sslCert", "cert": self.authority.pem, "instance": self.instance.name},
            "serverCaMode": "GOOGLE_MANAGED_INTERNAL_CA",
            "ipAddresses": [{"type": "PRIVATE", "ipAddress": self.instance.address}],
            "region": self.instance.region,
            "databaseVersion": "MYSQL_8_4",
            "backendType": "SECOND_GEN",
        }

    def _certificate(self, public_key: str, login_token: str | None) -> Said:
        """With a login token the certificate is that account's login too: that is all of IAM authentication."""
        login = None
        if login_token is not None:
            login = self._metadata.token(login_token, scope=LOGIN_SCOPE)
            if login is None:
                return self.failure(HTTPStatus.BAD_REQUEST)
        lifetime = self.lifetimes.popleft() if self.lifetimes else CERTIFICATE_LIFETIME
        certificate = self.authority.for_client(public_key, not_after=datetime.now(UTC) + lifetime)
        if login is not None:
            self._logins[certificate.serial_number] = login.account
        self.issued += 1
        return Said(body={"ephemeralCert": {"kind": "sql#sslCert", "cert": pem(certificate)}})
