"""Names for the leaves of the autograd graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch

# longer lists are not looked through
MOST_ITEMS = 1_000
_CONTAINERS = (list, tuple, dict)


def leaf_names(names: Mapping[str, Any], number_of: Callable[[torch.Tensor], int | None]) -> dict[int, str]:
    """Return a name for each tensor that the program can name, by the tensor's number.

    A name of its own comes first (`w`); a parameter has its path (`net.0.weight`), an item its place (`params[0]`).

    Args:
        names: The program's names.
        number_of: The number of a tensor that was seen, or None.
    """
    found: dict[int, str] = {}
    for reach in (_own, _of_modules, _of_containers):
        for name, tensor in reach(names):
            number = number_of(tensor)
            if number is not None:
                found.setdefault(number, name)
    return found


def _own(names: Mapping[str, Any]) -> Iterator[tuple[str, torch.Tensor]]:
    for name, value in names.items():
        if isinstance(value, torch.Tensor) and _is_shown(name):
            yield name, value


def _of_modules(names: Mapping[str, Any]) -> Iterator[tuple[str, torch.Tensor]]:
    for name, value in names.items():
        if isinstance(value, torch.nn.Module) and _is_shown(name):
            yield from _members(name, value)


def _members(name: str, module: torch.nn.Module) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield the parameters and buffers of a module, without a call of what the program may have written itself."""
    waiting, seen = [(name, module)], set[int]()
    while waiting:
        path, here = waiting.pop()
        if id(here) in seen:
            continue
        seen.add(id(here))
        own = vars(here)
        for table in (own.get("_parameters"), own.get("_buffers")):
            for key, tensor in (table or {}).items():
                if isinstance(tensor, torch.Tensor):
                    yield f"{path}.{key}", tensor
        inner = [(f"{path}.{key}", part) for key, part in (own.get("_modules") or {}).items()]
        waiting += [(at, part) for at, part in reversed(inner) if isinstance(part, torch.nn.Module)]


def _of_containers(names: Mapping[str, Any]) -> Iterator[tuple[str, torch.Tensor]]:
    for name, value in names.items():
        if type(value) in _CONTAINERS and _is_shown(name) and len(value) <= MOST_ITEMS:
            items = value.items() if type(value) is dict else enumerate(value)
            inner = {f"{name}[{key!r}]": item for key, item in items if type(key) in (str, int)}
            yield from _own(inner)
            yield from _of_modules(inner)


def _is_shown(name: str) -> bool:
    return not name.startswith(("__", "_tmp"))
