"""The graph on the stage: what is drawn, where, and what frames and open groups do with it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser import graph_scenes
from tests.browser.graph_page import Drawn, drawing_with, when_drawn
from tests.browser.stage_site import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser
MAKERS = (
    graph_scenes.kinds,
    graph_scenes.products,
    graph_scenes.broken,
    graph_scenes.loop,
    graph_scenes.empty,
    graph_scenes.large,
)
# which pixels of a node's left end differ from its fill, at 1:1, whatever their colours are
_SHAPE = """
  const { camera, canvas } = view.field;
  const item = view.screen.picture.items.find((it) => it.nodes[0] === argument);
  Object.assign(camera, { scale: 1, x: item.x - 40, y: item.y - 40 });
  view.field.paint();
  const [w, h] = [24, item.h + 8];
  const { data } = canvas.getContext("2d").getImageData(36, 36, w, h);
  const inside = 4 * (w * (h >> 1) + 12);
  const apart = (at) => [0, 1, 2].reduce((sum, k) => sum + Math.abs(data[at + k] - data[inside + k]), 0) > 60;
  return Array.from({ length: w * h }, (_, k) => (data[4 * k + 3] > 40 && apart(4 * k) ? "#" : ".")).join("");
"""
_INK = """
  const { camera, canvas } = view.field;
  const item = view.screen.picture.items.find((it) => it.words.title === argument);
  const [x, y] = camera.toScreen(item.x, item.y).map(Math.round);
  const { data } = canvas.getContext("2d").getImageData(x, y, Math.round(item.w * camera.scale), 30);
  return data.reduce((sum, value, at) => sum + (at % 4 === 3 ? value : 0), 0);
"""
_NAMES = "return view.screen.picture.items.map((it) => it.words.name)"
_WIRES = """
  return view.screen.picture.wires.map((wire) =>
    [wire.tail?.words.title, wire.head?.words.title, wire.points[0], view.screen.moments.flowText(wire)]);
"""
_LINKS = "return view.screen.picture.links.map((it) => [it.source.words.title, it.target.words.title, it.output])"
_PLACE_OF_LOOP = "const { x, y } = view.screen.placeOf(0); return view.field.camera.toScreen(x, y)"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with a page for each scene."""
    with serving(tmp_path_factory.mktemp("site"), {make.__name__: make() for make in MAKERS}) as address:
        yield address


@pytest.fixture
def draw(open_stage: Opener) -> Callable[..., Drawn]:
    """A function that opens a graph."""
    return drawing_with(open_stage)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_kind_has_a_form_of_its_own_besides_its_colour(draw: Callable[..., Drawn], scheme: str) -> None:
    graph = draw("kinds", scheme=scheme)
    graph.step(len(graph_scenes.KINDS) + 1)
    graph.settled()
    forms = {kind: graph.ask(_SHAPE, number) for number, kind in enumerate(graph_scenes.KINDS)}
    assert all("#" in form for form in forms.values())
    assert len(set(forms.values())) == len(graph_scenes.KINDS)
    assert graph.ask(_SHAPE, len(graph_scenes.KINDS)) == forms["operation"]


def test_results_flow_down_and_each_node_says_both_names(draw: Callable[..., Drawn]) -> None:
    graph = draw("products")
    assert [title for title in graph.titles() if not title.isdigit()] == ["x", "x + 2", "y * y", "y * y * 3"]
    assert graph.ask(_NAMES) == ["AccumulateGrad", "", "AddBackward0", "MulBackward0", "", "MulBackward0"]


def test_places_do_not_change_over_frames(draw: Callable[..., Drawn]) -> None:
    graph = draw("products")
    before = graph.places()
    for frame in range(12):
        graph.step(frame)
    assert graph.settled().places() == before


def test_a_node_is_filled_when_it_is_made_and_marked_when_it_runs(draw: Callable[..., Drawn]) -> None:
    graph = draw("products")

    def state(frame: int) -> dict[str, object]:
        graph.step(frame)
        return dict(graph.ask("return view.screen.moments.item(view.screen.moments.itemOf.get(3))"))

    def ink(frame: int) -> int:
        graph.step(frame)
        graph.settled()
        return int(graph.ask(_INK, "y * y"))

    # frames 0 to 5 make the nodes, frames 6 to 11 run them from the last to the first
    assert [state(frame)["there"] for frame in (2, 3, 4)] == [False, True, True]
    assert [state(frame)["now"] for frame in (2, 3, 4, 8, 9)] == [False, True, False, True, False]
    assert [state(frame)["look"] for frame in (5, 7, 8, 11)] == [-1, -1, 1, 1]
    assert ink(2) < ink(3) / 2


def test_gradients_stand_beside_both_lines_of_a_product(draw: Callable[..., Drawn]) -> None:
    graph = draw("products")
    graph.step(8)
    found = [(tail, text) for tail, head, _, text in graph.ask(_WIRES) if head == "y * y"]
    assert found == [("x + 2", "3.5")] * 2


def test_a_cut_stands_on_the_way_and_results_have_ports(draw: Callable[..., Drawn]) -> None:
    graph = draw("broken")
    links = graph.ask(_LINKS)
    assert ["x.split([1, 2])", "detach() line 4", 1] in links
    assert ["detach() line 4", "q.detach()", -1] in links
    ports = {x for tail, _, x, _ in graph.ask(_WIRES) if tail == "x.split([1, 2])"}
    assert len(ports) == 2
    x, y = graph.spot("detach() line 4")
    graph.page.mouse.move(x, y)
    expect(graph.page.get_by_test_id("graph-tip")).to_contain_text("No gradient passes.")


def test_what_is_wrong_is_written_where_it_broke(draw: Callable[..., Drawn]) -> None:
    graph = draw("broken")
    words = graph.ask("return view.screen.picture.items.find((it) => it.words.title === 'p.exp()').words")
    assert words["marks"] == ["saved at version 0, now 1"]
    assert " ".join(words["note"]).startswith("exp saved y at version 0; it is at version 1 now")


def test_a_loop_opens_to_its_first_and_last_passes_and_shows_more_in_portions(draw: Callable[..., Drawn]) -> None:
    graph = draw("loop")
    assert graph.titles() == ["cell.weight", "for t in range(40)", "head"]
    graph.click("for t in range(40)")
    graph.settled()
    assert graph.boxes() == ["for t in range(40)", "pass 1", "pass 2", "pass 39", "pass 40"]
    assert "… 36 more" in graph.titles()
    graph.click("… 36 more")
    assert "… 26 more" in graph.settled().titles()
    assert len(graph.boxes()) == 15
    graph.click("pass 12")
    assert "pass 12" in graph.settled().titles()
    graph.page.get_by_test_id("graph-fold").click()
    assert graph.settled().boxes()[0] == "for t in range(40)"
    graph.page.get_by_test_id("graph-fold").click()
    assert graph.settled().titles() == ["cell.weight", "for t in range(40)", "head"]


def test_what_is_opened_stays_where_it_was(draw: Callable[..., Drawn]) -> None:
    graph = draw("loop")
    graph.page.get_by_test_id("graph-in").click()
    before = graph.ask(_PLACE_OF_LOOP)
    graph.click("for t in range(40)")
    graph.settled()
    after = graph.ask(_PLACE_OF_LOOP)
    assert after[1] == pytest.approx(before[1], abs=1)


def test_the_map_does_not_cover_the_current_node(draw: Callable[..., Drawn]) -> None:
    graph = draw("large")
    graph.step(1999)
    tip = graph.settled().spot("x1999 * 2")
    corner = graph.page.get_by_test_id("graph-map").bounding_box()
    assert corner is not None
    assert tip[1] < corner["y"] or tip[0] < corner["x"] - 60


def test_a_folded_group_counts_what_ran_in_it(draw: Callable[..., Drawn]) -> None:
    graph = draw("loop")
    runs = "return view.screen.moments.item(view.screen.moments.itemOf.get(5)).runs"
    assert graph.ask(runs) == 80
    graph.step(83 + 2 + 10)
    # two nodes of the head ran, then one of the loop in each frame
    assert graph.ask(runs) == 11


def test_another_program_of_the_same_form_leaves_the_window_where_it_is(draw: Callable[..., Drawn]) -> None:
    graph = draw("loop")
    graph.click("for t in range(40)")
    graph.settled()
    graph.page.get_by_test_id("graph-in").click()
    before = graph.settled().camera()
    graph.page.evaluate("window.show('loop')")
    graph.page.wait_for_function("() => window.stage.ready === 2")
    assert graph.settled().boxes()[0] == "for t in range(40)"
    assert graph.camera() == pytest.approx(before)


def test_without_a_graph_the_way_to_one_is_said(draw: Callable[..., Drawn]) -> None:
    graph = draw("empty")
    expect(graph.page.get_by_test_id("graph")).to_contain_text("x = torch.ones(2, requires_grad=True)")
    expect(graph.field).to_be_hidden()


def test_a_table_behind_the_canvas_says_what_is_drawn(draw: Callable[..., Drawn]) -> None:
    graph = draw("products")
    graph.step(9)
    row = graph.page.get_by_test_id("graph-table").get_by_role("row", name="y * y, MulBackward0")
    expect(row).to_contain_text("run by the engine")
    expect(row).to_contain_text("x + 2, x + 2")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["kinds", "loop", "empty"])
def test_axe_finds_nothing(draw: Callable[..., Drawn], name: str, scheme: str) -> None:
    graph = draw(name, scheme=scheme)
    if name != "empty":
        graph.page.get_by_test_id("graph-legend").locator("summary").click()
    found = Axe().run(graph.page, context=[["[data-testid=graph]"]]).response["violations"]
    assert [(violation["id"], [node["html"] for node in violation["nodes"]]) for violation in found] == []


def test_narrow_windows_show_all_controls_and_the_current_node(draw: Callable[..., Drawn]) -> None:
    graph = draw("kinds", width=390)
    graph.step(8)
    graph.settled()
    assert graph.ask("return view.field.camera.sees(view.screen.moments.current)")
    for name in ("graph-search", "graph-in", "graph-out", "graph-fit"):
        bounds = graph.page.get_by_test_id(name).bounding_box()
        assert bounds is not None
        assert bounds["x"] >= 0
        assert bounds["x"] + bounds["width"] <= 390


def test_an_exported_page_folds_searches_and_steps_without_a_server(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "graph.html"
    path.write_text(graph_scenes.loop().to_html(), encoding="utf-8")
    with closing(browser.new_page()) as page:
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda request: wrong.append(request.url))
        page.goto(path.as_uri())
        graph = when_drawn(page)
        graph.click("head")
        assert graph.settled().boxes() == ["head"]
        page.get_by_test_id("graph-search").fill("tanh 7")
        assert "tanh 7" in graph.settled().titles()
        page.get_by_test_id("step-prev").click()
        assert graph.ask("return view.index") == 164
        assert wrong == [path.as_uri()]
