"""A window of a large tensor at any place, read from the live tensor while it is what was recorded."""

from __future__ import annotations

import torch

from explorer.trace.model import TensorState
from explorer.trace.values import Array, read_strided, to_numpy, version_of


class GoneError(Exception):
    """The values of this state are no longer there: the tensor was written to since, or its run is over."""


def place_window(state: TensorState, first: tuple[int, ...]) -> tuple[int, ...]:
    """Return where the window of a state begins when `first` is asked for: moved so far that it lies inside.

    Raises:
        ValueError: `first` has another number of dimensions.
    """
    return placed(first, state.shape, state.window)


def placed(first: tuple[int, ...], shape: tuple[int, ...], window: tuple[int, ...]) -> tuple[int, ...]:
    """Return where a window of a tensor begins when `first` is asked for, as `place_window` does."""
    if len(first) != len(shape):
        raise ValueError(f"{len(first)} indices for {len(shape)} dimensions")
    sizes = zip(first, shape, window, strict=True)
    return tuple(max(0, min(index, size - shown)) for index, size, shown in sizes)


def read_part(state: TensorState, first: tuple[int, ...]) -> Array:
    """Return a copy of the window of a state that begins at `first`; its cost does not depend on the tensor's size.

    Args:
        state: A state with its live tensor.
        first: Index of the first element in each dimension, from `place_window`.

    Returns:
        An array of the shape `state.window`, with the dtype that `state.values` has.

    Raises:
        GoneError: Only the corner that was recorded is known.
    """
    return read_cells(state, first, state.window)


def read_cells(state: TensorState, first: tuple[int, ...], window: tuple[int, ...]) -> Array:
    """Return a copy of so many cells of a state's live tensor from `first` on, as `read_part` does.

    Raises:
        GoneError: Only the corner that was recorded is known.
    """
    return to_numpy(live_of(state)[tuple(slice(i, i + size) for i, size in zip(first, window, strict=True))])


def live_of(state: TensorState) -> torch.Tensor:
    """Return the live tensor of a state, with the geometry that was recorded; a copy where all values were copied.

    Raises:
        GoneError: Its values are not those that were recorded any more.
    """
    if state._whole is not None:
        return torch.from_numpy(state._whole)
    live = state._live
    if live is None or state.values is None or version_of(live) != state.version:
        raise GoneError
    # `.data` and NumPy write without a new version
    if _read(live, state, (0,) * len(state.shape)).tobytes() != state.values.tobytes():
        raise GoneError
    return live.detach().as_strided(state.shape, state.stride, state.storage_offset)


def _read(live: torch.Tensor, state: TensorState, first: tuple[int, ...]) -> Array:
    offset = state.storage_offset + sum(index * step for index, step in zip(first, state.stride, strict=True))
    try:
        return read_strided(live, state.window, state.stride, offset)
    except RuntimeError:  # the storage became smaller
        raise GoneError from None
