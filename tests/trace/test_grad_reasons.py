"""Why a gradient is None: each reason, with the line that is to blame."""

from __future__ import annotations

import pytest

import explorer

_W = "w = torch.ones(3, requires_grad=True)\n"
_X = "x = torch.ones(3, requires_grad=True)\n"
_LAYER = "net = nn.Linear(2, 1)\n"

REASONS = {
    "an integer dtype": ("x = torch.arange(3)", "int64 has no gradient"),
    "never asked for": ("x = torch.ones(3)", "nobody asked for its gradient"),
    "under no_grad": (_W + "with torch.no_grad():\n    x = w * 2", "made under no_grad by `w * 2` in line 3"),
    "inference mode": (_W + "with torch.inference_mode():\n    x = w * 2", "inference_mode by `w * 2` in line 3"),
    "detach": (_W + "x = (w * 2).detach()", "cut off from the graph by `(w * 2).detach()` in line 2"),
    "detach_": (_W + "x = w * 2\nx.detach_()", "cut off from the graph by `x.detach_()` in line 3"),
    "data": (_W + "x = w.data", "cut off from the graph by `w.data` in line 2"),
    "frozen": (_LAYER + "net.requires_grad_(False)\nx = net.weight", "set to False by `net.requires_grad_(False)`"),
    "frozen one by one": (
        _LAYER + "for p in net.parameters():\n    p.requires_grad = False\nx = net.weight",
        "set to False by `p.requires_grad = False` in line 3",
    ),
    "not a leaf": (_W + "x = w * 2\nx.sum().backward()", "not a leaf, made by `w * 2` in line 2"),
    "backward has not run": (_X + "y = x * 2", "not computed yet"),
    "not reached": (_X + _W + "(w * 2).sum().backward()", "not reached by backward in line 3"),
    "retained and not reached": (
        _W + "x = w * 2\nx.retain_grad()\n(w * 3).sum().backward()",
        "not reached by backward in line 4",
    ),
    "set to None": (_X + "(x * 2).sum().backward()\nx.grad = None", "set to None by `x.grad = None` in line 3"),
    "zero_grad": (
        _LAYER + "net(torch.ones(1, 2)).sum().backward()\nnet.zero_grad()\ny = torch.ones(1) * 2\nx = net.weight",
        "set to None by `net.zero_grad()` in line 3",
    ),
    "retained too late": (_W + "x = w * 2\nx.sum().backward()\nx.retain_grad()", "came after backward in line 3"),
    "torch.autograd.grad": (_X + "torch.autograd.grad((x * 2).sum(), x)", "torch.autograd.grad in line 2"),
    "others were asked for": (_X + _W + "(x * w).sum().backward(inputs=[w])", "gradients of other tensors (inputs=)"),
    "places have no derivative": (
        _W + "x = (w.argmax() - 1).float()",
        "made from the result of `w.argmax()` in line 2: the graph ends there, and no gradient flows back through it",
    ),
    "a layer behind the end of the graph": (
        _W + "y = w.detach()\nx = nn.MSELoss()(y, torch.zeros(3))",
        "made from the result of `w.detach()` in line 2: the graph ends there",
    ),
    "the shape only": (
        _W + "x = torch.zeros_like(w)",
        "made by `torch.zeros_like(w)` in line 2, which reads the shape of its input and none of its values",
    ),
    "computed of what has the shape only": (_W + "x = torch.zeros_like(w) + 1", "nobody asked for its gradient"),
    "a gradient without a graph": (
        _W + "y = (w * w).sum()\nx, = torch.autograd.grad(y, w)",
        "`torch.autograd.grad(y, w)` in line 3: it has a graph of its own only if it is made with create_graph=True",
    ),
    "a gradient that depends on nothing": (
        _W + "x, = torch.autograd.grad(w.sum(), w, create_graph=True)",
        "in line 2 depends on no tensor that requires one",
    ),
    "not tracked": (
        _W + "x = torch.tensor(w)",
        "by `torch.tensor(w)` in line 2: autograd does not track this call",
    ),
    "backward failed": (
        _X + "y = x.sigmoid()\nz = y.sum()\ny.mul_(2)\nz = z + y.sum()\n(y * x.exp()).sum().backward()",
        "backward in line 6 stopped with an error",
    ),
}


@pytest.mark.parametrize("case", REASONS)
def test_a_reason_names_the_cause_and_its_line(case: str) -> None:
    source, expected = REASONS[case]
    state = explorer.run(source).names["x"]
    assert state.grad is None
    assert expected in state.grad_reason


def test_there_is_no_reason_beside_a_gradient() -> None:
    trace = explorer.run(_X + "(x * 2).sum().backward()\nx.grad = None\n(x * 3).sum().backward()")
    state = trace.names["x"]
    assert state.grad is not None
    assert state.grad.tolist() == [3.0, 3.0, 3.0]
    assert state.grad_reason == ""


def test_what_was_not_computed_is_not_zero() -> None:
    trace = explorer.run(_X + "y = (x * 2).sum()\ny.backward()")
    before = trace.names_at(1)["x"]
    assert before.grad is None
    assert before.grad_reason.startswith("not computed yet")


def test_inspecting_tells_hooks_and_what_is_retained() -> None:
    trace = explorer.run(
        _X + "y = x * 2\ny.retain_grad()\ny.register_hook(lambda g: None)\nx.register_post_accumulate_grad_hook(print)"
    )
    assert (trace.names["y"].retains_grad, trace.names["y"].hooks, trace.names["x"].hooks) == (True, 1, 1)
    assert (trace.names_at(1)["y"].retains_grad, trace.names_at(1)["y"].hooks) == (False, 0)
