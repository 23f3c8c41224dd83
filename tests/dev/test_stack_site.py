"""The headers of the site on the local stack: what pages may load, and whom they may talk to."""

import json

import pytest

from dev.stack.settings import ROOT
from dev.stack.site import GOOGLE, Accounts, security_headers

EMULATOR = "127.0.0.1:8711"
AUTH = "127.0.0.1:8712"


def policy(headers: dict[str, str]) -> dict[str, str]:
    """The content security policy by its directives."""
    parts = (part.strip().partition(" ") for part in headers["Content-Security-Policy"].split(";"))
    return {directive: sources for directive, _, sources in parts}


def test_developers_need_nobody_else() -> None:
    """The issuer is on the site's own origin."""
    headers = security_headers(None)

    assert policy(headers) == {
        "default-src": "'self'",
        "connect-src": "'self'",
        "img-src": "'self' data: blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_password_needs_the_service_and_nothing_of_googles() -> None:
    """No script, no frame, no window."""
    headers = security_headers(EMULATOR, Accounts(emulator=AUTH))

    assert policy(headers) == policy(security_headers(EMULATOR)) | {
        "connect-src": f"'self' http://{EMULATOR} ws://{EMULATOR} http://{AUTH}"
    }
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("providers", [(GOOGLE,), ("password", GOOGLE)])
def test_googles_window_needs_its_script_its_frame_and_to_answer(providers: tuple[str, ...]) -> None:
    """And not a word more."""
    headers = security_headers(None, Accounts(emulator=AUTH, providers=providers))

    assert policy(headers) == policy(security_headers(None, Accounts(emulator=AUTH))) | {
        "script-src": "'self' https://apis.google.com",
        "frame-src": f"http://{AUTH}",
    }
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin-allow-popups"


def test_the_auth_emulator_is_of_the_release_that_deploys() -> None:
    """Two folders pin it: this one installs a quarter of it."""
    pinned = {
        json.loads((ROOT / folder / "package.json").read_text(encoding="utf-8"))[kind]["firebase-tools"]
        for folder, kind in ((".github/hosting", "devDependencies"), ("tests/browser/auth_emulator", "dependencies"))
    }

    assert len(pinned) == 1
