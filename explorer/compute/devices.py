"""The devices that people may choose: what torch can really use here, within what the server's owner allows."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass

from explorer.compute.probe import Probed, probe
from explorer.program.devices import accelerator_names

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Device:
    """A device that people may choose.

    Attributes:
        name: Its name for torch: `cpu`, `cuda:0`, `mps`, `meta`.
        description: What it is: the number of cores, the product's name.
        free: Bytes of its memory that nobody uses, when it was last asked; None when unknown.
        total: Bytes of its memory; None when unknown.
    """

    name: str
    description: str
    free: int | None = None
    total: int | None = None

    @property
    def label(self) -> str:
        """What the picker shows: `cuda:0 · NVIDIA H100 · 77.1 of 79.2 GB free`."""
        parts = [self.name, self.description]
        if self.free is not None and self.total is not None:
            parts.append(f"{_size(self.free)} of {_size(self.total)} free")
        return " · ".join(part for part in parts if part)

    @property
    def computes(self) -> bool:
        """Whether values are computed on it."""
        return self.name != "meta"


class _Known:
    """What the accelerators answered when they were last asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: tuple[Probed, ...] | None = None

    def answers(self, *, again: bool) -> tuple[Probed, ...]:
        """Return the answers; ask the first time, and when told to."""
        with self._lock:
            if again or self._answers is None:
                self._answers = probe(accelerator_names())
            return self._answers


_KNOWN = _Known()


def devices(*, refresh: bool = False) -> tuple[Device, ...]:
    """Return the devices of this machine that `EXPLORER_DEVICES` allows; all of them when it is not set.

    The variable is a list such as `cpu,cuda:0,meta`; `cuda` allows all of that kind. The CPU is there when nothing
    else is. The first call may take seconds where there are accelerators, later ones do not.

    Args:
        refresh: Whether to ask the accelerators anew how much memory is free.
    """
    found = (_cpu(), *(_accelerator(answer) for answer in _KNOWN.answers(again=refresh)), _META)
    wanted = [name.strip() for name in os.environ.get("EXPLORER_DEVICES", "").split(",") if name.strip()]
    if not wanted:
        return found
    chosen = tuple(device for device in found if device.name in wanted or device.name.partition(":")[0] in wanted)
    return chosen or found[:1]


def find(name: str, among: tuple[Device, ...]) -> Device | None:
    """Return the device of that name; `cuda` is the first of its kind, and None is the answer when it is not there."""
    exact = next((device for device in among if device.name == name), None)
    return exact or next((device for device in among if device.name.partition(":")[0] == name), None)


def _cpu() -> Device:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Device("cpu", f"{cores} core{'s' if cores != 1 else ''}")


_META = Device("meta", "shapes only: any size, no memory")


def _accelerator(answer: Probed) -> Device:
    product = answer.product or {"mps": "Apple GPU"}.get(answer.name, "")
    return Device(answer.name, product, answer.free, answer.total)


def _size(count: int) -> str:
    """Write a number of bytes with a decimal unit: `79.2 GB`."""
    size, unit = float(count), 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size, unit = size / 1000, unit + 1
    return f"{size:.1f} {_UNITS[unit]}" if unit else f"{count} bytes"
