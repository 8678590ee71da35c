"""Looking at the node of a tensor changes nothing: torch makes the nodes that it would have made, when it would."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch

import explorer
from explorer.trace.peeking import is_leaf, peeked

_VIEWS: dict[str, Callable[[torch.Tensor], torch.Tensor]] = {
    "select": lambda base: base[0],
    "scalar": lambda base: base[0, 0],
    "transpose": lambda base: base.T,
    "empty": lambda base: base[:0],
    "view of a view": lambda base: base.T[1:].unsqueeze(-1),
}


@pytest.mark.parametrize("name", _VIEWS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.complex64])
def test_a_node_that_is_to_come_is_made_by_whoever_uses_the_view(name: str, dtype: torch.dtype) -> None:
    base = torch.ones(2, 3, dtype=dtype, requires_grad=True) * 2
    view = _VIEWS[name](base)
    assert peeked(view) == (view.grad_fn, False)
    base.mul_(3)
    version = view._version
    looked_at, to_come = peeked(view)
    assert looked_at is not None
    assert to_come
    assert not is_leaf(view)
    assert view._version == base._version == version
    later = base.exp().grad_fn
    used = (view * 2).grad_fn
    assert used is not None
    assert later is not None
    made = used.next_functions[0][0]
    assert made is not None
    assert made is not looked_at
    assert made.name() == looked_at.name()
    assert [target for target, _ in made.next_functions] == [target for target, _ in looked_at.next_functions]
    assert made._sequence_nr() > used._sequence_nr() > later._sequence_nr()
    assert peeked(view) == (made, False)
    torch.autograd.grad(view.abs().sum(), base)


def test_a_view_becomes_no_leaf_by_a_write_to_its_base() -> None:
    base = torch.zeros(3)
    view = base[:2]
    assert is_leaf(view)
    base.add_(torch.ones(3, requires_grad=True))
    node, to_come = peeked(view)
    assert node is not None
    assert to_come
    assert not is_leaf(view)
    assert view.sum().requires_grad


def test_a_view_that_torch_refuses_to_look_at_has_no_node() -> None:
    base = torch.ones(3, requires_grad=True) * 1
    part = base.unbind()[0]
    base.mul_(2)
    with pytest.raises(RuntimeError):
        _ = part.grad_fn
    assert peeked(part) == (None, False)
    assert not is_leaf(part)


def test_a_node_that_was_looked_at_and_the_one_that_torch_made_are_one_in_the_graph() -> None:
    trace = explorer.run(
        "x = torch.ones(2, 3, requires_grad=True)\nv = x * 2\na = v[0]\nb = v[0]\nv.mul_(3)\n"
        "loss = (b * 2).sum() + a.sum()\nloss.backward()"
    )
    assert trace.error is None
    ran = [event.index for event in trace.backward if event.node == "AsStridedBackward0"]
    assert {trace.names["a"].node, trace.names["b"].node} == set(ran)
    assert len(ran) == 2
    # gradients of b are twice those of a
    sent = {event.index: event.gradients_in[0] for event in trace.backward}
    assert sent[trace.names["b"].node].tolist() == [2, 2, 2]  # type: ignore[union-attr]
    assert sent[trace.names["a"].node].tolist() == [1, 1, 1]  # type: ignore[union-attr]


_STALE_VIEWS = {
    "by hand": ("lin = nn.Linear(2, 1)\nloss = lin(x).sum()\n", "with torch.no_grad():\n    lin.weight -= 0.1\n"),
    "optimiser": (
        "lin = nn.Linear(2, 1)\nopt = torch.optim.SGD(lin.parameters(), lr=0.1)\nloss = lin(x).sum()\n",
        "opt.step()\n",
    ),
    "bare": (
        "w = torch.ones(1, 2, requires_grad=True)\nloss = (x @ w.t()).sum()\n",
        "with torch.no_grad():\n    w -= 1\n",
    ),
}


@pytest.mark.parametrize("name", _STALE_VIEWS)
def test_a_stale_view_of_a_leaf_fails_as_in_torch_and_holds_nothing_up(name: str) -> None:
    """Making the view's node, torch holds its lock and calls Python: who looks at the view then waits for ever."""
    made, written = _STALE_VIEWS[name]
    head = "import torch\nfrom torch import nn\nx = torch.ones(1, 2, requires_grad=True)\n"
    program = f"{head}{made}loss.backward(retain_graph=True)\n{written}loss.backward()\n"
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        exec(compile(program, "<plain>", "exec"), {})  # noqa: S102 - a program of this file
    trace = explorer.run(program)
    assert trace.error is not None
    assert trace.error.kind == "RuntimeError"
    assert "written" in trace.error.message
    assert trace.backward  # of the first run
