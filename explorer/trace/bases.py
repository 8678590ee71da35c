"""What a view reads of its base."""

from __future__ import annotations

import numpy as np
import torch

from explorer.trace.addresses import addresses_of
from explorer.trace.model import Step, TensorState


def elements_in_base(step: Step, state: TensorState, elements: torch.Tensor) -> torch.Tensor | None:
    """Return what elements of a view are in its base, by their addresses: shape (m, elements of the base).

    None where that is not the answer: the step makes no view of a single tensor, counts memory in other elements,
    or elements of the base share memory.
    """
    if step.kind != "view" or len(step.inputs) != 1 or step.inputs[0].storage != state.storage:
        return None
    [base] = step.inputs
    held, wanted = addresses_of(base).reshape(-1), addresses_of(state).reshape(-1)[elements.numpy()]
    if base.itemsize != state.itemsize or len(np.unique(held)) != held.size:
        return None
    order = np.argsort(held, kind="stable")
    mask = np.zeros((wanted.size, held.size), dtype=bool)
    if held.size:
        place = order[np.minimum(np.searchsorted(held, wanted, sorter=order), held.size - 1)]
        mask[np.arange(wanted.size), place] = held[place] == wanted
    return torch.from_numpy(mask)
