"""A tab that stays: programs are opened in it one after another, without loading the page anew."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.browser.app import App

if TYPE_CHECKING:
    from tests.browser.tabs import Tabs

_BETWEEN = "import torch\nbetween = torch.zeros(1)\n"
# as a link that the browser goes back to: Streamlit and the stage are told of it, and nothing is loaded
_FOLLOW = """(address) => {
    history.pushState(null, "", address);
    dispatchEvent(new PopStateEvent("popstate", { state: null }));
}"""


class LastingApp(App):
    """A tab for test after test, each on a program of its own.

    What stays from one to the next is what stays for who follows a link within the session: the editor, with its undo,
    and what the page has loaded. Program, step, colouring, device, chip and the lens's options are the link's.
    """

    def open(self, program: str | None = None, page: str = "shape", **parameters: str) -> App:
        """Open a program, in the page that is shown if it is the one that is asked for."""
        if program is None or parameters or urlsplit(self.page.url).path != f"/{page}":
            return super().open(program, page, **parameters)
        self._let_go()
        if self.program_text() == program:
            self._follow(_BETWEEN, page)  # what is shown must change, so that there is something to wait for
        try:
            self._follow(program, page)
        except PlaywrightTimeoutError:  # lost once in some hundreds; links are tested where they are the subject
            return super().open(program, page)
        return self

    def _let_go(self) -> None:
        """Leave nothing open, typed or pointed at."""
        self.page.unroute_all()
        self.settled().rest()
        revert = self.page.get_by_role("button", name="Revert")
        if revert.is_visible():
            revert.click()
        self.page.evaluate("localStorage.clear()")

    def _follow(self, program: str, page: str) -> None:
        self.page.evaluate(_FOLLOW, self.address(program, page))
        self.expect_program(program)
        self.settled()


class LastingTab:
    """Opens such a tab when a test first asks for it, and another one after a test that failed in it."""

    def __init__(self, tabs: Tabs) -> None:
        self._tabs = tabs
        self._app: LastingApp | None = None

    def app(self) -> LastingApp:
        """Return the tab."""
        if self._app is None:
            opened = self._tabs.open()
            self._app = LastingApp(opened.page, opened.home)
        return self._app

    def forget(self) -> None:
        """Use it no more: nobody knows what a failed test left in it."""
        self._app = None
