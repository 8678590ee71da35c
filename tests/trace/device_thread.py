"""A device of its own in this process, whose memory is NumPy's: the backward engine then uses a thread for it.

Run as a script, with names of programs: torch cannot take a device back. Prints what was recorded of each, as JSON.
"""

from __future__ import annotations

import gc
import json
import sys
import weakref
from typing import Any

import numpy as np
import torch
from torch.utils.backend_registration import _setup_privateuseone_for_python_backend

import explorer
from explorer.compute.remains import let_go

FUNCTION = """
class Cubed(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * x
    @staticmethod
    def backward(ctx, g):
        for turn in range(2):
            h = g * g
        return h

def doubled(g):
    k = g + g
    return k

x = torch.ones(2, 2){there}
x.requires_grad_()
x.register_hook(doubled)
Cubed.apply(x).sum().backward()
"""
ENDLESS = """
class Endless(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * x
    @staticmethod
    def backward(ctx, g):
        while True:
            turn = 1

x = torch.ones(2){there}
x.requires_grad_()
Endless.apply(x).sum().backward()
"""
PROGRAMS = {"function": (FUNCTION, None), "endless": (ENDLESS, 1.0)}


class _Tensor(torch.Tensor):
    raw: Any


def _wrap(array: Any) -> torch.Tensor:
    array = np.asarray(array, np.float32)
    tensor = torch._C._acc.create_empty_tensor(array.shape, torch.float32)
    tensor.__class__ = _Tensor
    tensor.raw = array  # type: ignore[attr-defined]
    return tensor


def _copied(source: Any, target: Any, non_blocking: bool = False) -> Any:
    del non_blocking
    array = source.numpy() if source.device.type == "cpu" else source.raw
    if target.device.type == "cpu":
        return target.copy_(torch.from_numpy(array.copy()))
    target.raw = array.copy()
    return target


OPERATIONS: dict[str, Any] = {
    "add.Tensor": lambda a, b, **_: _wrap(a.raw + b.raw),
    "mul.Tensor": lambda a, b: _wrap(a.raw * b.raw),
    "eq.Scalar": lambda a, b: _wrap(a.raw == b),
    "all": lambda a: _wrap(a.raw.all()),
    "_local_scalar_dense": lambda a: a.raw.item(),
    "sum": lambda a, **_: _wrap(a.raw.sum()),
    "ones_like": lambda a, **_: _wrap(np.ones_like(a.raw)),
    "detach": lambda a: _wrap(a.raw),
    "view": lambda a, size: _wrap(a.raw.reshape(size)),
    "expand": lambda a, size, **_: _wrap(np.broadcast_to(a.raw, size)),
    "as_strided": lambda a, size, *_: _wrap(a.raw.reshape(-1)[: int(np.prod(size))].reshape(size)),
    "empty_strided": lambda size, *_, **__: _wrap(np.zeros(size)),
    "empty.memory_format": lambda size, **_: _wrap(np.zeros(size)),
    "_copy_from": _copied,
}


def make_device() -> None:
    """Register the device `npy` with torch."""
    _setup_privateuseone_for_python_backend("npy")
    for name, function in OPERATIONS.items():
        torch.library.impl(f"aten::{name}", "privateuseone")(function)
    # such a device has nothing to wait for, and torch raises
    torch.accelerator.synchronize = lambda *_: None


def recorded(name: str, there: str) -> dict[str, Any]:
    """Return what was recorded of a program in plain values, and whether the run is gone once it was let go of."""
    source, seconds = PROGRAMS[name]
    trace = explorer.run(source.replace("{there}", there), max_seconds=seconds)
    steps = [
        [step.op, [[site.function, site.position.line, [i.number for i in site.iterations]] for site in step.stack]]
        for step in trace.steps
        if step.op != "to"
    ]
    error = None if trace.error is None else [trace.error.kind, trace.error.line]
    bound = sorted({binding.name for names in trace.bindings for binding in names})
    kept = weakref.ref(trace.steps[0].outputs[0])
    del trace
    let_go()
    gc.collect()
    return {"steps": steps, "error": error, "bound": bound, "gone": kept() is None}


if __name__ == "__main__":
    make_device()
    found = {name: [recorded(name, ""), recorded(name, ".to('npy')")] for name in sys.argv[1:]}
    sys.stdout.write(json.dumps(found))
