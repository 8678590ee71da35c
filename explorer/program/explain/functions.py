"""The torch functions that a fix may call when it is tried."""

from __future__ import annotations

import torch
import torch.nn.functional

_HOMES = (torch, torch.nn.functional, torch.linalg, torch.special, torch.fft)
_CONVERSIONS = {"bool": bool, "float": float, "int": int, "complex": complex, "len": len}


def torch_dtype(name: str) -> torch.dtype:
    """Return the dtype that torch has under this name.

    Raises:
        LookupError: There is none.
    """
    found = getattr(torch, name, None)
    if not isinstance(found, torch.dtype):
        raise LookupError(f"torch has no dtype {name}")
    return found


def function_named(name: str) -> object:
    """Return the function that a program calls by this (last) name, or None."""
    if name in _CONVERSIONS:
        return _CONVERSIONS[name]
    if not name.startswith("_"):
        for home in _HOMES:
            found = getattr(home, name, None)
            if callable(found) and not isinstance(found, type):
                return found
    return None
