"""Whether issuers' keys can be had, and a good token is believed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from common.auth.keys import KeySet, KeysUnreachable
from common.auth.tokens import Doorkeeper, KeysWanted
from common.config import AuthSettings, IssuerSettings
from common.domain.errors import Refusal
from dev.doctor.finding import Check, Finding
from dev.doctor.installation import Installation

CHECK = Check("identity")
_FETCHES = 3  # the dashboard's issuer, the analysts', and once more for a key that is new


def look(installation: Installation) -> Iterator[Finding]:
    """A line for each issuer without keys; then one for each kind of token."""
    auth = installation.settings.auth
    faults = [*_without_keys(auth)]
    yield from faults or [CHECK.good("the keys of people, services and analysts can be fetched")]
    if not faults:
        yield from _tokens(installation, auth)


def _without_keys(auth: AuthSettings) -> Iterator[Finding]:
    for whose, issuer in (("people", auth.users), ("services", auth.services), ("analysts", auth.analysts)):
        if not _has_keys(issuer):
            advice = (
                f"{whose.capitalize()} cannot come in: see that {issuer.keys_url} answers from where functions run."
            )
            yield CHECK.fault(f"no {issuer.algorithm} key of the issuer for {whose} can be had", advice)


def _has_keys(issuer: IssuerSettings) -> bool:
    keys = KeySet(issuer.keys_url, issuer.algorithm)
    try:
        keys.fetch()
    except KeysUnreachable:
        return False
    return not keys.wants_fetch("")  # so soon after a fetch, only who holds none wants another


def _tokens(installation: Installation, auth: AuthSettings) -> Iterator[Finding]:
    door, tokens = Doorkeeper(auth), installation.tokens
    if tokens.person is None:
        advice = "Sign in at the site and give the ID token of its requests in DOCTOR_TOKEN."
        yield CHECK.doubt("no person's token was tried", advice)
    else:
        person = tokens.person
        yield _believed("a person's token", lambda: door.person(person))
    if tokens.service is not None:
        service, assertion = tokens.service, tokens.assertion
        yield _believed("an analyst's assertion", lambda: door.analyst(service, assertion))


def _believed(what: str, try_it: Callable[[], object]) -> Finding:
    for _ in range(_FETCHES):
        try:
            try_it()
        except KeysWanted as wanted:
            with suppress(KeysUnreachable):
                wanted.keys.fetch()
        except Refusal as refusal:
            advice = "Compare GOOGLE_CLOUD_PROJECT, SERVICE_AUDIENCE, IAP_AUDIENCE and the accounts with the issuer's."
            return CHECK.fault(f"{what} is refused: {refusal.detail}", advice)
        else:
            return CHECK.good(f"{what} is believed")
    return CHECK.fault(
        f"{what} names a key that its issuer does not have", "Was it signed by this issuer? Take a new one."
    )
