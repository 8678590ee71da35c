"""Why a gradient is None, where it was written, and what is said of gradients of unusual kinds."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

import explorer
from explorer.scene import Scene
from tests.lenses.autograd_scenes import lens, node, number, values_of

X = "x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)\n"
W = "w = torch.tensor([3.0, 4.0], requires_grad=True)\n"


def reason(scene: Scene, label: str) -> str:
    """Return why the tensor of a node has no gradient at the end."""
    return node(scene, label).states[-1].grad_reason


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        ("z = (y.detach() * w.sum()).sum()", "detach() on line 6"),
        ("z = (y.data * w.sum()).sum()", ".data on line 6"),
        ("with torch.no_grad():\n    c = y * 1\nz = (c * w.sum()).sum()", "no_grad on line 7"),
    ],
)
def test_not_reached_names_the_line_of_the_cut(cut: str, words: str) -> None:
    scene = lens(f"{X}{W}y = x * 2\n{cut}\nz.backward()\n")
    assert reason(scene, "x").startswith("not reached by backward in line ")
    assert reason(scene, "x").endswith(f": cut off by {words}")


def test_not_reached_without_a_cut_says_that_there_is_no_way() -> None:
    scene = lens(f"{X}{W}aside = x * w.sum()\nloss = (w**2).sum()\nloss.backward()\n")
    assert reason(scene, "x") == "not reached by backward in line 7: what it started from was not computed from it"


def test_a_cut_beside_the_way_of_another_run_is_not_blamed() -> None:
    scene = lens(f"{X}{W}aside = (x.detach() * w.sum()).sum()\nloss = (w**2).sum()\nloss.backward()\n")
    assert "cut off" not in reason(scene, "x")


@pytest.mark.parametrize(
    ("write", "words"),
    [
        ("w.grad.zero_()", "fills w.grad with zeros: it was [6, 8]"),
        ("w.grad.mul_(3)", "writes into w.grad: it was [6, 8] and is [18, 24] now"),
        ("w.grad *= 2", "writes into w.grad: it was [6, 8] and is [12, 16] now"),
        (
            "nn.utils.clip_grad_norm_([w], 1.0)",
            "found the norm 10 of all gradients together, and multiplied each by 0.1",
        ),
        ("nn.utils.clip_grad_norm_([w], 50.0)", "which is small enough: they stay as they are"),
    ],
)
def test_writes_into_gradients_say_what_was_and_what_is(write: str, words: str) -> None:
    scene = lens(f"{W}(w**2).sum().backward()\n{write}\n")
    assert words in scene.frames[-1].sentence
    assert scene.graph is not None
    assert scene.graph.nodes[scene.frames[-1].node].label == "w"


def test_an_empty_gradient_is_called_empty() -> None:
    scene = lens("x = torch.zeros(0, requires_grad=True)\n(x * 2).sum().backward()\n")
    [frame] = [frame for frame in scene.frames if frame.op == "AccumulateGrad"]
    said = "AccumulateGrad adds an empty gradient of shape (0,) to x.grad"
    assert frame.sentence == f"{said}: it was None and becomes an empty gradient of shape (0,)."


def test_a_loop_variable_does_not_hide_the_path_of_a_parameter() -> None:
    program = "net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))\nnet(torch.ones(1, 2)).sum().backward()\n"
    scene = lens(program + "for p in net.parameters():\n    p.grad = None\n")
    assert scene.graph is not None
    leaves = {one.label for one in scene.graph.nodes if one.name == "AccumulateGrad"}
    assert leaves == {f"net.{layer}.{name}" for layer in (0, 1) for name in ("weight", "bias")}


def test_frozen_parameters_are_named_and_cut_one_by_one() -> None:
    program = "A, B = nn.Linear(2, 2), nn.Linear(2, 1)\nA.requires_grad_(False)\n"
    scene = lens(program + "B(A(torch.ones(1, 2))).sum().backward()\nfor p in A.parameters():\n    q = p\n")
    [frame] = [frame for frame in scene.frames if frame.op == "requires_grad"]
    assert "freezes A.weight and A.bias: no gradient is computed" in frame.sentence
    assert scene.graph is not None
    cuts = [edge for edge in scene.graph.edges if edge.kind == "cut"]
    assert len(cuts) == 2
    assert {scene.graph.nodes[edge.target].label for edge in cuts} == {"A.weight", "A.bias"}


FUNCTIONS = {
    "torch.func.grad(f)(x)": "the gradient [3, 12]",
    "torch.func.jacrev(g)(x)": "the Jacobian [[2, 0], [0, 4]]",
    "torch.func.hessian(f)(x)": "the Hessian [[6, 0], [0, 12]]",
    "torch.autograd.functional.jacobian(g, x)": "the Jacobian [[2, 0], [0, 4]]",
    "torch.autograd.functional.hessian(f, x)": "the Hessian [[6, 0], [0, 12]]",
    "torch.autograd.functional.vjp(g, x, torch.ones(2))": "the value [1, 4] and vᵀ·J [2, 4]",
}


@pytest.mark.parametrize("call", FUNCTIONS)
def test_functions_of_torch_func_say_what_they_return(call: str) -> None:
    program = "def f(x):\n    return (x**3).sum()\ndef g(x):\n    return x**2\nx = torch.tensor([1.0, 2.0])\n"
    scene = lens(f"{program}r = {call}\n")
    last = scene.frames[-1]
    assert last.sentence.endswith(f"returns {FUNCTIONS[call]}.")
    assert not last.why
    stretches = {frame.phase for frame in scene.frames} - {"forward"}
    assert stretches <= {"backward", "double backward"}
    assert scene.graph is not None
    assert not [one.label for one in scene.graph.nodes if one.label.startswith("__")]


def test_gradcheck_is_a_frame_and_its_own_small_moves_are_no_fault() -> None:
    x = "x = torch.ones(2, dtype=torch.double, requires_grad=True)\n"
    scene = lens(x + "torch.autograd.gradcheck(lambda a: a**2, x)\n")
    assert scene.frames[-1].op == "gradcheck"
    assert "compared gradients with finite differences" in scene.frames[-1].sentence
    assert scene.graph is not None
    assert {one.tone for one in scene.graph.nodes} == {"plain"}
    assert not [one for one in scene.graph.nodes if "recomputed" in one.marks]


def test_gradients_of_parts_go_to_the_part_and_are_no_sum() -> None:
    scene = lens("x = torch.ones(2, 2, requires_grad=True)\na, b = x.unbind()\n(a * b).sum().backward()\n")
    [product] = [frame for frame in scene.frames if frame.op == "MulBackward0"]
    assert product.sentence.endswith("sent 1 (all 2) to a and 1 (all 2) to b.")
    [parts] = [frame for frame in scene.frames if frame.op == "UnbindBackward0"]
    assert "used" not in parts.why.partition("The gradients")[0]


def test_an_unused_input_is_marked_on_its_own_node() -> None:
    scene = lens(f"{X}{W}g = torch.autograd.grad((x * 2).sum(), [x, w])\n", fails=True)
    assert scene.graph is not None
    assert [one.label for one in scene.graph.nodes if one.tone == "error"] == ["w"]
    assert node(scene, "w").marks == ("not used",)
    assert scene.graph.nodes[scene.frames[-1].node].label == "w"


def test_anomaly_mode_marks_the_node_that_made_nan() -> None:
    program = "x = torch.tensor([1.0, 0.0], requires_grad=True)\nwith torch.autograd.detect_anomaly():\n"
    scene = lens(program + "    z = x.sqrt() * 0\n    z.sum().backward()\n", fails=True)
    assert scene.graph is not None
    assert [one.label for one in scene.graph.nodes if one.tone == "error"] == ["x.sqrt()"]
    assert "made NaN" in node(scene, "x.sqrt()").marks
    assert scene.frames[-1].sentence.endswith("The engine stopped at SqrtBackward0 (x.sqrt(), line 5).")


def test_a_program_with_nan_opens_on_the_first() -> None:
    scene = lens("x = torch.tensor([-1.0, 1.0], requires_grad=True)\ny = x.log()\ny.nan_to_num().sum().backward()\n")
    assert scene.frames[scene.opens_on].op == "log"


def test_a_line_above_or_at_the_end_says_where_to_look() -> None:
    above = lens(f"{X}# look\ny = x * 2\nz = y + 1\nz.sum().backward()\n")
    beside = lens(f"{X}y = x * 2  # look\nz = y + 1\nz.sum().backward()\n")
    assert above.frames[above.opens_on].op == beside.frames[beside.opens_on].op == "MulBackward0"
    call = lens(f"{X}{W}y = (x * 2).sum()\ny.backward()  # look\n(w * 3).sum().backward()\n")
    opened = call.frames[call.opens_on]
    assert (opened.op, opened.sentence) == (
        "AccumulateGrad",
        "AccumulateGrad adds 2 (all 3) to x.grad: it was None and becomes 2 (all 3).",
    )


@pytest.mark.parametrize("read", ["print(y.grad)", "y.grad", "assert y.grad is None"])
def test_reading_a_gradient_that_is_none_is_a_frame_that_says_why(read: str) -> None:
    scene = lens(f"{X}y = x * 2\ny.sum().backward()\n{read}\n")
    last = scene.frames[-1]
    assert last.sentence.startswith("y.grad is None: not a leaf, made by `x * 2` in line 4")
    assert scene.graph is not None
    assert scene.graph.nodes[last.node].label == "x * 2"
    assert last.span is not None
    assert last.span.line == 6


def test_setting_a_gradient_to_none_is_a_frame() -> None:
    scene = lens(f"{W}(w**2).sum().backward()\nw.grad = None\nw.grad\n")
    set_to, read = scene.frames[-2:]
    assert set_to.sentence.startswith("w.grad = None sets w.grad to None")
    assert read.sentence.startswith("w.grad is None: set to None by `w.grad = None` in line 5")
    assert graph_leaf(scene, set_to.node) == graph_leaf(scene, read.node) == "w"


def graph_leaf(scene: Scene, number: int) -> str:
    """Return the label of a drawn node."""
    assert scene.graph is not None
    return scene.graph.nodes[number].label


def test_a_retained_gradient_is_known_in_the_frame_that_makes_it() -> None:
    scene = lens(f"{X}y = x * 2\ny.retain_grad()\n(y * y).sum().backward()\n")
    ran = next(f for f in scene.frames if f.phase == "backward" and f.node == number(scene, "x * 2"))
    place = scene.frames.index(ran)
    [states] = [one for one in node(scene, "x * 2").states if one.frame == place]
    assert values_of(scene, states.grad, place).tolist() == [4, 8, 12]
    assert all(one.grad < 0 for one in node(scene, "x * 2").states if one.frame < place)


def test_lines_of_a_function_under_no_grad_are_no_cuts() -> None:
    program = """
class Twice(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        b = a * 2
        return b.clone()
    @staticmethod
    def backward(ctx, g):
        return g * 2
"""
    scene = lens(f"{program}{X}with torch.no_grad():\n    y = Twice.apply(x)\n")
    inner = [frame for frame in scene.frames if frame.op in ("mul", "clone")]
    assert [frame.sentence.endswith("inside Twice.forward.") for frame in inner] == [True, True]
    assert scene.graph is not None
    assert {edge.label for edge in scene.graph.edges if edge.kind == "cut"} <= {"no_grad line 13"}


def test_a_leaf_that_is_too_large_to_compare_is_named() -> None:
    scene = lens("x = torch.ones(300, 300, requires_grad=True)\n(x**2).sum().backward()\n", check=True)
    [note] = [note for note in scene.notes if "not compared" in note]
    assert note == "`x` was not compared: of its gradient of 90,000 elements only a corner was kept."


def test_a_sparse_gradient_is_told_by_its_shape_and_rows() -> None:
    scene = lens("e = nn.Embedding(10, 3, sparse=True)\ne(torch.tensor([1, 4])).sum().backward()\nw = e.weight\n")
    embedding = nn.Embedding(10, 3, sparse=True)
    embedding(torch.tensor([1, 4])).sum().backward()
    gradient = embedding.weight.grad
    assert gradient is not None
    facts = node(scene, "e.weight").states[-1]
    said = f"a sparse gradient of shape {tuple(gradient.shape)} with {gradient._nnz()} rows"
    assert (dict(facts.facts)["grad"], facts.grad_reason, facts.grad) == (said, "", -1)


def test_on_meta_a_gradient_has_a_shape_and_is_not_called_none() -> None:
    program = "x = torch.ones(2, 3, requires_grad=True)\n(x * 2).sum().backward()\ng = x.grad\n"
    trace = explorer.run(program, device="meta")
    facts = node(explorer.scene(trace, "autograd"), "x").states[-1]
    assert dict(facts.facts)["grad"] == "a gradient of shape (2, 3), without values"
    assert facts.grad_reason == ""


def test_a_parameter_that_was_replaced_is_told_that_backward_did_not_reach_it() -> None:
    scene = lens(
        "emb = nn.Embedding(4, 2)\nout = nn.Linear(2, 4, bias=False)\nout.weight = emb.weight\n"
        "y = out(emb(torch.tensor([1, 2])))\ny.sum().backward()\n"
    )
    states = node(scene, "nn.Linear(2, 4, bias=False)").states
    assert states[0].grad_reason == "not computed yet: no backward pass has run since it was made"
    assert states[-1].grad_reason == "not reached by backward in line 7: what it started from was not computed from it"
    ran = [place for place, frame in enumerate(scene.frames) if frame.op == "AccumulateGrad"]
    assert states[-1].frame == ran[-1]


def test_a_sparse_gradient_is_there_when_it_was_accumulated() -> None:
    scene = lens(
        "e = nn.Embedding(4, 2, sparse=True)\ne(torch.tensor([1, 2])).sum().backward()\nprint(e.weight.grad)\n"
    )
    accumulated = next(place for place, frame in enumerate(scene.frames) if frame.op == "AccumulateGrad")
    [known] = [one for one in node(scene, "e.weight").states if one.frame == accumulated]
    assert dict(known.facts)["grad"] == "a sparse gradient of shape (4, 2)"
    assert known.grad_reason == ""
    last = dict(node(scene, "e.weight").states[-1].facts)
    assert last["grad"] == "a sparse gradient of shape (4, 2) with 2 rows"


@pytest.mark.parametrize(("setting", "given"), [("pass", 0.0), ("ctx.set_materialize_grads(False)", None)])
def test_a_result_that_nothing_was_sent_to_is_zeros_for_an_own_backward(setting: str, given: float | None) -> None:
    program = f"""class Both(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        {setting}
        return x.sin(), x.cos()
    @staticmethod
    def backward(ctx, gs, gc):
        seen.append(gc)
        return gs
seen = []
x = torch.tensor(0.5, requires_grad=True)
s, c = Both.apply(x)
s.backward()
"""
    names: dict[str, Any] = {"torch": torch}
    exec(program, names)  # noqa: S102 - the program of this test
    assert names["seen"] == [given]
    [frame] = [frame for frame in lens(program).frames if frame.op == "BothBackward"]
    [said] = [plate.text for plate in frame.plates if plate.caption == "gradient in · ∂s/∂c"]
    wanted = "backward is given zeros for it, or None after set_materialize_grads(False)"
    assert said == f"None: nothing was sent to this result; {wanted}"
