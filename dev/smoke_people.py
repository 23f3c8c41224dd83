"""People for the smoke test: on the local stack as its gateway makes them, at Google without any password.

There a service account signs that somebody is who he says (a custom token), which Identity Platform takes for an ID
token: the same that a browser gets. The account needs roles/iam.serviceAccountTokenCreator on itself.
"""

from __future__ import annotations

import json
import time
from typing import Any

import httpx

SIGNING = "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts"
IDENTITY = "https://identitytoolkit.googleapis.com/v1/accounts:signInWithCustomToken"
AUDIENCE = "https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit"
_LIFETIME_SECONDS = 600


class NotSignedIn(Exception):  # noqa: N818 - it says what happened
    """Nobody can be signed in; the message is the sentence to print."""


def on_the_stack(gateway: str, name: str, *, http: httpx.Client) -> str:
    """The ID token of a person of that name.

    Raises:
        NotSignedIn: the gateway does not give one.
    """
    return str(_asked(http, f"{gateway}/dev/token", {"user": name}, wanted="id_token"))


def at_google(name: str, *, account: str, token: str, key: str, http: httpx.Client) -> str:
    """The ID token of a person with that user id, which is made when it is first used.

    Args:
        name: the user id.
        account: e-mail of the service account that signs.
        token: an access token of it.
        key: the project's API key, as the site has it.
        http: the connections.

    Raises:
        NotSignedIn: Google refuses.
    """
    now = int(time.time())
    claims = {"iss": account, "sub": account, "aud": AUDIENCE, "iat": now, "exp": now + _LIFETIME_SECONDS, "uid": name}
    headers = {"Authorization": f"Bearer {token}"}
    payload = {"payload": json.dumps(claims)}
    signed = _asked(http, f"{SIGNING}/{account}:signJwt", payload, wanted="signedJwt", headers=headers)
    shown = {"token": signed, "returnSecureToken": True}
    return str(_asked(http, IDENTITY, shown, wanted="idToken", params={"key": key}))


def _asked(http: httpx.Client, url: str, body: Any, *, wanted: str, **request: Any) -> object:
    """One member of the answer; what was sent, and the key, are told to nobody."""
    try:
        answer = http.post(url, json=body, **request)
        told = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise NotSignedIn(f"sign-in: {url} does not answer as it should ({type(error).__name__})") from None
    if answer.is_error or not isinstance(told, dict) or wanted not in told:
        raise NotSignedIn(f"sign-in: {url} answers {answer.status_code}: {answer.text[:300]}")
    return told[wanted]
