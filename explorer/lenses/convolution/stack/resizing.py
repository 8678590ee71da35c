"""Which cells an upsampling reads, along each dimension: torch resizes an identity matrix in the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it

from explorer.lenses.convolution.stack.extents import Extent, Indices, regrouped
from explorer.lenses.convolution.stack.units import Unit

# a longer dimension would take too large a matrix
_LONGEST = 1_024
_ARGUMENTS = ("input", "size", "scale_factor", "mode", "align_corners", "recompute_scale_factor", "antialias")
_SETTINGS = _ARGUMENTS[1:]
_LINEAR = {"linear", "bilinear", "trilinear"}


def resized(unit: Unit, extents: Sequence[Extent]) -> tuple[Extent, ...] | None:
    """Return what the cells of an upsampled tensor depend on; None of other units, and where it is too large.

    Args:
        unit: A call.
        extents: Of its input, by spatial dimension.
    """
    given = _settings(unit)
    if given is None or any(not 0 < len(extent) <= _LONGEST for extent in extents):
        return None
    found = []
    for place, extent in enumerate(extents):
        weights = _weights(len(extent), place, len(extents), given)
        if weights.shape[1] != unit.outputs[0].shape[place - len(extents)]:
            return None
        found.append(regrouped(extent, *_read(weights)))
    return tuple(found)


def _settings(unit: Unit) -> Mapping[str, Any] | None:
    """Return how a unit resizes; None where it does not."""
    if isinstance(unit.module, torch.nn.Upsample):
        return {name: getattr(unit.module, name, None) for name in _SETTINGS}
    if unit.module is None and unit.op == "interpolate" and unit.call is not None:
        given = dict(zip(_ARGUMENTS, unit.call.arguments, strict=False)) | unit.call.keywords
        return {name: given.get(name) for name in _SETTINGS}
    return None


def _weights(size: int, place: int, rank: int, given: Mapping[str, Any]) -> torch.Tensor:
    """Return how much each cell of a result takes of each cell along one dimension: (cells before, cells after)."""
    mode = str(given["mode"] or "nearest")
    plain = "linear" if mode in _LINEAR else mode
    flat = mode == "bicubic"  # there is none of one dimension
    eye = torch.eye(size, device="cpu", dtype=torch.float32)
    matrix = eye[None, ..., None] if flat else eye[None]
    sizes = {name: _at(given[name], place, rank) for name in ("size", "scale_factor")}
    options: dict[str, Any] = {
        name: (value, 1) if flat else value for name, value in sizes.items() if value is not None
    }
    options |= {name: given[name] for name in ("align_corners", "recompute_scale_factor") if given[name] is not None}
    if mode == "bicubic" and given["antialias"]:
        options["antialias"] = True
    result: torch.Tensor = F.interpolate(matrix, mode=plain, **options)
    return result.reshape(size, -1)


def _at(value: Any, place: int, rank: int) -> Any:  # noqa: ANN401 - a number, one for each dimension, or None
    return value[place] if isinstance(value, tuple | list | torch.Size) and len(value) == rank else value


def _read(weights: torch.Tensor) -> tuple[Indices, Indices]:
    """Return the cells that each cell of a result reads, group after group, and where the groups start."""
    after, before = weights.T.nonzero(as_tuple=True)
    counts = torch.bincount(after, minlength=weights.shape[1]).cumsum(0)
    return before.numpy().astype(np.int64), np.concatenate([[0], counts.numpy()]).astype(np.int64)
