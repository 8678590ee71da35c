"""The global state of the process that a program could change."""

from __future__ import annotations

import random
from collections.abc import Hashable

import numpy as np
import torch


def global_state() -> dict[str, Hashable]:
    """Return the settings and random generators of torch, NumPy and Python, as values that compare."""
    return {
        "default dtype": torch.get_default_dtype(),
        "default device": torch.get_default_device(),
        "gradients": torch.is_grad_enabled(),
        "anomaly detection": torch.is_anomaly_enabled(),
        "deterministic algorithms": torch.are_deterministic_algorithms_enabled(),
        "threads": torch.get_num_threads(),
        "function modes": torch._C._len_torch_function_stack(),
        "printing": repr(torch._tensor_str.PRINT_OPTS),
        "NumPy printing": repr(np.get_printoptions()),
        "torch's generator": bytes(torch.get_rng_state().numpy()),
        "NumPy's generator": repr(np.random.get_state(legacy=False)["state"]),
        "Python's generator": random.getstate(),
    }
