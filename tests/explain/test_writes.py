"""Writes in place into what is trained: no fix leaves it without its gradient, or with a wrong one."""

from __future__ import annotations

import pytest
import torch

import explorer
from tests.explain.failing import stopped
from tests.explain.lessons import Lesson, check

_W = "w = torch.tensor([1.0, 2.0], requires_grad=True)\n"
_LOOP = _W + "for i in range(2):\n    loss = (w ** 2).sum()\n    loss.backward()\n"
_NO_GRAD = "with torch.no_grad():"

LEAVES = {
    "the gradient is read later": Lesson(
        _LOOP + "    w -= 0.1 * w.grad\n    w.grad.zero_()\n",
        "w -= 0.1 * w.grad",
        ("w is a leaf that requires grad (shape (2,)).",),
        (("    with torch.no_grad():", "        w -= 0.1 * w.grad"),),
    ),
    "a function of the loop goes backward": Lesson(
        _W + "def step():\n    (w ** 2).sum().backward()\nfor i in range(2):\n    step()\n    w.sub_(0.1)\n",
        "w.sub_(0.1)",
        (),
        (("    with torch.no_grad():", "        w.sub_(0.1)"),),
    ),
    "backward comes later": Lesson(
        _W + "w += 1\nloss = (w ** 2).sum()\nloss.backward()\n", "w += 1", (), ((_NO_GRAD, "    w += 1"),)
    ),
    "a name that a loop lends": Lesson(
        "net = nn.Linear(2, 1)\nfor p in net.parameters():\n    p.fill_(0.5)\n",
        "p.fill_(0.5)",
        (),
        (("    with torch.no_grad():", "        p.fill_(0.5)"),),
    ),
    "a name lent to a function, which returns it": Lesson(
        "def init(w):\n    w.mul_(2)\n    return w\nw = init(torch.ones(2, requires_grad=True))\nw.sum().backward()\n",
        "w.mul_(2)",
        (),
        (("    with torch.no_grad():", "        w.mul_(2)"),),
    ),
    "a name lent to a function, which computes with it": Lesson(
        "def f(x):\n    x += 1\n    return x * 2\nx = torch.ones(2, requires_grad=True)\n"
        "f(x).sum().backward()\nprint(x.grad + 1)\n",
        "x += 1",
        (),
        (("    with torch.no_grad():", "        x += 1"), ("    x = x + 1",)),
    ),
    "a view of it": Lesson(
        "x = torch.ones(4, requires_grad=True)\nv = x[:2]\nv += 1\nv.sum().backward()\n",
        "v += 1",
        ("v is a view of a leaf that requires grad (shape (2,)).",),
        ((_NO_GRAD, "    v += 1"), ("v = v + 1",)),
    ),
}

# what a fix writes there stands in the program already: () is a fix without a line that is new
_SAVED = {
    "a loss of one line": Lesson(
        _W + "l = (w ** 2).sum()\nl.backward(retain_graph=True)\nwith torch.no_grad():\n    w -= 0.1 * w.grad\n"
        "l.backward()\n",
        "l.backward()",
        ("It was then written in place in line 5 (`w -= 0.1 * w.grad`), and is at version 1 now.",),
        ((),),
    ),
    "a loss of two lines": Lesson(
        _W + "y = w ** 2\nl = y.sum()\nl.backward(retain_graph=True)\nwith torch.no_grad():\n    w -= 0.1 * w.grad\n"
        "l.backward()\n",
        "l.backward()",
        (),
        ((),),
    ),
    "a loss whose graph was freed": Lesson(
        _W + "l = (w ** 2).sum()\nl.backward()\nwith torch.no_grad():\n    w -= 0.1 * w.grad\nl.backward()\n",
        "l.backward()",
        ("A backward pass has gone through this graph before, in line 3 (`l.backward()`), and freed",),
        ((),),
    ),
    "a loss from before the loop": Lesson(
        _W + "l = (w ** 2).sum()\nfor i in range(2):\n    l.backward(retain_graph=True)\n    with torch.no_grad():\n"
        "        w -= 0.1 * w.grad\n",
        "l.backward(retain_graph=True)",
        (),
        (("    l = (w ** 2).sum()",),),
    ),
}

SAVED = _SAVED | {
    "a loss from before the loop of an optimiser": Lesson(
        "net = nn.Linear(2, 1)\nopt = torch.optim.SGD(net.parameters(), lr=0.1)\n"
        "loss = (net(torch.ones(4, 2)) ** 2).mean()\nfor i in range(2):\n    opt.zero_grad()\n    loss.backward()\n"
        "    opt.step()\n",
        "loss.backward()",
        ("A backward pass has gone through this graph before",),
        (("    loss = (net(torch.ones(4, 2)) ** 2).mean()",),),
    ),
    "a state that a loop carries on, beside an optimiser": Lesson(
        "cell = nn.RNNCell(2, 2)\nopt = torch.optim.SGD(cell.parameters(), lr=0.1)\nh = torch.zeros(1, 2)\n"
        "for i in range(3):\n    h = cell(torch.ones(1, 2), h)\n    loss = h.sum()\n    loss.backward()\n"
        "    opt.step()\n",
        "loss.backward()",
        (),
        (("    h = h.detach()",),),
    ),
    "what an optimiser wrote": Lesson(
        "net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))\n"
        "opt = torch.optim.SGD(net.parameters(), lr=0.1)\nloss = (net(torch.ones(4, 2)) ** 2).mean()\n"
        "loss.backward(retain_graph=True)\nopt.step()\nloss.backward()\n",
        "loss.backward()",
        ("It was then written in place in line 5 (`opt.step()`), and is at version 2 now.",),
        ((),),
    ),
    "lines that cannot stand twice": Lesson(
        _W + "h = w * 2\nh = h * w\nwith torch.no_grad():\n    w[0] = 3\nh.sum().backward()\n",
        "h.sum().backward()",
        (),
        (),
    ),
    "a result, where gradients are off": Lesson(
        _W + "h = (w * 2).exp()\nwith torch.no_grad():\n    h += 1\nh.sum().backward()\n",
        "h.sum().backward()",
        ("exp in line 2 (`(w * 2).exp()`) saved h",),
        (),
    ),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", LEAVES)
def test_a_leaf_that_is_trained_stays_one(case: str) -> None:
    check(LEAVES[case])


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", SAVED)
def test_what_was_saved_is_computed_anew(case: str) -> None:
    check(SAVED[case])


@pytest.mark.filterwarnings("ignore")
def test_all_lines_to_the_loss_are_written_again() -> None:
    program = _SAVED["a loss of two lines"].program
    (fix,) = stopped(program).fixes
    assert fix.source == program.removesuffix("l.backward()\n") + "y = w ** 2\nl = y.sum()\nl.backward()\n"
    assert fix.label == "l = … once more"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", _SAVED)
def test_the_second_pass_is_of_the_new_values(case: str) -> None:
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    torch.autograd.backward((w**2).sum())
    with torch.no_grad():
        w -= 0.1 * (w.grad if w.grad is not None else 0)
    torch.autograd.backward((w**2).sum())
    assert w.grad is not None
    mended = explorer.run(stopped(_SAVED[case].program).fixes[0].source).names["w"]
    assert mended.is_leaf
    assert mended.grad is not None
    assert mended.grad.tolist() == pytest.approx(w.grad.tolist())
