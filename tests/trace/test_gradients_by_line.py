"""What `.grad` holds after each line, whatever comes next: as in plain torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import explorer

_X = "x = torch.tensor([2.0, 3.0], requires_grad=True)\n"
_PROGRAMS = {
    "a leaf": _X + "y = (x**2).sum()\ny.backward()\nz = x + 1\n",
    "two passes": _X + "(x**2).sum().backward()\n(x * 5).sum().backward()\ny = x * 2\n",
    "a retained one": _X + "y = x * 3\ny.retain_grad()\n(y**2).sum().backward()\nz = x + 1\n",
    "detached later": _X + "y = x * 3\ny.retain_grad()\n(y**2).sum().backward()\ny.detach_()\nz = y + 1\n",
    "frozen later": _X + "(x**2).sum().backward()\nx.requires_grad_(False)\ny = x * 2\nx.grad = None\nz = x + 1\n",
    "set to zero": _X + "(x**2).sum().backward()\nx.grad.zero_()\ny = x * 2\n",
    "written to": _X + "(x**2).sum().backward()\nx.grad.mul_(0.5)\ny = x * 2\n",
    "a layer": "m = torch.nn.Linear(2, 1)\nw = m.weight\nm(torch.ones(3, 2)).sum().backward()\nv = w.detach() + 1\n",
    "an optimiser": _X
    + "o = torch.optim.SGD([x], lr=0.1)\n(x**2).sum().backward()\no.step()\no.zero_grad()\ny = x + 1\n",
    "torch.autograd.grad": _X + "y = (x**2).sum()\n[g] = torch.autograd.grad(y, [x])\nz = x + g\n",
}


def _by_line(source: str) -> list[dict[str, Any]]:
    """Run a program line by line in plain torch; return what `.grad` of its names holds after each line."""
    torch.manual_seed(0)
    names: dict[str, Any] = {"torch": torch}
    told = []
    for line in source.splitlines():
        exec(line, names)  # noqa: S102 - a program of this file
        tensors = {name: value for name, value in names.items() if isinstance(value, torch.Tensor)}
        grads = {name: one.grad if one.is_leaf or one.retains_grad else None for name, one in tensors.items()}
        told.append({name: None if grad is None else grad.clone().numpy() for name, grad in grads.items()})
    return told


@pytest.mark.parametrize("name", _PROGRAMS)
def test_gradients_after_each_line_are_those_of_torch(name: str) -> None:
    source = _PROGRAMS[name]
    trace = explorer.run(source)
    assert trace.error is None
    after = _by_line(source)
    lines = [step.line for step in trace.steps]
    compared = 0
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else len(after) + 1
        if following == line:
            continue  # names are those when the next step begins
        wanted = after[following - 2]
        found = {name: state.grad for name, state in trace.names_at(index).items()}
        assert found.keys() == wanted.keys()
        for one, grad in wanted.items():
            assert (found[one] is None) == (grad is None), (line, one)
            if grad is not None:
                np.testing.assert_array_equal(found[one], grad)
                compared += 1
    assert compared > 0 or name == "torch.autograd.grad"
