"""What is compared to find out whether a tensor has changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import torch

    from explorer.trace.life import Life
    from explorer.trace.model import TensorState


class Look(NamedTuple):
    """All of a tensor that can change, but for its elements, of which the versions tell.

    `hooks` are counted; `grad` is the object and its version; `passes` counts the runs of the engine while there is
    no gradient, since each of them is news about why.
    """

    storage: int
    implementation: int
    offset: int
    dtype: torch.dtype
    version: int
    written: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    requires_grad: bool
    retains_grad: bool
    hooks: int
    grad: tuple[int, int] | None
    passes: int = 0


@dataclass(slots=True)
class Known:
    """A tensor that was seen: its number, how it looked when its state was recorded, and that state.

    `stamp` is cheap to compare; when it is the same, nothing can have changed.
    """

    number: int
    tensor: torch.Tensor
    strided: bool
    storage: int = -1
    stamp: tuple[int, int, int] = (-1, -1, -1)
    look: Look | None = None
    state: TensorState | None = None
    life: Life | None = None
