"""What each refusal is in HTTP: the one table from code to status, and the refusals that only HTTP knows."""

from __future__ import annotations

from http import HTTPStatus

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
