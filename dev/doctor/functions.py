"""Whether every function answers over HTTP, and lets in nobody who must not come in."""

from __future__ import annotations

import importlib
from collections.abc import Collection, Iterator
from http import HTTPStatus

import httpx

from common.operations.call import Caller
from dev.doctor.finding import UNREACHABLE, Check, Finding, told
from dev.doctor.installation import Installation, operations

CHECK = Check("functions")
_REFUSED = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)
_KEPT_OUT = (*_REFUSED, HTTPStatus.NOT_FOUND)
"""As the platform answers for a private function, 404 where only its own network may come in."""
_PUBLIC = (Caller.ANYONE, Caller.PERSON)


def look(installation: Installation) -> Iterator[Finding]:
    """A line for each that does not answer as it should, or one that all do."""
    found: list[Finding] = []
    every = operations()
    with installation.http() as http:
        for operation in every:
            found += _one(http, operation, installation)
    yield from found or [CHECK.good(f"all {len(every)} answer, and private ones refuse strangers")]


def _one(http: httpx.Client, operation: str, installation: Installation) -> Iterator[Finding]:
    url = installation.functions.get(operation)
    if url is None:
        yield CHECK.fault(f"{operation} has no address", "Deploy it, or name its address in the file of --functions.")
        return
    try:
        yield from _answers(http, operation, url, kept_out=_REFUSED if installation.local else _KEPT_OUT)
    except UNREACHABLE as error:
        yield CHECK.fault(f"{operation} does not answer at {url} ({told(error)})", "Is it deployed? See its log.")


def _answers(http: httpx.Client, operation: str, url: str, *, kept_out: Collection[int]) -> Iterator[Finding]:
    """A browser's question before it calls; then a call by nobody. The platform may refuse both of a private one."""
    module = importlib.import_module(f"common.operations.{operation}")
    preflight = http.options(url).status_code
    public = module.CALLER in _PUBLIC
    if preflight != HTTPStatus.NO_CONTENT and (public or preflight not in kept_out):
        said = f"{operation} answers OPTIONS with {preflight}"
        yield CHECK.fault(said, _advice(preflight, public=public))
        return
    if module.CALLER is Caller.ANYONE:
        yield from _reading(http, operation, url)
        return
    status = http.request(module.METHOD, url, json={} if module.METHOD == "POST" else None).status_code
    if status not in (_REFUSED if public else kept_out):
        advice = "Take allUsers from its invokers and see that the function is ours: it must be 401 or 403."
        yield CHECK.fault(f"{operation} answers {status} to a stranger", advice)


def _reading(http: httpx.Client, operation: str, url: str) -> Iterator[Finding]:
    """Reading nothing in particular is refused for its input, or answered; anything else is trouble inside."""
    status = http.get(url).status_code
    if status not in (HTTPStatus.OK, HTTPStatus.BAD_REQUEST):
        yield CHECK.fault(f"{operation} answers {status}", "See its log under the time of this look.")


def _advice(status: int, *, public: bool) -> str:
    if public and status in _REFUSED:
        return "Let allUsers invoke it: who calls is checked in the function."
    if status == HTTPStatus.NOT_FOUND:
        return "Another program answers there: see the address."
    return "See its log under the time of this look."
