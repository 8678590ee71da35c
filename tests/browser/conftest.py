"""The app's server, a real browser, and tabs in which nothing may go wrong unseen."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser import chromium
from tests.browser.guard import Guard
from tests.browser.lasting import LastingTab
from tests.browser.server import Server
from tests.browser.stage_site import Opener
from tests.browser.tabs import Profiles, Tabs

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from playwright.sync_api import Browser

    from tests.browser.app import App

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--process-per-site",  # a tab in a process that has compiled the scripts before is drawn in half the time
)
_PATIENCE_MS = 60_000  # no test waits so long on a machine with nothing else to do
_LOG_SHOWN = 6_000


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the server printed below a failed test."""
    report = yield
    server = getattr(item, "funcargs", {}).get("server")
    if report.failed and isinstance(server, Server):
        report.sections.append((f"server log ({call.when})", server.log()[-_LOG_SHOWN:]))
    return report


# "package" and not "session": Playwright occupies the thread's event loop, which the tests of other folders need
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A Chromium; without one the tests are skipped, but fail in CI."""
    path = chromium.find()
    if path is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium: `make browser` installs one")
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="package")
def profiles(browser: Browser, server: Server) -> Iterator[Profiles]:
    """A desk and a telephone, which know nothing of each other; kept, since a first visit loads 5 MB of scripts."""
    desk = browser.new_context()
    telephone = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for context in (desk, telephone):
        context.set_default_timeout(_PATIENCE_MS)
        context.new_page().goto(f"{server.url}/_stcore/health")  # the process lives as long as one tab
    yield Profiles(desk, telephone)
    desk.close()
    telephone.close()


@pytest.fixture(scope="module")
def window(browser: Browser, site: str) -> Iterator[Opener]:
    """A window on a module's site of scenes, which the module gives as the fixture `site`."""
    opener = Opener(browser, site, _PATIENCE_MS)
    yield opener
    opener.close()


@pytest.fixture
def open_stage(window: Opener) -> Iterator[Opener]:
    """Opens scenes of a module's site; closes them after the test."""
    yield window
    assert window.leave() == []


@pytest.fixture(scope="package")
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app's server, shared by the tests; none without a browser."""
    assert browser.is_connected()
    with Server(tmp_path_factory.mktemp("server") / "log.txt") as running:
        yield running


@pytest.fixture
def fresh_server(tabs: Tabs, guard: Guard, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Server]]:
    """A function that starts one more server, which nobody has visited yet."""
    with ExitStack() as stack:

        def start() -> Server:
            server = stack.enter_context(Server(tmp_path_factory.mktemp("fresh") / "log.txt"))
            guard.allow(server.url)
            return server

        yield start
        tabs.close()  # a page whose server goes away first asks for it, in vain


@pytest.fixture
def guard(server: Server) -> Iterator[Guard]:
    """What watches the tabs of a test; in the end nothing may have gone wrong in them."""
    watching = Guard(server.url)
    yield watching
    assert watching.problems == []


@pytest.fixture
def tabs(profiles: Profiles, server: Server, guard: Guard) -> Iterator[Tabs]:
    """Opens tabs, and closes them after the test."""
    with Tabs(profiles, server.url, guard) as opened:
        yield opened


@pytest.fixture(scope="module")
def lasting_tabs(profiles: Profiles, server: Server) -> Iterator[Tabs]:
    """Opens tabs that stay for all tests of a module: for those that look, and leave all as it was."""
    guard = Guard(server.url)
    with Tabs(profiles, server.url, guard) as opened:
        yield opened
    assert guard.problems == []


@pytest.fixture(scope="module")
def lasting_tab(lasting_tabs: Tabs) -> LastingTab:
    """One tab for tests of a module that each open a program of their own."""
    return LastingTab(lasting_tabs)


@pytest.fixture
def same_tab(lasting_tab: LastingTab, request: pytest.FixtureRequest) -> Iterator[App]:
    """The tab that the test before had: opening a program costs a rerun, not the loading of a page."""
    failed = request.session.testsfailed
    yield lasting_tab.app()
    if request.session.testsfailed > failed:
        lasting_tab.forget()


@pytest.fixture
def app(tabs: Tabs) -> App:
    """An empty tab in a wide, light window."""
    return tabs.open()
