"""Statistics against torch's own, in float64, on values of all dtypes: NaN, infinities, nothing at all."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils._python_dispatch import TorchDispatchMode

import explorer.trace.statistics as module
from explorer.trace.statistics import BINS, statistics

FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.float8_e4m3fn, torch.float8_e5m2)
WHOLE = (torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)
COMPLEX = (torch.complex64, torch.complex128)
numbers = st.floats(-1e4, 1e4) | st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0, 1e-40, 1.0])


@st.composite
def tensors(draw: st.DrawFn) -> torch.Tensor:
    """Draw a tensor of any dtype, shape and layout."""
    dtype = draw(st.sampled_from([*FLOATS, *WHOLE, *COMPLEX]))
    shape = draw(st.lists(st.integers(0, 5), max_size=3))
    count = math.prod(shape)
    if dtype in WHOLE:
        values = torch.tensor(draw(st.lists(st.integers(-128, 255), min_size=count, max_size=count)), dtype=torch.int64)
    else:
        values = torch.tensor(draw(st.lists(numbers, min_size=count, max_size=count)), dtype=torch.float64)
    made = values.reshape(shape).to(dtype)
    if draw(st.booleans()):
        made = made.permute(draw(st.permutations(range(made.dim()))))
    return made.unsqueeze(0).expand(3, *made.shape) if draw(st.booleans()) else made


def real(tensor: torch.Tensor) -> torch.Tensor:
    """Return the elements that statistics are about, in float64."""
    return (tensor.abs() if tensor.is_complex() else tensor).to(torch.float64).reshape(-1)


def same(one: float, other: float) -> bool:
    """Tell whether two numbers agree to float64's last digits, NaN with NaN."""
    return math.isnan(one) == math.isnan(other) and (
        math.isnan(one) or math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    )


@settings(max_examples=300)
@given(tensors(), st.sampled_from([3, 7, module._PIECE]))
def test_they_are_torchs(tensor: torch.Tensor, piece: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PIECE", piece)
        found = statistics(tensor)
    values = real(tensor)
    finite = values[values.isfinite()]
    assert found.count == tensor.numel()
    assert (found.nan_count, found.inf_count) == (int(values.isnan().sum()), int(values.isinf().sum()))
    if finite.numel() == 0:
        assert found.histogram == ()
        assert all(math.isnan(value) for value in (found.minimum, found.maximum, found.mean, found.std))
        return
    low, high = (float(end) for end in torch.aminmax(finite))
    assert (found.minimum, found.maximum) == (low, high)
    assert same(found.mean, float(finite.mean()))
    assert same(found.std, float(finite.std()) if finite.numel() > 1 else math.nan)
    assert list(found.histogram) == torch.histc(finite, BINS, low, high).to(torch.int64).tolist()


def test_a_mean_far_from_zero_costs_no_digits() -> None:
    tensor = 1e8 + torch.randn(2_000_000, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    assert same(statistics(tensor).std, float(tensor.std()))


def test_the_ends_of_float64() -> None:
    most = torch.finfo(torch.float64).max
    found = statistics(torch.tensor([-most, most, 0.0], dtype=torch.float64))
    assert (found.minimum, found.maximum) == (-most, most)
    assert (found.histogram[0], found.histogram[BINS // 2], found.histogram[-1], sum(found.histogram)) == (1, 1, 1, 3)


class Largest(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """While entered, notes how many bytes the largest new storage has."""

    def __init__(self, known: torch.Tensor) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._known = known.untyped_storage().data_ptr()
        self.nbytes = 0

    def __torch_dispatch__(self, func: Any, types: object, args: Any = (), kwargs: Any = None) -> Any:
        """Make a call for torch."""
        del types
        result = func(*args, **(kwargs or {}))
        for made in result if isinstance(result, tuple | list) else [result]:
            if isinstance(made, torch.Tensor) and made.untyped_storage().data_ptr() != self._known:
                self.nbytes = max(self.nbytes, made.untyped_storage().nbytes())
        return result


@pytest.mark.parametrize(
    "look", [lambda x: x, lambda x: x.t()[:, ::2], lambda x: x[::3].T, lambda x: x[0].expand(9, -1)]
)
def test_only_pieces_are_copied(look: Callable[[torch.Tensor], torch.Tensor]) -> None:
    tensor = torch.zeros(2000, 2000)
    seen = look(tensor)
    with Largest(tensor) as largest:
        assert statistics(seen).count == seen.numel()
    assert largest.nbytes <= 8 * module._PIECE
