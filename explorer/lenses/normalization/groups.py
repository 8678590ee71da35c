"""Groups of cells that share statistics: taking a tensor apart by group, and their names."""

from __future__ import annotations

import math
from itertools import product

import torch

from explorer.scene.norms import NormKind

MAX_NAMES = 1_024
_SPATIAL = {3: ("L",), 4: ("H", "W"), 5: ("D", "H", "W")}
_WORDS = {
    "N": ("sample", "samples"),
    "C": ("channel", "channels"),
    "D": ("slice", "slices"),
    "H": ("row", "rows"),
    "W": ("column", "columns"),
    "L": ("position", "positions"),
    "T": ("token", "tokens"),
    "E": ("feature", "features"),
    "out": ("output", "outputs"),
    "in": ("input", "inputs"),
}


def split_sizes(shape: tuple[int, ...], blocks: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """Return (number of blocks, length of a block) of each dimension."""
    return tuple((size // block if block else 1, block) for size, block in zip(shape, blocks, strict=True))


def by_group(tensor: torch.Tensor, blocks: tuple[int, ...]) -> torch.Tensor:
    """Return the cells of each group as a row: (groups, cells of a group), in the order of the groups' numbers.

    Args:
        tensor: Of any shape.
        blocks: How many indices in a row share statistics, for each dimension.
    """
    pairs = split_sizes(tuple(tensor.shape), blocks)
    places = range(len(pairs))
    split = tensor.reshape([length for pair in pairs for length in pair])
    ordered = split.permute([*(2 * place for place in places), *(2 * place + 1 for place in places)])
    groups = math.prod(count for count, _ in pairs)
    return ordered.reshape(groups, math.prod(length for _, length in pairs))


def spread(values: torch.Tensor, shape: tuple[int, ...], blocks: tuple[int, ...]) -> torch.Tensor:
    """Return one value a group at all cells of the group.

    Args:
        values: (groups,).
        shape: Of the tensor that the groups are of.
        blocks: How many indices in a row share statistics, for each dimension.
    """
    pairs = split_sizes(shape, blocks)
    one_each = values.reshape([length for count, _ in pairs for length in (count, 1)])
    return one_each.expand([length for pair in pairs for length in pair]).reshape(shape)


def group_names(shape: tuple[int, ...], blocks: tuple[int, ...], axes: tuple[str, ...]) -> tuple[str, ...]:
    """Return the name of each group, or of the first `MAX_NAMES` of them: `sample 0 · channels 2–3`.

    Args:
        shape: Of the tensor.
        blocks: How many indices in a row share statistics, for each dimension.
        axes: Names of its dimensions.
    """
    parts = [
        [_part(axes[place], place, index * block, block) for index in range(count)]
        for place, (count, block) in enumerate(split_sizes(shape, blocks))
        if block != shape[place] or (count == 1 and shape[place] == 1 and axes[place] in ("N", "C"))
    ]
    return tuple(" · ".join(names) or "all cells" for names, _ in zip(product(*parts), range(MAX_NAMES), strict=False))


def words_for(axis: str, place: int) -> tuple[str, str]:
    """Return what one index of a dimension is called, and several.

    Args:
        axis: Name of the dimension, or "".
        place: Its number.
    """
    return _WORDS.get(axis, (f"index of dim {place}", f"indices of dim {place}"))


def _part(axis: str, place: int, first: int, length: int) -> str:
    one, many = words_for(axis, place)
    return f"{one} {first}" if length == 1 else f"{many} {first}–{first + length - 1}"


def axes_for(kind: NormKind, shape: tuple[int, ...], blocks: tuple[int, ...], *, weighs: bool) -> tuple[str, ...]:
    """Return the names of a tensor's dimensions as a layer reads them.

    Args:
        kind: What the layer is.
        shape: Of the tensor.
        blocks: How many indices in a row share statistics, for each dimension.
        weighs: Whether the layer has a weight: of `weight`, the tensor is one of a linear layer or a convolution.
    """
    rank = len(shape)
    if kind == "weight" and weighs:
        return ("out", "in", *_SPATIAL.get(rank, ()))[:rank]
    whole = [block == size for block, size in zip(blocks, shape, strict=False)]
    if kind in ("layer", "rms", "standard", "weight") and rank == 3 and whole == [False, False, True]:
        return ("N", "T", "E")
    if kind != "batch" and rank == 2:
        return ("N", "E")
    return ("N", "C", *_SPATIAL.get(rank, ("",) * (rank - 2)))[:rank]
