"""A tensor whose state may have changed is looked at again, whatever wrote to it or to its gradient."""

from __future__ import annotations

import numpy as np
import pytest

import explorer

SETUP = "import torch\nw = torch.ones(3, requires_grad=True)\n(w * 2).sum().backward()\n"


def _grad(source: str) -> list[float] | None:
    trace = explorer.run(SETUP + source)
    assert trace.error is None, trace.error
    grad = trace.names["w"].grad
    return None if grad is None else np.asarray(grad).tolist()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("w.grad.zero_()", [0.0, 0.0, 0.0]),
        ("w.grad.add_(1)", [3.0, 3.0, 3.0]),
        ("w.grad *= 2", [4.0, 4.0, 4.0]),
        ("w.grad[0] = 7.0", [7.0, 2.0, 2.0]),
        ("w.grad.view(3)[1:].fill_(5)", [2.0, 5.0, 5.0]),
        ("g = w.grad\ng.clamp_(max=1)", [1.0, 1.0, 1.0]),
        ("torch.mul(w.detach(), 9, out=w.grad)", [9.0, 9.0, 9.0]),
        ("torch.nn.utils.clip_grad_value_([w], 1.5)", [1.5, 1.5, 1.5]),
        ("w.grad = None", None),
    ],
)
def test_a_write_into_a_gradient_is_seen_at_the_leaf(line: str, expected: list[float] | None) -> None:
    assert _grad(line) == expected


def test_a_retained_gradient_that_is_written_to_is_seen() -> None:
    source = "import torch\nw = torch.ones(3, requires_grad=True)\ny = w * 2\ny.retain_grad()\ny.sum().backward()\n"
    trace = explorer.run(source + "y.grad.mul_(3)\n")
    assert trace.error is None
    grad = trace.names["y"].grad
    assert grad is not None
    assert grad.tolist() == [3.0, 3.0, 3.0]


@pytest.mark.parametrize("line", ["v.t_()", "v.squeeze_(0)", "v.unsqueeze_(0)", "v.resize_(2, 1)"])
def test_a_call_that_turns_a_tensor_is_seen(line: str) -> None:
    source = f"import torch\nx = torch.arange(3.0)\nv = x.view(1, 3)\n{line}\n"
    trace = explorer.run(source)
    assert trace.error is None, trace.error
    namespace: dict[str, object] = {}
    exec(source, namespace)  # noqa: S102 - the constant above
    assert trace.names["v"].shape == tuple(namespace["v"].shape)  # type: ignore[attr-defined]


def test_a_write_through_a_view_is_seen_at_the_base_and_makes_it_require_a_gradient() -> None:
    source = (
        "import torch\nw = torch.ones(2, requires_grad=True)\nx = torch.zeros(4)\nv = x[:2]\nv.mul_(w)\nv.add_(1)\n"
    )
    trace = explorer.run(source)
    assert trace.names["x"].requires_grad
    assert trace.names["x"].values is not None
    assert trace.names["x"].values.tolist() == [1.0, 1.0, 0.0, 0.0]


def test_the_engine_adds_gradients_in_place_as_it_does_unrecorded() -> None:
    source = "import torch\nq = torch.randn(4, requires_grad=True)\n(q * 2 + q * 3 + q.exp()).sum().backward()\n"
    namespace: dict[str, object] = {}
    exec(source + "version = q.grad._version", namespace)  # noqa: S102 - the constant above
    trace = explorer.run(source + "g = q.grad\n")
    assert trace.names["g"].version == namespace["version"]
