"""The graph of the autograd lens: torch's own nodes and edges, with both names, kinds, cuts and groups."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from hypothesis import given, settings

from explorer.scene import Scene
from explorer.scene.graphs import GraphEdge
from tests.lenses.autograd_scenes import graph_of, lens, node, number, plain, programs, values_of

ACCUMULATE = "torch::autograd::AccumulateGrad"


def gradient_edges(scene: Scene) -> Counter[tuple[str, str]]:
    graph = graph_of(scene)
    return Counter(
        (graph.nodes[edge.target].name, graph.nodes[edge.source].name)
        for edge in graph.edges
        if edge.kind == "gradient"
    )


def edges_of(scene: Scene, kind: str) -> list[GraphEdge]:
    return [edge for edge in graph_of(scene).edges if edge.kind == kind]


@settings(max_examples=40)
@given(programs())
def test_nodes_and_edges_are_those_of_torch(program: str) -> None:
    scene, bare = lens(program), plain(program, "")
    drawn = Counter(one.name for one in graph_of(scene).nodes if one.name not in ("", "AccumulateGrad"))
    assert drawn == Counter(_short(one.name()) for one in bare.nodes() if one.name() != ACCUMULATE)
    expected: Counter[tuple[str, str]] = Counter()
    for (one, other, _, _), count in bare.edges().items():
        expected[_short(one), _short(other)] += count
    assert gradient_edges(scene) == expected


def _short(name: str) -> str:
    return name.rpartition("::")[2]


def test_nodes_carry_both_names_shape_and_line() -> None:
    scene = lens("x = torch.ones(2, 2, requires_grad=True)\ny = x + 2\nz = y * y * 3\n")
    product = node(scene, "y * y")
    assert (product.name, product.shape) == ("MulBackward0", "(2, 2)")
    assert product.span is not None
    assert product.span.line == 5
    assert node(scene, "y * y * 3").names == ("z",)
    leaf = node(scene, "x")
    assert (leaf.name, leaf.kind, leaf.names) == ("AccumulateGrad", "leaf", ("x",))


def test_kinds() -> None:
    program = """
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        return a * 2
    @staticmethod
    def backward(ctx, g):
        return g * 2

norm = nn.BatchNorm1d(2)
x = torch.ones(2, 2, requires_grad=True)
y = x * 3
y[0] = 1.0
z = norm(Twice.apply(y).t())
"""
    scene = lens(program)
    kinds = {one.label: one.kind for one in graph_of(scene).nodes}
    assert kinds["x"] == "leaf"
    assert kinds["norm.weight"] == "parameter"
    assert kinds["norm.running_mean"] == "buffer"
    assert kinds["y[0] = 1.0"] == "inplace"
    assert kinds["3"] == "constant"
    assert {one.kind for one in graph_of(scene).nodes if one.name == "TwiceBackward"} == {"custom"}
    assert {one.kind for one in graph_of(scene).nodes if one.name == "TBackward0"} == {"view"}


def test_results_of_nodes_with_several_are_numbered() -> None:
    scene = lens("x = torch.ones(3, 2, requires_grad=True)\na, b, c = x.unbind()\ny = a * c\n")
    outgoing = [edge for edge in edges_of(scene, "gradient") if edge.source == number(scene, "x.unbind()")]
    assert sorted(edge.output for edge in outgoing) == [0, 2]
    assert node(scene, "x.unbind()").shape == "3 × (2,)"


def test_constants_go_to_the_node_that_took_them() -> None:
    scene = lens("x = torch.ones(2, 3)\nlin = nn.Linear(3, 1)\ny = lin(x) * 4\n")
    graph = graph_of(scene)
    takers = {graph.nodes[edge.source].label: graph.nodes[edge.target].name for edge in edges_of(scene, "constant")}
    assert takers == {"x": "AddmmBackward0", "4": "MulBackward0"}


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("y = (x * 1).detach()", "detach() line 4"),
        ("y = (x * 1).data", ".data line 4"),
        ("with torch.no_grad(): y = x * 1", "no_grad line 4"),
        ("with torch.inference_mode(): y = x * 1", "inference_mode line 4"),
    ],
)
def test_cuts_say_what_cut_and_where(line: str, label: str) -> None:
    scene = lens(f"x = torch.ones(2, requires_grad=True)\n{line}\n")
    [edge] = edges_of(scene, "cut")
    assert edge.label == label
    assert "line 4" in edge.note


def test_detach_in_place_cuts_what_comes_after() -> None:
    scene = lens("x = torch.ones(2, requires_grad=True)\ny = x * 2\ny.detach_()\nz = y * x\n")
    graph = graph_of(scene)
    [cut] = edges_of(scene, "cut")
    assert graph.nodes[cut.source].label == "x * 2"
    [onwards] = [edge for edge in graph.edges if edge.source == cut.target]
    assert graph.nodes[onwards.target].label == "y * x"
    assert cut.first_frame == graph.nodes[cut.target].first_frame == 2


def test_results_without_a_derivative_are_no_cuts() -> None:
    scene = lens("x = torch.ones(2, requires_grad=True)\ny = torch.where(x > 0, x, x * 2)\n")
    assert not edges_of(scene, "cut")
    [edge] = [edge for edge in edges_of(scene, "constant") if edge.note]
    assert "bool" in edge.note


def test_frozen_parameters_are_constants() -> None:
    scene = lens("a = nn.Linear(2, 2)\nb = nn.Linear(2, 1)\nb.requires_grad_(False)\ny = b(a(torch.ones(1, 2)))\n")
    frozen = [one for one in graph_of(scene).nodes if "frozen" in one.marks]
    assert sorted(one.label for one in frozen) == ["b.bias", "b.weight"]
    assert all(one.kind == "parameter" for one in frozen)


def test_modules_loops_and_functions_are_groups() -> None:
    program = """
net = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1))
def f(a):
    return (a * 2).sin()
x = torch.ones(1, 2)
for t in range(4):
    x = f(x + net[0].bias) * 3
y = net(x)
"""
    graph = graph_of(lens(program))
    loop = next(place for place, group in enumerate(graph.groups) if group.kind == "loop")
    assert (graph.groups[loop].label, graph.groups[loop].detail) == ("for t in range(4)", "4 passes")
    passes = [place for place, group in enumerate(graph.groups) if group.kind == "pass"]
    assert [graph.groups[place].label for place in passes] == ["pass 1", "pass 2", "pass 3", "pass 4"]
    functions = [group for group in graph.groups if group.kind == "function"]
    assert {group.parent for group in functions} == set(passes)
    assert not graph.groups[loop].open
    assert [(group.label, group.detail) for group in graph.groups if group.kind == "module"] == [
        ("0", "Linear"),
        ("2", "Linear"),
    ]
    [bias] = [one for one in graph.nodes if one.label == "net.0.bias"]
    assert bias.group == -1, "a parameter that all passes use stands outside of the loop"


def test_every_call_of_a_module_is_a_group_of_its_own() -> None:
    program = "net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))\ny = net(net(torch.ones(1, 2)))\n"
    graph = graph_of(lens(program))
    outer = [group.label for group in graph.groups if group.parent == -1]
    assert outer == ["net(torch.ones(1, 2))", "net(net(torch.ones(1, 2)))"]
    assert [group.label for group in graph.groups if group.label in ("0", "1")] == ["0", "1", "0", "1"]


def test_nodes_made_by_the_engine_belong_to_its_run() -> None:
    program = (
        "x = torch.tensor(2.0, requires_grad=True)\ny = x**3\n(g,) = torch.autograd.grad(y, x, create_graph=True)\n"
    )
    scene = lens(program + "(h,) = torch.autograd.grad(g, x)\n")
    assert {one.phase for one in graph_of(scene).nodes if one.names == ("g",)} == {1}
    assert {frame.phase for frame in scene.frames} == {"forward", "backward", "double backward"}


def test_a_long_chain_needs_no_recursion() -> None:
    program = "x = torch.ones(1, requires_grad=True)\ny = x\nfor i in range(2000):\n    y = y * 1.0001\ny.backward()\n"
    graph = graph_of(lens(program))
    assert sum(one.name == "MulBackward0" for one in graph.nodes) == 2000
    assert max(one.first_frame for one in graph.nodes) > 0
    assert all(one.runs for one in graph.nodes if one.name == "MulBackward0")


def test_an_empty_program_has_an_empty_graph() -> None:
    assert graph_of(lens("print(3)\n")).nodes == ()


def test_leaves_stand_outside_of_loops_that_they_were_not_made_in() -> None:
    program = "x = torch.ones(1, requires_grad=True)\ny = x\nfor i in range(5):\n    y = (y * 2).sin() * 3\n"
    assert node(lens(program), "x").group == -1


def test_nodes_are_there_when_the_engine_runs_them() -> None:
    program = "x = torch.ones(2)\nJ = torch.autograd.functional.jacobian(lambda a: a**2, x)\n"
    for one in graph_of(lens(program)).nodes:
        assert all(one.first_frame <= frame for frame in one.runs)


def test_a_look_at_a_parameter_inside_of_the_library_is_no_leaf_of_the_picture() -> None:
    scene = lens("e = nn.Embedding(4, 2, padding_idx=0)\ne(torch.tensor([1, 0])).sum().backward()\n")
    assert [one.label for one in graph_of(scene).nodes if one.kind in {"leaf", "parameter"}] == ["e.weight"]


def test_a_result_of_an_own_function_that_backward_starts_from_is_drawn_once() -> None:
    scene = lens(
        """class Both(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        s, c = x.sin(), x.cos()
        return s, c
    @staticmethod
    def backward(ctx, gs, gc):
        return gs + gc
x = torch.tensor(0.5, requires_grad=True)
s, c = Both.apply(x)
s.backward()
"""
    )
    assert {one.label for one in graph_of(scene).nodes} == {"x", "Both.apply(x)"}
    # of the two results the first one is told of: backward started from it
    shown = values_of(scene, node(scene, "Both.apply(x)").states[-1].value, len(scene.frames) - 1)
    assert shown.item() == pytest.approx(torch.tensor(0.5).sin().item())
