"""Steps of training that give a leaf's name a new tensor: which line it was, and the same written into the leaf."""

from __future__ import annotations

import pytest
import torch

import explorer
from tests.explain.failing import stopped
from tests.explain.lessons import Lesson, check

_LOOP = """\
w = torch.tensor([1.0, 2.0], requires_grad=True)
for i in range(3):
    loss = (w ** 2).sum()
    loss.backward()
"""
_NEW = "w.grad is None: line {} (`w = w - 0.1 * w.grad`) made w a new tensor, computed from the old w"

LESSONS = {
    "the gradient is cleared after it": Lesson(
        _LOOP + "    w = w - 0.1 * w.grad\n    w.grad.zero_()\n",
        "w.grad.zero_",
        (_NEW.format(5), "it is no leaf, and gradients are kept for leaves only."),
        (("    with torch.no_grad():", "        w -= 0.1 * w.grad"),),
    ),
    "nothing clears it": Lesson(
        _LOOP + "    w = w - 0.1 * w.grad\n",
        "0.1 * w.grad",
        (_NEW.format(5),),
        (("    with torch.no_grad():", "        w -= 0.1 * w.grad", "    w.grad = None"),),
    ),
    "where gradients are off": Lesson(
        _LOOP + "    with torch.no_grad():\n        w = w - 0.1 * w.grad\n        w.grad.zero_()\n",
        "w.grad.zero_",
        (_NEW.format(6), "without a graph: it does not require grad, so no gradient is computed for it."),
        (("        w -= 0.1 * w.grad",),),
    ),
    "where gradients are off, seen by the next pass": Lesson(
        _LOOP + "    with torch.no_grad():\n        w = w - 0.1 * w.grad\n",
        "loss.backward()",
        ("loss does not require grad: sub in line 6", "so the new tensor that it gave w does not require grad."),
        (("        w -= 0.1 * w.grad", "        w.grad = None"),),
    ),
    "two of them": Lesson(
        "w = torch.zeros(1, requires_grad=True)\nb = torch.zeros(1, requires_grad=True)\nfor i in range(3):\n"
        "    loss = ((w * 2 + b - 1) ** 2).mean()\n    loss.backward()\n"
        "    w = w - 0.1 * w.grad\n    b = b - 0.1 * b.grad\n    w.grad.zero_()\n    b.grad.zero_()\n",
        "w.grad.zero_",
        (_NEW.format(6),),
        (("    with torch.no_grad():", "        w -= 0.1 * w.grad", "        b -= 0.1 * b.grad"),),
    ),
    "what does not begin with the name": Lesson(
        _LOOP + "    w = torch.sub(w, 0.1 * w.grad)\n    w.grad.zero_()\n",
        "w.grad.zero_",
        ("line 5 (`w = torch.sub(w, 0.1 * w.grad)`) made w a new tensor",),
        (("    with torch.no_grad():", "        w.copy_(torch.sub(w, 0.1 * w.grad))"),),
    ),
    "no step of training": Lesson(
        "x = torch.ones(2, requires_grad=True)\nx = x * 2\nx.sum().backward()\nprint(x.grad + 1)\n",
        "x.grad + 1",
        ("x.grad is None: line 2 (`x = x * 2`) made x a new tensor, computed from the old x",),
        (),
    ),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", LESSONS)
def test_the_line_that_replaced_the_leaf(case: str) -> None:
    check(LESSONS[case])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", [case for case in LESSONS if LESSONS[case].program.startswith(_LOOP)])
def test_the_mended_loop_trains_as_an_optimiser_does(case: str) -> None:
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    optimiser = torch.optim.SGD([w], lr=0.1)
    for _ in range(3):
        optimiser.zero_grad()
        torch.autograd.backward((w**2).sum())
        optimiser.step()
    mended = explorer.run(stopped(LESSONS[case].program).fixes[0].source).names["w"]
    assert mended.requires_grad
    assert mended.is_leaf
    assert mended.values is not None
    assert mended.values.tolist() == pytest.approx(w.tolist())
