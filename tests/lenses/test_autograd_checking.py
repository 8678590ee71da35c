"""The checks of a backward pass agree where torch is right, and say where a gradient is wrong."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

import explorer
from explorer.lenses.autograd.checking import checks
from explorer.lenses.autograd.checking_case import Checked
from explorer.scene.tables import Table

SQUARE = """
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x
    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return FACTOR * x * g
x = torch.tensor([1.0, 2.0], requires_grad=True)
Square.apply(x).sum().backward()
"""
TWICE = """
x = torch.rand(3, requires_grad=True)
(g,) = torch.autograd.grad((x ** 3).sum(), x, create_graph=True)
g.pow(2).sum().backward()
"""


def checked(program: str, run: int = -1, *, full: bool = True) -> Checked:
    """Run a program and check one of its backward passes."""
    trace = explorer.run(program)
    assert trace.error is None, trace.error
    return checks(trace, run, full=full)


def only_table(program: str, run: int = -1) -> Table:
    """Return the one table of a program's checks."""
    [table] = checked(program, run).tables
    return table


@pytest.mark.parametrize(
    "program",
    [
        "x = torch.rand(2, 3, requires_grad=True)\n(x.sin() @ x.T).sum().backward()",
        "x = torch.rand(3, requires_grad=True)\nv = x * 2\nv[0] = 0\nv.exp().sum().backward()",
        "net = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))\nnet(torch.ones(2, 3)).norm().backward()",
        TWICE,
        "x = torch.rand(3, requires_grad=True)\ntorch.autograd.grad(x.prod(), x)",
        SQUARE.replace("FACTOR", "2"),
        "x = torch.rand(16, requires_grad=True)\ntorch.rand(3)\n(F.dropout(x) * x).sum().backward()",
    ],
)
def test_right_gradients_agree(program: str) -> None:
    table = only_table(program)
    assert table.tone == "plain"
    assert table.note.startswith("All agree")
    assert not table.marks
    assert table.rows


def test_each_leaf_has_a_row_with_its_path() -> None:
    table = only_table("net = nn.Linear(2, 1)\nnet(torch.ones(3, 2)).mean().backward()")
    assert [row[0] for row in table.rows] == ["net.weight", "net.bias"]
    assert all(len(row) == len(table.header) == 5 for row in table.rows)


def test_of_a_large_leaf_the_number_of_compared_elements_is_said() -> None:
    table = only_table("x = torch.ones(30, 10, requires_grad=True)\n(x * x).sum().backward()")
    assert re.fullmatch(r"x \(\d+ of 300 elements\)", table.rows[0][0])


def test_a_wrong_backward_is_found() -> None:
    table = only_table(SQUARE.replace("FACTOR", "3"))
    assert table.tone == "warning"
    assert "`x[1]`: the engine's gradient is 6, and the function's slope is 4" in table.note
    assert "The backward of Square is not the derivative of its forward" in table.note
    assert table.rows[0] == ("x", "2 at [1]", "6", "4", "—")


@pytest.mark.parametrize("size", [1e-6, 1e-3, 1.0, 1e4])
def test_a_wrong_backward_is_found_whatever_the_size_of_its_gradient(size: float) -> None:
    table = only_table(SQUARE.replace("FACTOR", "3").replace(".sum()", f".sum().mul({size})"))
    assert table.tone == "warning"
    assert "The backward of Square is not the derivative of its forward" in table.note


@pytest.mark.parametrize("dtype", ["float64", "float32", "bfloat16", "float16"])
@pytest.mark.parametrize("size", [1e-3, 1.0])
def test_right_gradients_agree_in_the_precision_of_the_program(dtype: str, size: float) -> None:
    table = only_table(
        f"x = torch.rand(3, 4).to(torch.{dtype}).requires_grad_()\n((x @ x.T).tanh() * {size}).sum().backward()"
    )
    assert table.note.startswith("All agree")


def test_a_gradient_below_the_noise_of_differences_is_not_called_right() -> None:
    table = only_table("x = torch.tensor(2.0, requires_grad=True)\n(x * 1e-12 + 1).backward()")
    assert table.tone == "plain"
    assert "The gradient of `x` is too small to tell" in table.note
    assert table.marks == ((0, 1),)


def test_a_value_changed_behind_the_graph_is_found() -> None:
    program = "x = torch.tensor([1.0, 2.0], requires_grad=True)\ny = x ** 2\nx.data.mul_(10)\ny.sum().backward()"
    table = only_table(program)
    assert table.tone == "warning"
    assert "`x[1]`: the engine's gradient is 40, and the function's slope is 4" in table.note
    assert "Line 3 changed a value behind the graph" in table.note


def test_a_hook_that_changes_the_gradient_is_found() -> None:
    program = "x = torch.tensor(3.0, requires_grad=True)\ny = x * x\ny.register_hook(lambda g: 5 * g)\ny.backward()"
    note = only_table(program).note
    assert "the engine's gradient is 30, and the function's slope is 6" in note
    assert "A hook of the program changed the gradient" in note


def test_the_node_that_made_nan_is_named() -> None:
    table = only_table("x = torch.tensor([0.0, 2.0], requires_grad=True)\n(x.sqrt() * 0).sum().backward()")
    assert "SqrtBackward0 (line 2) made NaN of a gradient without NaN" in table.note


def test_a_kink_is_no_mistake() -> None:
    table = only_table("x = torch.tensor([0.0, 2.0], requires_grad=True)\nx.relu().sum().backward()")
    assert table.tone == "plain"
    assert table.note == (
        "`x[0]` stands on a kink: its slope is 0 to the left and 1 to the right, and autograd takes 0."
    )
    assert table.marks == ((0, 1),)


def test_what_is_detached_counts_as_constant() -> None:
    table = only_table("x = torch.tensor(3.0, requires_grad=True)\n(x * x.detach()).backward()")
    assert table.note.startswith("All agree")
    assert table.rows[0][2:4] == ("3", "3")


def test_a_vector_times_the_jacobian_is_the_gradient() -> None:
    program = (
        "x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)\ny = x ** 2\ny.backward(torch.tensor([1.0, 0.0, 2.0]))"
    )
    found = checked(program, full=False)
    assert [matrix.caption for matrix in found.matrices] == ["vᵀ", "J = ∂y/∂x", "vᵀ · J"]
    vector, jacobian, product = (np.asarray(matrix.values, float) for matrix in found.matrices)
    np.testing.assert_allclose(jacobian, np.diag([2.0, 4.0, 6.0]))
    np.testing.assert_allclose(vector @ jacobian, product)
    [table] = found.tables
    assert table.rows == (("0", "2", "2"), ("1", "0", "0"), ("2", "12", "12"))
    assert table.tone == "plain"


def test_a_jacobian_that_the_engine_did_not_follow_is_said() -> None:
    program = "x = torch.ones(2, requires_grad=True)\ny = x ** 2\ny.register_hook(lambda g: 3 * g)\n"
    [table] = checked(f"{program}y.backward(torch.ones(2))", full=False).tables
    assert table.tone == "warning"
    assert table.rows[0] == ("0", "2", "6")


def test_second_derivatives_of_a_scalar() -> None:
    found = checked("x = torch.tensor([1.0, 2.0], requires_grad=True)\nf = x[0] ** 2 * x[1]\nf.backward()")
    assert [matrix.caption for matrix in found.matrices] == ["J = ∂f/∂x", "H = ∂²f/∂x²"]
    expected = torch.func.hessian(lambda x: x[0] ** 2 * x[1])(torch.tensor([1.0, 2.0]))
    np.testing.assert_allclose(np.asarray(found.matrices[1].values, float), expected.numpy())


def test_only_what_is_small_is_done_unasked() -> None:
    scalar = checked("x = torch.ones(2, requires_grad=True)\nx.sum().backward()", full=False)
    assert (scalar.tables, scalar.matrices, scalar.notes) == ((), (), ())
    large = "x = torch.ones(40, requires_grad=True)\n(x * 2).backward(torch.ones(40))"
    assert checked(large, full=False).matrices == ()
    assert checked("x = torch.ones(2)", full=True).tables == ()


def test_large_jacobians_are_not_made() -> None:
    found = checked("x = torch.ones(80, requires_grad=True)\n(x * x).sum().backward()")
    assert found.matrices == ()
    assert found.tables[0].rows[0][0] == "x"


@pytest.mark.parametrize(
    ("program", "note"),
    [
        ("x = torch.ones(1100, 1100, requires_grad=True)\nx.sum().backward()", "too large to compute it again"),
        (
            "x = torch.ones(2, requires_grad=True)\na, b = x.unbind()\ntorch.autograd.backward([a, b])",
            "several tensors",
        ),
    ],
)
def test_what_cannot_be_checked_is_said(program: str, note: str) -> None:
    [said] = checked(program).notes
    assert note in said
