"""How long a call really took, on devices that work in their own time."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import torch


def synchronize() -> None:
    """Wait until the accelerator, if there is one, has done all that it was given."""
    if torch.accelerator.is_available():
        torch.accelerator.synchronize()


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """Return what `call` returns, and the seconds until its work was done on every device."""
    synchronize()
    start = perf_counter()
    result = call()
    synchronize()
    return result, perf_counter() - start
