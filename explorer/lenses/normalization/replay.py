"""A call made once more: with other values, or to know a result that was overwritten."""

from __future__ import annotations

import torch

from explorer.lenses.normalization.calls import NormCall
from explorer.lenses.normalization.settings import SIGNATURES
from explorer.lenses.normalization.values import Values


def again(
    call: NormCall,
    values: Values,
    given: torch.Tensor,
    weight: torch.Tensor | None = None,
    bias: torch.Tensor | None = None,
) -> torch.Tensor | None:
    """Make a call once more, on copies of its running statistics; None of what was written by hand.

    Args:
        call: The call.
        values: Its tensors.
        given: In place of its input.
        weight: In place of its weight; None for the recorded one.
        bias: In place of its bias; None for the recorded one.
    """
    signature = SIGNATURES.get(call.call.function)
    if signature is None:
        return None
    fresh = {
        "input": given,
        "weight": values.weight if weight is None else weight,
        "bias": values.bias if bias is None else bias,
        "running_mean": _copy(values.running_mean),
        "running_var": _copy(values.running_var),
        "out": None,
    }
    own = call.call
    named = [fresh.get(name, value) for name, value in zip(signature.names, own.arguments, strict=False)]
    rest = own.arguments[len(named) :]
    result = own.function(*named, *rest, **{name: fresh.get(name, value) for name, value in own.keywords.items()})
    return result if isinstance(result, torch.Tensor) else None


def _copy(tensor: torch.Tensor | None) -> torch.Tensor | None:
    return None if tensor is None else tensor.clone()
