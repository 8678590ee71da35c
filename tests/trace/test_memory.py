"""Copies of memory hold what torch reads there, and stay out of memory that is not the tensor's."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.trace.memory import DTYPES, beginning, copied, elements
from explorer.trace.values import read_strided, to_numpy


def _copy(tensor: torch.Tensor) -> object:
    return copied(tensor, tuple(tensor.shape), tensor.stride(), int(tensor.storage_offset()))


@given(
    st.sampled_from(sorted(DTYPES, key=str)),
    st.lists(st.integers(0, 4), max_size=3),
    st.integers(0, 3),
    st.booleans(),
)
def test_elements_are_those_that_torch_reads(dtype: torch.dtype, shape: list[int], skipped: int, turned: bool) -> None:
    count = torch.Size(shape).numel()
    whole = (torch.arange(count + skipped) % 7).to(dtype)
    tensor = whole[skipped:].reshape(shape)
    tensor = tensor.T if turned and tensor.dim() == 2 else tensor
    array = read_strided(tensor, tuple(tensor.shape), tensor.stride(), int(tensor.storage_offset()))
    assert array.shape == tuple(tensor.shape)
    assert array.dtype == tensor.numpy().dtype
    assert array.tolist() == tensor.tolist()
    assert array.flags.owndata


@given(
    st.sampled_from(sorted(DTYPES, key=str)),
    st.lists(st.integers(0, 4), max_size=4),
    st.integers(0, 3),
    st.permutations(range(4)),
    st.lists(st.integers(1, 2), min_size=4, max_size=4),
)
def test_elements_without_the_storage_are_the_same(
    dtype: torch.dtype, shape: list[int], skipped: int, order: list[int], steps: list[int]
) -> None:
    whole = (torch.arange(torch.Size(shape).numel() + skipped) % 7).to(dtype)
    turned = whole[skipped:].reshape(shape).permute([dim for dim in order if dim < len(shape)])
    tensor = turned[tuple(slice(None, None, step) for step in steps[: len(shape)])]
    array = elements(tensor)
    if not tensor.numel():
        assert array is None
        return
    assert array is not None
    assert (array.dtype, array.shape) == (tensor.numpy().dtype, tuple(tensor.shape))
    assert array.tolist() == tensor.tolist()
    assert array.flags.owndata
    assert array.flags.c_contiguous


@given(st.sampled_from(sorted(DTYPES, key=str)), st.integers(1, 9), st.integers(0, 9))
def test_the_beginning_of_a_storage_does_not_depend_on_the_view(dtype: torch.dtype, size: int, count: int) -> None:
    whole = torch.arange(size).to(dtype)
    array = beginning(whole[size - 1 :].untyped_storage(), min(count, size), dtype)
    assert array is not None
    assert array.tolist() == whole[: min(count, size)].tolist()
    assert array.flags.owndata


def test_expanded_tensors_are_copied_element_by_element() -> None:
    array = to_numpy(torch.tensor([1.0, 2.0]).expand(3, 2))
    assert array.tolist() == [[1.0, 2.0]] * 3
    assert array.flags.c_contiguous


def test_bits_of_nan_stay() -> None:
    bits = torch.tensor([0x7FC00001, 0x7F800001, -1], dtype=torch.int32)
    assert to_numpy(bits.view(torch.float32)).tobytes() == bits.numpy().tobytes()


def test_a_copy_is_not_the_memory() -> None:
    tensor = torch.zeros(3)
    array = to_numpy(tensor)
    tensor += 1
    assert array.tolist() == [0.0, 0.0, 0.0]


def test_nothing_is_read_where_there_is_no_memory() -> None:
    tensor = torch.ones(4)
    tensor.untyped_storage().resize_(0)
    assert _copy(tensor) is None
    assert _copy(torch.empty(0)) is None
    assert beginning(tensor.untyped_storage(), 0, tensor.dtype) is None
    assert elements(torch.empty(0)) is None


@pytest.mark.parametrize(("size", "stride", "offset"), [((5,), (1,), 0), ((4,), (1,), 1), ((2,), (4,), 0)])
def test_nothing_is_read_beyond_the_storage(size: tuple[int], stride: tuple[int], offset: int) -> None:
    tensor = torch.ones(4)
    assert copied(tensor, size, stride, offset) is None
    with pytest.raises(RuntimeError):
        read_strided(tensor, size, stride, offset)


def test_a_storage_that_was_copied_can_be_resized() -> None:
    tensor = torch.ones(4)
    to_numpy(tensor)
    tensor.resize_(1000)
    assert tensor.shape == (1000,)
