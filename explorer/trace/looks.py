"""What is compared to find out whether a tensor has changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import torch

    from explorer.trace.life import Life
    from explorer.trace.model import TensorState

# version, noted writes, rearrangements, and of the gradient that it keeps which object it is and its version
Stamp = tuple[int, int, int, tuple[int, int] | None]


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

    `stamp` is cheap to compare; when it is the same, nothing can have changed. `keeps_grad` says whether it may have a
    gradient: a leaf that requires one, or a tensor that retains it.
    """

    number: int
    tensor: torch.Tensor
    strided: bool
    storage: int = -1
    keeps_grad: bool = False
    stamp: Stamp | None = None
    look: Look | None = None
    state: TensorState | None = None
    life: Life | None = None
