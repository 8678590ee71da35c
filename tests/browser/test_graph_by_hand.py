"""The graph on the stage under mouse, finger, keyboard and search."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser import graph_scenes
from tests.browser.graph_page import Drawn, drawing_with, when_drawn
from tests.browser.stage_site import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser
MAKERS = (graph_scenes.products, graph_scenes.loop, graph_scenes.large)
_CORNER = "const { left, top } = view.field.canvas.getBoundingClientRect(); return [left + 200, top + 200]"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a page for each scene."""
    with serving(tmp_path_factory.mktemp("site"), {make.__name__: make() for make in MAKERS}) as address:
        yield address


@pytest.fixture
def draw(open_stage: Opener) -> Callable[..., Drawn]:
    """A function that opens a graph."""
    return drawing_with(open_stage)


def test_arrow_keys_walk_along_edges_and_the_node_is_said(draw: Callable[..., Drawn]) -> None:
    graph = draw("products")
    graph.step(11)
    graph.field.focus()
    walk = {"ArrowDown": ["x", "x + 2", "y * y", "y * y * 3"], "ArrowUp": ["y * y", "x + 2", "x"], "ArrowRight": ["2"]}
    for key, way in walk.items():
        for expected in way:
            graph.page.keyboard.press(key)
            assert graph.focused() == expected
    said = graph.page.locator("[aria-live=polite]", has_text="2, constant")
    expect(said).to_contain_text("to x + 2, run by the engine")
    assert graph.page.evaluate("window.stage.frame") == 11


def test_keys_inspect_a_node_jump_to_its_step_and_leave(draw: Callable[..., Drawn]) -> None:
    graph = draw("products")
    graph.step(0)
    graph.field.focus()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        graph.page.keyboard.press(key)
    assert graph.ask("return view.marks.selected") == 2
    graph.page.keyboard.press("j")
    assert graph.page.evaluate("window.stage.frame") == 9
    graph.page.keyboard.press("Escape")
    assert graph.ask("return view.marks.selected") is None


def test_a_click_selects_a_double_click_jumps(draw: Callable[..., Drawn]) -> None:
    graph = draw("products")
    graph.step(0)
    graph.click("y * y")
    assert graph.ask("return view.marks.selected") == 3
    graph.click("y * y", times=2)
    assert graph.page.evaluate("window.stage.frame") == 8


def test_groups_open_and_fold_by_keys(draw: Callable[..., Drawn]) -> None:
    graph = draw("loop")
    graph.field.focus()
    graph.ask("view.focusItem(view.screen.picture.items.find((it) => it.words.title === 'head'))")
    graph.page.keyboard.press("Enter")
    assert graph.settled().boxes() == ["head"]
    graph.ask("view.focusItem(view.screen.picture.items.find((it) => it.words.title === 'head · linear'))")
    graph.page.keyboard.press("c")
    assert graph.settled().boxes() == []
    assert graph.focused() == "head"


def test_wheel_keys_and_buttons_zoom_and_pan(draw: Callable[..., Drawn]) -> None:
    graph = draw("large")
    x, y = graph.ask(_CORNER)
    graph.page.mouse.move(x, y)
    start = graph.camera()
    fixed = graph.ask("return view.field.camera.toGraph(200, 200)")
    graph.page.keyboard.down("Control")
    graph.page.mouse.wheel(0, -120)
    graph.page.keyboard.up("Control")
    graph.settled()
    assert graph.camera()["scale"] > start["scale"]
    assert graph.ask("return view.field.camera.toGraph(200, 200)")[1] == pytest.approx(fixed[1], abs=0.5)
    before = graph.camera()
    graph.page.mouse.wheel(0, 90)
    graph.page.wait_for_function("(y) => window.__explorerGraph.view.field.camera.y > y", arg=before["y"])
    graph.field.focus()
    for key, factor in (("+", 1.25), ("-", 0.8)):
        before = graph.camera()
        graph.page.keyboard.press(key)
        assert graph.camera()["scale"] == pytest.approx(before["scale"] * factor)
    graph.page.keyboard.press("0")
    assert graph.ask("return view.field.camera.fits")


def test_dragging_pans_and_following_stops_until_it_is_wanted_again(draw: Callable[..., Drawn]) -> None:
    graph = draw("large")
    graph.step(1000)
    assert graph.ask("return view.field.camera.sees(view.screen.moments.current)")
    follow = graph.page.get_by_test_id("graph-follow")
    expect(follow).to_have_attribute("aria-pressed", "true")
    x, y = graph.spot("x1000 * 2")
    graph.page.mouse.move(x + 90, y)
    graph.page.mouse.down()
    graph.page.mouse.move(x + 90, y - 60, steps=4)
    before = graph.camera()
    graph.page.mouse.move(x + 90, y - 160, steps=4)
    graph.page.mouse.up()
    assert graph.camera()["y"] > before["y"]
    expect(follow).to_have_attribute("aria-pressed", "false")
    place = graph.camera()
    graph.step(1200)
    assert graph.camera() == place
    follow.click()
    assert graph.ask("return view.field.camera.sees(view.screen.moments.current)")


def test_two_thousand_nodes_are_laid_out_and_the_map_moves_among_them(draw: Callable[..., Drawn]) -> None:
    graph = draw("large")
    assert len(graph.places()) == 2000
    bounds = graph.page.get_by_test_id("graph-map").bounding_box()
    assert bounds is not None
    graph.page.mouse.click(bounds["x"] + bounds["width"] / 2, bounds["y"] + bounds["height"] - 2)
    graph.settled()
    assert graph.ask("return view.field.camera.y / view.screen.picture.height") > 0.9
    graph.page.get_by_test_id("graph-fit").click()
    graph.settled()
    assert graph.ask("return view.screen.picture.items.every((item) => view.field.camera.sees(item))")


def test_the_tip_stays_with_its_node_and_the_key_closes_by_a_click_elsewhere(draw: Callable[..., Drawn]) -> None:
    graph = draw("large", motion="no-preference")
    graph.step(30)
    graph.settled()
    graph.ask("view.focusItem(view.screen.picture.items[44])")
    graph.settled()
    tip = graph.page.get_by_test_id("graph-tip").bounding_box()
    _, y = graph.spot("x44 * 2")
    assert tip is not None
    assert abs(tip["y"] + tip["height"] - y) < 60
    key = graph.page.get_by_test_id("graph-legend")
    key.locator("summary").click()
    expect(key.locator("ul")).to_be_visible()
    graph.click("x44 * 2")
    expect(key.locator("ul")).to_be_hidden()


def test_motion_only_where_it_is_welcome(draw: Callable[..., Drawn]) -> None:
    still, moving = draw("large"), draw("large", motion="no-preference")
    for graph in (still, moving):
        graph.step(1000)
        graph.settled()
    frames = "window.stage.timeline.go(1006); return Boolean(view.field.gliding)"
    assert [still.ask(frames), moving.ask(frames)] == [False, True]


def test_search_opens_what_hides_a_node_and_goes_from_match_to_match(draw: Callable[..., Drawn]) -> None:
    graph = draw("loop")
    search = graph.page.get_by_test_id("graph-search")
    search.fill("tanh 2")
    count = graph.page.get_by_test_id("graph-count")
    expect(count).to_have_text("1 of 11")
    assert graph.ask("return view.folding.graph.nodes[view.marks.selected].label") == "tanh 2"
    assert "tanh 2" in graph.settled().titles()
    for _ in range(3):
        search.press("Enter")
    expect(count).to_have_text("4 of 11")
    assert "tanh 22" in graph.settled().titles()
    search.press("Shift+Enter")
    expect(count).to_have_text("3 of 11")
    search.fill("nothing like it")
    expect(count).to_have_text("none")
    search.press("Escape")
    expect(search).to_have_value("")
    expect(graph.field).to_be_focused()


def test_search_finds_what_is_called_so_before_what_only_contains_it(draw: Callable[..., Drawn]) -> None:
    called = [("x ** 2", ["y"]), ("exp", ["xs"]), ("leaf", ["x"]), ("Mul.apply(x, w)", []), ("leaf", ["w"]), ("X", [])]
    nodes = [{"label": label, "name": "", "names": names} for label, names in called]
    found = draw("loop").page.evaluate(
        """async (nodes) => {
          const { findNodes } = await import(new URL("stage/graph-list.js", location.href).href);
          return ["x", "w", "leaf", "none"].map((text) => findNodes({ nodes }, text));
        }""",
        nodes,
    )
    assert found == [[2, 5, 0, 1, 3], [4, 3], [2, 4], []]


def test_one_finger_moves_two_zoom_a_tap_selects(browser: Browser, site: str) -> None:
    with closing(browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True)) as context:
        page = context.new_page()
        page.goto(f"{site}?s=large")
        graph = when_drawn(page)
        graph.field.scroll_into_view_if_needed()
        fingers = context.new_cdp_session(page)
        x, y = graph.ask(_CORNER)

        def touch(kind: str, *points: tuple[float, float]) -> None:
            touches = [{"x": px, "y": py, "id": number} for number, (px, py) in enumerate(points)]
            fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

        before = graph.camera()
        touch("touchStart", (x, y))
        touch("touchMove", (x, y - 40))
        touch("touchMove", (x, y - 90))
        touch("touchEnd")
        assert graph.camera()["y"] > before["y"]
        before = graph.camera()
        touch("touchStart", (x - 20, y), (x + 20, y))
        touch("touchMove", (x - 40, y), (x + 40, y))
        touch("touchMove", (x - 60, y), (x + 60, y))
        touch("touchEnd")
        assert graph.camera()["scale"] > before["scale"] * 1.5
        title = str(graph.ask("return view.screen.picture.items.find((it) => view.field.camera.sees(it)).words.title"))
        graph.ask("view.goTo(view.screen.picture.items.find((it) => it.words.title === argument).number)", title)
        graph.ask("view.choose(null)")
        page.touchscreen.tap(*graph.settled().spot(title))
        assert graph.ask("return view.folding.graph.nodes[view.marks.selected]?.label") == title
