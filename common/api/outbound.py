"""What goes out: an operation's answer, or its refusal, as an HTTP response."""

from __future__ import annotations

from http import HTTPStatus

import orjson
from starlette.responses import Response

from common.api.inbound import Inbound
from common.api.problems import STATUS, MethodNotAllowed
from common.domain.errors import Refusal, Unauthenticated
from common.operations.call import Answer

_JSON = (b"content-type", b"application/json")
_PROBLEM_JSON = (b"content-type", b"application/problem+json")
_NO_STORE = (b"cache-control", b"no-store")


class _Ready(Response):
    """A response whose headers are bytes already; building them from text costs a bid more than its JSON."""

    def __init__(self, body: bytes, status: int, raw_headers: list[tuple[bytes, bytes]]) -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = [*raw_headers, (b"content-length", str(len(body)).encode())]


def respond(inbound: Inbound, answer: Answer) -> Response:
    """The answer as JSON; 304 where the caller has this very state already."""
    if answer.etag is None:
        headers = [_JSON, _NO_STORE]
    else:
        caching = {"Cache-Control": "private, no-cache", "ETag": answer.etag, "Vary": "Authorization"}
        if matches(inbound.header(b"if-none-match") or "", answer.etag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=caching)
        headers = [_JSON, *((name.lower().encode(), value.encode()) for name, value in caching.items())]
    return _Ready(orjson.dumps(answer.body, option=orjson.OPT_UTC_Z), answer.status, headers)


def problem(refusal: Refusal, *, trace_id: str, site_url: str) -> Response:
    """The refusal as `application/problem+json` (RFC 9457); `type` opens the page that explains the code."""
    status = STATUS[refusal.code].value
    body = {
        "type": f"{site_url}/problems.html#{refusal.code}",
        "title": refusal.title,
        "status": status,
        "detail": refusal.detail,
        "code": refusal.code,
        "trace_id": trace_id,
        **refusal.facts,
    }
    headers = [_PROBLEM_JSON, _NO_STORE]
    if isinstance(refusal, Unauthenticated):
        headers.append((b"www-authenticate", b"Bearer"))
    if isinstance(refusal, MethodNotAllowed):
        headers.append((b"allow", str(refusal.facts["allow"]).encode()))
    if "retry_after_seconds" in refusal.facts:
        headers.append((b"retry-after", str(refusal.facts["retry_after_seconds"]).encode()))
    return _Ready(orjson.dumps(body, option=orjson.OPT_UTC_Z), status, headers)


def matches(if_none_match: str, etag: str) -> bool:
    """Whether one of the listed tags is this one, weakly compared (RFC 9110, 13.1.2).

    >>> matches('"a", W/"b"', 'W/"b"'), matches("*", 'W/"b"'), matches('"c"', 'W/"b"')
    (True, True, False)
    """
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag.removeprefix("W/") in tags
