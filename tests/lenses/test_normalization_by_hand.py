"""Normalisation written by hand in place, and with γ and β behind it."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.lenses.normalization_cases import (
    assert_checks_are_small,
    first,
    group_numbers,
    numbers,
    opened,
    scene_of,
    values,
)


@pytest.mark.parametrize(
    "lines",
    [
        "y -= y.mean(0)\ny /= y.std(0)",
        "m, s = y.mean(0), y.std(0)\ny -= m\ny /= s",
        "y.sub_(y.mean(0)).div_(y.std(0))",
        "y -= y.mean(0)\ny *= (y.square().mean(0) + 1e-5).rsqrt()",
        "d = y - y.mean(0)\ny = d / d.std(0)",
        "d = y - y.mean(0)\ny = d / (d ** 2).mean(0).sqrt()",
    ],
)
def test_forms_that_write_in_place_or_name_what_is_left(lines: str) -> None:
    scene, norm = opened(f"torch.manual_seed(3)\nx = torch.randn(5, 3) + 2\ny = x.clone()\n{lines}\n")
    assert (norm.kind, norm.uses) == ("standard", "batch")
    torch.manual_seed(3)
    np.testing.assert_allclose(values(scene, norm.input), torch.randn(5, 3) + 2, atol=1e-6)
    way = values(scene, norm.centred) / numbers(norm.statistics.divisor)[group_numbers((5, 3), norm.blocks)]
    np.testing.assert_allclose(values(scene, norm.output), way, atol=1e-5)
    np.testing.assert_allclose(way.mean(0), 0, atol=1e-5)
    assert_checks_are_small(norm, "float32")


HEAD = "x = torch.randn(4, 3, 2)\nd = (x - x.mean((0, 2), keepdim=True)) / x.std((0, 2), keepdim=True)\n"
LEARNED = "g, b = nn.Parameter(torch.randn(3, 1)), nn.Parameter(torch.randn(1, 3, 1))\n"


@pytest.mark.parametrize(
    ("line", "weight", "bias"),
    [
        ("y = d * g + b", True, True),
        ("y = b + g * d", True, True),
        ("y = torch.add(torch.mul(d, g), b)", True, True),
        ("d *= g\nd += b", True, True),
        ("y = d * g", True, False),
        ("y = d + b", False, True),
        ("y = d * 2 + b", False, False),
        ("y = d * torch.randn(4, 3, 2)", False, False),
        ("y = d * g + torch.randn(2)", True, False),
        ("y = torch.add(d, b, alpha=2)", False, False),
    ],
)
def test_gamma_and_beta_behind_the_division(line: str, weight: bool, bias: bool) -> None:
    scene, norm = opened(f"{HEAD}{LEARNED}{line}\n")
    assert scene.norms is not None
    assert len(scene.norms.stops) == 1
    assert (norm.weight >= 0, norm.bias >= 0) == (weight, bias)
    assert norm.affine == ((1,) if weight or bias else ())
    assert_checks_are_small(norm, "float32")
    assert any(check.what == "output" for check in norm.checks)
    if weight:
        made = values(scene, norm.normalised) * values(scene, norm.weight).reshape(3, 1)
        made = made + (values(scene, norm.bias).reshape(3, 1) if bias else 0)
        np.testing.assert_allclose(values(scene, norm.output), made, atol=1e-5)


def test_the_deviation_is_1_before_gamma_not_after_it() -> None:
    said = {line: " ".join(opened(f"{HEAD}{LEARNED}{line}\n")[1].remarks) for line in ("y = d + b", "y = d * g + b")}
    assert "the result has std() 1" in said["y = d + b"]
    assert "what is multiplied by γ has std() 1" in said["y = d * g + b"]


def test_a_factor_that_is_no_gamma_leaves_the_division_alone() -> None:
    norm = first(scene_of("x = torch.randn(6)\ny = (x - x.mean()) / x.std() * torch.randn(6)\n"))
    assert (norm.weight, norm.affine) == (-1, ())
