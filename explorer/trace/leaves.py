"""Names for the leaves of the autograd graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import torch

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
            for path, tensor in (*value.named_parameters(), *value.named_buffers()):
                yield f"{name}.{path}", tensor


def _of_containers(names: Mapping[str, Any]) -> Iterator[tuple[str, torch.Tensor]]:
    for name, value in names.items():
        if isinstance(value, _CONTAINERS) and _is_shown(name):
            items = value.items() if isinstance(value, dict) else enumerate(value)
            inner = {f"{name}[{key!r}]": item for key, item in list(items)}
            yield from _own(inner)
            yield from _of_modules(inner)


def _is_shown(name: str) -> bool:
    return not name.startswith(("__", "_tmp"))
