"""`/api/<operation>`: each request streamed to its function, the answer passed back as it came."""

from collections.abc import AsyncIterator, Mapping

import httpx
from starlette.background import BackgroundTask
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from dev.stack.problems import Refused

# What speaks of one connection alone (RFC 9110, 7.6.1) is not passed on.
HOP_BY_HOP = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
# A function drops an idle connection after 2 s (gunicorn's default); ours go first: no request meets a closing one.
KEEPALIVE_SECONDS = 1.0
TIMEOUT = httpx.Timeout(connect=2, read=65, write=65, pool=5)  # longer than any function's own


def client() -> httpx.AsyncClient:
    """The pool of connections to the functions."""
    limits = httpx.Limits(max_connections=1000, max_keepalive_connections=200, keepalive_expiry=KEEPALIVE_SECONDS)
    return httpx.AsyncClient(limits=limits, timeout=TIMEOUT, trust_env=False)


class Proxy:
    """An ASGI endpoint for the route `/api/{operation}`."""

    def __init__(self, functions: Mapping[str, str], pool: httpx.AsyncClient) -> None:
        """Pass each operation to its base URL, over the pool's connections."""
        self.functions = functions
        self.pool = pool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        operation = request.path_params["operation"]
        base = self.functions.get(operation)
        if base is None:
            raise Refused(404, "operation_not_found", "There is no such operation.", f"/api/{operation} is not served.")
        try:
            answer = await self.pool.send(_forwarded(request, base), stream=True)
        except httpx.TransportError as error:
            detail = f"{operation} does not answer ({type(error).__name__}); try again."
            raise Refused(503, "unavailable", "The service is not available at the moment.", detail) from error
        except ClientDisconnect:
            return Response(status_code=499)  # nobody reads it
        response = StreamingResponse(_body(answer), answer.status_code, background=BackgroundTask(answer.aclose))
        response.raw_headers = _end_to_end(answer.headers.raw)
        return response


def _forwarded(request: Request, base: str) -> httpx.Request:
    """The request to the function: same method, query, body and headers, the caller's address added."""
    headers = _end_to_end(request.headers.raw)
    caller = request.client.host if request.client else "unknown"
    earlier = request.headers.get("x-forwarded-for")
    headers = [(name, value) for name, value in headers if name != b"x-forwarded-for"]
    headers.append((b"x-forwarded-for", f"{earlier}, {caller}".encode() if earlier else caller.encode()))
    has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
    query = request.url.query
    url = f"{base}/{request.path_params['operation']}" + (f"?{query}" if query else "")
    timeout = TIMEOUT.as_dict()
    content = request.stream() if has_body else None
    return httpx.Request(request.method, url, headers=headers, content=content, extensions={"timeout": timeout})


async def _body(answer: httpx.Response) -> AsyncIterator[bytes]:
    async for chunk in answer.aiter_raw():
        yield chunk


def _end_to_end(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """The headers that are not about one connection, nor named by its Connection header."""
    named = {
        token.strip().lower() for name, value in headers if name.lower() == b"connection" for token in value.split(b",")
    }
    lower = [(name.lower(), value) for name, value in headers]
    return [(name, value) for name, value in lower if name not in HOP_BY_HOP and name not in named]
