"""Calls that leave memory as they find it, made so that nothing old shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch


def filled(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever torch returns
    """Call `function` while torch fills new memory: with NaN, or with the largest whole number."""
    before = torch.are_deterministic_algorithms_enabled()
    lenient = torch.is_deterministic_algorithms_warn_only_enabled()
    # torch.use_deterministic_algorithms would also reach into the compiler
    torch._C._set_deterministic_algorithms(True, warn_only=True)  # noqa: FBT003 - a C function without names
    try:
        return function(*args, **kwargs)
    finally:
        torch._C._set_deterministic_algorithms(before, warn_only=lenient)
