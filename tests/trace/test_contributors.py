"""`contributors` says what brute force finds: each element is changed by itself in plain torch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.trace import contributors, contributors_of_all
from tests.trace.contributor_cases import (
    ONE_TENSOR,
    SEVERAL_TENSORS,
    Maker,
    brute_force,
    jacobian,
    results_of,
    selected,
    trace_of,
)

shapes = st.lists(st.integers(0, 3), max_size=3).map(tuple)
layouts = st.sampled_from(["plain", "transposed", "every second", "expanded"])


def check(function: Callable[..., Any], tensors: list[torch.Tensor]) -> None:
    """Compare all elements of all outputs of a call with brute force and with torch's Jacobian."""
    originals = [tensor.clone() for tensor in tensors]
    trace = trace_of(function, *[tensor.clone() for tensor in tensors])
    for output, state in enumerate(trace.steps[0].outputs):
        found = contributors_of_all(trace, 0, output)
        assert found.tested
        expected = brute_force(function, originals, output)
        for number, tensor in enumerate(originals):
            mask, derivative = found[number].mask, found[number].derivative
            assert mask.shape == (state.numel, *tensor.shape)
            check_derivative(function, originals, output, number, derivative)
            wanted = expected[number] | has_slope(derivative, expected[number])
            np.testing.assert_array_equal(mask.reshape(wanted.shape), wanted, f"argument {number}")
        check_one(trace, output)


def check_derivative(
    function: Callable[..., Any], tensors: list[torch.Tensor], output: int, number: int, derivative: Any
) -> None:
    if derivative is None:
        assert torch_has_none(function, tensors, output, number)
        return
    assert derivative.shape[1:] == tuple(tensors[number].shape)
    if tensors[number].is_complex() or results_of(function, tensors)[output].is_complex():
        return  # torch.autograd.functional has no Jacobian of these
    expected = jacobian(function, tensors, output, number)
    own = derivative.reshape(expected.shape).astype(np.float64)
    nan_where_nothing_depends = np.isnan(expected.numpy()) & (own == 0)
    np.testing.assert_allclose(
        np.where(nan_where_nothing_depends, 0, own),
        np.where(nan_where_nothing_depends, 0, expected.numpy()),
        rtol=1e-9,
        atol=1e-12,
    )


def has_slope(derivative: Any, like: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Tell where torch's derivative is not 0: the middle one of equal sorted values changes with none by itself."""
    return np.zeros_like(like) if derivative is None else (derivative.reshape(like.shape) != 0)


def torch_has_none(function: Callable[..., Any], tensors: list[torch.Tensor], output: int, number: int) -> bool:
    leaf = tensors[number].clone().requires_grad_(tensors[number].is_floating_point())
    try:
        result = results_of(function, [*tensors[:number], leaf, *tensors[number + 1 :]])[output]
        return not result.requires_grad or torch.autograd.grad(result.sum(), leaf, allow_unused=True)[0] is None
    except RuntimeError:
        return True


def check_one(trace: Any, output: int) -> None:
    """One element by itself has the answer that it has among all."""
    state = trace.steps[0].outputs[output]
    if not state.numel:
        return
    flat = state.numel // 2
    place = tuple(int(i) for i in np.unravel_index(flat, state.shape)) if state.shape else ()
    one, everything = contributors(trace, 0, place, output), contributors_of_all(trace, 0, output)
    for single, many in zip(one, everything, strict=True):
        assert isinstance(single.mask, np.ndarray)
        np.testing.assert_array_equal(single.mask, many.mask[flat])
        assert (single.derivative is None) == (many.derivative is None)
        if single.derivative is not None and many.derivative is not None:
            together = torch.from_numpy(np.asarray(many.derivative[flat]))
            torch.testing.assert_close(torch.from_numpy(single.derivative), together, equal_nan=True)


@pytest.mark.parametrize("name", ONE_TENSOR)
@settings(max_examples=3)
@given(shapes, layouts, st.integers(0, 99))
def test_of_one_tensor(name: str, shape: tuple[int, ...], layout: str, seed: int) -> None:
    tensor = selected(Maker(seed).floats(*shape), layout)
    try:
        results_of(ONE_TENSOR[name], [tensor])
    except (RuntimeError, IndexError):
        return  # not an operation for this shape
    check(ONE_TENSOR[name], [tensor])


@pytest.mark.parametrize("name", SEVERAL_TENSORS)
@settings(max_examples=2)
@given(st.integers(1, 4), st.integers(0, 99))
def test_of_several_tensors(name: str, size: int, seed: int) -> None:
    function, make = SEVERAL_TENSORS[name]
    tensors = make(Maker(seed), size)
    try:
        results_of(function, tensors)
    except RuntimeError:
        return  # too small for this operation
    check(function, tensors)
