"""Refusals as RFC 9457 problems: the one table from code to status."""

from __future__ import annotations

from http import HTTPStatus

import orjson
from starlette.responses import Response

from common.domain.errors import Refusal

STATUS: dict[str, HTTPStatus] = {
    "invalid_request": HTTPStatus.BAD_REQUEST,
    "invalid_json": HTTPStatus.BAD_REQUEST,
    "unauthenticated": HTTPStatus.UNAUTHORIZED,
    "forbidden": HTTPStatus.FORBIDDEN,
    "email_unverified": HTTPStatus.FORBIDDEN,
    "seller_may_not_bid": HTTPStatus.FORBIDDEN,
    "not_a_reviewer": HTTPStatus.FORBIDDEN,
    "listing_not_found": HTTPStatus.NOT_FOUND,
    "question_not_found": HTTPStatus.NOT_FOUND,
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "auction_not_started": HTTPStatus.CONFLICT,
    "auction_ended": HTTPStatus.CONFLICT,
    "listing_cancelled": HTTPStatus.CONFLICT,
    "bid_too_low": HTTPStatus.CONFLICT,
    "body_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "unsupported_media_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "idempotency_key_reused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too_many_questions": HTTPStatus.TOO_MANY_REQUESTS,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
    "internal": HTTPStatus.INTERNAL_SERVER_ERROR,
}


class MethodNotAllowed(Refusal):
    """The operation answers another method."""

    code = "method_not_allowed"
    title = "This operation does not answer that method."


class BodyTooLarge(Refusal):
    """The body is over 64 KiB."""

    code = "body_too_large"
    title = "The body is larger than 64 KiB."


class UnsupportedMediaType(Refusal):
    """The body is not declared as JSON."""

    code = "unsupported_media_type"
    title = "The body must be application/json."


class Internal(Refusal):
    """Our bug; the log has it under the trace id."""

    code = "internal"
    title = "Something broke on our side."


def problem(refusal: Refusal, *, trace_id: str, site_url: str) -> Response:
    """The refusal as `application/problem+json`; `type` opens the page that explains the code."""
    status = STATUS[refusal.code]
    body = {
        "type": f"{site_url}/problems.html#{refusal.code}",
        "title": refusal.title,
        "status": status.value,
        "detail": refusal.detail,
        "code": refusal.code,
        "trace_id": trace_id,
        **refusal.facts,
    }
    headers = {"Cache-Control": "no-store"}
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = str(refusal.facts["allow"])
    if "retry_after_seconds" in refusal.facts:
        headers["Retry-After"] = str(refusal.facts["retry_after_seconds"])
    content = orjson.dumps(body, option=orjson.OPT_UTC_Z)
    return Response(content, status.value, headers=headers, media_type="application/problem+json")
