"""The gateway's own refusals, in the form of the functions' (RFC 9457)."""

import secrets
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse


@dataclass(slots=True)
class Refused(Exception):  # noqa: N818 - it says what went wrong
    """A request the gateway does not serve."""

    status: int
    code: str
    title: str
    detail: str
    errors: list[dict[str, str]] | None = None
    allow: str | None = None


def problem(refused: Refused, *, site_url: str) -> JSONResponse:
    """The refusal as `application/problem+json`."""
    body: dict[str, Any] = {
        "type": f"{site_url}/problems.html#{refused.code}",
        "title": refused.title,
        "status": refused.status,
        "detail": refused.detail,
        "code": refused.code,
        "trace_id": secrets.token_hex(16),
    }
    if refused.errors is not None:
        body["errors"] = refused.errors
    headers = {"Cache-Control": "no-store"}
    if refused.allow is not None:
        headers["Allow"] = body["allow"] = refused.allow
    if refused.status == 503:
        headers["Retry-After"] = "1"
        body["retry_after_seconds"] = 1
    return JSONResponse(body, refused.status, headers=headers, media_type="application/problem+json")


async def answer_refused(request: Request, refused: Exception) -> JSONResponse:
    """What Starlette calls when an endpoint raised Refused."""
    assert isinstance(refused, Refused), "registered for Refused alone"
    return problem(refused, site_url=request.app.state.facts.site_url)
