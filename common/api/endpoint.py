"""One request through an operation: authenticate, load, run, dump; and every way it can fail."""

from __future__ import annotations

import asyncio
import inspect
import re
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

import orjson
from marshmallow import Schema, ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from common import logs
from common.api.problems import BodyTooLarge, Internal, MethodNotAllowed, UnsupportedMediaType, problem
from common.auth.keys import KeysUnreachable
from common.auth.tokens import KeysWanted
from common.deadline import Deadline
from common.domain.actor import Actor
from common.domain.errors import InvalidJson, InvalidRequest, Refusal, Unauthenticated, Unavailable
from common.operations.call import Answer, Call, Caller, KeyUse, Operation
from common.services import Services

MAX_BODY_BYTES = 65_536
_KEY = re.compile(r"[\x21-\x7e]{8,64}")
_SCHEMAS: dict[type[Schema], Schema] = {}


async def answer(request: Request, operation: Operation, services: Services) -> Response:
    """The operation's answer, or a problem; one log line whatever happens."""
    begun = time.perf_counter()
    trace_id = logs.trace_id_of(request.headers)
    outcome, actor = "ok", None
    try:
        if request.method == "OPTIONS":
            return _preflight(request, operation, services)
        _check_method(request, operation)
        actor = await _authenticate(request, operation, services)
        deadline = Deadline.after(services.api.request_seconds)
        call = Call(deadline=deadline, actor=actor, idempotency_key=_idempotency_key(request, operation))
        response = await _respond(request, operation, services, call)
    except Refusal as refusal:
        outcome = refusal.code
        response = problem(refusal, trace_id=trace_id, site_url=services.api.site_url)
    except ClientDisconnect:
        outcome = "client_gone"
        response = Response(status_code=HTTPStatus.BAD_REQUEST)
    except Exception as error:  # noqa: BLE001 - the one place where bugs end: logged once, told to nobody
        outcome = Internal.code
        logs.write_fault("unhandled error", error, **_trace(trace_id, services))
        response = problem(Internal(), trace_id=trace_id, site_url=services.api.site_url)
    _allow_origin(request, response, services)
    logs.write(
        "ERROR" if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR else "INFO",
        "request",
        operation=operation.__name__.rpartition(".")[2],
        outcome=outcome,
        status=response.status_code,
        actor=actor.user_id if actor else None,
        milliseconds=round(1000 * (time.perf_counter() - begun), 2),
        **_trace(trace_id, services),
    )
    return response


async def _respond(request: Request, operation: Operation, services: Services, call: Call) -> Response:
    loaded = _load(operation.Request, await _input(request, operation))
    if inspect.iscoroutinefunction(operation.run):
        result: Answer = await operation.run(services, call, loaded)
    else:
        result = await services.threads.run(lambda: operation.run(services, call, loaded))
    for listing in result.changed:
        await services.mirror.publish(listing)
    return _response(request, result)


def _response(request: Request, result: Answer) -> Response:
    headers = {"Cache-Control": "no-store"}
    if result.etag:
        headers = {"Cache-Control": "private, no-cache", "ETag": result.etag, "Vary": "Authorization"}
        if _matches(request.headers.get("if-none-match", ""), result.etag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    content = orjson.dumps(result.body, option=orjson.OPT_UTC_Z)
    return Response(content, result.status, headers=headers, media_type="application/json")


def _matches(if_none_match: str, etag: str) -> bool:
    """RFC 9110, 13.1.2: weak comparison with any of the listed tags.

    >>> _matches('"a", W/"b"', 'W/"b"'), _matches('*', 'W/"b"'), _matches('"c"', 'W/"b"')
    (True, True, False)
    """
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag.removeprefix("W/") in tags


def _check_method(request: Request, operation: Operation) -> None:
    if request.method != operation.METHOD:
        raise MethodNotAllowed(allow=f"{operation.METHOD}, OPTIONS")


async def _authenticate(request: Request, operation: Operation, services: Services) -> Actor | None:
    """Who calls; a token that is sent must be good even where none is needed."""
    header = request.headers.get("authorization")
    if header is None:
        if operation.CALLER is Caller.ANYONE:
            return None
        raise Unauthenticated
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Send the header Authorization: Bearer and the identity token.")
    try:
        return _admit(operation, services, token)
    except KeysWanted as wanted:
        try:
            await asyncio.to_thread(wanted.keys.fetch)
        except KeysUnreachable as unreachable:
            raise Unavailable from unreachable
    try:
        return _admit(operation, services, token)
    except KeysWanted as wanted:
        raise Unauthenticated("The token's key is not the issuer's.") from wanted


def _admit(operation: Operation, services: Services, token: str) -> Actor | None:
    if operation.CALLER is Caller.SCHEDULER:
        services.doorkeeper.service(token)
        return None
    return services.doorkeeper.person(token)


def _idempotency_key(request: Request, operation: Operation) -> str | None:
    if operation.IDEMPOTENCY_KEY is KeyUse.NONE:
        return None
    key = request.headers.get("idempotency-key")
    if key is None and operation.IDEMPOTENCY_KEY is KeyUse.OPTIONAL:
        return None
    if key is None or not _KEY.fullmatch(key):
        raise InvalidRequest({"Idempotency-Key": "Send this header with 8 to 64 visible ASCII characters."})
    return key


async def _input(request: Request, operation: Operation) -> Mapping[str, Any]:
    """The JSON object of the body, or the query string's members."""
    if operation.METHOD == "GET":
        query = request.query_params.multi_items()
        if len({name for name, _ in query}) < len(query):
            raise InvalidRequest({name: "Give it once." for name, _ in query})
        return dict(query)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType
    body = await _read(request)
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InvalidJson(f"The body is not JSON: {error.msg}.") from error
    if not isinstance(parsed, dict):
        raise InvalidJson
    return parsed


async def _read(request: Request) -> bytes:
    """The body, refused as soon as it is known to be too large."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > MAX_BODY_BYTES:
        raise BodyTooLarge
    parts, length = [], 0
    async for part in request.stream():
        length += len(part)
        if length > MAX_BODY_BYTES:
            raise BodyTooLarge
        parts.append(part)
    return b"".join(parts)


def _load(schema_type: type[Schema], given: Mapping[str, Any]) -> Any:
    schema = _SCHEMAS.get(schema_type)
    if schema is None:
        schema = _SCHEMAS[schema_type] = schema_type()
    try:
        return schema.load(given)
    except ValidationError as error:
        raise InvalidRequest(dict(_named(cast("dict[str, Any]", error.messages)))) from error


def _named(messages: Mapping[Any, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Marshmallow's nested messages as (field, first message) pairs.

    >>> _named({"soft_close": {"window_seconds": ["Too long."]}})
    [('soft_close.window_seconds', 'Too long.')]
    """
    named = []
    for field, inner in messages.items():
        name = f"{prefix}{field}"[:100]
        if isinstance(inner, Mapping):
            named += _named(inner, f"{name}.")
        else:
            named.append((name, str(inner[0])))
    return named[:20]


def _preflight(request: Request, operation: Operation, services: Services) -> Response:
    """The answer to a browser that asks before it calls from another origin."""
    headers = {
        "Access-Control-Allow-Methods": operation.METHOD,
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-None-Match",
        "Access-Control-Max-Age": "3600",
    }
    response = Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)
    _allow_origin(request, response, services)
    return response


def _allow_origin(request: Request, response: Response, services: Services) -> None:
    origin = request.headers.get("origin")
    if origin is not None and origin in services.api.allowed_origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"
        response.headers.add_vary_header("Origin")


def _trace(trace_id: str, services: Services) -> dict[str, str]:
    return {"logging.googleapis.com/trace": f"projects/{services.api.project}/traces/{trace_id}"}
