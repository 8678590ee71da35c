"""The environment of the processes that run programs: nothing of the server's but where things are."""

from __future__ import annotations

import os
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_KEPT = ("PATH", "LD_LIBRARY_PATH", "LANG", "TZ")
_OF_ACCELERATORS = ("CUDA_", "NVIDIA_", "HIP_", "ROCR_", "ZE_", "ONEAPI_", "PYTORCH_MPS_")


def environment(*, accelerators: bool) -> dict[str, str]:
    """Return the environment variables of such a process.

    Without accelerators it is one that forks: one thread, because forks of a process with a pool of threads hang, and
    no GPU, because CUDA does not survive a fork.
    """
    own = {
        "PYTHONPATH": str(_ROOT),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if accelerators:
        kept = {name: value for name, value in os.environ.items() if name.startswith((*_KEPT, *_OF_ACCELERATORS))}
        # kernels that were compiled while a program ran are not written to disk
        return {**kept, **own, "CUDA_CACHE_DISABLE": "1", "CUBLAS_WORKSPACE_CONFIG": ":4096:8"}
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    single = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "MKL", "OPENBLAS")}
    # large tensors on large pages (Linux): a new one costs a fault for each 2 MiB instead of each 4 KiB
    large = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
    apple = {"VECLIB_MAXIMUM_THREADS": "1", "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES"}
    return {**kept, **own, **single, **large, **apple, "CUDA_VISIBLE_DEVICES": ""}
