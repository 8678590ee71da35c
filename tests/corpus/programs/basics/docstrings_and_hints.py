"""A module docstring, as scripts have it."""
from typing import Dict, List, Optional, Tuple

import torch
from torch import Tensor


def scale(x: Tensor, by: float = 2.0) -> Tensor:
    """Multiply a tensor.

    Args:
        x: any shape.
    """
    return x * by


def split(x: Tensor, names: List[str]) -> Dict[str, Tensor]:
    return {name: row for name, row in zip(names, x)}


def maybe(x: Optional[Tensor] = None) -> Tuple[int, bool]:
    return (0, False) if x is None else (x.numel(), True)


count: int = 3
rate: float
rate = 0.5
history: list[float] = []
history.append(rate)
print(scale(torch.ones(2)), split(torch.eye(2), ["a", "b"]))
print(maybe(), maybe(torch.ones(4)), count, history)
print(scale.__doc__.strip().split("\n")[0], scale.__name__)
