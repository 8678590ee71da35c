"""A program between its leaves and a root, computed again: the same value, also for other leaves."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.trace import Trace
from explorer.trace.chain import state_of
from explorer.trace.checks import STEP, differences, gradients, hessian, jacobian
from explorer.trace.function_of import Function, function_of, in_double
from explorer.trace.replay import CannotReplayError

LEAVES = "x = torch.rand(2, 3).add(0.5).requires_grad_()\nw = torch.rand(2, 3).add(0.5).requires_grad_()\n"
# each makes y of x, w and what came before; in place where the name says so
LINES = (
    "y = y * x", "y = y + w", "y = (y @ x.T) @ w", "y = torch.cat([y, w])[1:3]", "y = y.clone()\ny[0] = 1",
    "y = y.clone()\ny[:, 1].mul_(w[:, 0])", "y = y.relu()", "y = y.T.reshape(2, 3)", "y = y.clone()\ny.clamp_(0.2, 2)",
    "a, b = y.unbind()\ny = torch.stack([b, a])", "y = y + x.detach()", "y = y.exp() / 9", "y = y.softmax(1)",
    "y = torch.where(y > 1, y, w)", "y = y.to(torch.float32)", "y = y.float() * 0.5",
)  # fmt: skip


def rebuilt(program: str, run: int = -1) -> tuple[Trace, Function]:
    """Run a program and rebuild what one run of the engine differentiated."""
    trace = explorer.run(program)
    assert trace.error is None, trace.error
    started = trace.engine_runs[run]
    return trace, function_of(trace, state_of(trace, started.roots[0], started.clock), started.clock)


def plain(program: str, leaves: dict[str, torch.Tensor]) -> torch.Tensor:
    """Run a program's lines behind its leaves in plain torch, in float64."""
    names = {"torch": torch, **leaves}
    body = program.removeprefix(LEAVES).rpartition("\n")[0].replace("torch.float32", "torch.float64")
    exec(body.replace(".float()", ".double()"), names)  # noqa: S102 - the tests' own text
    result = names["y"]
    assert isinstance(result, torch.Tensor)
    return result.sum()


@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=5), st.integers(0, 9))
@settings(max_examples=25)
def test_it_computes_what_the_program_does_for_other_leaves(lines: list[str], seed: int) -> None:
    program = LEAVES + "\n".join(["y = x * w", *lines, "y.sum().backward()"])
    trace, function = rebuilt(program)
    names = {state.tensor: name for name, state in trace.names.items() if name in ("x", "w")}
    assert {names[leaf.tensor] for leaf in function.leaves} == {"x", "w"}
    torch.manual_seed(seed)
    values = [value + 1e-4 * torch.rand_like(value) for value in function.start]
    leaves = {names[leaf.tensor]: value for leaf, value in zip(function.leaves, values, strict=True)}
    held = {name: value.clone() for name, value in leaves.items()}
    fixed = any("x.detach()" in line for line in lines)
    if fixed:  # what is detached stays as it was
        start = next(v for leaf, v in zip(function.leaves, function.start, strict=True) if names[leaf.tensor] == "x")
        program = program.replace("x.detach()", "x0")
        held["x0"] = start
    with in_double(), torch.no_grad():
        found = function(values)
    torch.testing.assert_close(found, plain(program, held))
    for name, value in leaves.items():
        torch.testing.assert_close(value, held[name], msg="a leaf was written to")


@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=4))
@settings(max_examples=15)
def test_its_gradients_are_those_that_the_engine_gave(lines: list[str]) -> None:
    trace, function = rebuilt(LEAVES + "\n".join(["y = x * w", *lines, "y.sum().backward()"]))
    found = gradients(function, torch.ones_like(function.value))
    for leaf, gradient in zip(function.leaves, found, strict=True):
        [state] = [state for state in trace.names.values() if state.tensor == leaf.tensor]
        assert (gradient is None) == (state.grad is None)
        if gradient is not None and state.grad is not None:
            torch.testing.assert_close(gradient.float(), torch.tensor(state.grad), rtol=1e-3, atol=1e-4)


def test_differences_are_those_of_the_definition() -> None:
    _, function = rebuilt("x = torch.tensor([0.5, 1.0, 2.0], requires_grad=True)\n(x ** 3).sum().backward()")
    found = differences(function, 0, torch.ones(()), 256, 10)
    x = torch.tensor([0.5, 1.0, 2.0], dtype=torch.float64)
    torch.testing.assert_close(found.central, ((x + STEP) ** 3 - (x - STEP) ** 3) / (2 * STEP), rtol=1e-8, atol=1e-8)
    torch.testing.assert_close(found.central, 3 * x**2, rtol=1e-6, atol=1e-6)
    assert found.elements.tolist() == [0, 1, 2]


def test_of_many_elements_some_are_moved() -> None:
    _, function = rebuilt("x = torch.ones(100, requires_grad=True)\n(x * x).sum().backward()")
    assert differences(function, 0, torch.ones(()), 4, 10).elements.tolist() == [0, 25, 50, 75]
    assert differences(function, 0, torch.ones(()), 4, 0).elements.tolist() == [0]


def test_jacobian_and_hessian_are_those_of_torch_func() -> None:
    _, function = rebuilt("x = torch.rand(2, 2, requires_grad=True)\ny = x @ x\ny.backward(torch.ones(2, 2))")
    [x] = function.start
    expected = torch.func.jacrev(lambda one: one @ one)(x)
    torch.testing.assert_close(jacobian(function, 0), expected.reshape(4, 4))
    _, scalar = rebuilt("x = torch.rand(3, requires_grad=True)\nx.prod().backward()")
    torch.testing.assert_close(hessian(scalar, 0), torch.func.hessian(torch.prod)(scalar.start[0]))


def test_shared_parameters_are_one_leaf() -> None:
    program = "lin = nn.Linear(1, 1)\nwith torch.no_grad():\n    lin.weight.fill_(3)\n    lin.bias.fill_(0)\n"
    _, function = rebuilt(f"{program}y = lin(lin(torch.ones(1, 1)))\ny.sum().backward()")
    assert [tuple(value.shape) for value in function.start] == [(1, 1), (1,)]
    assert float(function.value) == 9
    found = gradients(function, torch.ones(()))
    assert found[0] is not None
    assert float(found[0]) == 6


def test_the_leaves_of_a_later_pass_hold_what_they_held_then() -> None:
    program = (
        "w = torch.ones(2, requires_grad=True)\nfor k in range(2):\n    w.grad = None\n    (w ** 2).sum().backward()\n"
    )
    _, function = rebuilt(f"{program}    with torch.no_grad():\n        w -= 0.25 * w.grad\n")
    assert function.start[0].tolist() == [0.5, 0.5]


def test_gradients_of_gradients_are_followed() -> None:
    program = "x = torch.tensor(2.0, requires_grad=True)\n(g,) = torch.autograd.grad(x ** 3, x, create_graph=True)\n"
    _, function = rebuilt(f"{program}g.backward()")
    assert function.differentiates
    assert float(function.value) == 12
    assert differences(function, 0, torch.ones(()), 1, 10).central.tolist() == pytest.approx([12], rel=1e-6)


def test_random_numbers_are_drawn_again_as_they_were() -> None:
    program = (
        "torch.rand(3)\nx = torch.rand(64, requires_grad=True)\nnet = nn.Sequential(nn.Dropout(), nn.Linear(64, 1))\n"
    )
    trace, function = rebuilt(f"{program}(net(F.dropout(x, 0.3)) * 2).backward()")
    x = trace.names["x"]
    place = next(place for place, leaf in enumerate(function.leaves) if leaf.tensor == x.tensor)
    gradient = gradients(function, torch.ones(1))[place]
    assert gradient is not None
    assert x.grad is not None
    assert 0 < np.count_nonzero(x.grad) < 64
    torch.testing.assert_close(gradient.float(), torch.tensor(x.grad))


WRITTEN = """
x = torch.ones(2, requires_grad=True)
y = x * 2
with torch.no_grad():
    x.add_(1)
(y * x).sum().backward()
"""


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (WRITTEN, "a leaf was written to in between"),
        ("x = torch.ones(2, requires_grad=True)\nx.backward(x.detach())", "no recorded call leads to it"),
        ("x = torch.ones(2, dtype=torch.complex64, requires_grad=True)\nx.abs().sum().backward()", "complex"),
        ("x = torch.ones(1100, 1100, requires_grad=True)\nx.sum().backward()", "too large"),
    ],
)
def test_what_cannot_be_computed_again_is_refused(program: str, reason: str) -> None:
    with pytest.raises(CannotReplayError, match=reason):
        rebuilt(program)


def test_nothing_is_left_behind() -> None:
    state, dtype = torch.get_rng_state(), torch.get_default_dtype()
    _, function = rebuilt("x = torch.ones(2, requires_grad=True)\n(x * x).sum().backward()")
    torch.set_rng_state(state)
    differences(function, 0, torch.ones(()), 2, 10)
    jacobian(function, 0)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_default_dtype() == dtype
