"""The built site as static files: right types, revalidated by ETag, under the headers a browser should hold us to."""

import mimetypes
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


def site(dist: Path, *, emulator: str | None) -> ASGIApp:
    """The files of the folder at `/`, index.html for folders, 404.html for what is not there."""
    for ending, kind in TYPES.items():
        mimetypes.add_type(kind, ending)
    files = Mount("/", StaticFiles(directory=dist, html=True, check_dir=False))
    # An application of its own, so that its 404 carries the headers too.
    return _Guarded(Starlette(routes=[files]), headers=security_headers(emulator))


def security_headers(emulator: str | None) -> dict[str, str]:
    """What every page is served with; scripts may talk to this origin and to the emulator, to nobody else."""
    connect = "'self'" if emulator is None else f"'self' http://{emulator} ws://{emulator}"
    policy = (
        f"default-src 'self'; connect-src {connect}; img-src 'self' data: blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
    return {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
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
