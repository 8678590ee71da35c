"""The backward pass of layers that normalise: its terms beside the gradients of plain torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given

from tests.effort import COSTLY
from tests.lenses.normalization_cases import (
    TOLERANCE,
    assert_checks_are_small,
    group_numbers,
    numbers,
    opened,
    programs,
    values,
)

LOSS = "(y.sin() * torch.linspace(-1, 2, y.numel(), dtype=y.dtype).reshape(y.shape)).sum().backward()\n"


@COSTLY
@given(programs(("float32", "float64")))
def test_the_two_mean_terms_give_the_gradient_of_the_engine(case: tuple[str, str]) -> None:
    program, dtype = case
    scene, norm = opened(program.replace("y = layer(x)", "x.requires_grad_()\ny = layer(x)") + LOSS)
    backward = norm.backward
    assert backward is not None
    u, x_hat = (values(scene, grid).astype(np.float64) for grid in (backward.upstream, norm.normalised))
    groups = group_numbers(u.shape, norm.blocks)
    terms = u if backward.mean is None else u - numbers(backward.mean)[groups]
    if backward.projection is not None:
        terms = terms - x_hat * numbers(backward.projection)[groups]
    made = terms / numbers(norm.statistics.divisor)[groups]
    real = values(scene, backward.input_gradient)
    size = max(np.abs(real).max(), np.abs(u / numbers(norm.statistics.divisor)[groups]).max(), 1.0)
    assert np.abs(made - real).max() <= 10 * TOLERANCE[dtype] * size
    assert (backward.mean is None) == (norm.uses == "running" or norm.kind == "rms")
    assert (backward.projection is None) == (norm.uses == "running")
    for name, grid in (("weight", backward.weight_gradient), ("bias", backward.bias_gradient)):
        assert (grid >= 0) == (getattr(norm, name) >= 0)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("y = nn.BatchNorm1d(4)(x)", {"input gradient", "weight gradient", "bias gradient"}),
        ("y = nn.LayerNorm(3)(x)", {"input gradient", "weight gradient", "bias gradient"}),
        ("y = nn.RMSNorm(3)(x)", {"input gradient", "weight gradient"}),
        ("y = F.normalize(x)", {"input gradient"}),
        ("y = nn.utils.parametrizations.weight_norm(nn.Linear(3, 2))(x)", {"input gradient"}),
        ("y = nn.LocalResponseNorm(3)(x)", set()),
        ("y = nn.BatchNorm1d(4).eval()(x)", {"input gradient", "weight gradient", "bias gradient"}),
    ],
)
def test_gradients_are_compared(line: str, what: set[str]) -> None:
    _, norm = opened(f"x = torch.randn(5, 4, 3, requires_grad=True)\n{line}\n{LOSS}")
    assert_checks_are_small(norm, "float32")
    assert {check.what for check in norm.checks if "gradient" in check.what} == what
    assert norm.backward is not None


def test_without_backward_there_are_no_gradients() -> None:
    _, norm = opened("x = torch.randn(5, 4, requires_grad=True)\ny = nn.BatchNorm1d(4)(x)\n")
    assert norm.backward is None


LARGE = (
    "y = nn.BatchNorm2d(8)(x)",
    "y = nn.LayerNorm([32, 32])(x)",
    "y = nn.GroupNorm(4, 8)(x)",
    "y = nn.InstanceNorm2d(8, affine=True)(x)",
    "y = nn.RMSNorm([32, 32])(x)",
    "y = nn.LocalResponseNorm(3)(x)",
    "y = F.normalize(x)",
    "y = nn.Sequential(nn.BatchNorm2d(8), nn.Identity())(x)",
)


@pytest.mark.parametrize("line", LARGE)
def test_gradients_of_large_tensors_are_whole(line: str) -> None:
    head = f"torch.manual_seed(0)\nx = torch.randn(4, 8, 32, 32, requires_grad=True)\n{line}\n"
    scene, norm = opened(f"{head}{LOSS}")
    assert norm.backward is not None
    assert_checks_are_small(norm, "float32")
    names: dict[str, Any] = {"torch": torch, "nn": torch.nn, "F": torch.nn.functional}
    exec(f"{head}{LOSS}", names)  # noqa: S102 - a program of this file
    assert np.allclose(values(scene, norm.backward.input_gradient), names["x"].grad, rtol=1e-4, atol=1e-6)


def test_gradients_that_are_too_large_are_said_to_be_left_out() -> None:
    line = "y = nn.BatchNorm2d(8)(x)"
    scene, norm = opened(f"x = torch.randn(4, 8, 128, 128, requires_grad=True)\n{line}\ny.sum().backward()\n")
    assert norm.backward is None
    assert any("The gradient that arrived here has 524,288 numbers" in note for note in scene.notes)
    scene, _ = opened(f"x = torch.randn(4, 8, 128, 128, requires_grad=True)\n{line}\n")
    assert not any("gradient" in note for note in scene.notes)
