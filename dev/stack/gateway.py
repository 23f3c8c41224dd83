"""The one address of the local stack: the site, its configuration, the functions, and sign-in for developers."""

import asyncio
import contextlib
import json
import re
import socket
import threading
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from dev.stack import ports, proxy
from dev.stack.issuer import ASSERTION_SECONDS, DASHBOARD_ACCOUNT, LIFETIME_SECONDS, Issuer
from dev.stack.problems import Refused, answer_refused
from dev.stack.site import Accounts, site

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
TOKEN_BODY_BYTES = 4096
USER_CHARACTERS = 128
DISPLAY_NAME_CHARACTERS = 80
EMAIL_CHARACTERS = 190
_EMAIL = re.compile(r"[^\s@]+@[^\s@.]+(\.[^\s@.]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayFacts:
    """What the gateway stands in front of.

    Args:
        functions: the base URL of each operation.
        issuer: signs the tokens of /dev/token and /dev/analyst.
        dist: the folder of the built site.
        emulator: host:port of the Firestore emulator, None without live updates.
        project: the project id.
        site_url: its own address, for the pages that explain problems.
        dashboard: the address of the analysts' app, None where it does not run.
        accounts: lets people sign in as on a deployed site; None for the sign-in of developers.
    """

    functions: Mapping[str, str]
    issuer: Issuer
    dist: Path
    emulator: str | None
    project: str
    site_url: str
    dashboard: str | None = None
    accounts: Accounts | None = None


def application(facts: GatewayFacts) -> Starlette:
    """The gateway as an ASGI application."""
    pool = proxy.client()

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with pool:
            yield

    routes = [
        Route("/config.json", _configuration),
        Route("/dev/token", _token, methods=METHODS),
        Route("/dev/analyst", _analyst, methods=METHODS),
        Route("/analysts", _analysts, methods=METHODS),
        Route("/api/{operation}", proxy.Proxy(facts.functions, pool)),
        Route("/api/{rest:path}", _no_operation, methods=METHODS),
        Mount("/", site(facts.dist, emulator=facts.emulator, accounts=facts.accounts)),
    ]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers={Refused: answer_refused})
    app.state.facts = facts
    return app


def server(app: Starlette) -> uvicorn.Server:
    """A web server for the application that leaves signals to its owner; run it with `serve(sockets=[…])`."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, date_header=False, timeout_graceful_shutdown=3
    )
    return _Server(config)


@contextmanager
def served(facts: GatewayFacts) -> Iterator[str]:
    """The gateway on a free port, on a thread; its base URL."""
    with listening(0) as listener:
        web = server(application(facts))
        thread = threading.Thread(target=lambda: asyncio.run(web.serve(sockets=[listener])), name="gateway")
        thread.start()
        try:
            yield f"http://{ports.HOST}:{listener.getsockname()[1]}"
        finally:
            web.should_exit = True
            thread.join()


def listening(port: int) -> socket.socket:
    """A socket that listens on the port; a free one for 0.

    Raises:
        OSError: somebody else listens there.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((ports.HOST, port or ports.free_port()))
    except OSError:
        listener.close()
        raise
    listener.listen(1024)
    return listener


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


async def _configuration(request: Request) -> Response:
    """GET /config.json: what the site must know about where it runs."""
    facts: GatewayFacts = request.app.state.facts
    accounts = facts.accounts
    configuration = {
        "api_base": "/api",
        "project": facts.project,
        "firestore_emulator": facts.emulator,
        "live_updates": facts.emulator is not None,
        "trace_share": 1,  # functions that send no traces here do not mind
        "dev_sign_in": accounts is None,
        "sign_in": accounts and {"providers": list(accounts.providers), "sign_up": accounts.sign_up},
        "auth_emulator": accounts and accounts.emulator,
        "firebase": accounts and accounts.firebase(facts.project),
    }
    return JSONResponse(configuration, headers={"Cache-Control": "no-store"})


async def _no_operation(request: Request) -> Response:
    raise Refused(404, "operation_not_found", "There is no such operation.", f"{request.url.path} is not served.")


async def _token(request: Request) -> Response:
    """POST /dev/token: an ID token for any user one names; the local stack alone has this."""
    _only(request, "POST")
    facts: GatewayFacts = request.app.state.facts
    user, display_name = _who(await _json_body(request))
    token = facts.issuer.user_token(user, display_name)
    return JSONResponse({"id_token": token, "expires_in": LIFETIME_SECONDS}, headers={"Cache-Control": "no-store"})


async def _analyst(request: Request) -> Response:
    """POST /dev/analyst: what the analysts' app gets from Google in production, for any e-mail one names."""
    _only(request, "POST")
    facts: GatewayFacts = request.app.state.facts
    email = _email(await _json_body(request))
    signed = {
        "service_token": facts.issuer.service_token(email=DASHBOARD_ACCOUNT),
        "analyst_assertion": facts.issuer.analyst_assertion(email),
        "expires_in": ASSERTION_SECONDS,
    }
    return JSONResponse(signed, headers={"Cache-Control": "no-store"})


async def _analysts(request: Request) -> Response:
    """GET /analysts: on to the analysts' app, whose port a page cannot know."""
    _only(request, "GET")
    facts: GatewayFacts = request.app.state.facts
    if facts.dashboard is None:
        raise Refused(404, "operation_not_found", "There is no such page.", "The analysts' app does not run here.")
    return RedirectResponse(facts.dashboard, 307, headers={"Cache-Control": "no-store"})


def _only(request: Request, method: str) -> None:
    """Refuse other methods (HEAD is a GET without the body)."""
    if request.method != method and (request.method, method) != ("HEAD", "GET"):
        allow = "GET, HEAD" if method == "GET" else method
        raise Refused(405, "method_not_allowed", "That method is not answered here.", f"Use {method}.", allow=allow)


async def _json_body(request: Request) -> Any:
    # A form of another site can post text here, but not JSON without asking first.
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refused(415, "unsupported_media_type", "The body must be application/json.", "Set Content-Type.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > TOKEN_BODY_BYTES:
            raise Refused(413, "body_too_large", "The body is too large.", f"At most {TOKEN_BODY_BYTES} bytes.")
    try:
        return json.loads(bytes(body))
    except (ValueError, RecursionError):
        raise Refused(400, "invalid_json", "The body is not JSON.", "Send an object.") from None


def _who(body: Any) -> tuple[str, str | None]:
    """The user and the display name of a well-formed body.

    >>> _who({"user": "u1", "display_name": "First Bidder"})
    ('u1', 'First Bidder')
    """
    members = body if isinstance(body, dict) else {}
    user, name = members.get("user"), members.get("display_name")
    errors = [_error(member, "Unknown member.") for member in members if member not in ("user", "display_name")]
    if not (isinstance(user, str) and 1 <= len(user) <= USER_CHARACTERS and user.isprintable() and " " not in user):
        errors.append(_error("user", f"1 to {USER_CHARACTERS} visible characters."))
    if "display_name" in members and not _is_name(name):
        errors.append(_error("display_name", f"1 to {DISPLAY_NAME_CHARACTERS} printable characters."))
    if errors or not isinstance(user, str):
        raise Refused(400, "invalid_request", "The request is not valid.", "See errors.", errors)
    return user, name


def _email(body: Any) -> str:
    """The address of a well-formed body.

    >>> _email({"email": "analyst@example.com"})
    'analyst@example.com'
    """
    members = body if isinstance(body, dict) else {}
    email = members.get("email")
    errors = [_error(member, "Unknown member.") for member in members if member != "email"]
    if not (isinstance(email, str) and _is_email(email)):
        errors.append(_error("email", f"An e-mail address of at most {EMAIL_CHARACTERS} characters."))
    if errors or not isinstance(email, str):
        raise Refused(400, "invalid_request", "The request is not valid.", "See errors.", errors)
    return email


def _is_email(text: str) -> bool:
    return len(text) <= EMAIL_CHARACTERS and text.isprintable() and _EMAIL.fullmatch(text) is not None


def _is_name(name: Any) -> bool:
    return isinstance(name, str) and 1 <= len(name.strip()) <= DISPLAY_NAME_CHARACTERS and name.isprintable()


def _error(field: str, message: str) -> dict[str, str]:
    return {"field": field, "message": message}
