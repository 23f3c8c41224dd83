"""The smoke test itself: it passes where auctions work, and says what does not where they do not."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from dev import smoke, smoke_people
from dev.stack import ports, scheduler
from dev.stack.emulator import Emulator
from dev.stack.gateway import GatewayFacts, served
from dev.stack.issuer import Issuer
from tests.market import Functions, running_functions

ACCOUNT = "deploy@demo.iam.gserviceaccount.com"
OPERATIONS = ("create_listing", "place_bid", "get_listing", "search_listings", "close_auctions")


@pytest.fixture
def gateway(
    mirrored_env: dict[str, str], issuer: Issuer, emulator: Emulator, project: str, tmp_path: Path
) -> Iterator[str]:
    """The address of a stack with the mirror, whose scheduler comes every second."""
    with running_functions(OPERATIONS, mirrored_env) as functions:
        addresses = addresses_of(functions)
        facts = GatewayFacts(
            functions=addresses,
            issuer=issuer,
            dist=tmp_path,
            emulator=emulator.address,
            project=project,
            site_url="http://site",
        )
        with served(facts) as url, scheduled(addresses, issuer):
            yield url


@pytest.mark.emulator
def test_an_auction_passes_on_a_stack_that_works(
    gateway: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every step is told when it is done."""
    monkeypatch.setattr(smoke, "LASTS_SECONDS", 10)  # the least that an auction can last
    assert smoke.main(["--gateway", gateway]) == 0

    told = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in told] == ["✓ list", "✓ bid", "✓ get", "✓ push", "✓ close"]


def test_a_deployed_auction_without_a_hammer_fails(
    functions: Functions,
    issuer: Issuer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """People are signed in as at Google, each by a signature of the account; then nobody closes, and that is said."""
    with google(issuer, monkeypatch) as asked:
        assert smoke.main([*deployed(tmp_path, addresses_of(functions)), "--closing-seconds", "-19"]) == 1

    told = capsys.readouterr()
    assert "✓ push: there are no live updates here" in told.out
    assert "✗ close, after 1 s: it says {'status': 'active'" in told.err
    assert [claims["uid"] for claims in asked.signed] == ["smoke-seller", "smoke-bidder"]
    assert {(claims["iss"], claims["sub"], claims["aud"]) for claims in asked.signed} == {
        (ACCOUNT, ACCOUNT, smoke_people.AUDIENCE)
    }
    assert asked.bearers == {"Bearer an-access-token"}


def test_a_function_that_answers_something_else_is_named(
    functions: Functions,
    issuer: Issuer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Here another operation stands at the address of place_bid."""
    addresses = addresses_of(functions) | {"place_bid": functions["get_listing"].url}
    with google(issuer, monkeypatch):
        assert smoke.main(deployed(tmp_path, addresses)) == 1

    assert "✗ place_bid answers 405 and not 401" in capsys.readouterr().err


def test_a_function_that_is_not_there_is_named_after_a_while(
    functions: Functions,
    issuer: Issuer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It may only be starting, so that it is asked more than once."""
    monkeypatch.setattr(smoke, "_PATIENCE_SECONDS", 1.5)
    addresses = addresses_of(functions) | {"create_listing": f"http://{ports.HOST}:{ports.free_port()}"}
    with google(issuer, monkeypatch):
        assert smoke.main(deployed(tmp_path, addresses)) == 1

    assert "✗ create_listing does not answer at http://127.0.0.1:" in capsys.readouterr().err


def test_an_account_that_may_not_sign_is_told(
    functions: Functions,
    issuer: Issuer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """With Google's answer, without the access token."""
    with google(issuer, monkeypatch, refuse=True):
        assert smoke.main(deployed(tmp_path, addresses_of(functions))) == 1

    told = capsys.readouterr().err
    assert "✗ sign-in: " in told
    assert "answers 403" in told
    assert "an-access-token" not in told


def test_what_belongs_together_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Addresses alone do not say who signs."""
    with pytest.raises(SystemExit):
        smoke.main(["--functions", str(tmp_path / "functions.json")])

    assert "--config, --functions and --account go together" in capsys.readouterr().err


def deployed(folder: Path, addresses: dict[str, str]) -> list[str]:
    """The arguments for functions at these addresses, without live updates."""
    config = {"api_base": "/api", "project": "demo", "live_updates": False, "firebase": {"apiKey": "a-public-key"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "functions.json").write_text(json.dumps(addresses))
    files = ["--config", str(folder / "config.json"), "--functions", str(folder / "functions.json")]
    return [*files, "--account", ACCOUNT]


def addresses_of(functions: Functions) -> dict[str, str]:
    """The address of each function."""
    return {operation: function.url for operation, function in functions.items()}


@contextmanager
def scheduled(addresses: dict[str, str], issuer: Issuer) -> Iterator[None]:
    """The scheduler, on a thread."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(scheduler.run(addresses, issuer=issuer, every_seconds=1))
    thread = threading.Thread(target=lambda: loop.run_until_complete(asyncio.wait([task])), name="scheduler")
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.close()


@dataclass
class Asked:
    """What Google was asked: the claims to sign, and as whom."""

    signed: list[dict[str, Any]] = field(default_factory=list)
    bearers: set[str] = field(default_factory=set)


@contextmanager
def google(issuer: Issuer, monkeypatch: pytest.MonkeyPatch, *, refuse: bool = False) -> Iterator[Asked]:
    """A server that signs for a service account and takes its signature for an ID token, as Google's two do."""
    asked = Asked()

    class Google(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if refuse:
                self.answer(403, {"error": {"message": "Permission 'iam.serviceAccounts.signJwt' denied"}})
            elif self.path == f"/sign/{ACCOUNT}:signJwt":
                asked.signed.append(json.loads(body["payload"]))
                asked.bearers.add(self.headers["Authorization"])
                self.answer(200, {"keyId": "1", "signedJwt": body["payload"]})
            elif self.path == "/identity?key=a-public-key":
                self.answer(200, {"idToken": issuer.user_token(json.loads(body["token"])["uid"])})

        def answer(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer((ports.HOST, 0), Google) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        base = f"http://{ports.HOST}:{server.server_port}"
        monkeypatch.setattr(smoke_people, "SIGNING", f"{base}/sign")
        monkeypatch.setattr(smoke_people, "IDENTITY", f"{base}/identity")
        monkeypatch.setenv("GOOGLE_ACCESS_TOKEN", "an-access-token")
        try:
            yield asked
        finally:
            server.shutdown()
            thread.join()
