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
            yield from _inside(value, name)


def _inside(module: torch.nn.Module, name: str) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield the parameters and buffers of a module and of those in it, reading only: its methods are the program's."""
    waiting, seen = [(name, module)], {id(module)}
    while waiting:
        path, owner = waiting.pop()
        for kept in ("_parameters", "_buffers"):
            for key, tensor in _items(owner, kept):
                if isinstance(tensor, torch.Tensor):
                    yield f"{path}.{key}", tensor
        children = [(key, child) for key, child in _items(owner, "_modules") if isinstance(child, torch.nn.Module)]
        for key, child in reversed(children):
            if id(child) not in seen:
                seen.add(id(child))
                waiting.append((f"{path}.{key}", child))


def _items(owner: torch.nn.Module, kept: str) -> list[tuple[str, Any]]:
    content = vars(owner).get(kept)
    pairs = list(content.items()) if isinstance(content, dict) else []
    return [(key, item) for key, item in pairs if type(key) is str]


def _of_containers(names: Mapping[str, Any]) -> Iterator[tuple[str, torch.Tensor]]:
    for name, value in names.items():
        if isinstance(value, _CONTAINERS) and _is_shown(name) and len(value) <= MOST_ITEMS:
            items = value.items() if isinstance(value, dict) else enumerate(value)
            inner = {f"{name}[{key!r}]": item for key, item in list(items) if type(key) in (int, str)}
            yield from _own(inner)
            yield from _of_modules(inner)


def _is_shown(name: str) -> bool:
    return not name.startswith(("__", "_tmp"))
