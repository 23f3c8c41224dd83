"""Who is asking, as the functions want it shown: the service's token and the analyst's assertion.

Nothing here checks a token: the functions do. Tokens are kept until shortly before they end.
"""

import base64
import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Protocol

import httpx

from analysts.client import FUNCTION
from analysts.settings import AppSettings

IAP_HEADER = "X-Goog-IAP-JWT-Assertion"
EARLY_SECONDS = 60
"""How long before its end a token is no longer used."""

UNREADABLE_TOKEN_SECONDS = 300


class NotSignedIn(Exception):  # noqa: N818 - it says what went wrong
    """There is no token or no assertion to show."""


class Identity(Protocol):
    """How the app gets what it shows."""

    def headers(self, visitor: Mapping[str, str], operation: str) -> dict[str, str]:
        """The headers that prove service and analyst to an operation, given those of the visitor's own request."""


def identity(settings: AppSettings, http: httpx.Client, clock: Callable[[], float] = time.time) -> Identity:
    """The identity that the settings ask for."""
    if settings.sign_in is not None:
        return LocalIdentity(settings.sign_in, settings.analyst, http, clock)
    assert settings.audience is not None, "the settings hold one of both"
    return CloudIdentity(settings.audience, settings.metadata_host, http, clock)


class LocalIdentity:
    """The local stack gives out both tokens for the asking."""

    def __init__(self, url: str, analyst: str, http: httpx.Client, clock: Callable[[], float]) -> None:
        self._url = url
        self._analyst = analyst
        self._http = http
        self._clock = clock
        self._lock = threading.Lock()
        self._headers: dict[str, str] = {}
        self._until = 0.0

    def headers(self, visitor: Mapping[str, str], operation: str) -> dict[str, str]:  # noqa: ARG002 - one for all
        """Both tokens.

        Raises:
            NotSignedIn: the local stack gave none.
        """
        with self._lock:
            if self._clock() >= self._until:
                self._sign_in()
            return dict(self._headers)

    def _sign_in(self) -> None:
        now = self._clock()
        try:
            answer = self._http.post(self._url, json={"email": self._analyst}).raise_for_status().json()
            token, assertion = answer["service_token"], answer["analyst_assertion"]
            seconds = float(answer["expires_in"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise NotSignedIn("The local stack gave out no sign-in. Is it running?") from error
        self._headers = {"Authorization": f"Bearer {token}", "X-Analyst-Assertion": assertion}
        self._until = now + max(seconds - EARLY_SECONDS, 0)


class CloudIdentity:
    """On Google Cloud: the service's tokens from the metadata server, the assertion from Identity-Aware Proxy."""

    def __init__(self, audience: str, metadata_host: str, http: httpx.Client, clock: Callable[[], float]) -> None:
        self._audience = audience
        self._url = f"http://{metadata_host}/computeMetadata/v1/instance/service-accounts/default/identity"
        self._http = http
        self._clock = clock
        self._lock = threading.Lock()
        self._tokens: dict[str, tuple[str, float]] = {}

    def headers(self, visitor: Mapping[str, str], operation: str) -> dict[str, str]:
        """The kept service token for the operation's audience, and the assertion that came with the visitor.

        Raises:
            NotSignedIn: Identity-Aware Proxy does not stand before the app, or the metadata server gave no token.
        """
        assertion = next((value for name, value in visitor.items() if name.lower() == IAP_HEADER.lower()), "")
        if not assertion:
            raise NotSignedIn("Nobody is signed in: this app is to be opened through Identity-Aware Proxy.")
        audience = self._audience.replace(FUNCTION, operation.replace("_", "-"))
        with self._lock:
            token, until = self._tokens.get(audience, ("", 0.0))
            if self._clock() >= until:
                token, until = self._tokens[audience] = self._fetched(audience)
        return {"Authorization": f"Bearer {token}", "X-Analyst-Assertion": assertion}

    def _fetched(self, audience: str) -> tuple[str, float]:
        """A new token, and until when it serves."""
        now = self._clock()
        try:
            answer = self._http.get(
                self._url, params={"audience": audience}, headers={"Metadata-Flavor": "Google"}
            ).raise_for_status()
        except httpx.HTTPError as error:
            raise NotSignedIn("The app could not get its own sign-in. Try again in a minute.") from error
        token = answer.text.strip()
        return token, _end_of(token, otherwise=now + UNREADABLE_TOKEN_SECONDS) - EARLY_SECONDS


def _end_of(token: str, *, otherwise: float) -> float:
    """When a token ends, as it says itself; unchecked, for it is only about when to ask for the next."""
    try:
        payload = token.split(".")[1]
        return float(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["exp"])
    except (IndexError, ValueError, KeyError, TypeError):
        return otherwise
