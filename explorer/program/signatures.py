"""What of a call decides how much memory it takes: shapes, dtypes and plain values, but no element of a tensor."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import torch

_PLAIN = (bool, int, float, complex, str, type(None), torch.dtype, torch.device, torch.layout, torch.memory_format)


class _UnknownError(Exception):
    """A value whose kind may hide what matters."""


def signature_of(function: Callable[..., Any], arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Hashable | None:
    """Return a key that is equal for calls that make results of the same sizes; None where that cannot be told."""
    seen: dict[int, int] = {}
    try:
        given = _key(arguments, seen), _key(keywords, seen)
    except _UnknownError:
        return None
    return (function, torch.get_default_dtype(), *given)


def _key(value: Any, seen: dict[int, int]) -> Hashable:  # noqa: ANN401 - arguments are of any type
    if type(value) in (torch.Tensor, torch.nn.Parameter):
        if value.layout != torch.strided:
            raise _UnknownError
        # the same tensor given twice has one twin on meta
        number = seen.setdefault(id(value), len(seen))
        return (number, tuple(value.shape), value.stride(), value.dtype, value.device.type)
    if isinstance(value, tuple | list):
        return (type(value), *(_key(item, seen) for item in value))
    if type(value) is dict:
        return tuple((key, _key(item, seen)) for key, item in value.items())
    if type(value) in _PLAIN:
        return (type(value), value)
    raise _UnknownError
