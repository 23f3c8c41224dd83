"""Checking identity tokens: signature, issuer, audience, times, subject. There is no other mode.

Source: Firebase's "Verify ID tokens", Google's OIDC pages and "Securing your app with signed headers" of
Identity-Aware Proxy.
"""

from __future__ import annotations

import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import jwt

from common.auth.keys import KeySet
from common.config import AuthSettings, IssuerSettings
from common.domain.actor import Actor
from common.domain.errors import Forbidden, Unauthenticated

T = TypeVar("T")

_LEEWAY_SECONDS = 10
_MAX_TOKEN_LENGTH = 8192
_MAX_SUBJECT_LENGTH = 128
_MAX_EMAIL_LENGTH = 190
_REMEMBERED = 20_000  # tokens, a kilobyte each
_REMEMBERED_SECONDS = 300


class KeysWanted(Exception):  # noqa: N818 - a request to the caller
    """The issuer's keys must be fetched first, which waits: call `fetch` off the event loop and verify again."""

    def __init__(self, keys: KeySet) -> None:
        super().__init__("keys wanted")
        self.keys = keys


class Verifier(Generic[T]):
    """Checks the tokens of one issuer for one audience, and reads who sent them.

    What a good token said is remembered until it expires, five minutes at most: checking a signature costs more
    than everything else that a bid needs of the processor. So long does a key that the issuer withdraws serve on.
    """

    def __init__(self, settings: IssuerSettings, read: Callable[[dict[str, Any]], T]) -> None:
        self._settings = settings
        self._read = read
        self._keys = KeySet(settings.keys_url, settings.algorithm)
        self._verified: OrderedDict[str, tuple[float, T]] = OrderedDict()

    def sender(self, token: str) -> T:
        """Who sent a valid token.

        Raises:
            Unauthenticated: it is not valid; the reason says what is wrong, never what it held.
            KeysWanted: its key is not held yet.
        """
        remembered = self._verified.get(token)
        if remembered and time.time() < remembered[0]:
            return remembered[1]
        claims = self._check(token)
        sender = self._read(claims)
        self._verified[token] = (min(claims["exp"], time.time() + _REMEMBERED_SECONDS), sender)
        if len(self._verified) > _REMEMBERED:
            self._verified.popitem(last=False)
        return sender

    def _check(self, token: str) -> dict[str, Any]:
        if len(token) > _MAX_TOKEN_LENGTH:
            raise Unauthenticated("The token is too long.")
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError as error:
            raise Unauthenticated("The token is malformed.") from error
        key_id = header.get("kid")
        algorithm = self._settings.algorithm
        if header.get("alg") != algorithm or not isinstance(key_id, str):
            raise Unauthenticated(f"The token is not signed with {algorithm} by a named key.")
        if self._keys.wants_fetch(key_id):
            raise KeysWanted(self._keys)
        key = self._keys.key(key_id)
        if key is None:
            raise Unauthenticated("The token's key is not the issuer's.")
        return self._decode(token, key)

    def _decode(self, token: str, key: Any) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[self._settings.algorithm],
                audience=self._settings.audience,
                issuer=self._settings.issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": ["exp", "iat", "sub"], "verify_iat": True},
            )
        except jwt.ExpiredSignatureError as error:
            raise Unauthenticated("The token has expired.") from error
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError) as error:
            raise Unauthenticated("The token is not valid here.") from error
        subject = claims["sub"]
        if not _is_name(subject):
            raise Unauthenticated("The token's subject is not one of ours.")
        auth_time = claims.get("auth_time", 0)
        if not isinstance(auth_time, int | float) or auth_time > time.time() + _LEEWAY_SECONDS:
            raise Unauthenticated("The token is from the future.")
        return claims


class Doorkeeper:
    """Says who sent a request, from its bearer token."""

    def __init__(self, settings: AuthSettings) -> None:
        self._people = Verifier(settings.users, _person)
        self._services = Verifier(settings.services, _account)
        self._analysts = Verifier(settings.analysts, _analyst)
        self._scheduler_account = settings.scheduler_account
        self._dashboard_account = settings.dashboard_account

    def person(self, token: str) -> Actor:
        """The person whose identity token this is.

        Raises:
            Unauthenticated, KeysWanted: as `Verifier.sender`.
        """
        return self._people.sender(token)

    def scheduler(self, token: str) -> None:
        """Let the scheduler's service account in.

        Raises:
            Unauthenticated, KeysWanted: as `Verifier.sender`.
            Forbidden: it is another account, or none is admitted.
        """
        self._admit(token, self._scheduler_account, "Only the scheduler's service account may call this.")

    def analyst(self, token: str, assertion: str | None) -> Actor:
        """The analyst for whom the dashboard's service account calls.

        Args:
            token: the dashboard's own.
            assertion: what Identity-Aware Proxy signed about the person in front of the dashboard.

        Raises:
            Unauthenticated, KeysWanted: as `Verifier.sender`, of either.
            Forbidden: another account calls, or none is admitted.
        """
        self._admit(token, self._dashboard_account, "Only the dashboard's service account may call this.")
        if assertion is None:
            raise Unauthenticated("The header X-Analyst-Assertion is missing.")
        return self._analysts.sender(assertion)

    def _admit(self, token: str, account: str, otherwise: str) -> None:
        sender = self._services.sender(token)
        if not account or sender != account:
            raise Forbidden(otherwise)


def _person(claims: dict[str, Any]) -> Actor:
    email = claims.get("email")
    return Actor(
        user_id=claims["sub"],
        display_name=_clean_name(claims.get("name")),
        email=email[:_MAX_EMAIL_LENGTH] if isinstance(email, str) else None,
        email_confirmed=not email or claims.get("email_verified") is True,
    )


def _account(claims: dict[str, Any]) -> str:
    """A service's confirmed e-mail, or nothing."""
    email = claims.get("email")
    return email if isinstance(email, str) and claims.get("email_verified") is True else ""


def _analyst(claims: dict[str, Any]) -> Actor:
    """An analyst; the proxy signs in nobody whose e-mail is not confirmed."""
    email = claims.get("email")
    if not isinstance(email, str) or not 0 < len(email) <= _MAX_EMAIL_LENGTH or not email.isprintable():
        raise Unauthenticated("The assertion names no e-mail address.")
    return Actor(user_id=claims["sub"], display_name="", email=email.lower(), email_confirmed=True)


def _is_name(subject: object) -> bool:
    """Whether a subject can name a person: the database takes "bob " and "bob" for one.

    >>> _is_name("bob"), _is_name("bob "), _is_name(""), _is_name("b" * 129)
    (True, False, False, False)
    """
    return (
        isinstance(subject, str)
        and 0 < len(subject) <= _MAX_SUBJECT_LENGTH
        and subject.isprintable()
        and subject == subject.strip()
    )


def _clean_name(name: object) -> str:
    r"""A name fit for a column: no control characters, at most 80 characters.

    >>> _clean_name("First\nBidder"), _clean_name(None)
    ('FirstBidder', '')
    """
    if not isinstance(name, str):
        return ""
    return "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cs"))[:80]
