"""The devices that people may choose."""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Device:
    """A device: its name for torch, and what to call it."""

    name: str
    label: str


def devices() -> tuple[Device, ...]:
    """Return the devices of this machine that `EXPLORER_DEVICES` allows; all of them when it is not set.

    The variable is a list such as `cpu,cuda:0,meta`. The CPU is there when nothing else is.
    """
    found = _found()
    wanted = [name.strip() for name in os.environ.get("EXPLORER_DEVICES", "").split(",") if name.strip()]
    if not wanted:
        return found
    chosen = tuple(device for device in found if device.name in wanted or device.name.partition(":")[0] in wanted)
    return chosen or found[:1]


def _found() -> tuple[Device, ...]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    listed = [Device("cpu", f"cpu · {cores} core{'s' if cores != 1 else ''}")]
    if torch.cuda.is_available():
        count = torch.cuda.device_count()
        listed += [Device(f"cuda:{n}", f"cuda:{n} · {torch.cuda.get_device_name(n)}") for n in range(count)]
    if torch.backends.mps.is_available():
        listed.append(Device("mps", "mps · Apple GPU"))
    listed.append(Device("meta", "meta · shapes only"))
    return tuple(listed)
