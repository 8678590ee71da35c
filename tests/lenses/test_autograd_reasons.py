"""Why a gradient is None, where it was written, and what is said of gradients of unusual kinds."""

from __future__ import annotations

import pytest

from explorer.scene import Scene
from tests.lenses.autograd_scenes import lens, node

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
