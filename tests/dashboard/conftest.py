"""The analysts' app before a scripted server: pages in this process, and a real one for Chromium."""

import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from streamlit.testing.v1 import AppTest

from dev.stack.dashboard import dashboard_program
from dev.stack.install import BROWSERS
from dev.stack.ports import free_port
from dev.stack.process import running
from dev.stack.settings import ROOT

DASHBOARD = ROOT / "web" / "dashboard"
sys.path.append(str(DASHBOARD))  # as `streamlit run` does it

from tests.dashboard.scripted import Stage, served  # noqa: E402

SECONDS = 20
SWITCHES = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")

OpenPage = Callable[..., AppTest]
OpenWindow = Callable[..., Page]


@pytest.fixture(autouse=True)
def main_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's `__main__` back in its place: AppTest puts the page there, and whoever starts a process imports it."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture(scope="session")
def theatre() -> Iterator[Stage]:
    """The scripted server."""
    with served() as stage:
        yield stage


@pytest.fixture
def stage(theatre: Stage) -> Stage:
    """The scripted server, as it was at first."""
    theatre.clear()
    return theatre


@pytest.fixture
def open_page(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> OpenPage:
    """Opens the app in this process, on Ask or on a page's script, and draws it."""

    def open_page(script: str | None = None, **settings: str) -> AppTest:
        for name, value in (stage.settings() | settings).items():
            monkeypatch.setenv(name, value)
        if script is None:
            page = AppTest.from_file(DASHBOARD / "app.py", default_timeout=SECONDS)
        else:
            page = AppTest.from_string(script, default_timeout=SECONDS)
        return page.run()

    return open_page


@pytest.fixture(scope="module")
def app_url(theatre: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app as a process of its own."""
    with running_app(theatre.url, tmp_path_factory.mktemp("app") / "app.log") as url:
        yield url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium, for one module."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path is not None, "no Chromium on the PATH: `make setup` or `apt-get install chromium`"
    expect.set_options(timeout=15_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(SWITCHES))
        yield browser
        browser.close()


@pytest.fixture
def open_window(chromium: Browser, app_url: str, stage: Stage) -> Iterator[OpenWindow]:
    """Opens the app in a window; nothing in it may ask another host for anything."""
    pages: list[Page] = []
    strangers: list[str] = []

    def open_window(place: str = "", **looks: Any) -> Page:
        context = chromium.new_context(locale="en-US", timezone_id="Europe/Vienna", reduced_motion="reduce", **looks)
        page = context.new_page()
        page.on("request", lambda request: strangers.append(request.url) if _is_strange(request.url) else None)
        page.goto(f"{app_url}/{place}")
        expect(page.locator("h1")).to_be_visible()
        pages.append(page)
        return page

    yield open_window
    for page in pages:
        page.context.close()
    assert strangers == []


@contextmanager
def running_app(gateway: str, log: Path) -> Iterator[str]:
    """The app as the local stack runs it."""
    port = free_port()
    with running(dashboard_program(gateway=gateway, port=port, log=log)):
        yield f"http://127.0.0.1:{port}"


def _is_strange(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))
