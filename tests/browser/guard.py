"""Watches tabs for what nobody sees but should not happen: console errors, failed requests, requests elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Page, Request, Response

_PROBES = ("/_stcore/health", "/_stcore/host-config")


class Guard:
    """Collects what goes wrong unseen in the tabs that it watches.

    Args:
        home: Address of the server; requests to other hosts are problems. None: every request but for a file is one.
    """

    def __init__(self, home: str | None) -> None:
        self._hosts = set() if home is None else {urlsplit(home).netloc}
        self.problems: list[str] = []

    def allow(self, home: str) -> None:
        """Allow one more server."""
        self._hosts.add(urlsplit(home).netloc)

    def watch(self, page: Page) -> None:
        """Watch one more tab."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"page error: {error}"))
        page.on("request", self._request)
        page.on("requestfailed", self._failed)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _is_probe(message.location["url"]):
            self.problems.append(f"console: {message.text} ({message.location['url']})")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        is_local = parts.scheme in ("data", "blob") or (parts.scheme == "file" and not self._hosts)
        if not is_local and parts.netloc not in self._hosts:
            self.problems.append(f"request elsewhere: {request.url}")

    def _failed(self, request: Request) -> None:
        # leaving a page while it loads aborts its requests
        if request.failure != "net::ERR_ABORTED":
            self.problems.append(f"request failed: {request.url} ({request.failure})")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and not _is_probe(response.url):
            self.problems.append(f"status {response.status}: {response.url}")


def _is_probe(url: str) -> bool:
    """Tell Streamlit's search for its server: it first asks below the page's own address, and gets a 404 there."""
    path = urlsplit(url).path
    return path.endswith(_PROBES) and not path.startswith("/_stcore/")
