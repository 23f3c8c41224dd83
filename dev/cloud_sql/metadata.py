"""A stand-in of Google Cloud's metadata server: who we are, and access tokens in that name."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from dev.cloud_sql.answering import Answering, Asked, Said

ADMIN_SCOPE = "https://www.googleapis.com/auth/sqlservice.admin"
LOGIN_SCOPE = "https://www.googleapis.com/auth/sqlservice.login"

_GOOGLE = {"Metadata-Flavor": "Google"}
_ROOT = "/computeMetadata/v1/"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """What a token is good for."""

    account: str
    scopes: frozenset[str]
    expires: datetime


class MetadataServer(Answering):
    """Speaks for one service account, `account`; another may be set at any time, as may the tokens' lifetime.

    An account whose e-mail ends as Google's do would make the client look up its regions at Google.
    """

    def __init__(self, account: str, *, project: str) -> None:
        super().__init__()
        self.account = account
        self.lifetime = timedelta(hours=1)
        self._project = project
        self._tokens: dict[str, AccessToken] = {}

    def environment(self) -> dict[str, str]:
        """The variables by which Google's client finds this server; it reads the first when it is imported."""
        return {"GCE_METADATA_HOST": self.address, "GCE_METADATA_IP": self.address}

    def token(self, text: str, *, scope: str) -> AccessToken | None:
        """What a token says, None if it is not ours, has expired or is not for this."""
        token = self._tokens.get(text)
        good = token is not None and token.expires > datetime.now(UTC) and scope in token.scopes
        return token if good else None

    def answer(self, asked: Asked) -> Said:
        """As the real one, for what the client asks."""
        if asked.headers.get("metadata-flavor") != "Google":
            return Said(status=HTTPStatus.FORBIDDEN, body="")
        path = asked.path.removeprefix(_ROOT)
        if path == "/":
            return Said(body="computeMetadata/\n", headers=_GOOGLE)
        if path == "project/project-id":
            return Said(body=self._project, headers=_GOOGLE)
        if path == "instance/service-accounts/default/token":
            return Said(body=self._issue(asked.query.get("scopes", "")), headers=_GOOGLE)
        if path.startswith("instance/service-accounts/"):
            return Said(body={"email": self.account, "aliases": ["default"], "scopes": []}, headers=_GOOGLE)
        return Said(status=HTTPStatus.NOT_FOUND, body="")

    def _issue(self, scopes: str) -> Mapping[str, object]:
        text = f"local.{secrets.token_hex(16)}"
        self._tokens[text] = AccessToken(
            account=self.account, scopes=frozenset(scopes.split(",")), expires=datetime.now(UTC) + self.lifetime
        )
        return {"access_token": text, "expires_in": int(self.lifetime.total_seconds()), "token_type": "Bearer"}
