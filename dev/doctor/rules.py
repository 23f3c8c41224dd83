"""Whether Firestore lets anybody read listings, at most fifty at once, and lets nobody write: firestore.rules.

What is tried cannot change anything even where the rules are open: it asks for what is not there to be so.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import httpx

from dev.doctor.finding import Check, Finding, told
from dev.doctor.installation import Installation

CHECK = Check("rules")
_ABSENT = "doctor-looks-for-this"
_DEPLOY = "Deploy firestore.rules again."
_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def look(installation: Installation) -> Iterator[Finding]:
    """What an anonymous browser may do."""
    mirror = installation.settings.mirror
    if not mirror.enabled:
        return
    emulator = installation.env.get("FIRESTORE_EMULATOR_HOST")
    host = f"http://{emulator}" if emulator else "https://firestore.googleapis.com"
    documents = f"{host}/v1/projects/{mirror.project}/databases/(default)/documents"
    with installation.http() as http:
        try:
            found = [*_reading(http, documents), *_writing(http, documents)]
        except httpx.TransportError as error:
            advice = "Bids go on and pages poll; sync_mirror shows what was missed once it answers."
            yield CHECK.fault(f"Firestore does not answer at {host} ({told(error)})", advice)
            return
    yield from found or [CHECK.good("anybody reads listings, fifty at most at once; nobody writes")]


def _reading(http: httpx.Client, documents: str) -> Iterator[Finding]:
    one = http.get(f"{documents}/listings/{_ABSENT}").status_code
    if one != HTTPStatus.NOT_FOUND:
        yield CHECK.fault(f"a listing cannot be read without an account ({one})", f"Pages poll. {_DEPLOY}")
    fifty, more = (http.post(f"{documents}:runQuery", json=_query(limit)).status_code for limit in (50, 51))
    if fifty != HTTPStatus.OK:
        yield CHECK.fault(f"fifty listings cannot be queried ({fifty})", f"The market's page polls. {_DEPLOY}")
    if more not in _REFUSED:
        yield CHECK.fault(f"more than fifty listings can be queried ({more})", f"Anybody can run up reads. {_DEPLOY}")


def _writing(http: httpx.Client, documents: str) -> Iterator[Finding]:
    """Both changes are bound to a condition that does not hold, which is looked at only after the rules."""
    body: dict[str, Any] = {"fields": {"version": {"integerValue": "0"}}}
    there = {"currentDocument.exists": "true"}
    for path in (f"listings/{_ABSENT}", f"users/{_ABSENT}"):
        status = http.patch(f"{documents}/{path}", params=there, json=body).status_code
        if status not in _REFUSED:
            yield CHECK.fault(f"anybody may write {path.partition('/')[0]} ({status})", f"At once: {_DEPLOY.lower()}")
    if (status := http.get(f"{documents}/users/{_ABSENT}").status_code) not in _REFUSED:
        yield CHECK.fault(f"anybody may read other collections ({status})", f"At once: {_DEPLOY.lower()}")


def _query(limit: int) -> dict[str, Any]:
    return {"structuredQuery": {"from": [{"collectionId": "listings"}], "limit": limit}}
