"""The devices that programs can use here, by name, without waking any of them."""

from __future__ import annotations

import torch

ALWAYS = ("cpu", "meta")


def available_names() -> tuple[str, ...]:
    """Return the names of all devices that torch can use here: `cpu`, then accelerators, then `meta`.

    Nothing is allocated and no context is made on any of them, so that a server can ask at any time.
    """
    return ("cpu", *accelerator_names(), "meta")


def accelerator_names() -> tuple[str, ...]:
    """Return the names of the accelerators: `cuda:0`, `cuda:1`, … or `xpu:0`, … or `mps`.

    A build of torch drives accelerators of one kind only; `torch.accelerator` says which.
    """
    kind = torch.accelerator.current_accelerator()
    if kind is None:
        return ()
    if kind.type == "mps":
        # Metal has one device and gives it no number
        return ("mps",) if torch.accelerator.is_available() else ()
    return tuple(f"{kind.type}:{number}" for number in range(torch.accelerator.device_count()))


def is_available(name: str) -> bool:
    """Tell whether torch can use a device here: `cuda` stands for any of them, `cuda:1` for that one."""
    try:
        device = torch.device(name)
    except (RuntimeError, TypeError):
        return False
    if device.type in ALWAYS:
        return True
    names = available_names()
    if device.index is None:
        return device.type in {other.partition(":")[0] for other in names}
    return str(device) in names or (device.type in names and device.index == 0)


def missing_text(name: str) -> str:
    """Say that a device is not here, and which are: `no device 'mps' here; there are: cpu, meta`."""
    return f"no device {name!r} here; there are: {', '.join(available_names())}"
