"""Tabs of the app: light and dark, wide and narrow, on a desk and on a telephone."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from playwright.sync_api import Error as PlaywrightError

from tests.browser.app import App

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from tests.browser.guard import Guard


@dataclass(frozen=True)
class Profiles:
    """Two browsers of two people, as far as cookies and storage go.

    Attributes:
        desk: With a mouse and a keyboard.
        telephone: A narrow one that is touched.
    """

    desk: BrowserContext
    telephone: BrowserContext


class Tabs:
    """Opens watched tabs; closes them when the `with` block ends."""

    def __init__(self, profiles: Profiles, home: str, guard: Guard) -> None:
        self._profiles = profiles
        self._home = home
        self._guard = guard
        self._stack = ExitStack()
        self._pages: list[Page] = []

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close all tabs."""
        self.close()

    def close(self) -> None:
        """Close all tabs that are open, and forget what they kept in the browser: the next test starts afresh."""
        for page in self._pages:
            with suppress(PlaywrightError):  # it shows nothing, or is gone
                page.evaluate("localStorage.clear()")
        self._pages.clear()
        self._stack.close()

    def open(self, *, dark: bool = False, still: bool = False, width: int = 1440) -> App:
        """Open an empty tab at the desk.

        Args:
            dark: Whether the person's system is dark.
            still: Whether it asks for less motion.
            width: Of the window in pixels.
        """
        page = self._profiles.desk.new_page()
        page.set_viewport_size({"width": width, "height": 1000})
        page.emulate_media(
            color_scheme="dark" if dark else "light", reduced_motion="reduce" if still else "no-preference"
        )
        return self._watched(page)

    def open_telephone(self) -> App:
        """Open an empty tab on the telephone."""
        return self._watched(self._profiles.telephone.new_page())

    def _watched(self, page: Page) -> App:
        self._stack.callback(page.close)
        self._pages.append(page)
        self._guard.watch(page)
        return App(page, self._home)
