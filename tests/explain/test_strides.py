"""view_conflict against torch itself: the pair that it names really breaks the rule, and really is merged."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.program.explain import conflict_sentence, view_conflict

Strided = tuple[tuple[int, ...], tuple[int, ...]]


@st.composite
def strided(draw: st.DrawFn) -> torch.Tensor:
    """A small tensor after a few operations that leave its strides in disorder."""
    shape: list[int] = draw(st.lists(st.sampled_from([1, 1, 2, 2, 3, 4, 6]), max_size=5))
    tensor = torch.zeros(shape)
    if shape:
        tensor = tensor.permute(draw(st.permutations(range(len(shape)))))
        kept = draw(st.lists(st.sampled_from([slice(None), slice(None, None, 2), slice(1, None)]), max_size=2))
        tensor = tensor[tuple(kept[: len(shape)])]
    if draw(st.booleans()) and tensor.dim() < 5:
        tensor = tensor.unsqueeze(draw(st.integers(0, tensor.dim())))
    ones = [d for d, size in enumerate(tensor.shape) if size == 1]
    if draw(st.booleans()) and ones:
        tensor = tensor.expand([3 if d == ones[0] else -1 for d in range(tensor.dim())])
    return tensor


@st.composite
def cases(draw: st.DrawFn) -> tuple[torch.Tensor, tuple[int, ...]]:
    """A tensor and a shape with as many elements."""
    tensor = draw(strided())
    rest, sizes = tensor.numel(), []
    if rest == 0:
        return tensor, (*draw(st.lists(st.integers(0, 3), max_size=3)), 0)
    for _ in range(draw(st.integers(0, 4))):
        size = draw(st.sampled_from([d for d in range(1, rest + 1) if rest % d == 0]))
        sizes.append(size)
        rest //= size
    return tensor, tuple(draw(st.permutations([*sizes, rest])))


def viewable(tensor: torch.Tensor, new_shape: tuple[int, ...]) -> bool:
    """Whether torch views the tensor with that shape."""
    try:
        tensor.view(new_shape)
    except RuntimeError:
        return False
    return True


def merges(shape: tuple[int, ...], new_shape: tuple[int, ...], outer: int) -> bool:
    """Whether one new dimension reaches over the border behind dimension `outer`."""
    borders = {math.prod(new_shape[d:]) for d in range(len(new_shape) + 1)}
    return math.prod(shape[outer + 1 :]) not in borders


@given(cases())
@settings(max_examples=800)
def test_it_finds_a_conflict_just_when_torch_refuses_the_view(case: tuple[torch.Tensor, tuple[int, ...]]) -> None:
    tensor, new_shape = case
    shape, stride = tuple(tensor.shape), tensor.stride()
    conflict = view_conflict(shape, stride, new_shape)
    if viewable(tensor, new_shape):
        assert conflict is None
    else:
        assert conflict is not None
        outer, inner = conflict.dimensions
        assert shape[outer] != 1
        assert shape[inner] != 1
        assert all(size == 1 for size in shape[outer + 1 : inner])
        assert stride[outer] != shape[inner] * stride[inner] == conflict.needed
        assert merges(shape, new_shape, outer)
        assert new_shape[conflict.merged] > 1


def test_every_small_case() -> None:
    for order in itertools.permutations(range(3)):
        tensor = torch.zeros(2, 3, 4).permute(order)
        for new_shape in [(24,), (2, 12), (6, 4), (8, 3), (4, 6), (3, 8), (4, 3, 2), (2, 2, 6), (1, 24, 1)]:
            conflict = view_conflict(tensor.shape, tensor.stride(), new_shape)
            assert (conflict is None) == viewable(tensor, new_shape)


def test_the_sentence_has_the_numbers() -> None:
    conflict = view_conflict((6, 4), (1, 6), (3, -1))
    assert conflict is not None
    assert conflict.new_shape == (3, 8)
    assert conflict_sentence(conflict, "b", "view(3, 8)") == (
        "b has shape (6, 4) and strides (1, 6). view(3, 8) would have to merge dimensions 0 and 1 into one walk with "
        "a single step, which needs stride[0] = size[1] × stride[1] = 4 × 6 = 24, but stride[0] is 1."
    )


@pytest.mark.parametrize("new_shape", [(5, 5), (-1, -1), (-2, 12), (5, -1), (0, -1)])
def test_a_shape_that_does_not_hold_the_elements_is_refused(new_shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="24 elements cannot take shape"):
        view_conflict((4, 6), (6, 1), new_shape)
