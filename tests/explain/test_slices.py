"""Backward slices: the fix gives what NumPy gives."""

from __future__ import annotations

import itertools

import pytest
import torch

from tests.explain.failing import FILENAME, explain_call, fails

ENDS = ["", "0", "2", "5", "-1", "-6", "9"]
INDICES = [f"{a}:{b}:{step}" for a, b, step in itertools.product(ENDS, ENDS, ["-1", "-2", "-4"])]


@pytest.mark.parametrize("place", ["x[:, {}]", "x[1, {}]", "c[..., {}]"])
def test_the_fix_takes_the_same_elements(place: str) -> None:
    for index in INDICES[:: 1 if place == "x[:, {}]" else 7]:
        program = f"y = {place.format(index)}"
        [fix] = explain_call(fails(program)).fixes
        namespace: dict[str, object] = {}
        exec(compile(fix.source, FILENAME, "exec"), namespace)  # noqa: S102 - the tests' own text
        result = namespace["y"]
        assert isinstance(result, torch.Tensor)
        tensors = {name: namespace[name] for name in ("x", "c")}
        arrays = {name: tensor.numpy() for name, tensor in tensors.items() if isinstance(tensor, torch.Tensor)}
        exec(program, arrays)  # noqa: S102 - the tests' own text
        assert result.numpy().tolist() == arrays["y"].tolist()
