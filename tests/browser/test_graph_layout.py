"""Where the layout puts things, on generated graphs: nothing overlaps, every line joins what it should."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.browser import graph_scenes
from tests.browser.stage_site import serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from explorer.scene.graphs import Graph
    from tests.browser.stage_site import Opener

pytestmark = pytest.mark.browser
_EXAMPLES = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

_LAY_OUT = """async (graph) => {
  const { GraphFolding } = await import("/stage/graph-fold.js");
  const { layOutGraph } = await import("/stage/graph-layout.js");
  const work = layOutGraph(new GraphFolding(graph).visible());
  for (;;) {
    const step = work.next();
    if (step.done) return %s(step.value);
  }
}"""
_PROBLEMS = """(picture) => {
  const { items, boxes, links, wires } = picture;
  const problems = [];
  const apart = (a, b) => a.x >= b.x + b.w || b.x >= a.x + a.w || a.y >= b.y + b.h || b.y >= a.y + a.h;
  const holds = (a, b) => b.x >= a.x && b.y >= a.y && b.x + b.w <= a.x + a.w && b.y + b.h <= a.y + a.h;
  const name = (it) => it.id ?? `box ${it.number}`;
  const around = (parent) => boxes.find((box) => box.number === parent);
  const inside = (it, box) => {
    for (let at = around(it.parent); at; at = around(at.parent)) if (at === box) return true;
    return false;
  };
  const all = [...items, ...boxes];
  for (const it of all) if (![it.x, it.y, it.w, it.h].every(Number.isFinite)) problems.push(`${name(it)} has no place`);
  all.forEach((a, k) => all.slice(k + 1).forEach((b) => {
    const fine = inside(a, b) ? holds(b, a) : inside(b, a) ? holds(a, b) : apart(a, b);
    if (!fine) problems.push(`${name(a)} and ${name(b)}`);
  }));
  const near = (a, b) => Math.abs(a - b) < 0.6;
  const begins = ({ points }, x, y) => near(points[0], x) && near(points[1], y);
  const end = ({ points }) => points.slice(-2);
  for (const wire of wires) {
    if (!wire.points.every(Number.isFinite)) problems.push("a line has no place");
    const { tail, head } = wire;
    const on = (it, x, y, edge) => near(y, edge) && x >= it.x && x <= it.x + it.w;
    if (tail && !on(tail, ...wire.points.slice(0, 2), tail.y + tail.h)) problems.push(`a line is not at ${name(tail)}`);
    if (head && !on(head, ...end(wire), head.y)) problems.push(`a line does not end at ${name(head)}`);
  }
  links.forEach((link, number) => {
    const own = wires.filter((wire) => wire.links.includes(number));
    const arrives = (some) => some.some((wire) => wire.head === link.target);
    let reached = own.filter((wire) => wire.tail === link.source);
    for (let count = 0; reached.length && !arrives(reached) && count < own.length; count += 1)
      reached = own.filter((next) => reached.some((wire) => begins(next, ...end(wire))));
    if (!arrives(reached)) problems.push(`no line from ${name(link.source)} to ${name(link.target)}`);
  });
  return problems;
}"""
_TOPS = "(picture) => picture.items.sort((a, b) => a.number - b.number).map((it) => it.y)"
_SIZE = "({ items, width, height }) => ({ count: items.length, width, height })"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A site with the stage's modules."""
    with serving(tmp_path_factory.mktemp("site"), {"empty": graph_scenes.empty()}) as address:
        yield address


@st.composite
def forward_edges(draw: st.DrawFn, count: int) -> list[tuple[int, int]]:
    """Draw edges from earlier to later nodes: mostly short ones, a few that many share."""
    pairs = []
    for target in range(1, count):
        for _ in range(draw(st.integers(0, 3))):
            far = draw(st.integers(0, 5)) == 0
            source = draw(st.integers(0, target - 1)) if far else target - draw(st.integers(1, min(3, target)))
            pairs.append((source, target))
    return pairs


@st.composite
def nested_graphs(draw: st.DrawFn) -> Graph:
    """Draw a graph whose nodes lie in groups within groups, in any order: edges between groups may go in circles."""
    count = draw(st.integers(1, 30))
    groups = draw(st.integers(0, 6))
    parents = [draw(st.integers(-1, number - 1)) for number in range(groups)]
    inside = [draw(st.integers(-1, groups - 1)) for _ in range(count)]
    return graph_scenes.wired(count, draw(forward_edges(count)), inside, parents)


@pytest.fixture
def lay_out(open_stage: Opener) -> Callable[[Graph, str], Any]:
    """A function that lays a graph out in the browser and asks something about the picture."""
    page = open_stage.keep("s=empty")
    return lambda graph, question: page.evaluate(_LAY_OUT % f"({question})", asdict(graph))


@_EXAMPLES
@given(graph=nested_graphs())
def test_nothing_overlaps_and_every_line_joins_its_ends(lay_out: Callable[[Graph, str], Any], graph: Graph) -> None:
    assert lay_out(graph, _PROBLEMS) == []


def test_such_problems_would_be_seen(lay_out: Callable[[Graph, str], Any]) -> None:
    graph = graph_scenes.wired(4, [(0, 1), (1, 2), (2, 3)], [-1, 0, 0, -1], [-1])
    moved = f"(picture) => {{ picture.items.find((it) => it.number === 1).y += 2000; return ({_PROBLEMS})(picture); }}"
    found = lay_out(graph, moved)
    assert {"node 1 and box 0", "a line does not end at node 1", "a line is not at node 1"} <= set(found)
    lost = f"(picture) => {{ picture.wires.pop(); return ({_PROBLEMS})(picture); }}"
    assert any(problem.startswith("no line from") for problem in lay_out(graph, lost))


@_EXAMPLES
@given(data=st.data(), count=st.integers(2, 60))
def test_results_flow_down(lay_out: Callable[[Graph, str], Any], data: st.DataObject, count: int) -> None:
    pairs = data.draw(forward_edges(count))
    tops = lay_out(graph_scenes.wired(count, pairs), _TOPS)
    assert [(source, target) for source, target in pairs if tops[source] >= tops[target]] == []


@pytest.mark.parametrize("skip", [0, 1, 7, 400])
def test_bands_of_large_graphs_join(lay_out: Callable[[Graph, str], Any], skip: int) -> None:
    edges = graph_scenes.chain_edges(900, skip)
    graph = graph_scenes.wired(900, [(edge.source, edge.target) for edge in edges])
    assert lay_out(graph, _PROBLEMS) == []


def test_what_all_steps_share_is_one_lane_and_the_picture_stays_narrow(lay_out: Callable[[Graph, str], Any]) -> None:
    # node 0 feeds every third node of a long chain
    pairs = [(number - 1, number) for number in range(2, 600)] + [(0, number) for number in range(1, 600, 3)]
    size = lay_out(graph_scenes.wired(600, pairs), _SIZE)
    assert size["count"] == 600
    assert size["width"] < 1000


def test_depth_has_no_limit(lay_out: Callable[[Graph, str], Any]) -> None:
    chain = graph_scenes.wired(6_000, [(number - 1, number) for number in range(1, 6_000)])
    assert lay_out(chain, _SIZE)["count"] == 6_000
    nested = graph_scenes.wired(301, [(0, 300)], range(-1, 300), range(-1, 299))
    assert lay_out(nested, _SIZE)["count"] == 301


def test_parameters_stand_beside_a_straight_line(lay_out: Callable[[Graph, str], Any]) -> None:
    # a chain 0, 3, 6, … whose every link has two parameters of its own
    pairs = [pair for at in range(3, 90, 3) for pair in ((at - 3, at), (at - 2, at), (at - 1, at))]
    middles = lay_out(
        graph_scenes.wired(88, pairs),
        "({ items }) => items.filter((it) => it.number && it.number % 3 === 0).map((it) => it.x + it.w / 2)",
    )
    assert max(middles) - min(middles) < 1


def test_what_is_made_first_stands_left(lay_out: Callable[[Graph, str], Any]) -> None:
    # three programs one after the other: 0 1 2, 3 4 5, 6 7 8
    pairs = [(at, at + 1) for at in range(8) if at % 3 < 2]
    lefts = lay_out(graph_scenes.wired(9, pairs), "({ items }) => items.map((it) => it.x)")
    assert lefts[0] < lefts[3] < lefts[6]
