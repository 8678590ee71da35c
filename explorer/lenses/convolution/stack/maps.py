"""Feature maps: each unit's result for one item of the batch, small enough to stand beside the others.

A large one is averaged over blocks by torch, so that the whole of it is seen; how many cells a block has is said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import avg_pool1d, avg_pool2d

from explorer.scene.relations import Array
from explorer.trace import TensorState
from explorer.trace.replay import as_it_was, undisturbed

MOST_CELLS = 120_000
_LADDER = ((32, 32), (16, 32), (16, 24), (8, 24), (8, 16), (4, 16), (4, 12), (2, 8))


@dataclass(frozen=True, eq=False)
class FeatureMaps:
    """What is shown of a result: its first channels, each averaged over blocks.

    Attributes:
        values: (channels, …) with one or two spatial dimensions.
        scale: Cells of a block, in each spatial dimension.
    """

    values: Array
    scale: tuple[int, ...]


def feature_maps(states: Sequence[TensorState], rank: int, item: int) -> list[FeatureMaps | None]:
    """Return the maps of results; None for those without channels and places, or without values.

    Args:
        states: The results.
        rank: How many spatial dimensions the network's input has; maps are made for one and two.
        item: Which of the batch.
    """
    channels, side = _room([state.shape for state in states if _has_places(state, rank)], rank)
    return [_maps(state, rank, item, channels, side) if _has_places(state, rank) else None for state in states]


def _has_places(state: TensorState, rank: int) -> bool:
    return rank in (1, 2) and len(state.shape) in (rank + 1, rank + 2) and math.prod(state.shape) > 0


def _room(shapes: Sequence[tuple[int, ...]], rank: int) -> tuple[int, int]:
    """Return how many channels, and how many cells of each dimension, are shown of every result."""
    for channels, side in _LADDER:
        cells = sum(
            min(shape[-rank - 1], channels) * math.prod(min(n, side) for n in shape[-rank:]) for shape in shapes
        )
        if cells <= MOST_CELLS:
            return channels, side
    return _LADDER[-1]


def _maps(state: TensorState, rank: int, item: int, channels: int, side: int) -> FeatureMaps | None:
    value = _value(state)
    if value is None or value.is_complex():
        return None
    if value.dim() == rank + 2:
        value = value[min(item, value.shape[0] - 1)]
    value = value[:channels].to(torch.float64 if value.dtype == torch.float64 else torch.float32)
    scale = tuple(-(-size // side) for size in value.shape[1:])
    with undisturbed(), torch.no_grad():
        small = _averaged(value, scale) if max(scale) > 1 else value
    return FeatureMaps(np.ascontiguousarray(small.numpy()), scale)


def _averaged(value: torch.Tensor, scale: tuple[int, ...]) -> torch.Tensor:
    if len(scale) == 1:
        return avg_pool1d(value, scale, ceil_mode=True, count_include_pad=False)
    return avg_pool2d(value, scale, ceil_mode=True, count_include_pad=False)


def _value(state: TensorState) -> torch.Tensor | None:
    """Return all values of a tensor at its time, on the CPU; None where they are gone or never were."""
    if state.values is not None and state.window == state.shape:
        return torch.from_numpy(state.values.copy())
    return None if state._live is None else as_it_was(state._live, state)
