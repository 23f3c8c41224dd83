"""Firebase's Auth emulator: the service that deployed sites sign people in at, without its signatures and messages."""

from __future__ import annotations

import fcntl
import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
import jwt
from playwright.sync_api import Page, Route

from dev.stack import ports
from dev.stack.install import AUTH_EMULATOR, install_auth_emulator, node
from dev.stack.issuer import Issuer
from dev.stack.process import Program, running
from tests.market import eventually

_TOKEN = re.compile(r'"(idToken|id_token|access_token)": ?"(ey[^"]+)"')


@dataclass(frozen=True, slots=True)
class AuthEmulator:
    """A running emulator."""

    address: str
    project: str

    def register(self, email: str, password: str, *, confirmed: bool = True) -> str:
        """Open an account without a browser; its token."""
        token = self._call("accounts:signUp", email=email, password=password, returnSecureToken=True)["idToken"]
        if confirmed:
            self._call("accounts:sendOobCode", requestType="VERIFY_EMAIL", idToken=token)
            self.follow_link(self.links(email)[-1])
        return str(token)

    def links(self, email: str, kind: str = "VERIFY_EMAIL") -> list[str]:
        """The links in the messages to an address that were not followed yet, in the order of their sending."""
        codes = httpx.get(f"http://{self.address}/emulator/v1/projects/{self.project}/oobCodes").json()["oobCodes"]
        return [code["oobLink"] for code in codes if (code["email"], code["requestType"]) == (email, kind)]

    def link(self, email: str, kind: str = "VERIFY_EMAIL") -> str:
        """The newest of them, once there is one."""
        assert eventually(lambda: bool(self.links(email, kind)))
        return self.links(email, kind)[-1]

    def follow_link(self, link: str, **parameters: str) -> None:
        """Do what the person does who reads the message, on whatever device."""
        answer = httpx.get(link, params=httpx.URL(link).params.merge(parameters))
        assert answer.status_code in (HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER), answer.text

    def delete(self, token: str) -> None:
        """Close an account."""
        self._call("accounts:delete", idToken=token)

    def _call(self, method: str, **body: Any) -> dict[str, Any]:
        url = f"http://{self.address}/identitytoolkit.googleapis.com/v1/{method}?key=local"
        answer: dict[str, Any] = httpx.post(url, json=body).raise_for_status().json()
        return answer


@contextmanager
def private_auth_emulator(project: str, *, lock: Path) -> Iterator[AuthEmulator]:
    """An emulator of our own on a free port; processes that test side by side do not install it both at once."""
    with tempfile.TemporaryDirectory(prefix="gavel-auth-") as folder:
        log = Path(folder) / "auth.log"
        with lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            install_auth_emulator(log=log)
        port = ports.free_port()
        address = f"{ports.HOST}:{port}"
        program = Program(
            name="auth emulator",
            command=[node(), str(AUTH_EMULATOR / "server.js"), project, str(port)],
            log=log,
            ready=lambda: ports.http_status(address) == HTTPStatus.OK,
            port=port,
            ready_seconds=180,  # it reads the description of its interface first, seconds of work
        )
        with running(program):
            yield AuthEmulator(address, project)


def sign_tokens(page: Page, emulator: AuthEmulator, issuer: Issuer) -> None:
    """From now on the page gets the emulator's tokens signed by the issuer that the functions believe.

    The emulator cannot sign, and no function takes what is not signed. The claims are the same but for the issuer.
    """

    def answer(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, body=_TOKEN.sub(signed, response.text()))

    def signed(found: re.Match[str]) -> str:
        claims = jwt.decode(found[2], options={"verify_signature": False})
        return json.dumps(found[1]) + ":" + json.dumps(issuer.sign(claims | {"iss": f"{issuer.url}/users"}))

    page.route(re.compile(rf"http://{re.escape(emulator.address)}/.*(accounts:sign|/token\b)"), answer)
