"""Signing in under the headers and the configuration of a deployed site, as Terraform writes them.

Google's hosts are answered by the Auth emulator; that happens behind the browser's content security policy, so that
what the policy does not permit fails here as it would there, and is a complaint in the console.
"""

import re
import secrets
from collections.abc import Mapping, Sequence

import httpx
import pytest
from playwright.sync_api import Route, expect

from dev.stack.settings import ROOT
from tests.browser.accounts import AuthEmulator
from tests.browser.conftest import OpenWindow
from tests.browser.window import Window

SERVING = (ROOT / "terraform" / "modules" / "site" / "serving.tf").read_text(encoding="utf-8")
PASSWORD = "four words do well"
LOAD_THE_WINDOW = """async url => {
    const refused = [];
    document.addEventListener('securitypolicyviolation', event => refused.push(event.effectiveDirective));
    const script = Object.assign(document.createElement('script'), { src: 'https://apis.google.com/js/api.js' });
    const frame = Object.assign(document.createElement('iframe'), { src: url });
    const settled = element => new Promise(resolve => (element.onload = element.onerror = resolve));
    const both = Promise.all([settled(script), settled(frame)]);
    document.body.append(script, frame);
    await both;
    return { refused, came: window.came === true };
}"""
SERVICES = re.compile(r"https://(?:identitytoolkit|securetoken)\.googleapis\.com/")


@pytest.fixture
def house(quiet_house: str) -> str:
    """Whose pages get the deployed site's headers on their way."""
    return quiet_house


def deployed_headers(project: str, *, with_google: bool) -> dict[str, str]:
    """What Hosting serves a page with."""
    own, googles = SERVING.split("local.opens_google ? {")
    directive = re.compile(r'^ +([a-z]+-(?:src|uri|action|ancestors)) += "(.*)"$', re.MULTILINE)
    policy = dict(directive.findall(own)) | (dict(directive.findall(googles)) if with_google else {})
    policy["connect-src"] = " ".join(["'self'", *re.findall(r'"(https://\w+\.googleapis\.com)"', own)])
    assert len(policy) == (9 if with_google else 7)
    text = "; ".join(f"{name} {sources}" for name, sources in policy.items()).replace("${var.project_id}", project)
    opener = re.search(r'opens_google \? "([a-z-]+)" : "([a-z-]+)"', SERVING)
    assert opener is not None
    return {"Content-Security-Policy": text, "Cross-Origin-Opener-Policy": opener[1 if with_google else 2]}


def deploy(window: Window, emulator: AuthEmulator, providers: Sequence[str]) -> None:
    """Let the window find a deployed site: pages, configuration, and Google's hosts."""
    config = {
        "api_base": "/api",
        "project": emulator.project,
        "firestore_emulator": None,
        "live_updates": False,
        "trace_share": 0.05,
        "dev_sign_in": False,
        "sign_in": {"providers": list(providers), "sign_up": True},
        "auth_emulator": None,
        "firebase": {
            "apiKey": "a-key",
            "appId": "1:1:web:a",
            "authDomain": f"{emulator.project}.firebaseapp.com",
            "projectId": emulator.project,
        },
    }
    headers = deployed_headers(emulator.project, with_google="google.com" in providers)
    context = window.page.context
    context.route(f"{window.house}/", lambda route: _with_headers(route, headers))
    context.route(f"{window.house}/config.json", lambda route: route.fulfill(json=config))
    context.route(SERVICES, lambda route: _forward(route, f"http://{emulator.address}/{_host_and_path(route)}"))


def _with_headers(route: Route, headers: Mapping[str, str]) -> None:
    response = route.fetch()
    lower = {name.lower(): value for name, value in headers.items()}
    route.fulfill(response=response, headers={**response.headers, **lower})


def _host_and_path(route: Route) -> str:
    return route.request.url.removeprefix("https://")


def _forward(route: Route, url: str) -> None:
    """Answer as the emulator does, which knows each of Google's hosts as a folder."""
    request = route.request
    kept = ("content-type", "origin", "access-control-request-method", "access-control-request-headers")
    headers = {name: value for name, value in request.headers.items() if name in kept}
    answer = httpx.request(request.method, url, content=request.post_data_buffer, headers=headers)
    passed = ("content-type", "access-control-allow-origin", "access-control-allow-headers")
    route.fulfill(
        status=answer.status_code,
        body=answer.content,
        headers={name: value for name, value in answer.headers.items() if name in passed},
    )


def test_a_deployed_site_lets_people_in_by_password(open_window: OpenWindow, auth_emulator: AuthEmulator) -> None:
    """From opening an account to the next token; with no complaint, which the policy would be the cause of."""
    email, window = f"ada-{secrets.token_hex(4)}@example.com", open_window()
    deploy(window, auth_emulator, ["password"])
    asked: list[str] = []
    window.page.on("request", lambda request: asked.append(request.url))
    window.open()
    window("#open-sign-in").click()
    expect(window("#google-sign-in")).to_have_count(0)
    window("#to-register").click()
    window("#sign-in-email").fill(email)
    window("#sign-in-password").fill(PASSWORD)
    window("#sign-in-button").click()
    expect(window("#address")).to_have_text(email)

    auth_emulator.follow_link(auth_emulator.link(email))
    window("#address-confirmed").click()

    expect(window("#confirm-address")).to_have_count(0)
    expect(window("#sign-in-dialog")).to_be_hidden()
    hosts = {httpx.URL(url).host for url in asked} - {httpx.URL(window.house).host}
    assert hosts == {"identitytoolkit.googleapis.com", "securetoken.googleapis.com"}


@pytest.mark.parametrize(
    ("providers", "refused"), [(["password"], ["frame-src", "script-src-elem"]), (["password", "google.com"], [])]
)
def test_googles_script_and_frame_come_in_where_its_window_is_switched_on(
    open_window: OpenWindow, auth_emulator: AuthEmulator, providers: list[str], refused: list[str]
) -> None:
    """And nowhere else: the policy is no wider than what is offered."""
    window = open_window()
    deploy(window, auth_emulator, providers)
    window.page.context.route("https://apis.google.com/**", lambda route: route.fulfill(body="window.came = true"))
    window.page.context.route("https://*.firebaseapp.com/**", lambda route: route.fulfill(body="A frame."))
    window.open()
    expect(window("h1")).to_be_visible()

    found = window.page.evaluate(LOAD_THE_WINDOW, f"https://{auth_emulator.project}.firebaseapp.com/__/auth/iframe")

    assert sorted(found["refused"]) == refused
    assert found["came"] is (refused == [])
    assert bool(window.complaints) is bool(refused)
    window.complaints.clear()
