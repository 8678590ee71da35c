"""Formulas of nodes with complex tensors are evaluated with torch, and must give the gradients that torch gives."""

from __future__ import annotations

import re

import pytest
import torch

from tests.lenses.rule_programs import V
from tests.lenses.test_autograd_rules import gradient_of, ran

Z = "u = torch.rand(2, 3, dtype=torch.cfloat).requires_grad_()\n"
V_COMPLEX = "v = torch.rand(2, 3, dtype=torch.cfloat).requires_grad_()\n"


@pytest.mark.parametrize(
    "program",
    [
        Z + V_COMPLEX + "y = u * v",
        Z + V_COMPLEX + "y = u / v",
        Z + V + "y = u * v",
        Z + "y = u * 2j",
        Z + "y = u ** 3",
        Z + "y = u.abs()",
        "u = torch.tensor([0j, 3 + 4j], requires_grad=True)\ny = u.abs()",
        Z + "y = u.exp()",
        Z + "y = u.sin()",
        Z + "y = u.log()",
        Z + "y = u.reciprocal()",
        Z + "y = u.sigmoid()",
        Z + "y = torch.linalg.vector_norm(u)",
        Z + "v = torch.rand(3, 2, dtype=torch.cfloat, requires_grad=True)\ny = u @ v",
        Z + "v = torch.rand(3, dtype=torch.cfloat, requires_grad=True)\ny = u.mv(v)",
        Z.replace("2, 3", "3") + V_COMPLEX.replace("2, 3", "3") + "y = u.dot(v)",
    ],
)
def test_complex_formulas_give_the_gradient(program: str) -> None:
    names, y, found = ran(program)
    upstream = torch.rand_like(y)
    for part in re.split(r",  (?=∂)", found.formula):
        key, gradient = gradient_of(part, {**names, "conj": lambda one: torch.as_tensor(one).conj()}, upstream)
        [expected] = torch.autograd.grad(y, names[key], upstream, retain_graph=True)
        own = gradient if expected.is_complex() else gradient.real
        torch.testing.assert_close(own.to(expected.dtype), expected, rtol=1e-4, atol=1e-5, msg=part)


def test_the_conjugate_stands_in_the_formula() -> None:
    assert ran(Z + V_COMPLEX + "y = u * v")[2].formula == "∂L/∂u = G · conj(v),  ∂L/∂v = G · conj(u)"
    assert ran(Z + "y = u.abs()")[2].formula == "∂L/∂u = G · u / abs(u) where u ≠ 0, else 0"
