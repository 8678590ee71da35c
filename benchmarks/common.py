"""What the measurements share: tables, timing, servers, a browser."""

from __future__ import annotations

import gc
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from playwright.sync_api import Browser, Page, sync_playwright

T = TypeVar("T")

ROOT = Path(__file__).parents[1]
APPS = Path(__file__).parent / "apps"
PATIENCE = 90.0

_ON_PATH = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
_BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


@dataclass(frozen=True)
class Row:
    """A line of a table: what was measured, the figure as text, and whether it is where it should be.

    `ok` is None where there is no target.
    """

    what: str
    figure: str
    target: str = ""
    ok: bool | None = None

    @property
    def verdict(self) -> str:
        """One word; "" without a target."""
        return {None: "", True: "ok", False: "over"}[self.ok]


def at_most(what: str, value: float, target: float, unit: str = "", digits: int = 2) -> Row:
    """Return a row for a value that should not be above its target."""
    return Row(what, f"{value:,.{digits}f}{unit}", f"≤ {target:,.{digits}f}{unit}", value <= target)


def show(title: str, rows: Sequence[Row]) -> None:
    """Print a table."""
    lines = [("", "figure", "target", ""), *((row.what, row.figure, row.target, row.verdict) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    print(f"\n{title}   ({machine()})")
    for what, figure, target, verdict in lines:
        print(f"  {what:<{widths[0]}}  {figure:>{widths[1]}}  {target:>{widths[2]}}  {verdict}".rstrip())


def machine() -> str:
    """Return what the figures depend on besides the code: processors, and how busy they are now."""
    return f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.2f}"


def median(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest of the values that is not below `percent` % of them."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def clock(function: Callable[[], T]) -> tuple[float, T]:
    """Return how long a call took, in milliseconds, and its result."""
    start = time.perf_counter()
    result = function()
    return (time.perf_counter() - start) * 1000, result


def timings(functions: Sequence[Callable[[], object]], repeats: int, warm_up: int = 1) -> list[list[float]]:
    """Return the milliseconds of each function's calls; the functions take turns, without garbage collection."""
    taken: list[list[float]] = [[] for _ in functions]
    for turn in range(warm_up + repeats):
        for times, function in zip(taken, functions, strict=True):
            gc.collect()
            gc.disable()
            milliseconds, result = clock(function)
            gc.enable()
            del result
            if turn >= warm_up:
                times.append(milliseconds)
    return taken


class Server:
    """A Streamlit server on a port of its own, while the `with` block runs.

    Args:
        entry: The file to serve.
        folder: Where it is started, which decides about the configuration.

    Attributes:
        url: Its address, without a slash at the end.
    """

    def __init__(self, entry: Path, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self._port}"
        self._entry = entry
        self._folder = folder

    def __enter__(self) -> Server:
        """Start it, and wait until it answers."""
        options = {
            "server.port": str(self._port),
            "server.address": "127.0.0.1",
            "server.headless": "true",
            "browser.gatherUsageStats": "false",
        }
        flags = [part for name, value in options.items() for part in (f"--{name}", value)]
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(self._entry), *flags],
            cwd=self._folder,
            env={**os.environ, "EXPLORER_DEVICES": "cpu,meta"},
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        try:
            self._wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while not self._healthy():
            if self._process.poll() is not None or time.monotonic() > end:
                self._log.seek(0)
                raise RuntimeError(f"{self._entry} did not start:\n{self._log.read().decode(errors='replace')}")
            time.sleep(0.1)

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5) as answer:  # noqa: S310 - our own
                return bool(answer.read() == b"ok")
        except OSError:
            return False


def our_app() -> Server:
    """Return a server for Tensor Explorer, configured as `make run` has it."""
    return Server(ROOT / "streamlit_app.py", ROOT)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium: Playwright's own, else one on PATH.

    Raises:
        RuntimeError: There is none.
    """
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
        path = own if Path(own).exists() else next(filter(None, map(shutil.which, _ON_PATH)), None)
        if path is None:
            raise RuntimeError("no Chromium: `make browser` installs one")
        browser = playwright.chromium.launch(executable_path=path, args=list(_BROWSER_FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def open_tab(browser: Browser, address: str) -> Page:
    """Open an address in a window of its own, of the size of a laptop's."""
    page = browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(address)
    return page


def wait_until_idle(page: Page) -> None:
    """Wait until the server has nothing more to say to a page."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


def in_page(page: Page, script: str, argument: object = None) -> Any:  # noqa: ANN401 - whatever the script returns
    """Run JavaScript in a page."""
    return page.evaluate(script, argument)
