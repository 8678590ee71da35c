"""Which members of which types programs may use: the tables of the allow-list, looked up by live types."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch.autograd.graph import Node

from explorer.program.allowlist import CLASSES, TENSOR
from explorer.program.guards.classes import program_class

REGISTERS = frozenset({"_modules", "_parameters", "_buffers"})
"""Where a module keeps its children, parameters and buffers."""
SAVED = "_saved_"
"""How the names begin under which torch's notes on autograd read what a node keeps for backward."""
_MODULE_PRIVATE = frozenset(name for name in vars(torch.nn.Module()) if name.startswith("_")) - REGISTERS
# of what torch keeps for itself, its notes on autograd and views show these
_TENSOR = TENSOR | {"_version", "_base", "_is_view"}
# weak: a program's class would keep its whole run alive
_NAMES: WeakKeyDictionary[type, frozenset[str]] = WeakKeyDictionary()
_NAMES.update(dict[type, frozenset[str]]({torch.Tensor: _TENSOR, torch._C.TensorBase: _TENSOR}))


def native_names(kind: type) -> frozenset[str]:
    """Return the members of a type of the library that programs may use: its own and those of its bases."""
    names = _NAMES.get(kind)
    if names is None:
        names = frozenset().union(*(_own_names(base) for base in kind.__mro__ if not program_class(base)))
        _NAMES[kind] = names
    return names


def _own_names(kind: type) -> frozenset[str]:
    if issubclass(kind, torch.Tensor):
        return _TENSOR
    names = CLASSES.get(f"{kind.__module__}.{kind.__qualname__}", frozenset())
    if issubclass(kind, Node):
        names |= CLASSES["torch.autograd.graph.Node"] | {name for name in vars(kind) if name.startswith(SAVED)}
    return names


def defining_class(mro: tuple[type, ...], name: str) -> type | None:
    """Return the first class that has `name` in its own namespace."""
    for kind in mro:
        if name in kind.__dict__:
            return kind
    return None


def instance_names(owner: Any) -> dict[str, Any]:  # noqa: ANN401 - any object
    """Return what an object itself holds, without what the library keeps there for its own use."""
    try:
        held: dict[str, Any] = object.__getattribute__(owner, "__dict__")
    except AttributeError:
        return {}
    return held


def readable_on_instance(kind: type, name: str) -> bool:
    """Tell whether programs may read `name` from the namespace of an instance of `kind` that has it."""
    if not name.startswith("_"):
        return known(kind)
    own = issubclass(kind, torch.Tensor) or any(map(program_class, kind.__mro__))
    if name.startswith("__") or not own:
        return name in REGISTERS and issubclass(kind, torch.nn.Module)
    return not (issubclass(kind, torch.nn.Module) and name in _MODULE_PRIVATE)


def known(kind: type) -> bool:
    """Tell whether a type, or a base of it, is in the tables or a program's own."""
    return any(
        program_class(base) or base is torch.Tensor or f"{base.__module__}.{base.__qualname__}" in CLASSES
        for base in kind.__mro__
    )


def child_of_module(owner: Any, name: str) -> bool:  # noqa: ANN401
    """Tell whether `name` is a parameter, a buffer or a child that a module has registered."""
    if not isinstance(owner, torch.nn.Module):
        return False
    held = instance_names(owner)
    if any(name in held.get(register, ()) for register in ("_parameters", "_buffers", "_modules")):
        return not name.startswith("__")
    parametrized = held.get("_modules", {}).get("parametrizations")
    return parametrized is not None and name in parametrized._modules
