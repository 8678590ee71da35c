"""The tensors of a call, as they were when it ran."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from explorer.lenses.convolution.values import tensor_of

if TYPE_CHECKING:
    from explorer.lenses.normalization.calls import NormCall
    from explorer.lenses.normalization.handmade import Handmade
    from explorer.trace import TensorState

MOST_CELLS = 4_194_304


def wide(tensor: torch.Tensor) -> torch.Tensor:
    """Return a tensor in the dtype that torch computes statistics in: float32 for the half precisions."""
    return tensor.float() if tensor.dtype in (torch.float16, torch.bfloat16) else tensor


@dataclass(frozen=True, eq=False)
class Values:
    """Tensors of one call, detached, on the CPU; None where there is none, or its values are gone.

    `mean`, `variance` and `divisor` are those that a normalisation written by hand computed.
    """

    input: torch.Tensor | None
    output: torch.Tensor | None
    weight: torch.Tensor | None = None
    bias: torch.Tensor | None = None
    running_mean: torch.Tensor | None = None
    running_var: torch.Tensor | None = None
    next_mean: torch.Tensor | None = None
    next_var: torch.Tensor | None = None
    mean: torch.Tensor | None = None
    variance: torch.Tensor | None = None
    divisor: torch.Tensor | None = None

    def given(self) -> torch.Tensor:
        """Return the input in the dtype that torch computes statistics in: float32 for the half precisions.

        Raises:
            ValueError: There is none.
        """
        if self.input is None:
            raise ValueError("the values of the input are not known")
        return wide(self.input)


def values_of(call: NormCall) -> Values:
    """Return the tensors of a call as they were when it ran; none of a tensor with more than `MOST_CELLS` cells."""
    if call.input.numel > MOST_CELLS:
        return Values(None, None)
    made = call.by_hand
    return Values(
        _value(call.input),
        _value(call.output),
        _value(call.weight),
        _value(call.bias),
        _value(call.running_mean),
        _value(call.running_var),
        _value(call.next_mean),
        _value(call.next_var),
        _value(None if made is None else made.mean),
        _value(None if made is None else made.root.variance),
        None if made is None else _divisor(made),
    )


def _divisor(made: Handmade) -> torch.Tensor | None:
    """Return what x − mean is divided by, also where the program multiplies with one over it."""
    found = _value(made.divisor)
    return found if found is None or made.root.power > 0 else found.reciprocal()


def _value(state: TensorState | None) -> torch.Tensor | None:
    found = None if state is None else tensor_of(state)
    return None if found is None else found.cpu()
