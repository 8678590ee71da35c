"""Methods of library types that programs get with a check before them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch.optim import lr_scheduler

from explorer.program.guards.bounds import check_count, check_text
from explorer.program.guards.filling import filled
from explorer.program.guards.formatting import format_text
from explorer.program.guards.refusals import PolicyError
from explorer.program.guards.standins import real_type

Checked = Callable[..., Any]


@dataclass(frozen=True)
class Method:
    """A method that is called as `function(original, self, *args, **kwargs)`."""

    name: str
    function: Checked

    def bound(self, found: type, owner: Any) -> Checked:  # noqa: ANN401 - any object
        """Return the method of one object; `found` is the class that defines it."""
        call = self.unbound(found)

        def method(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            return call(owner, *args, **kwargs)

        method.__name__ = method.__qualname__ = self.name
        return method

    def unbound(self, found: type) -> Checked:
        """Return the method as a function of the object."""
        original, function = getattr(found, self.name), self.function

        def method(owner: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            return function(original, owner, *args, **kwargs)

        method.__name__ = method.__qualname__ = self.name
        return method


def _format(original: Checked, template: str, /, *args: Any, **kwargs: Any) -> str:  # noqa: ANN401
    del original
    return format_text(template, args, kwargs)


def _format_map(original: Checked, template: str, mapping: Mapping[str, Any], /) -> str:
    del original
    return format_text(template, (), mapping)


def _padded(original: Checked, text: str, /, width: int = 8, *args: Any) -> Any:  # noqa: ANN401
    # a tab becomes at most `width` characters, and a field is as wide as asked for
    check_text(width * max(text.count("\t"), 1))
    return original(text, width, *args)


def _join(original: Checked, separator: str, parts: Any, /) -> Any:  # noqa: ANN401
    parts = list(parts)
    check_text(sum(len(part) for part in parts if isinstance(part, str)) + len(separator) * len(parts))
    return original(separator, parts)


def _replace(original: Checked, text: str, old: str, new: str, /, count: int = -1) -> Any:  # noqa: ANN401
    if isinstance(old, str) and isinstance(new, str):
        check_text(len(text) + text.count(old) * len(new))
    return original(text, old, new, count)


def _extend(original: Checked, items: list[Any], more: Any, /) -> Any:  # noqa: ANN401
    check_count("a list", list.__len__(items) + (len(more) if isinstance(more, list | tuple | range) else 0))
    return original(items, more)


def _repeat(original: Checked, array: np.ndarray[Any, Any], repeats: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
    check_count("an array", array.size * float(np.max(repeats, initial=0)))
    return original(array, repeats, *args, **kwargs)


def _filled(original: Checked, tensor: torch.Tensor, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
    return filled(original, tensor, *args, **kwargs)


def _held(original: Checked, tensor: torch.Tensor, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
    """Keep a tensor's memory where it is while torch walks through it and calls back."""
    if tensor.device.type != "cpu":
        return original(tensor, *args, **kwargs)  # torch refuses it
    with torch._C.DisableTorchFunction():
        whole = torch.empty(0, dtype=torch.uint8).set_(tensor.untyped_storage())
        kept = whole.numpy()  # which also makes the storage one that cannot be resized
    result = original(tensor, *args, **kwargs)
    del kept
    return result


def _type(original: Checked, owner: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
    return original(owner, *map(real_type, args), **{name: real_type(value) for name, value in kwargs.items()})


def _load_scheduler(original: Checked, scheduler: Any, state: Any, /) -> Any:  # noqa: ANN401
    # torch writes every key into the scheduler's namespace
    unknown = [key for key in dict(state) if key not in vars(scheduler)]
    if unknown:
        raise PolicyError(f"this state holds {unknown[0]!r}, which the scheduler does not have.")
    return original(scheduler, dict(state))


def _methods() -> dict[tuple[type, str], Method]:
    tensor = torch._C.TensorBase
    table: dict[type, dict[str, Checked]] = {
        str: {
            "format": _format,
            "format_map": _format_map,
            "ljust": _padded,
            "rjust": _padded,
            "center": _padded,
            "zfill": _padded,
            "expandtabs": _padded,
            "join": _join,
            "replace": _replace,
        },
        list: {"extend": _extend},
        np.ndarray: {"repeat": _repeat},
        torch.nn.Module: {"type": _type},
        tensor: dict.fromkeys(("new_empty", "new_empty_strided", "resize_", "resize_as_", "new"), _filled),
    }
    table[tensor]["type"] = _type
    table[tensor] |= dict.fromkeys(("apply_", "map_", "map2_"), _held)
    for kind in vars(lr_scheduler).values():
        if isinstance(kind, type) and "load_state_dict" in vars(kind) and issubclass(kind, lr_scheduler.LRScheduler):
            table[kind] = {"load_state_dict": _load_scheduler}
    found = {(kind, name): Method(name, function) for kind, row in table.items() for name, function in row.items()}
    return {key: method for key, method in found.items() if key[1] in vars(key[0])}


METHODS = _methods()
"""By the class that defines the method, and its name."""
