"""The state of torch's random generator before calls that draw from it, so that they can be made again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch.nn.modules.dropout import _DropoutNd

# Operations that draw numbers and pass gradients on.
_DRAWING = frozenset(
    {"alpha_dropout", "alpha_dropout_", "dropout", "dropout_", "dropout1d", "dropout2d", "dropout3d", "feature_dropout",
     "feature_dropout_", "feature_alpha_dropout", "feature_alpha_dropout_", "gumbel_softmax", "rrelu", "rrelu_",
     "scaled_dot_product_attention"}
)  # fmt: skip


def generator_before(op: str, function: Callable[..., Any]) -> torch.Tensor | None:
    """Return the state of the CPU's generator if a call is one that may draw; else None.

    Args:
        op: The operation's name.
        function: What is called.
    """
    draws = op in _DRAWING or (isinstance(function, torch.nn.Module) and _draws(function))
    return torch.get_rng_state() if draws else None


def _draws(module: torch.nn.Module) -> bool:
    return any(
        one.training and (isinstance(one, _DropoutNd | torch.nn.RReLU) or bool(getattr(one, "dropout", 0.0)))
        for one in module.modules()
    )
