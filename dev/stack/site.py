"""The built site as static files: right types, revalidated by ETag, under the headers a browser should hold us to."""

import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Machines disagree about these, or do not know them.
TYPES = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".map": "application/json",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}


GOOGLE = "google.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Sign-in as on a deployed site, at Firebase's Auth emulator.

    Args:
        emulator: its host:port.
        providers: how people may sign in, in Firebase's names: `password`, `google.com`.
        sign_up: whether they may open an account.
    """

    emulator: str
    providers: Sequence[str] = ("password",)
    sign_up: bool = True

    def firebase(self, project: str) -> dict[str, str]:
        """The web app as Terraform would describe it; the emulator takes any key."""
        return {"apiKey": "local", "authDomain": self.emulator, "projectId": project}


def site(dist: Path, *, emulator: str | None, accounts: Accounts | None = None) -> ASGIApp:
    """The files of the folder at `/`, index.html for folders, 404.html for what is not there."""
    for ending, kind in TYPES.items():
        mimetypes.add_type(kind, ending)
    files = Mount("/", StaticFiles(directory=dist, html=True, check_dir=False))
    # An application of its own, so that its 404 carries the headers too.
    return _Guarded(Starlette(routes=[files]), headers=security_headers(emulator, accounts))


def security_headers(emulator: str | None, accounts: Accounts | None = None) -> dict[str, str]:
    """What every page is served with; scripts may talk to this origin and to the emulators, to nobody else.

    Google's window needs what it needs on a deployed site (terraform/modules/site/serving.tf): its script, a frame of
    the sign-in's domain, and to be told apart from this window no longer.
    """
    connect = ["'self'"]
    if emulator is not None:
        connect += [f"http://{emulator}", f"ws://{emulator}"]
    if accounts is not None:
        connect.append(f"http://{accounts.emulator}")
    policy = (
        f"default-src 'self'; connect-src {' '.join(connect)}; img-src 'self' data: blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    opener = "same-origin"
    if accounts is not None and GOOGLE in accounts.providers:
        policy += f"; script-src 'self' https://apis.google.com; frame-src http://{accounts.emulator}"
        opener = "same-origin-allow-popups"
    return {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": opener,
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }


class _Guarded:
    """An ASGI application whose every answer carries the headers."""

    def __init__(self, app: ASGIApp, *, headers: dict[str, str]) -> None:
        self.app = app
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        await self.app(scope, receive, send_guarded)
