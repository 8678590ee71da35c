"""How long a call really took, on devices that work in their own time."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import torch


def timed(call: Callable[[], Any]) -> tuple[Any, float | None]:
    """Return what `call` returns, and the seconds until its work was done on every device.

    The time is None for a call that woke the accelerator: that takes far longer than what was asked of it.
    """
    awake = is_awake()
    if awake:
        torch.accelerator.synchronize()
    start = perf_counter()
    result = call()
    if not is_awake():
        return result, perf_counter() - start
    torch.accelerator.synchronize()
    return result, perf_counter() - start if awake else None


def is_awake() -> bool:
    """Tell whether this process has used the accelerator, if there is one, without waking it.

    A program that stays on the CPU must not leave a context on the GPU, with which the process can no longer fork.
    """
    kind = torch.accelerator.current_accelerator()
    if kind is None:
        return False
    module = torch.get_device_module(kind)
    # Metal does not tell; it has no context to make
    return bool(module.is_initialized() if hasattr(module, "is_initialized") else module.is_available())
