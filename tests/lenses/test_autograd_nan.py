"""Where gradients first are infinite, and first are NaN, is marked; which product made them so is told."""

from __future__ import annotations

import pytest
import torch

from tests.lenses.autograd_scenes import graph_of, lens
from tests.lenses.test_autograd_remarks import why


@pytest.mark.filterwarnings("ignore:.*:UserWarning")  # the anomaly mode tells where the node was made
@pytest.mark.parametrize(
    ("program", "infinite", "nan"),
    [
        ("x = torch.zeros(2, requires_grad=True)\nx.pow(2).sum().sqrt().backward()\n", "Sqrt", "Pow"),
        ("x = torch.zeros(2, requires_grad=True)\n(x * torch.log(x)).sum().backward()\n", "Mul", "Log"),
    ],
)
def test_the_first_nan_gradient_is_marked_after_the_first_infinite_one(program: str, infinite: str, nan: str) -> None:
    marked = {mark: one.name for one in graph_of(lens(program)).nodes for mark in one.marks if "gradient" in mark}
    assert marked == {"first inf gradient": f"{infinite}Backward0", "first NaN gradient": f"{nan}Backward0"}
    with pytest.raises(RuntimeError, match=f"{nan}Backward0.*nan"), torch.autograd.detect_anomaly(check_nan=True):
        exec(program, {"torch": torch})  # noqa: S102 - the programs of this file


def test_infinity_times_a_slope_of_zero_is_told() -> None:
    scene = lens("x = torch.zeros(2, requires_grad=True)\nx.pow(2).sum().sqrt().backward()\n")
    assert "received infinity, but no NaN. Where it received infinity its slope is 0" in why(scene, "PowBackward0")


@pytest.mark.parametrize(
    ("chosen", "node_name"),
    [
        ("torch.where(x > 0, x.log(), 0)", "WhereBackward0"),
        ("torch.where(x > 0, x.log() * 2, 0)", "WhereBackward0"),
        ("x.log().masked_fill(x <= 0, 0)", "MaskedFillBackward0"),
    ],
)
def test_a_branch_that_was_not_taken_is_differentiated_all_the_same(chosen: str, node_name: str) -> None:
    x = "x = torch.tensor([0.0, 1.0], requires_grad=True)\n"
    told = why(lens(f"{x}y = {chosen}\ny.sum().backward()\n"), "LogBackward0")
    assert f"{node_name} ({chosen}, line 4) sent 0 for the elements that it did not take" in told
    assert "Mask the input before log" in told
    names = {"torch": torch}
    exec(f"{x}u = torch.where(x > 0, x, 1)\n{chosen.replace('x.log', 'u.log')}.sum().backward()", names)  # noqa: S102
    assert torch.isfinite(names["x"].grad).all()  # what the advice says helps


def test_other_zeros_are_not_taken_for_a_branch() -> None:
    scene = lens("x = torch.tensor([0.0, 1.0], requires_grad=True)\n(x.log() * 0).sum().backward()\n")
    told = why(scene, "LogBackward0")
    assert "Where it received 0 its slope is no finite number" in told
    assert "Mask" not in told
