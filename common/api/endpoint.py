"""One request through an operation: authenticate, load, run, answer; and every way it can fail."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from marshmallow import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from common import logs, tracing
from common.api.inbound import Inbound
from common.api.outbound import problem, respond
from common.api.problems import Internal, MethodNotAllowed
from common.auth.keys import KeysUnreachable
from common.auth.tokens import KeysWanted
from common.deadline import Deadline
from common.domain.actor import Actor
from common.domain.errors import InvalidRequest, Refusal, Unauthenticated, Unavailable
from common.operations.answers import Strict
from common.operations.call import Answer, Call, Caller, KeyUse, Operation
from common.services import Services

if TYPE_CHECKING:
    from common.tracing.spans import Spans

_MOST_ERRORS = 20
_OUR_FAULT = int(HTTPStatus.INTERNAL_SERVER_ERROR)
_KEY_SETS = 2  # that one request may need: the dashboard's and the analysts' issuers


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """What is the same for every request to an operation: looked up once, since members of enumerations, say, are slow.

    keeps_key, needs_key: it makes something of an Idempotency-Key, it must have one
    """

    operation: Operation
    name: str
    schema: Strict
    is_coroutine: bool
    keeps_key: bool
    needs_key: bool
    spans: Spans | None

    @classmethod
    def of(cls, operation: Operation) -> _Prepared:
        """Made at the operation's first request."""
        found = _PREPARED.get(operation.__name__)
        if found is None:
            found = _PREPARED[operation.__name__] = cls(
                operation=operation,
                name=operation.__name__.rpartition(".")[2],
                schema=operation.Request(),
                is_coroutine=inspect.iscoroutinefunction(operation.run),
                keeps_key=operation.IDEMPOTENCY_KEY is not KeyUse.NONE,
                needs_key=operation.IDEMPOTENCY_KEY is KeyUse.REQUIRED,
                spans=tracing.begin(),
            )
        return found


_PREPARED: dict[str, _Prepared] = {}


async def answer(request: Request, operation: Operation, services: Services) -> Response:
    """The operation's answer, or a problem, under the request's id; one log line whatever happens."""
    inbound = Inbound(request)
    prepared = _Prepared.of(operation)
    callers = (inbound.header(b"traceparent"), inbound.header(b"x-cloud-trace-context"))
    if prepared.spans is None:
        response, _ = await _answer(inbound, prepared, services, logs.trace_id_of(*callers))
        return response
    with prepared.spans.request(prepared.name, *callers) as span:
        response, outcome = await _answer(inbound, prepared, services, span.trace_id)
        span.tell(outcome, response.status_code)
        return response


async def _answer(inbound: Inbound, prepared: _Prepared, services: Services, trace_id: str) -> tuple[Response, str]:
    """The response and its outcome."""
    begun = time.perf_counter()
    outcome, actor = "ok", None
    trace = f"projects/{services.api.project}/traces/{trace_id}"
    try:
        if inbound.method == "OPTIONS":
            return _preflight(inbound, prepared.operation, services, trace_id), outcome
        _check_method(inbound, prepared.operation)
        actor = await _authenticate(inbound, prepared, services)
        response = await _run(inbound, prepared, services, actor)
    except Refusal as refusal:
        outcome = refusal.code
        response = problem(refusal, trace_id=trace_id, site_url=services.api.site_url)
    except ClientDisconnect:
        outcome = "client_gone"
        response = Response(status_code=HTTPStatus.BAD_REQUEST)
    except Exception as error:  # noqa: BLE001 - the one place where bugs end: logged once, told to nobody
        outcome = Internal.code
        logs.write_fault("unhandled error", error, **{logs.TRACE: trace})
        response = problem(Internal(), trace_id=trace_id, site_url=services.api.site_url)
    _name(response, trace_id)
    _allow_origin(inbound, response, services)
    logs.write_line(
        {
            "severity": "ERROR" if response.status_code >= _OUR_FAULT else "INFO",
            "message": "request",
            "operation": prepared.name,
            "outcome": outcome,
            "status": response.status_code,
            "actor": actor.user_id if actor else None,
            "milliseconds": int(100_000 * (time.perf_counter() - begun)) / 100,
            logs.TRACE: trace,
        }
    )
    return response, outcome


def _check_method(inbound: Inbound, operation: Operation) -> None:
    if inbound.method != operation.METHOD:
        raise MethodNotAllowed(allow=f"{operation.METHOD}, OPTIONS")


async def _run(inbound: Inbound, prepared: _Prepared, services: Services, actor: Actor | None) -> Response:
    operation = prepared.operation
    key = inbound.idempotency_key(required=prepared.needs_key) if prepared.keeps_key else None
    given = inbound.query() if operation.METHOD == "GET" else await inbound.json_object()
    body = _load(prepared.schema, given)
    call = Call(Deadline.after(services.api.request_seconds), actor, key)
    if prepared.is_coroutine:
        result: Answer = await operation.run(services, call, body)
    else:
        result = await services.threads.run(lambda: operation.run(services, call, body))
    for listing in result.changed:
        await services.mirror.publish(listing)
    return respond(inbound, result)


async def _authenticate(inbound: Inbound, prepared: _Prepared, services: Services) -> Actor | None:
    """Who calls; a token that is sent must be good even where none is needed."""
    header = inbound.header(b"authorization")
    if header is None:
        if prepared.operation.CALLER is Caller.ANYONE:
            return None
        raise Unauthenticated
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Send the header Authorization: Bearer and the identity token.")
    for _ in range(_KEY_SETS):
        try:
            return _admit(inbound, prepared.operation, services, token)
        except KeysWanted as wanted:
            await _fetch(wanted)
    try:
        return _admit(inbound, prepared.operation, services, token)
    except KeysWanted as wanted:
        raise Unauthenticated("The token's key is not the issuer's.") from wanted


async def _fetch(wanted: KeysWanted) -> None:
    try:
        await asyncio.to_thread(wanted.keys.fetch)
    except KeysUnreachable as unreachable:
        raise Unavailable from unreachable


def _admit(inbound: Inbound, operation: Operation, services: Services, token: str) -> Actor | None:
    if operation.CALLER is Caller.SCHEDULER:
        services.doorkeeper.scheduler(token)
        return None
    if operation.CALLER is Caller.ANALYST:
        return services.doorkeeper.analyst(token, inbound.header(b"x-analyst-assertion"))
    return services.doorkeeper.person(token)


def _load(schema: Strict, given: Mapping[str, Any]) -> Any:
    try:
        return schema.read(given)
    except ValidationError as error:
        raise InvalidRequest(dict(_named(cast("dict[str, Any]", error.messages)))) from error


def _named(messages: Mapping[Any, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Marshmallow's nested messages as (field, first message) pairs; `_schema` is its name for the whole of one.

    >>> _named({"soft_close": {"window_seconds": ["Too long."]}}), _named({"soft_close": {"_schema": ["No object."]}})
    ([('soft_close.window_seconds', 'Too long.')], [('soft_close', 'No object.')])
    """
    named = []
    for field, inner in messages.items():
        name = prefix.rstrip(".") if field == "_schema" and prefix else f"{prefix}{field}"[:100]
        if isinstance(inner, Mapping):
            named += _named(inner, f"{name}.")
        else:
            named.append((name, str(inner[0])))
    return named[:_MOST_ERRORS]


def _preflight(inbound: Inbound, operation: Operation, services: Services, trace_id: str) -> Response:
    """The answer to a browser that asks before it calls from another origin."""
    headers = {
        "Access-Control-Allow-Methods": operation.METHOD,
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-None-Match, Traceparent",
        "Access-Control-Max-Age": "3600",
    }
    response = Response(status_code=HTTPStatus.NO_CONTENT, headers=headers)
    _name(response, trace_id)
    _allow_origin(inbound, response, services)
    return response


def _name(response: Response, trace_id: str) -> None:
    """Tell the caller under which id the log has his request; bytes, as `outbound` has them for the sake of bids."""
    response.raw_headers.append((b"x-request-id", trace_id.encode()))


def _allow_origin(inbound: Inbound, response: Response, services: Services) -> None:
    origin = inbound.header(b"origin")
    if origin is not None and origin in services.api.allowed_origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After, X-Request-Id"
        response.headers.add_vary_header("Origin")
