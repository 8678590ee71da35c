"""What a call that moves a tensor to another device allocates there, known without asking that device."""

from __future__ import annotations

from typing import Any

import torch

_BY_NAME = frozenset({"cpu", "cuda", "xpu", "mps"})
_MOVES = _BY_NAME | {"to", "type_as", "tensor", "as_tensor", "asarray"}


def transferred_bytes(op: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> int | None:
    """Return the bytes that a call takes on another device; None when it moves no values there.

    `meta` cannot tell: a tensor there has no values to move.

    Args:
        op: The operation's name.
        arguments: Its positional arguments, the tensor first.
        keywords: Its keyword arguments.
    """
    if op not in _MOVES or not arguments or not isinstance(arguments[0], torch.Tensor):
        return None
    tensor = arguments[0]
    try:
        device, dtype = _target(op, (*arguments[1:], *keywords.values()))
    except RuntimeError:  # no name of a device: the real call says it better
        return None
    if device is None or "meta" in (device.type, tensor.device.type) or _is_same(device, tensor.device):
        return None
    return tensor.numel() * (dtype or tensor.dtype).itemsize


def _target(op: str, values: tuple[Any, ...]) -> tuple[torch.device | None, torch.dtype | None]:
    """Return the device and the dtype that a call asks for; None for what it leaves as it is."""
    device, dtype = torch.device(op) if op in _BY_NAME else None, None
    for value in values:
        if isinstance(value, torch.Tensor):
            device, dtype = value.device, value.dtype
        elif isinstance(value, torch.dtype):
            dtype = value
        elif isinstance(value, str | torch.device):
            device = torch.device(value)
        elif isinstance(value, int) and not isinstance(value, bool):
            device = torch.device(op, value) if op in _BY_NAME else torch.device(value)
    return device, dtype


def _is_same(wanted: torch.device, own: torch.device) -> bool:
    """Tell whether a tensor on one device is where the other name says; `cuda` is any of them."""
    return wanted.type == own.type and wanted.index in (None, own.index)
