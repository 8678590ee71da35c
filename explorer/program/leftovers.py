"""What a program may have entered and never left: torch's contexts, as they are put back after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.autograd import forward_ad
from torch.backends import cudnn
from torch.nn.utils import parametrize

_CASTING = ("cpu", "cuda")


@contextmanager
def contexts_left() -> Iterator[None]:
    """Leave, at the end, what was entered meanwhile.

    These are autocast, hooks on saved tensors, levels of forward differentiation, the cache of parametrisations, and
    cuDNN's flags.
    """
    restore = [_autocast(), _saved_tensor_hooks(), _levels(), _parametrisations(), _cudnn()]
    try:
        yield
    finally:
        for step in restore:
            step()


def _autocast() -> Callable[[], None]:
    enabled = [(torch.is_autocast_enabled(kind), torch.get_autocast_dtype(kind)) for kind in _CASTING]
    caching, nesting = torch.is_autocast_cache_enabled(), _nesting()

    def restore() -> None:
        for kind, (on, dtype) in zip(_CASTING, enabled, strict=True):
            torch.set_autocast_enabled(kind, on)
            torch.set_autocast_dtype(kind, dtype)
        torch.set_autocast_cache_enabled(caching)
        for _ in range(_nesting() - nesting):
            torch.autocast_decrement_nesting()
        torch.clear_autocast_cache()

    return restore


def _nesting() -> int:
    torch.autocast_increment_nesting()
    return int(torch.autocast_decrement_nesting())


def _saved_tensor_hooks() -> Callable[[], None]:
    top: Callable[[bool], Any] = torch._C._autograd._top_saved_tensors_default_hooks
    before = top(True)  # noqa: FBT003 - a C function without names

    def restore() -> None:
        while (now := top(True)) is not None and now != before:  # noqa: FBT003
            torch._C._autograd._pop_saved_tensors_default_hooks()

    return restore


def _levels() -> Callable[[], None]:
    before = forward_ad._current_level

    def restore() -> None:
        while forward_ad._current_level > before:
            forward_ad.exit_dual_level()  # type: ignore[no-untyped-call]

    return restore


def _parametrisations() -> Callable[[], None]:
    before = parametrize._cache_enabled

    def restore() -> None:
        parametrize._cache_enabled = before
        if not before:
            parametrize._cache = {}

    return restore


def _cudnn() -> Callable[[], None]:
    before = cudnn.benchmark, cudnn.deterministic

    def restore() -> None:
        cudnn.benchmark, cudnn.deterministic = before

    return restore
