"""What is wrong or remarkable is drawn where it happened: each lesson of autograd, as the page tells it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from explorer.scene import Scene
from tests.lenses.autograd_scenes import engine_frames, graph_of, lens, node, number, traced, values_of

X = "x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)\n"


def why(scene: Scene, op: str) -> str:
    """Return why it matters, of the only frame of an operation."""
    [frame] = [frame for frame in scene.frames if frame.op == op]
    return frame.why


def fact(scene: Scene, label: str, what: str) -> str:
    """Return what a node's tensor said last."""
    return dict(node(scene, label).states[-1].facts)[what]


def test_a_write_through_data_is_told_with_both_values() -> None:
    scene = lens(X + "y = x * 2\nz = y**2\ny.data.zero_()\nz.sum().backward()\n")
    square = node(scene, "y**2")
    assert (square.marks, square.tone) == (("y changed unseen",), "error")
    assert "[2, 4, 6]" in square.note
    assert "0 (all 3)" in square.note
    assert square.note in why(scene, "PowBackward0")


def test_parameters_that_an_optimiser_changes_are_not_behind_the_graph() -> None:
    program = "w = torch.ones(2, requires_grad=True)\nopt = torch.optim.SGD([w], lr=0.1)\n"
    scene = lens(
        program + "for i in range(3):\n    opt.zero_grad()\n    ((w - 3) ** 2).sum().backward()\n    opt.step()\n"
    )
    assert {one.tone for one in graph_of(scene).nodes} == {"plain"}


def test_the_first_nan_is_marked_in_forward_and_backward() -> None:
    scene = lens(
        "x = torch.tensor([4.0, 0.0], requires_grad=True)\ny = torch.where(x > 0, x.sqrt(), x)\ny.sum().backward()\n"
    )
    root = node(scene, "x.sqrt()")
    assert root.marks == ("first NaN gradient",)
    assert sum("NaN" in mark for one in graph_of(scene).nodes for mark in one.marks) == 1
    forward = lens("x = torch.tensor([-1.0], requires_grad=True)\ny = x.log()\nz = y + 1\n")
    assert node(forward, "x.log()").marks == ("first NaN",)


def test_a_hook_that_changes_a_gradient_is_told_with_both() -> None:
    scene = lens(X + "y = x * 2\ny.register_hook(lambda grad: grad * 10)\ny.sum().backward()\n")
    product = node(scene, "x * 2")
    assert product.marks == ("hook", "hook changed the gradient")
    assert "1 (all 3) was sent, 10 (all 3) arrived" in why(scene, "MulBackward0")
    assert fact(scene, "x * 2", "hooks") == "1"


def test_a_hook_that_only_looks_is_marked_and_nothing_more() -> None:
    scene = lens(X + "y = x * 2\ny.register_hook(lambda grad: None)\ny.sum().backward()\n")
    assert node(scene, "x * 2").marks == ("hook",)


def test_a_module_with_a_backward_hook_is_drawn_in_one_graph() -> None:
    scene = lens(
        "lin = nn.Linear(2, 2)\nlin.register_full_backward_hook(lambda module, given, made: None)\n"
        "x = torch.ones(1, 2, requires_grad=True)\ny = lin(x)\nloss = y.sum()\nloss.backward()\n"
    )
    assert fact(scene, "lin(x)", "grad_fn") == "BackwardHookFunctionBackward"
    assert fact(scene, "lin(x)", "is_leaf") == "False"
    graph = graph_of(scene)
    leaves = {one.label for one in graph.nodes if one.kind in {"leaf", "parameter"}}
    assert leaves == {"x", "lin.weight", "lin.bias"}
    joined = {end for edge in graph.edges for end in (edge.source, edge.target)}
    assert joined == set(range(len(graph.nodes)))


def test_gradients_accumulate_until_they_are_zeroed() -> None:
    scene = lens(X + "(x * 2).sum().backward()\n(x * 2).sum().backward()\nx.grad.zero_()\n")
    first, second = [frame for frame in scene.frames if frame.op == "AccumulateGrad"]
    assert "it was None and becomes 2 (all 3)" in first.sentence
    assert "it was 2 (all 3) and becomes 4 (all 3)" in second.sentence
    assert "accumulate" in second.why
    phases = list(dict.fromkeys(frame.phase for frame in scene.frames))
    assert phases == ["forward", "backward", "second backward"]


def test_a_shared_layer_sums_both_paths() -> None:
    program = "layer = nn.Linear(1, 1, bias=False)\nnn.init.constant_(layer.weight, 3.0)\n"
    scene = lens(program + "y = layer(layer(torch.ones(1, 1)))\ny.backward()\n")
    [frame] = [frame for frame in scene.frames if frame.op == "AccumulateGrad"]
    assert "AccumulateGrad adds 6 to layer.weight.grad" in frame.sentence
    assert "used in 2 places: the engine added 3 and 3" in frame.why
    weight = node(scene, "layer.weight")
    assert len([edge for edge in graph_of(scene).edges if graph_of(scene).nodes[edge.source] == weight]) == 2


def test_a_value_used_twice_receives_a_sum() -> None:
    scene = lens(X + "y = x * 2\nz = (y * y).sum()\nz.backward()\n")
    frame = next(frame for frame in scene.frames if frame.node == number(scene, "x * 2") and frame.phase == "backward")
    assert "used 2 times" in frame.why


def test_retain_grad_keeps_the_gradient_of_an_intermediate_tensor() -> None:
    plain = lens(X + "y = x * 2\ny.sum().backward()\n")
    assert node(plain, "x * 2").states[-1].grad == -1
    assert "not a leaf" in node(plain, "x * 2").states[-1].grad_reason
    kept = lens(X + "y = x * 2\ny.retain_grad()\ny.sum().backward()\nprint(y.grad)\n")
    facts = node(kept, "x * 2").states[-1]
    assert fact(kept, "x * 2", "retains_grad") == "True"
    np.testing.assert_array_equal(values_of(kept, facts.grad, len(kept.frames) - 1), np.ones(3))


def test_versions_stand_beside_those_that_were_saved() -> None:
    scene = lens(X + "y = x * 2\nz = y**2\ny.add_(1)\n")
    said = [dict(states.facts)["version"] for states in node(scene, "y.add_(1)").states]
    assert said[-1] == "1 (PowBackward0 saved version 0)"


def test_recomputed_nodes_of_a_checkpoint_are_marked() -> None:
    program = "from torch.utils.checkpoint import checkpoint\ndef block(a):\n    return a.sin().exp()\n"
    scene = lens(program + X + "checkpoint(block, x, use_reentrant=False).sum().backward()\n")
    again = [one for one in graph_of(scene).nodes if "recomputed" in one.marks]
    assert again
    assert all(one.name in ("SinBackward0", "ExpBackward0") for one in again)


def test_lines_of_a_custom_function_are_steps_of_both_phases() -> None:
    program = """
class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        ctx.save_for_backward(a)
        return a**3
    @staticmethod
    def backward(ctx, g):
        (a,) = ctx.saved_tensors
        return g * 3 * a**2
"""
    scene = lens(program + X + "y = Cube.apply(x)\ny.sum().backward()\n")
    lines = {frame.span.line: frame.phase for frame in scene.frames if frame.span is not None}
    assert lines[8] == "forward"
    assert lines[12] == "backward"
    [frame] = [frame for frame in scene.frames if frame.op == "CubeBackward"]
    assert "sent [3, 12, 27] to x" in frame.sentence
    assert not [edge for edge in graph_of(scene).edges if edge.kind == "cut"]


def test_clipping_tells_the_norm_before_and_after() -> None:
    program = "w = torch.tensor([3.0, 4.0], requires_grad=True)\n(w**2 / 2).sum().backward()\n"
    scene = lens(program + "nn.utils.clip_grad_norm_([w], 1.0)\n")
    [table] = [scene.tables[one] for one in scene.frames[-1].tables]
    assert table.rows[0][1:] == ("5", "1")
    assert "norm 5" in scene.frames[-1].sentence


def test_an_optimiser_step_is_a_table_of_before_and_after() -> None:
    program = "w = torch.tensor([3.0], requires_grad=True)\nopt = torch.optim.SGD([w], lr=0.5)\n"
    scene = lens(program + "(w**2).sum().backward()\nopt.step()\n")
    [table] = [scene.tables[one] for one in scene.frames[-1].tables]
    assert table.rows == (("`w`", "3", "0", "3", "-3 at [0]", "6"),)


@pytest.mark.parametrize(
    ("call", "words"), [("opt.zero_grad()", "None"), ("opt.zero_grad(set_to_none=False)", "zeros")]
)
def test_zero_grad_says_what_is_left(call: str, words: str) -> None:
    program = "w = torch.ones(2, requires_grad=True)\nopt = torch.optim.SGD([w], lr=0.5)\nw.sum().backward()\n"
    scene = lens(program + f"kept = w.grad\n{call}\nprint(w.grad)\n")
    [frame] = [frame for frame in scene.frames if frame.op == "zero_grad"]
    assert words in frame.sentence
    facts = node(scene, "w").states[-1]
    assert (facts.grad == -1) == (words == "None")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("opt.zero_grad(set_to_none=False)", "fills the gradients with zeros."),
        ("net.zero_grad(set_to_none=False)", "fills the gradients with zeros."),
        (
            "nn.utils.clip_grad_value_(net.parameters(), 1.5)",
            "writes into 2 tensors: net.weight.grad and net.bias.grad.",
        ),
        ("nn.utils.clip_grad_value_(net.bias, 1.5)", "writes into net.bias.grad: it was 3 and is 1.5 now."),
    ],
)
def test_writing_gradients_that_nobody_read_is_a_step_about_their_leaves(call: str, words: str) -> None:
    program = "net = nn.Linear(2, 1)\nopt = torch.optim.SGD(net.parameters(), lr=0.5)\nx = torch.ones(3, 2)\n"
    trace, scene = traced(program + f"net(x).sum().backward()\n{call}\n")
    step, frame = trace.steps[-1], scene.frames[-1]
    assert (step.expression, step.kind) == (call, "inplace")
    assert frame.sentence == f"{call} {words}"
    assert graph_of(scene).nodes[frame.node].label in ("net.weight", "net.bias")
    net = nn.Linear(2, 1)
    net(torch.ones(3, 2)).sum().backward()
    if call.startswith("nn."):
        nn.utils.clip_grad_value_(net.parameters() if "net.parameters()" in call else net.bias, 1.5)
    else:
        net.zero_grad(set_to_none=False)
    expected = [gradient for gradient in (net.weight.grad, net.bias.grad) if gradient is not None]
    shown = [node(scene, label).states[-1].grad for label in ("net.weight", "net.bias")]
    for grid, gradient in zip(shown, expected, strict=True):
        assert np.array_equal(values_of(scene, grid, len(scene.frames) - 1), gradient.numpy())


def test_an_optimiser_step_does_not_list_the_gradients_that_it_reads() -> None:
    program = "w = torch.tensor([3.0], requires_grad=True)\nopt = torch.optim.Adam([w], lr=0.5)\n"
    trace, _ = traced(program + "(w**2).sum().backward()\nopt.step()\n")
    assert trace.steps[-1].inputs == ()
    assert [state.tensor for state in trace.steps[-1].outputs] == [trace.steps[0].outputs[0].tensor]


def test_networks_have_charts_of_their_gradients() -> None:
    program = "net = nn.Sequential(nn.Linear(2, 3), nn.Sigmoid(), nn.Linear(3, 1))\n"
    program += "opt = torch.optim.SGD(net.parameters(), 0.1)\n"
    scene = lens(program + "loss = net(torch.ones(4, 2)).pow(2).mean()\nloss.backward()\nopt.step()\n")
    norms, way, steps = scene.charts
    assert norms.labels == ("net.0.weight", "net.0.bias", "net.2.weight", "net.2.bias")
    for label, norm in zip(norms.labels, norms.series[0].values, strict=True):
        leaf = node(scene, label).states[-1]
        values = torch.from_numpy(values_of(scene, leaf.grad, len(scene.frames) - 1).astype(np.float64))
        assert torch.linalg.vector_norm(values).item() == pytest.approx(float(np.asarray(norm).item()))
    assert way.labels[0].startswith("2")
    assert len(steps.series) == 2
    assert lens("x = torch.ones(2, requires_grad=True)\nx.sum().backward()\n").charts == ()


def test_vanishing_gradients_are_said_to_vanish() -> None:
    program = (
        "torch.manual_seed(0)\nnet = nn.Sequential(*[m for i in range(6) for m in (nn.Linear(4, 4), nn.Sigmoid())])\n"
    )
    scene = lens(program + "net(torch.ones(1, 4)).sum().backward()\n")
    assert scene.charts[0].log
    assert "vanishes" in scene.charts[0].note


def test_checks_stand_where_backward_is_done() -> None:
    program = X + "y = (x**3).sum()\ny.backward()\n"
    assert not lens(program).tables
    scene = lens(program, check=True)
    assert scene.frames[scene.opens_on].op == "backward"
    assert "Finite differences agree with the gradients of 1 leaf." in scene.frames[scene.opens_on].sentence
    titles = [scene.tables[one].title for one in scene.frames[scene.opens_on].tables]
    assert any("finite differences" in title for title in titles)
    [hessian] = [plate for plate in scene.frames[scene.opens_on].plates if plate.caption.startswith("H ")]
    shown = values_of(scene, hessian.grid, scene.opens_on)
    assert shown.tolist() == [[6, 0, 0], [0, 12, 0], [0, 0, 18]]


def test_a_root_that_is_no_scalar_shows_v_and_the_jacobian() -> None:
    scene = lens(X + "y = x**2\ny.backward(torch.tensor([1.0, 0.0, 2.0]))\n")
    first = engine_frames(scene)[0]
    assert "v = [1, 0, 2]" in first.why
    captions = [plate.caption for frame in scene.frames for plate in frame.plates]
    assert any(caption.startswith("J") for caption in captions)


BROKEN = {
    "nothing tracked": ("x = torch.ones(3)\ny = (x * 2).sum()\ny.backward()", "(x * 2).sum()"),
    "backward twice": (X + "y = x * x\ny.sum().backward()\ny.sum().backward()", "x * x"),
    "not a scalar": (X + "y = x * 2\ny.backward()", "x * 2"),
    "whole numbers": ("x = torch.arange(3, requires_grad=True)", "torch.arange(3, requires_grad=True)"),
    "saved and modified": (X + "y = x.exp()\ny += 1\ny.sum().backward()", "x.exp()"),
    "leaf written": (X + "x += 1", "x += 1"),
    "shapes": (X + "y = x * torch.ones(2)", "x * torch.ones(2)"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_failures_are_drawn_at_the_place_where_it_broke(case: str) -> None:
    program, label = BROKEN[case]
    scene = lens(program + "\n", fails=True)
    assert scene.error is not None
    broken = [one for one in graph_of(scene).nodes if one.tone == "error"]
    assert [one.label for one in broken] == [label]
    assert broken[0].note == scene.error.message
    assert scene.frames[-1].kind == "error"
    assert graph_of(scene).nodes[scene.frames[-1].node] == broken[0]
    assert scene.opens_on == -1
    assert lens(program + "\n", fails=True, check=True).opens_on == -1


def test_a_stale_saved_tensor_tells_both_versions() -> None:
    scene = lens(X + "y = x.exp()\ny += 1\ny.sum().backward()\n", fails=True)
    assert node(scene, "x.exp()").marks == ("y saved at version 0, now 1",)


def test_a_stale_view_tells_the_versions_that_torch_says() -> None:
    leaves = "a = torch.ones(1, 2, requires_grad=True)\nw = torch.ones(1, 2, requires_grad=True)\n"
    forward = leaves + "l = (a @ w.t()).sum()\nl.backward(retain_graph=True)\n"
    scene = lens(forward + "with torch.no_grad():\n    w -= 0.1\nl.backward()\n", fails=True)
    assert node(scene, "a @ w.t()").marks == ("what it saved at version 0 is at version 1 now",)


def test_where_everything_is_detached_the_cut_is_the_place() -> None:
    scene = lens(X + "y = (x * 2).detach()\n(y**2).sum().backward()\n", fails=True)
    [cut] = [edge for edge in graph_of(scene).edges if edge.kind == "cut"]
    assert cut.tone == "error"
    assert scene.error is not None
    assert cut.note == scene.error.message


def test_a_wrong_backward_is_said_to_be_wrong() -> None:
    program = """
class Half(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        return a * 2
    @staticmethod
    def backward(ctx, g):
        return g
"""
    scene = lens(program + X + "Half.apply(x).sum().backward()\n", check=True)
    assert "do not agree" in scene.frames[scene.opens_on].sentence


def test_steps_inside_a_function_and_a_hook_belong_to_their_node() -> None:
    program = """
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        return a * 2
    @staticmethod
    def backward(ctx, g):
        return g * 2
"""
    scene = lens(
        program + X + "y = Twice.apply(x)\nz = y * 5\nz.register_hook(lambda grad: grad * 7)\nz.sum().backward()\n"
    )
    about = {frame.span.line: frame.node for frame in scene.frames if frame.span is not None}
    custom = next(place for place, one in enumerate(graph_of(scene).nodes) if one.kind == "custom")
    assert about[7] == about[10] == custom
    [hook] = [frame for frame in scene.frames if frame.sentence.startswith("grad * 7")]
    assert hook.node == number(scene, "y * 5")
    assert hook.phase == "backward"


def test_gradients_that_are_returned_are_named() -> None:
    program = "x = torch.tensor(2.0, requires_grad=True)\nw = torch.tensor(3.0, requires_grad=True)\n"
    scene = lens(program + "g = torch.autograd.grad(x**2, (x, w), allow_unused=True)\n")
    assert "returns 4 for x and None for w (not used); no .grad is written" in scene.frames[-1].sentence


def test_memory_that_is_saved_twice_counts_once() -> None:
    scene = lens(X + "y = x * x\n")
    assert "(12 bytes)" in scene.frames[-1].sentence


def test_results_of_a_node_are_called_by_their_own_names() -> None:
    scene = lens("x = torch.ones(2, 2, requires_grad=True)\na, b = x.unbind()\nout = (a * b).sum()\nout.backward()\n")
    [frame] = [frame for frame in scene.frames if frame.op == "UnbindBackward0"]
    assert [plate.caption for plate in frame.plates[:2]] == ["gradient in · ∂out/∂a", "gradient in · ∂out/∂b"]


def test_it_opens_where_something_is_wrong() -> None:
    scene = lens("x = torch.tensor([4.0, 0.0], requires_grad=True)\n(x.sqrt() * 0).sum().backward()\n")
    assert scene.frames[scene.opens_on].op == "SqrtBackward0"
