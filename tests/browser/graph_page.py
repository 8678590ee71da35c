"""What a test does with a graph in the browser, and what it asks about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.browser.stage_site import Opener

_VIEW = "window.__explorerGraph.view"
_TITLES = "return [...view.screen.picture.items].sort((a, b) => a.y - b.y || a.x - b.x).map((it) => it.words.title)"
_PLACES = "return Object.fromEntries(view.screen.picture.items.map((it) => [it.id, [it.x, it.y, it.w, it.h]]))"
_SPOT = """(title) => {
  const { field, screen } = window.__explorerGraph.view;
  const bounds = field.canvas.getBoundingClientRect();
  const item = screen.picture.items.find((it) => it.words.title === title);
  const box = screen.picture.boxes.find((it) => it.title === title);
  if (!item && !box) throw new Error(`no ${title}`);
  const place = item ? [item.x + item.w / 2, item.y + item.h / 2] : [box.x + 20, box.y + 14];
  const [x, y] = field.camera.toScreen(...place);
  return [bounds.left + x, bounds.top + y];
}"""

_READY = """() => {
  const graph = window.__explorerGraph;
  return graph && (graph.nodes === 0 || graph.view.field.canvas.width > 100);
}"""


@dataclass(frozen=True)
class Drawn:
    """A graph as it is drawn.

    Attributes:
        page: The page with the graph.
    """

    page: Page

    @property
    def field(self) -> Locator:
        """The box with the canvas."""
        return self.page.get_by_test_id("graph-field")

    def ask(self, script: str, argument: object = None) -> Any:
        """Run JavaScript in which `view` is the graph's GraphView and `argument` what is given."""
        return self.page.evaluate(f"(argument) => {{ const view = {_VIEW}; {script} }}", argument)

    def titles(self) -> list[str]:
        """Return what is written on the items that are drawn, from top to bottom."""
        return list(self.ask(_TITLES))

    def boxes(self) -> list[str]:
        """Return the headings of the open groups."""
        return list(self.ask("return view.screen.picture.boxes.map((it) => it.title)"))

    def places(self) -> dict[str, list[float]]:
        """Return the left edge, top, width and height of each item, in the graph's own pixels."""
        return dict(self.ask(_PLACES))

    def camera(self) -> dict[str, float]:
        """Return where the window is, and its scale."""
        return dict(self.ask("const { x, y, scale } = view.field.camera; return { x, y, scale }"))

    def spot(self, title: str) -> tuple[float, float]:
        """Return the middle of an item on the page, or the heading of an open group."""
        x, y = self.page.evaluate(_SPOT, title)
        return x, y

    def click(self, title: str, times: int = 1) -> None:
        """Click an item, or the heading of an open group."""
        x, y = self.spot(title)
        self.page.mouse.click(x, y, click_count=times)

    def focused(self) -> str | None:
        """Return the title of the item that has the keyboard's focus."""
        title = self.ask("return view.focused?.words.title ?? null")
        return None if title is None else str(title)

    def step(self, frame: int) -> None:
        """Go to a frame."""
        self.page.evaluate("(frame) => window.stage.timeline.go(frame)", frame)

    def settled(self) -> Drawn:
        """Wait until nothing glides and everything is painted."""
        self.page.wait_for_function(
            f"() => {{ const {{ field }} = {_VIEW}; return !field.gliding && !field.pending; }}"
        )
        return self


def when_drawn(page: Page) -> Drawn:
    """Wait until a page shows its graph."""
    page.wait_for_function(_READY)
    return Drawn(page).settled()


def drawing_with(open_stage: Opener) -> Callable[..., Drawn]:
    """Return a function that opens a scene's graph, with the arguments of an Opener."""

    def draw(
        name: str,
        *,
        width: int = 1280,
        scheme: Literal["light", "dark"] = "light",
        motion: Literal["reduce", "no-preference"] = "reduce",
    ) -> Drawn:
        return when_drawn(open_stage(f"s={name}", width=width, scheme=scheme, motion=motion))

    return draw
