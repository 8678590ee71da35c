"""torch's and Python's global settings, as they are put back after a program."""

from __future__ import annotations

import random
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch

from explorer.program.leftovers import contexts_left


@contextmanager
def own_settings(device: torch.device, seed: int) -> Iterator[None]:
    """Give a program settings of its own: random generators that start from `seed`, and torch's defaults.

    Afterwards everything is as it was: generators, default dtype and device, grad mode, determinism, anomaly
    detection, print options, the number of threads, and torch's contexts.

    Args:
        device: The device whose generator is seeded beside the CPU's.
        seed: For torch, NumPy and Python's `random`.
    """
    python_state, numpy_state = random.getstate(), np.random.get_state()
    with (
        torch.random.fork_rng(devices=_generators(device)),
        warnings.catch_warnings(),
        contexts_left(),
        _torch_defaults(),
    ):
        warnings.simplefilter("ignore")
        torch.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed % 2**32)
        try:
            yield
        finally:
            random.setstate(python_state)
            np.random.set_state(numpy_state)


@contextmanager
def _torch_defaults() -> Iterator[None]:
    dtype, grad, threads = torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_num_threads()
    deterministic, warn_only = _determinism()
    device, precision = _chosen_device(), torch.get_float32_matmul_precision()
    numpy_errors, modes = np.geterr(), torch._C._len_torch_function_stack()
    anomaly, check_nan = torch.is_anomaly_enabled(), torch.is_anomaly_check_nan_enabled()
    options = np.get_printoptions()
    torch_options = vars(torch._tensor_str.PRINT_OPTS).copy()
    try:
        yield
    finally:
        while torch._C._len_torch_function_stack() > modes:  # a context that was entered and never left
            torch._C._pop_torch_function_stack()
        torch.set_default_dtype(dtype)
        if _chosen_device() != device:
            torch.set_default_device(device)
        torch.set_float32_matmul_precision(precision)
        np.seterr(**numpy_errors)
        torch.set_grad_enabled(grad)
        if _determinism() != (deterministic, warn_only):  # torch imports its compiler to set it: seconds
            torch.use_deterministic_algorithms(deterministic, warn_only=warn_only)
        torch.autograd.set_detect_anomaly(anomaly, check_nan)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
        np.set_printoptions(**options)
        vars(torch._tensor_str.PRINT_OPTS).update(torch_options)


def _determinism() -> tuple[bool, bool]:
    """Return whether algorithms must be deterministic, and whether that is only a warning."""
    return torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()


def _chosen_device() -> torch.device | None:
    """Return the default device that somebody has set; None when nobody has."""
    context = getattr(torch._GLOBAL_DEVICE_CONTEXT, "device_context", None)
    return None if context is None else context.device


def _generators(device: torch.device) -> list[int]:
    if device.type != "cuda":
        return []
    return [device.index if device.index is not None else torch.cuda.current_device()]
