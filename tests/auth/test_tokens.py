"""Tokens in this process: what is read from them, how keys are fetched and kept, for how long trust lasts."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from common.auth import keys as keys_module
from common.auth import tokens
from common.auth.keys import KeySet, KeysUnreachable
from common.auth.tokens import Doorkeeper, KeysWanted, Verifier
from common.config import AuthSettings, IssuerSettings
from common.domain.actor import Actor
from common.domain.errors import Forbidden, Unauthenticated
from dev.stack import ports
from dev.stack.issuer import DASHBOARD_ACCOUNT, IAP_AUDIENCE, SCHEDULER_ACCOUNT, SERVICE_AUDIENCE, Issuer


class Clock:
    """The time and the monotonic time of the modules under test, moved by hand."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.moved = 0.0
        for module in (tokens, keys_module):
            patch.setattr(module, "time", self)

    def time(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.moved

    def monotonic(self) -> float:
        """Seconds since some start."""
        return time.monotonic() + self.moved


class KeysServer:
    """Serves any answer at any path, and counts who asked."""

    def __init__(self) -> None:
        self.answer: tuple[int, bytes] = (200, b"{}")
        self.asked = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked += 1
                status, body = server.answer
                self.send_response(status)
                self.send_header("Cache-Control", "public, max-age=60")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer((ports.HOST, ports.free_port()), Handler)
        self.url = f"http://{ports.HOST}:{self._server.server_port}/keys"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def serve(self, *issuers: Issuer) -> None:
        """Serve the keys of these issuers from now on."""
        document = {"keys": [key for issuer in issuers for key in issuer.keys["keys"]]}
        self.answer = (200, json.dumps(document).encode())

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def keys_server() -> Iterator[KeysServer]:
    """Where the doorkeeper fetches keys."""
    server = KeysServer()
    yield server
    server.close()


@pytest.fixture(scope="module")
def second_issuer() -> Iterator[Issuer]:
    """An issuer with another key."""
    with Issuer() as issuer:
        yield issuer


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock to be moved."""
    return Clock(monkeypatch)


def doorkeeper(
    issuer: Issuer, *, keys_url: str | None = None, account: str = SCHEDULER_ACCOUNT, dashboard: str = DASHBOARD_ACCOUNT
) -> Doorkeeper:
    """One that believes this issuer."""
    url = keys_url or f"{issuer.url}/jwks.json"
    return Doorkeeper(
        AuthSettings(
            users=IssuerSettings(issuer=f"{issuer.url}/users", audience=issuer.project, keys_url=url),
            services=IssuerSettings(issuer=f"{issuer.url}/services", audience=SERVICE_AUDIENCE, keys_url=url),
            analysts=IssuerSettings(issuer=f"{issuer.url}/iap", audience=IAP_AUDIENCE, keys_url=url, algorithm="ES256"),
            scheduler_account=account,
            dashboard_account=dashboard,
        )
    )


def person(door: Doorkeeper, token: str) -> Actor:
    """Who sent the token; keys are fetched if they are wanted, once."""
    try:
        return door.person(token)
    except KeysWanted as wanted:
        wanted.keys.fetch()
    return door.person(token)


def test_a_token_says_who_sent_it(issuer: Issuer) -> None:
    """Subject, name and confirmed address."""
    token = issuer.user_token("uid-1", "First Bidder", email="first@mail.example", email_verified=True)

    actor = person(doorkeeper(issuer), token)

    assert actor == Actor(
        user_id="uid-1", display_name="First Bidder", email="first@mail.example", email_confirmed=True
    )
    assert "first@mail.example" not in repr(actor)


@pytest.mark.parametrize(
    ("claims", "confirmed"),
    [
        ({}, True),
        ({"email": ""}, True),
        ({"email": "a@mail.example"}, False),
        ({"email": "a@mail.example", "email_verified": False}, False),
        ({"email": "a@mail.example", "email_verified": "true"}, False),
        ({"email": "a@mail.example", "email_verified": 1}, False),
        ({"email": "a@mail.example", "email_verified": True}, True),
    ],
)
def test_an_address_is_confirmed_only_if_the_issuer_says_so(
    issuer: Issuer, claims: dict[str, Any], *, confirmed: bool
) -> None:
    """Who has none has nothing to confirm."""
    assert person(doorkeeper(issuer), issuer.user_token("uid-1", **claims)).email_confirmed is confirmed


@pytest.mark.parametrize(
    ("name", "kept"), [("a\nb\x00c", "abc"), ("x" * 81, "x" * 80), (5, ""), (None, ""), ("🏮", "🏮")]
)
def test_a_name_is_cut_to_what_a_column_takes(issuer: Issuer, name: object, kept: str) -> None:
    """No control characters, 80 at most."""
    assert person(doorkeeper(issuer), issuer.user_token("uid-1", name=name)).display_name == kept


def test_keys_are_fetched_once_for_all_tokens(issuer: Issuer, keys_server: KeysServer) -> None:
    """Not per request."""
    keys_server.serve(issuer)
    door = doorkeeper(issuer, keys_url=keys_server.url)

    for number in range(5):
        assert person(door, issuer.user_token(f"uid-{number}")).user_id == f"uid-{number}"

    assert keys_server.asked == 1


def test_verifying_never_waits_for_the_network(issuer: Issuer, keys_server: KeysServer) -> None:
    """It asks the caller to fetch instead."""
    keys_server.serve(issuer)

    with pytest.raises(KeysWanted):
        doorkeeper(issuer, keys_url=keys_server.url).person(issuer.user_token("uid-1"))

    assert keys_server.asked == 0


def test_a_new_key_is_found_when_a_token_names_it(
    issuer: Issuer, second_issuer: Issuer, keys_server: KeysServer, clock: Clock
) -> None:
    """Issuers rotate keys; the old one serves on while it is served."""
    keys_server.serve(issuer)
    door = doorkeeper(issuer, keys_url=keys_server.url)
    person(door, issuer.user_token("uid-1"))
    keys_server.serve(issuer, second_issuer)
    clock.moved += 11

    token = second_issuer.user_token("uid-2", iss=f"{issuer.url}/users", aud=issuer.project)

    assert person(door, token).user_id == "uid-2"
    assert person(door, issuer.user_token("uid-3")).user_id == "uid-3"
    assert keys_server.asked == 2


def test_unknown_key_names_do_not_flood_the_issuer(
    issuer: Issuer, second_issuer: Issuer, keys_server: KeysServer, clock: Clock
) -> None:
    """One try in ten seconds, however many forged tokens come."""
    keys_server.serve(issuer)
    door = doorkeeper(issuer, keys_url=keys_server.url)
    person(door, issuer.user_token("uid-1"))
    forged = second_issuer.user_token("uid-2", iss=f"{issuer.url}/users", aud=issuer.project)

    for step in (0, 3, 3, 5, 1, 1):
        clock.moved += step
        with pytest.raises((Unauthenticated, KeysWanted)):
            person(door, forged)

    assert keys_server.asked == 2


def test_old_keys_serve_on_while_the_issuer_is_away(issuer: Issuer, keys_server: KeysServer, clock: Clock) -> None:
    """Also past their age; a broken answer is as good as none."""
    keys_server.serve(issuer)
    door = doorkeeper(issuer, keys_url=keys_server.url)
    person(door, issuer.user_token("uid-1"))

    for number, answer in enumerate([(500, b""), (200, b"no JSON"), (200, b'{"keys": 5}'), (200, b'{"keys": [{}]}')]):
        keys_server.answer = answer
        clock.moved += 61
        assert person(door, issuer.user_token(f"uid-away-{number}")).user_id == f"uid-away-{number}"

    assert keys_server.asked == 5


def test_without_any_keys_nobody_comes_in(keys_server: KeysServer) -> None:
    """And the caller hears that it is our trouble, not his."""
    keys_server.answer = (500, b"")
    keys = KeySet(keys_server.url, "RS256")

    for _ in range(3):
        with pytest.raises(KeysUnreachable):
            keys.fetch()

    assert keys_server.asked == 1
    assert keys.key("any") is None


@pytest.mark.parametrize(("lives", "remembered"), [(100, 100), (3600, 300)])
def test_a_token_is_remembered_until_it_expires_and_five_minutes_at_most(
    issuer: Issuer, clock: Clock, monkeypatch: pytest.MonkeyPatch, *, lives: int, remembered: int
) -> None:
    """From then on it is checked again, which may find it expired or its key withdrawn."""

    def refuse(*_: object) -> None:
        raise Unauthenticated("checked again")

    door = doorkeeper(issuer)
    token = issuer.user_token("uid-1", exp=int(clock.time()) + lives)
    assert person(door, token).user_id == "uid-1"
    monkeypatch.setattr(Verifier, "_check", refuse)

    clock.moved += remembered - 2
    assert person(door, token).user_id == "uid-1"
    clock.moved += 2
    with pytest.raises(Unauthenticated, match="checked again"):
        person(door, token)


def test_a_token_that_expires_is_refused_from_then_on(issuer: Issuer) -> None:
    """Ten seconds after its end, which clocks may differ by."""
    door = doorkeeper(issuer)
    now = time.time()

    assert person(door, issuer.user_token("uid-1", exp=int(now) - 8)).user_id == "uid-1"
    with pytest.raises(Unauthenticated, match="expired"):
        person(door, issuer.user_token("uid-1", exp=int(now) - 11))


def test_a_service_is_known_by_its_confirmed_address(issuer: Issuer) -> None:
    """The one that is admitted."""
    door = doorkeeper(issuer)
    with pytest.raises(KeysWanted) as wanted:
        door.scheduler(issuer.service_token())
    wanted.value.keys.fetch()

    door.scheduler(issuer.service_token())
    with pytest.raises(Forbidden):
        door.scheduler(issuer.service_token(email="another@mail.example"))


def test_where_no_account_is_admitted_none_comes_in(issuer: Issuer) -> None:
    """An empty setting is not everybody, nor the service without an address."""
    door = doorkeeper(issuer, account="")
    with pytest.raises(KeysWanted) as wanted:
        door.scheduler(issuer.service_token())
    wanted.value.keys.fetch()

    for email in (SCHEDULER_ACCOUNT, "", None):
        with pytest.raises(Forbidden):
            door.scheduler(issuer.service_token(email=email))


def analyst(door: Doorkeeper, token: str, assertion: str | None) -> Actor:
    """Who asks; keys are fetched as they are wanted, the app's issuer's and the proxy's."""
    for _ in range(2):
        try:
            return door.analyst(token, assertion)
        except KeysWanted as wanted:
            wanted.keys.fetch()
    return door.analyst(token, assertion)


def test_an_analyst_is_known_by_what_the_proxy_signed(issuer: Issuer) -> None:
    """Beside the app's own token, each under its own kind of key from the same address."""
    token = issuer.service_token(email=DASHBOARD_ACCOUNT)

    actor = analyst(doorkeeper(issuer), token, issuer.analyst_assertion("Ann@Mail.example"))

    assert actor.email == "ann@mail.example"
    assert actor.user_id.startswith("accounts.google.com:")


def test_an_assertion_without_the_apps_token_is_nothing(issuer: Issuer, second_issuer: Issuer) -> None:
    """Nor with the scheduler's, nor with another issuer's; and an app that is not set admits nobody."""
    door, assertion = doorkeeper(issuer), issuer.analyst_assertion("ann@mail.example")

    with pytest.raises(Forbidden):
        analyst(door, issuer.service_token(), assertion)
    with pytest.raises(Unauthenticated):
        analyst(door, second_issuer.service_token(email=DASHBOARD_ACCOUNT), assertion)
    with pytest.raises(Forbidden):
        analyst(doorkeeper(issuer, dashboard=""), issuer.service_token(email=DASHBOARD_ACCOUNT), assertion)


def test_an_analyst_needs_an_assertion_of_the_proxys_key(issuer: Issuer, second_issuer: Issuer) -> None:
    """None, another issuer's, or one with the wrong algorithm in it are all refused."""
    door, token = doorkeeper(issuer), issuer.service_token(email=DASHBOARD_ACCOUNT)

    for assertion in (None, "", second_issuer.analyst_assertion("ann@mail.example"), issuer.user_token("ann"), token):
        with pytest.raises(Unauthenticated):
            analyst(door, token, assertion)
