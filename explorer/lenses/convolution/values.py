"""The tensors of a layer, as they were when it ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from explorer.trace.values import has_values, version_of, window_array

if TYPE_CHECKING:
    from explorer.lenses.convolution.calls import WindowCall
    from explorer.trace import TensorState


@dataclass(frozen=True, eq=False)
class Values:
    """Tensors of one layer, detached; None where there is none, or its values are gone.

    Attributes:
        input: (N, C_in, *sizes); with N = 1 where the program's tensor has no batch. Of fold (N, C·K, P).
        weight: As torch has it.
        bias: (C_out,).
        output: (N, C_out, *sizes); of unfold (N, C·K, P).
    """

    input: torch.Tensor | None
    weight: torch.Tensor | None
    bias: torch.Tensor | None
    output: torch.Tensor | None

    @property
    def complete(self) -> bool:
        """Whether there is anything to compute with."""
        return self.input is not None


def values_of(call: WindowCall) -> Values:
    """Return the tensors of a layer as they were when it ran."""
    batched = call.batched
    return Values(
        _with_batch(tensor_of(call.input), batched),
        None if call.weight is None else tensor_of(call.weight),
        None if call.bias is None else tensor_of(call.bias),
        _with_batch(tensor_of(call.output), batched),
    )


def tensor_of(state: TensorState) -> torch.Tensor | None:
    """Return a tensor with the values that a state has; None on `meta`, and where they were overwritten since."""
    if state.contents is None or state.values is None:
        return None
    if state.window == state.shape:
        return torch.from_numpy(state.values.copy()).to(state.dtype)
    live = state._live
    if live is None or tuple(live.shape) != state.shape or not has_values(live) or version_of(live) != state.version:
        return None
    # writes through `.data` do not count in the version: what was recorded of a large tensor tells of most of them
    same = np.array_equal(window_array(live.detach()), state.values, equal_nan=state.values.dtype.kind in "fc")
    return live.detach() if same else None


def _with_batch(tensor: torch.Tensor | None, batched: bool) -> torch.Tensor | None:
    return tensor if tensor is None or batched else tensor[None]
