"""The gateway in front of a real function process, and the scheduler that calls one."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import jwt
import pytest

from dev.stack import ports, scheduler
from dev.stack.functions import function_process
from dev.stack.gateway import GatewayFacts, served
from dev.stack.issuer import DASHBOARD_ACCOUNT, IAP_AUDIENCE, Issuer

ECHO = """
import asyncio, functions_framework.aio
from starlette.responses import JSONResponse, Response

@functions_framework.aio.http
async def echo(request):
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
    if request.query_params.get("gone"):
        return Response(b"", 304, headers={"ETag": '"7"'})
    seen = {"method": request.method, "query": request.url.query, "size": size, "headers": dict(request.headers)}
    headers = {"X-Answer": "yes", "Retry-After": "9"}
    return JSONResponse(seen, 418, headers=headers, media_type="application/problem+json")
"""


@dataclass(frozen=True)
class Stand:
    """What the tests talk to."""

    url: str
    issuer: Issuer


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A gateway before one function that runs and one that does not, with a small site."""
    folder = tmp_path_factory.mktemp("stand")
    (folder / "echo").mkdir()
    (folder / "echo" / "main.py").write_text(ECHO)
    (folder / "dist").mkdir()
    (folder / "dist" / "index.html").write_text("<!doctype html><title>Gavel</title>")
    (folder / "dist" / "app.js").write_text("export {};")
    with Issuer() as issuer, function_process("echo", {}, directory=folder) as function:
        facts = GatewayFacts(
            functions={"echo": function.url, "fallen": f"http://{ports.HOST}:{ports.free_port()}"},
            issuer=issuer,
            dist=folder / "dist",
            emulator="127.0.0.1:8711",
            project="demo-gavel",
            site_url="http://site",
            dashboard="http://127.0.0.1:8501",
        )
        with served(facts) as url:
            yield Stand(url, issuer)


def test_a_request_reaches_its_function_whole(stand: Stand) -> None:
    """Method, query as it was written, body and headers."""
    answer = httpx.request(
        "PUT", f"{stand.url}/api/echo?a=%20b&a=c", content=b"12345", headers={"Idempotency-Key": "k-1", "TE": "gzip"}
    )

    seen = answer.json()
    assert (seen["method"], seen["query"], seen["size"]) == ("PUT", "a=%20b&a=c", 5)
    assert seen["headers"]["idempotency-key"] == "k-1"
    assert seen["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert "te" not in seen["headers"]


def test_an_answer_comes_back_untouched(stand: Stand) -> None:
    """Status, type and headers are the function's, also without a body."""
    answer = httpx.get(f"{stand.url}/api/echo")
    unchanged = httpx.get(f"{stand.url}/api/echo?gone=1")

    assert answer.status_code == 418
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.headers["x-answer"], answer.headers["retry-after"]) == ("yes", "9")
    assert (unchanged.status_code, unchanged.headers["etag"]) == (304, '"7"')


def test_a_large_body_streams_through(stand: Stand) -> None:
    """The limit is the function's business; a body of unknown length passes too."""
    chunks = (b"x" * 65536 for _ in range(64))

    answer = httpx.post(f"{stand.url}/api/echo", content=chunks)

    assert answer.json()["size"] == 64 * 65536


@pytest.mark.parametrize("path", ["/api/unknown", "/api/echo/more", "/api/"])
def test_an_unknown_operation_is_a_problem(stand: Stand, path: str) -> None:
    """404 in the form of the functions' own refusals."""
    answer = httpx.post(stand.url + path, json={})

    assert (answer.status_code, answer.json()["code"]) == (404, "operation_not_found")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_function_that_is_down_is_a_problem_to_retry(stand: Stand) -> None:
    """503 with Retry-After: 1, naming the page that explains it."""
    answer = httpx.post(f"{stand.url}/api/fallen", json={})

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["code"] == "unavailable"
    assert answer.json()["type"] == "http://site/problems.html#unavailable"


def test_the_site_is_revalidated_and_guarded(stand: Stand) -> None:
    """An ETag that saves the second transfer, scripts as scripts, and a policy that lets the emulator in."""
    page = httpx.get(stand.url)
    again = httpx.get(stand.url, headers={"If-None-Match": page.headers["etag"]})
    script = httpx.get(f"{stand.url}/app.js")
    missing = httpx.get(f"{stand.url}/nothing.html")

    assert (page.status_code, again.status_code, missing.status_code) == (200, 304, 404)
    assert page.headers["cache-control"] == "no-cache"
    assert script.headers["content-type"].startswith("text/javascript")
    for answer in (page, script, missing):
        assert "http://127.0.0.1:8711" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_configuration_tells_the_site_where_it_runs(stand: Stand) -> None:
    """The members that the site reads."""
    assert httpx.get(f"{stand.url}/config.json").json() == {
        "api_base": "/api",
        "project": "demo-gavel",
        "firestore_emulator": "127.0.0.1:8711",
        "live_updates": True,
        "trace_share": 1,
        "dev_sign_in": True,
        "sign_in": None,
        "auth_emulator": None,
        "firebase": None,
    }


def test_a_developer_signs_in_as_anybody(stand: Stand) -> None:
    """The token is the issuer's, for the user and name asked for."""
    answer = httpx.post(f"{stand.url}/dev/token", json={"user": "u1", "display_name": "First Bidder"})

    token, key = answer.json()["id_token"], stand.issuer.key.public_key()
    claims = jwt.decode(token, key, algorithms=["RS256"], audience="demo-gavel")
    assert (claims["sub"], claims["name"]) == ("u1", "First Bidder")
    assert answer.json()["expires_in"] == 3600


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["user"]),
        ([], ["user"]),
        ({"user": ""}, ["user"]),
        ({"user": "a b"}, ["user"]),
        ({"user": "u" * 129}, ["user"]),
        ({"user": 7}, ["user"]),
        ({"user": "u\n"}, ["user"]),
        ({"user": "u" * 128, "admin": True}, ["admin"]),
        ({"user": "u1", "display_name": " "}, ["display_name"]),
        ({"user": "u1", "display_name": "n" * 81}, ["display_name"]),
        ({"user": "u1", "display_name": None}, ["display_name"]),
    ],
)
def test_a_wrong_sign_in_names_the_field(stand: Stand, body: object, fields: list[str]) -> None:
    """400 with the members that are wrong."""
    answer = httpx.post(f"{stand.url}/dev/token", json=body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert [error["field"] for error in answer.json()["errors"]] == fields


def test_a_sign_in_must_be_a_small_json_post(stand: Stand) -> None:
    """Other methods, types, sizes and broken JSON are refused as such."""
    url, kind = f"{stand.url}/dev/token", {"Content-Type": "application/json"}

    codes = [
        httpx.get(url).json()["code"],
        httpx.post(url, content=b'{"user":"u1"}', headers={"Content-Type": "text/plain"}).json()["code"],
        httpx.post(url, content=b" " * 5000, headers=kind).json()["code"],
        httpx.post(url, content=b"{", headers=kind).json()["code"],
        httpx.post(url, content=b"[" * 4000, headers=kind).json()["code"],
    ]

    assert codes == ["method_not_allowed", "unsupported_media_type", "body_too_large", "invalid_json", "invalid_json"]


def test_an_analyst_signs_in_as_anybody(stand: Stand) -> None:
    """Both tokens that the functions for analysts want, for as long as the shorter of them lives."""
    answer = httpx.post(f"{stand.url}/dev/analyst", json={"email": "ada@example.com"})

    keys = jwt.PyJWKClient(f"{stand.issuer.url}/jwks.json")
    token, assertion = answer.json()["service_token"], answer.json()["analyst_assertion"]
    service = jwt.decode(token, keys.get_signing_key_from_jwt(token), algorithms=["RS256"], audience="gavel-local")
    analyst = jwt.decode(
        assertion, keys.get_signing_key_from_jwt(assertion), algorithms=["ES256"], audience=IAP_AUDIENCE
    )
    assert (service["email"], analyst["email"]) == (DASHBOARD_ACCOUNT, "ada@example.com")
    assert answer.json()["expires_in"] == analyst["exp"] - analyst["iat"] < service["exp"] - service["iat"]
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("email", ["a@b.c", f"{'a' * 178}@example.com", "o'neil+gavel@mail.example.com"])
def test_an_address_that_is_one_is_taken(stand: Stand, email: str) -> None:
    """Up to 190 characters."""
    assert len(email) <= 190
    assert httpx.post(f"{stand.url}/dev/analyst", json={"email": email}).status_code == 200


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["email"]),
        ([], ["email"]),
        ({"email": 7}, ["email"]),
        ({"email": None}, ["email"]),
        ({"email": "ada"}, ["email"]),
        ({"email": "ada@localhost"}, ["email"]),
        ({"email": "ada@example.com "}, ["email"]),
        ({"email": "ada@example.com\n"}, ["email"]),
        ({"email": "a d@example.com"}, ["email"]),
        ({"email": "a@b@example.com"}, ["email"]),
        ({"email": "ada\u200b@example.com"}, ["email"]),
        ({"email": f"{'a' * 179}@example.com"}, ["email"]),
        ({"email": "ada@example.com", "admin": True}, ["admin"]),
    ],
)
def test_a_wrong_analyst_names_the_field(stand: Stand, body: object, fields: list[str]) -> None:
    """400 with the members that are wrong."""
    answer = httpx.post(f"{stand.url}/dev/analyst", json=body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert [error["field"] for error in answer.json()["errors"]] == fields


def test_an_analysts_sign_in_is_as_guarded_as_a_bidders(stand: Stand) -> None:
    """No other method, and no type that another site's form could send."""
    url = f"{stand.url}/dev/analyst"

    by_get = httpx.get(url)
    as_text = httpx.post(url, content=b'{"email":"ada@example.com"}', headers={"Content-Type": "text/plain"})

    assert (by_get.status_code, by_get.json()["code"], by_get.headers["allow"]) == (405, "method_not_allowed", "POST")
    assert (as_text.status_code, as_text.json()["code"]) == (415, "unsupported_media_type")


def test_a_page_finds_the_analysts_app(stand: Stand) -> None:
    """By a redirect, since its port is not known beforehand; nothing can be posted there."""
    there, head, posted = (httpx.request(method, f"{stand.url}/analysts") for method in ("GET", "HEAD", "POST"))

    assert (there.status_code, there.headers["location"]) == (307, "http://127.0.0.1:8501")
    assert there.headers["cache-control"] == "no-store"
    assert head.status_code == 307
    assert (posted.status_code, posted.headers["allow"]) == (405, "GET, HEAD")


def test_where_the_app_does_not_run_its_page_is_a_problem(tmp_path: Path) -> None:
    """404 in the form of all refusals."""
    with Issuer() as issuer:
        facts = GatewayFacts(
            functions={}, issuer=issuer, dist=tmp_path, emulator=None, project="demo-gavel", site_url="http://site"
        )
        with served(facts) as url:
            answer = httpx.get(f"{url}/analysts")

    assert (answer.status_code, answer.json()["code"]) == (404, "operation_not_found")


JOB = """
import asyncio, json, functions_framework.aio
from starlette.responses import Response

@functions_framework.aio.http
async def close_auctions(request):
    line = {"body": await request.json(), "token": request.headers["authorization"]}
    with open("LOG", "a") as log:
        log.write("+" + json.dumps(line) + "\\n")
    await asyncio.sleep(0.25)
    with open("LOG", "a") as log:
        log.write("-\\n")
    return Response("broken", 500)
"""


def test_a_job_never_overlaps_itself_and_outlives_failures(tmp_path: Path) -> None:
    """A run longer than the period ends before the next begins; failures and an absent function change nothing."""
    (tmp_path / "close_auctions").mkdir()
    (tmp_path / "close_auctions" / "main.py").write_text(JOB.replace("LOG", str(tmp_path / "log")))
    with Issuer() as issuer, function_process("close_auctions", {}, directory=tmp_path) as function:
        functions = {"close_auctions": function.url, "sync_mirror": f"http://{ports.HOST}:{ports.free_port()}"}

        async def for_a_while() -> None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await scheduler.run(functions, issuer=issuer, every_seconds=0.1)

        asyncio.run(for_a_while())

        lines = (tmp_path / "log").read_text().splitlines()
        starts = [json.loads(line[1:]) for line in lines if line[0] == "+"]
        assert [line[0] for line in lines[:4]] == ["+", "-", "+", "-"]
        assert starts[0]["body"] == {}
        token = starts[0]["token"].removeprefix("Bearer ")
        assert jwt.decode(token, issuer.key.public_key(), algorithms=["RS256"], audience="gavel-local")[
            "email_verified"
        ]
