"""A tensor that moves to another device counts there, before that device is asked for anything."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.program.limits import AllocationCheck, LimitError
from explorer.program.transfers import transferred_bytes

MIB = 2**20
X = torch.zeros(2)
ON_META = X.to("meta")
TO, CUDA = torch.Tensor.to, torch.Tensor.cuda

# The function, what stands beside the tensor, and bytes on the other device.
MOVES: list[tuple[Any, tuple[Any, ...], dict[str, Any], int]] = [
    (CUDA, (), {}, 4 * MIB),
    (CUDA, (1,), {}, 4 * MIB),
    (CUDA, ("cuda:1",), {"non_blocking": True}, 4 * MIB),
    (TO, ("cuda",), {}, 4 * MIB),
    (TO, (torch.device("mps"),), {}, 4 * MIB),
    (TO, (), {"device": "xpu:0"}, 4 * MIB),
    (TO, ("cuda", torch.float64), {}, 32 * MIB),
    (TO, ("cuda", torch.float16, False, True), {}, 8 * MIB),
    (torch.tensor, (), {"device": "cuda"}, 4 * MIB),
    (torch.as_tensor, (), {"dtype": torch.float32, "device": "cuda"}, 16 * MIB),
]


@pytest.mark.parametrize(("function", "arguments", "keywords", "nbytes"), MOVES)
def test_a_transfer_counts_with_its_bytes(
    function: Any, arguments: tuple[Any, ...], keywords: dict[str, Any], nbytes: int
) -> None:
    # not kept by this module: what is alive counts in other tests of limits
    call = (function.__name__, function, (torch.zeros(4 * MIB, dtype=torch.int8), *arguments), keywords)
    AllocationCheck(nbytes, "cuda")(*call)
    with pytest.raises(LimitError, match=f"{function.__name__} would allocate {nbytes / MIB:.2f} MiB"):
        AllocationCheck(nbytes - 1, "cuda")(*call)


@pytest.mark.parametrize(
    ("op", "arguments", "keywords"),
    [
        ("to", (X, "cpu"), {}),
        ("to", (X, torch.zeros(1)), {}),
        ("cpu", (X,), {}),
        ("to", (X, "meta"), {}),
        ("to", (ON_META, "cuda"), {}),
        ("to", (X, torch.float64), {}),
        ("to", (X, "nowhere"), {}),
        ("to", (X,), {"non_blocking": True}),
        ("tensor", ([1, 2],), {"device": "cuda"}),
        ("to", (torch.nn.Linear(1, 1), "cuda"), {}),
        ("add", (X, X), {}),
    ],
)
def test_what_moves_no_values_is_left_to_other_rules(
    op: str, arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> None:
    assert transferred_bytes(op, arguments, keywords) is None


@given(
    st.lists(st.integers(0, 5), max_size=4),
    st.sampled_from([torch.bool, torch.bfloat16, torch.int64, torch.complex128, torch.float8_e5m2]),
)
def test_the_bytes_are_those_of_the_elements(shape: list[int], dtype: torch.dtype) -> None:
    x = torch.zeros(shape, dtype=dtype)
    assert transferred_bytes("cuda", (x,), {}) == x.nbytes
    # a view that repeats elements, or leaves some out, takes what its own elements take
    assert transferred_bytes("cuda", (x.expand(3, *shape),), {}) == 3 * x.nbytes
    if shape:
        assert transferred_bytes("to", (x[::2], "cuda"), {}) == x[::2].clone().nbytes
