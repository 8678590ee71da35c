"""The app's server, a real browser, and tabs in which nothing may go wrong unseen."""

from __future__ import annotations

import os
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.browser import chromium
from tests.browser.app import App
from tests.browser.guard import Guard
from tests.browser.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from playwright.sync_api import Browser, BrowserContext

_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_PATIENCE_MS = 20_000
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


# "package" and not "session": Playwright occupies the thread's event loop, which other folders' tests need
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
def server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:  # noqa: ARG001 - no server without a browser
    """The app's server, shared by the tests."""
    with Server(tmp_path_factory.mktemp("server") / "log.txt") as running:
        yield running


@pytest.fixture
def fresh_server(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Server]]:  # noqa: ARG001
    """A function that starts one more server, which nobody has visited yet."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(Server(tmp_path_factory.mktemp("fresh") / "log.txt"))


@pytest.fixture(scope="package")
def contexts(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A function that returns a browser profile for some options: the same one for the same options."""
    made: dict[str, BrowserContext] = {}

    def context(**options: Any) -> BrowserContext:
        options = {"viewport": {"width": 1440, "height": 1000}, **options}
        key = repr(sorted(options.items()))
        if key not in made:
            made[key] = browser.new_context(**options)
            made[key].set_default_timeout(_PATIENCE_MS)
        return made[key]

    yield context
    for opened in made.values():
        opened.close()


@pytest.fixture
def guard(server: Server) -> Iterator[Guard]:
    """What watches the tabs of a test; in the end nothing may have gone wrong in them."""
    watching = Guard(server.url)
    yield watching
    assert watching.problems == []


@pytest.fixture
def open_tab(server: Server, guard: Guard, contexts: Callable[..., BrowserContext]) -> Iterator[Callable[..., App]]:
    """A function that opens an empty tab: its options are those of the browser profile."""
    with ExitStack() as stack:

        def open_one(**options: Any) -> App:
            page = contexts(**options).new_page()
            stack.callback(partial(page.close, run_before_unload=False))
            guard.watch(page)
            return App(page, server.url)

        yield open_one


@pytest.fixture
def app(open_tab: Callable[..., App]) -> App:
    """An empty tab in a wide, light window."""
    return open_tab()
