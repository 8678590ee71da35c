"""Graphs for the stage, made by hand: no torch, no lens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from explorer.scene import Frame, Scene, Span
from explorer.scene.graphs import Graph, GraphEdge, GraphGroup, GraphNode, NodeKind

KINDS: tuple[NodeKind, ...] = (
    "leaf", "parameter", "buffer", "constant", "operation", "view", "inplace", "custom",
)  # fmt: skip
_SPAN = Span(1, 0, 1, 1)


def scene(graph: Graph, *, backward: bool = True) -> Scene:
    """Return a scene that makes one node a frame, then runs the nodes from last to first; names say which."""
    count = len(graph.nodes)
    ran = {number: count + at for at, number in enumerate(reversed(range(count)))} if backward else {}
    nodes = tuple(
        replace(node, first_frame=number, runs=(ran[number],) if number in ran else ())
        for number, node in enumerate(graph.nodes)
    )
    edges = tuple(
        replace(edge, first_frame=edge.target, flows=_flows(edge, ran)) for edge in graph.edges
    )  # fmt: skip
    frames = [_frame("forward", number) for number in range(count)]
    frames += [_frame("backward", number) for number in sorted(ran, key=lambda number: ran[number])]
    return Scene("autograd", "Graph", "x = 1", "", frames=tuple(frames), graph=Graph(nodes, edges, graph.groups))


def _flows(edge: GraphEdge, ran: dict[int, int]) -> tuple[tuple[int, str], ...]:
    return ((ran[edge.target], f"{edge.target}.5"),) if edge.kind == "gradient" and edge.target in ran else ()


def _frame(phase: str, node: int) -> Frame:
    kind = "compute" if phase == "forward" else "backward"
    return Frame(f"op{node}", kind, f"Node {node}, {phase}.", "", _SPAN, (), (), (), phase=phase, node=node)


def chain_edges(count: int, skip: int = 0) -> tuple[GraphEdge, ...]:
    """Return edges from each node to the next, and past `skip` nodes now and then."""
    edges = [GraphEdge(number - 1, number) for number in range(1, count)]
    if skip:
        edges += [GraphEdge(number - skip, number) for number in range(skip, count, skip)]
    return tuple(edges)


def kinds() -> Scene:
    """Return a node of each kind, one more operation, and what adds them up; all but it with names of one length."""
    every: tuple[NodeKind, ...] = (*KINDS, "operation")
    nodes = [GraphNode("Backward0", f"{kind[:4]:_<4}", kind, "(2, 2)", span=_SPAN) for kind in every]
    nodes.append(GraphNode("SumBackward0", "sum", "operation", "()"))
    edges = [
        GraphEdge(number, len(every), "constant" if kind == "constant" else "gradient")
        for number, kind in enumerate(every)
    ]
    return scene(Graph(tuple(nodes), tuple(edges)))


def products() -> Scene:
    """Return `z = (x + 2)² · 3`: a leaf, constants, a result that is used twice."""
    nodes = (
        GraphNode("AccumulateGrad", "x", "leaf", "(2, 2)", ("x",)),
        GraphNode("", "2", "constant"),
        GraphNode("AddBackward0", "x + 2", shape="(2, 2)", names=("y",)),
        GraphNode("MulBackward0", "y * y", shape="(2, 2)"),
        GraphNode("", "3", "constant"),
        GraphNode("MulBackward0", "y * y * 3", shape="(2, 2)", names=("z",)),
    )
    edges = (
        GraphEdge(0, 2), GraphEdge(1, 2, "constant"), GraphEdge(2, 3), GraphEdge(2, 3),
        GraphEdge(3, 5), GraphEdge(4, 5, "constant"),
    )  # fmt: skip
    return scene(Graph(nodes, edges))


def broken() -> Scene:
    """Return a split with two results, a cut, and a node at which backward broke."""
    note = "exp saved y at version 0; it is at version 1 now, since line 3 wrote into it. The old values are gone."
    nodes = (
        GraphNode("AccumulateGrad", "x", "leaf", "(3,)"),
        GraphNode("SplitBackward0", "x.split([1, 2])", "view", "(1,) · (2,)"),
        GraphNode("ExpBackward0", "p.exp()", tone="error", marks=("saved at version 0, now 1",), note=note),
        GraphNode("", "q.detach()", "constant", "(2,)"),
        GraphNode("SumBackward0", "q.sum()", tone="warning", marks=("first NaN",)),
    )  # fmt: skip
    edges = (
        GraphEdge(0, 1), GraphEdge(1, 2, output=0), GraphEdge(1, 4, output=1),
        GraphEdge(1, 3, "cut", output=1, label="detach() line 4", note="No gradient passes."),
    )  # fmt: skip
    return scene(Graph(nodes, edges), backward=False)


def loop(passes: int = 40) -> Scene:
    """Return a folded loop of passes of two nodes each, all of which use one parameter; a module around the last."""
    groups = [
        GraphGroup(f"for t in range({passes})", "loop", f"{passes} passes"),
        GraphGroup("head", "module", "Linear"),
    ]
    nodes = [GraphNode("AccumulateGrad", "cell.weight", "parameter", "(8, 8)")]
    edges: list[GraphEdge] = []
    for number in range(passes):
        groups.append(GraphGroup(f"pass {number + 1}", "pass", parent=0, open=True))
        first = len(nodes)
        nodes.append(GraphNode("AddmmBackward0", f"linear {number + 1}", group=number + 2))
        nodes.append(GraphNode("TanhBackward0", f"tanh {number + 1}", group=number + 2))
        edges += [GraphEdge(0, first), GraphEdge(first, first + 1), *([GraphEdge(first - 1, first)] if number else [])]
    nodes += [
        GraphNode("AddmmBackward0", "head · linear", group=1),
        GraphNode("AccumulateGrad", "head.bias", "parameter", group=1),
    ]
    edges += [GraphEdge(len(nodes) - 3, len(nodes) - 2), GraphEdge(len(nodes) - 1, len(nodes) - 2)]
    return scene(Graph(tuple(nodes), tuple(edges), tuple(groups)))


def empty() -> Scene:
    """Return a scene of one step in which no tensor takes part in autograd."""
    return replace(scene(Graph()), frames=(_frame("forward", -1),))


def large(count: int = 2000) -> Scene:
    """Return a long chain with shortcuts."""
    nodes = tuple(GraphNode("MulBackward0", f"x{number} * 2", shape="(4,)") for number in range(count))
    return scene(Graph(nodes, chain_edges(count, skip=7)))


def wired(
    count: int, pairs: Sequence[tuple[int, int]], groups: Sequence[int] = (), parents: Sequence[int] = ()
) -> Graph:
    """Return a graph of `count` nodes with any edges.

    Args:
        count: How many nodes.
        pairs: Source and target of each edge.
        groups: Group of each node, or ().
        parents: Group around each group.
    """
    inside = [*groups, *([-1] * (count - len(groups)))]
    nodes = tuple(GraphNode("AddBackward0", f"node {number}", group=inside[number]) for number in range(count))
    folders = tuple(GraphGroup(f"group {n}", "module", parent=parent, open=True) for n, parent in enumerate(parents))
    return Graph(nodes, tuple(GraphEdge(a, b) for a, b in pairs), folders)
