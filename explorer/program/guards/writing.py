"""Assignment to attributes and items, and deleting them."""

from __future__ import annotations

import collections
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch.autograd.function import FunctionCtx

from explorer.program.allowlist import TENSOR_WRITABLE
from explorer.program.conversions import ASKED
from explorer.program.guards.attributes import program_function
from explorer.program.guards.classes import program_class
from explorer.program.guards.refusals import PolicyError
from explorer.program.names import DEFINABLE

_ITEMS = (
    list, dict, collections.deque, collections.ChainMap, torch.Tensor, np.ndarray, torch.nn.Module,
    torch.storage.TypedStorage, np.flatiter,
)  # fmt: skip
_ARRAY_WRITABLE = frozenset({"shape", "flat", "real", "imag"})
_SETTINGS = frozenset({("torch.backends.cudnn", "deterministic"), ("torch.backends.cudnn", "benchmark")})
_OPEN = (torch.nn.Module, FunctionCtx, torch.utils.data.Dataset)
# the rest is looked at when the class is made
_LATE = DEFINABLE - ASKED - {"__getattr__"}
_plain: dict[type, bool] = {}


def writable_items(owner: Any) -> Any:  # noqa: ANN401
    """Return `owner` when programs may assign its items.

    Raises:
        PolicyError: They may not.
    """
    kind = type(owner)
    allowed = _plain.get(kind)
    if allowed is None:
        if _is_program_type(kind):
            return owner  # not remembered: the class would keep its whole run alive
        allowed = _plain[kind] = issubclass(kind, _ITEMS)
    if not allowed and hasattr(kind, "__setitem__"):
        raise PolicyError(f"items of a {kind.__name__} cannot be assigned here.")
    return owner


def writable_attribute(owner: Any, name: str) -> Any:  # noqa: ANN401
    """Return `owner` when programs may assign its attribute `name`.

    Raises:
        PolicyError: They may not.
    """
    if isinstance(owner, torch.Tensor):
        allowed = name in TENSOR_WRITABLE or not (name.startswith("__") or hasattr(type(owner), name))
    elif isinstance(owner, type):
        allowed = program_class(owner) and (not _dunder(name) or name in _LATE)
    elif _dunder(name):
        allowed = False
    elif isinstance(owner, np.ndarray):
        allowed = name in _ARRAY_WRITABLE
    elif isinstance(owner, ModuleType):
        allowed = (owner.__name__, name) in _SETTINGS
    elif isinstance(owner, _OPEN):
        # what begins with an underscore steers the library's own code
        allowed = not name.startswith("_") or isinstance(owner, FunctionCtx) or _is_program_type(type(owner))
    else:
        allowed = _is_program_type(type(owner)) or program_function(owner)
    # Python says best what has no attributes at all
    if not allowed and (hasattr(owner, "__dict__") or hasattr(type(owner), name)):
        raise PolicyError(_words(owner, name))
    return owner


def _words(owner: Any, name: str) -> str:  # noqa: ANN401
    if isinstance(owner, torch.Tensor):
        return f"The attribute {name} of a tensor cannot be assigned. These can: {', '.join(sorted(TENSOR_WRITABLE))}."
    return f"{name} of {getattr(owner, '__name__', f'a {type(owner).__name__}')} cannot be assigned here."


def _dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _is_program_type(kind: type) -> bool:
    return any(map(program_class, kind.__mro__))


def set_attribute(owner: Any, name: str, value: Any) -> None:  # noqa: ANN401
    """Do what `setattr` does.

    Raises:
        PolicyError: Programs may not assign that attribute.
    """
    _check_name(name)
    setattr(writable_attribute(owner, name), name, value)


def delete_attribute(owner: Any, name: str) -> None:  # noqa: ANN401
    """Do what `delattr` does.

    Raises:
        PolicyError: Programs may not delete that attribute.
    """
    _check_name(name)
    delattr(writable_attribute(owner, name), name)


def _check_name(name: str) -> None:
    if type(name) is not str:
        raise PolicyError("attribute names must be plain strings.")
