"""Real Chromium before the real site: the gateway, the functions behind it, and windows of people.

There are two houses: the quiet one runs without the Firestore emulator, so that its pages poll; the live one has it.
Two more are like the quiet one, but people sign in as on a deployed site. A test module takes the quiet one unless it
overrides `house` and `market`.
"""

import fcntl
import shutil
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from dev.stack.emulator import Emulator
from dev.stack.gateway import GatewayFacts, served
from dev.stack.install import BROWSERS, build_site
from dev.stack.issuer import Issuer
from dev.stack.settings import ROOT
from dev.stack.site import Accounts
from tests.browser.accounts import AuthEmulator, private_auth_emulator
from tests.browser.window import Window
from tests.conftest import OPERATIONS
from tests.market import Functions, Market, running_functions

SITE = ROOT / "web" / "site"
SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

expect.set_options(timeout=10_000)  # what is not about speed may be slow on a busy machine

OpenWindow = Callable[..., Window]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The site as it is in the tree now; processes that test side by side do not build it both at once."""
    with (tmp_path_factory.getbasetemp().parent / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        build_site(SITE, log=tmp_path_factory.mktemp("site") / "build.log")


@pytest.fixture(scope="session")
def quiet_house(functions: Functions, issuer: Issuer, project: str) -> Iterator[str]:
    """The address of a stack without the emulator."""
    with served(_facts(functions, issuer, project, emulator=None)) as url:
        yield url


@pytest.fixture(scope="session")
def live_functions(mirrored_env: dict[str, str]) -> Iterator[Functions]:
    """Every function as a process of its own, with the mirror."""
    with running_functions(OPERATIONS, mirrored_env) as functions:
        yield functions


@pytest.fixture(scope="session")
def live_house(
    live_functions: Functions, issuer: Issuer, project: str, emulator: Emulator, http: httpx.Client
) -> Iterator[str]:
    """The address of a stack with the emulator, which has been written to: a cold one takes seconds for the first."""
    _warm_up(Market(live_functions, issuer, http), f"http://{emulator.address}/v1/projects/{project}")
    with served(_facts(live_functions, issuer, project, emulator=emulator.address)) as url:
        yield url


@pytest.fixture(scope="session")
def auth_emulator(project: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuthEmulator]:
    """The service that accounts are at."""
    with private_auth_emulator(project, lock=tmp_path_factory.getbasetemp().parent / "auth.lock") as emulator:
        yield emulator


@pytest.fixture(scope="session")
def accounts_house(functions: Functions, issuer: Issuer, project: str, auth_emulator: AuthEmulator) -> Iterator[str]:
    """The address of a stack where people sign in by password."""
    accounts = Accounts(emulator=auth_emulator.address)
    with served(_facts(functions, issuer, project, emulator=None, accounts=accounts)) as url:
        yield url


@pytest.fixture(scope="session")
def google_house(functions: Functions, issuer: Issuer, project: str, auth_emulator: AuthEmulator) -> Iterator[str]:
    """The address of a stack where people sign in through Google's window, and nobody opens an account otherwise."""
    accounts = Accounts(emulator=auth_emulator.address, providers=("password", "google.com"), sign_up=False)
    with served(_facts(functions, issuer, project, emulator=None, accounts=accounts)) as url:
        yield url


@pytest.fixture
def house(quiet_house: str) -> str:
    """The address that windows open."""
    return quiet_house


@pytest.fixture(scope="module")
def browser(site: None) -> Iterator[Browser]:
    """Chromium. Not for longer than a module: while Playwright lives, nothing else here can run an event loop."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path is not None, "no Chromium on the PATH: `make setup` or `apt-get install chromium`"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(SWITCHES))
        yield browser
        browser.close()


@pytest.fixture
def open_window(browser: Browser, house: str) -> Iterator[OpenWindow]:
    """Opens windows that share nothing, or with `beside=window` a tab that shares all; they may not complain."""
    windows: list[Window] = []

    def open_window(*, beside: Window | None = None, **looks: Any) -> Window:
        context = (
            beside.page.context if beside else browser.new_context(locale="en-US", reduced_motion="reduce", **looks)
        )
        windows.append(Window(context.new_page(), house))
        return windows[-1]

    yield open_window
    for window in windows:
        window.page.context.close()
    assert [complaint for window in windows for complaint in window.complaints] == []


def _warm_up(market: Market, firestore: str) -> None:
    """Bid until the mirror shows it; what it was too slow for is not repaired here, no scheduler runs."""
    for _ in range(5):
        listing = market.create()
        version = market.bid(listing, 2_00, by="alice")["listing"]["version"]
        deadline = time.monotonic() + 6
        while time.monotonic() < deadline:
            shown = market.http.get(f"{firestore}/databases/(default)/documents/listings/{listing['id']}").json()
            if shown.get("fields", {}).get("version", {}).get("integerValue") == str(version):
                return
            time.sleep(0.1)
    raise AssertionError("the mirror shows no bid")


def _facts(
    functions: Functions, issuer: Issuer, project: str, *, emulator: str | None, accounts: Accounts | None = None
) -> GatewayFacts:
    return GatewayFacts(
        functions={operation: function.url for operation, function in functions.items()},
        issuer=issuer,
        dist=SITE / "dist",
        emulator=emulator,
        project=project,
        site_url="http://site",
        accounts=accounts,
    )
