"""What one run could change for the next in a process that serves many: remembered before, put back after."""

from __future__ import annotations

import gc
import os
import random
import sys
import warnings
from collections.abc import Callable
from copy import copy
from typing import Any

import numpy as np
import torch
from torch import _tensor_str

from explorer.program.devices import ALWAYS

# a module whose attribute is a property, which its stub does not tell
_DETERMINISTIC: Any = torch.utils.deterministic

Undo = Callable[[], None]


def remember() -> Undo:
    """Return a function that puts everything back as it is now.

    Settings that programs may not touch are put back too: the policy that forbids them is one wall, this is another.
    """
    undo = [*_torch_settings(), *_other_settings()]

    def restore() -> None:
        for step in undo:
            step()
        gc.collect()

    return restore


def fill_uninitialised_memory() -> None:
    """Have `torch.empty` and its kind hold NaN or the largest number, never what an earlier run left in memory.

    torch does this in its deterministic mode (`torch.utils.deterministic.fill_uninitialized_memory`). NumPy has no
    such mode: its `empty` becomes `zeros`.
    """
    torch.use_deterministic_algorithms(True, warn_only=True)  # noqa: FBT003 - torch's own signature
    _DETERMINISTIC.fill_uninitialized_memory = True
    vars(np).update(empty=np.zeros, empty_like=np.zeros_like)


def empty_cache(device: str) -> None:
    """Wait for a device and give back its unused memory.

    Raises:
        RuntimeError: The device is in no state to go on (a kernel's assertion failed).
    """
    if torch.device(device).type in ALWAYS:
        return
    torch.accelerator.synchronize(device)
    torch.get_device_module(device).empty_cache()


def make_current(device: str) -> None:
    """Have `cuda` without a number mean this device, the only one that the process may be allowed to use."""
    where = torch.device(device)
    if where.type not in ALWAYS and where.index is not None:
        torch.accelerator.set_device_index(where)


def _torch_settings() -> list[Undo]:
    mode, warn_only = (
        torch.are_deterministic_algorithms_enabled(),
        torch.is_deterministic_algorithms_warn_only_enabled(),
    )
    fill = _DETERMINISTIC.fill_uninitialized_memory
    printing = copy(_tensor_str.PRINT_OPTS)

    def restore_filling() -> None:
        torch.use_deterministic_algorithms(mode, warn_only=warn_only)
        _DETERMINISTIC.fill_uninitialized_memory = fill

    return [
        _putting_back(torch.get_default_dtype, torch.set_default_dtype),
        _putting_back(torch.is_grad_enabled, torch.set_grad_enabled),
        _putting_back(torch.get_num_threads, torch.set_num_threads),
        _putting_back(torch.get_rng_state, torch.set_rng_state),
        _putting_back(torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly),
        _putting_back(torch.get_float32_matmul_precision, torch.set_float32_matmul_precision),
        _putting_back(torch.is_autocast_cache_enabled, torch.set_autocast_cache_enabled),
        lambda: torch.set_default_device(None),
        lambda: vars(_tensor_str.PRINT_OPTS).update(vars(printing)),
        restore_filling,
    ]


def _other_settings() -> list[Undo]:
    printing, errors = np.get_printoptions(), np.geterr()
    filters, environment = list(warnings.filters), dict(os.environ)

    def restore_warnings() -> None:
        warnings.filters[:] = filters  # type: ignore[index]

    def restore_environment() -> None:
        os.environ.clear()
        os.environ.update(environment)

    return [
        _putting_back(random.getstate, random.setstate),
        _putting_back(np.random.get_state, np.random.set_state),
        _putting_back(sys.getrecursionlimit, sys.setrecursionlimit),
        lambda: np.set_printoptions(**printing),
        lambda: _ignore(np.seterr(**errors)),
        restore_warnings,
        restore_environment,
    ]


def _putting_back(get: Callable[[], Any], put: Callable[[Any], Any]) -> Undo:
    value = get()
    return lambda: _ignore(put(value))


def _ignore(value: object) -> None:
    del value
