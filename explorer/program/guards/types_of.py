"""What `type(x)` and `x.__class__` give: the type, or what stands for it where it must not be called."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import Any

import numpy as np

from explorer.program.allowlist import MODULES
from explorer.program.guards.bounds import check_count
from explorer.program.guards.classes import MARK
from explorer.program.guards.refusals import PolicyError
from explorer.program.guards.standins import TypeStandIn
from explorer.program.limits import LimitError

LONGEST_RANGE = 100_000_000


def _no_class(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
    if len(args) == 1 and not kwargs:
        return type_of(args[0])
    raise PolicyError("type() with three arguments is not available here; write a class statement.")


def _range(*ends: int) -> range:
    numbers = range(*ends)
    if (numbers.stop - numbers.start) // numbers.step > LONGEST_RANGE:
        raise LimitError(f"this range is longer than {LONGEST_RANGE:,} numbers.")
    return numbers


def _bytes(*args: Any) -> bytes:  # noqa: ANN401 - as Python takes them
    if args and isinstance(args[0], int):
        check_count("bytes", int(args[0]))
    return bytes(*args)


def _no_array(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
    del args, kwargs
    raise PolicyError("np.ndarray() would show uninitialised memory; use np.zeros or np.array.")


TYPE = TypeStandIn(type, _no_class)
RANGE = TypeStandIn(range, _range)
BYTES = TypeStandIn(bytes, _bytes)
NDARRAY = TypeStandIn(np.ndarray, _no_array)
_VALUES = frozenset({bool, complex, dict, float, frozenset, int, list, object, set, slice, str, tuple, type(None)})
STAND_INS: dict[type, TypeStandIn] = {type: TYPE, range: RANGE, bytes: BYTES, np.ndarray: NDARRAY}


def type_of(value: Any) -> Any:  # noqa: ANN401
    """Return the type of `value` as programs may have it."""
    kind = type(value)
    if kind is TypeStandIn or issubclass(kind, type):
        # a metaclass makes classes of whatever it is given
        return TYPE
    if kind in STAND_INS:
        return STAND_INS[kind]
    return kind if _callable_type(kind) else _unmakeable(kind)  # type: ignore[arg-type]


def _callable_type(kind: type) -> bool:
    """Tell whether a program may make objects of a type: its own, and those that it can also name."""
    if any(MARK in base.__dict__ for base in kind.__mro__) or kind in _VALUES or issubclass(kind, np.generic):
        return True
    name = kind.__name__
    offered = (sys.modules.get(module) for module, names in MODULES.items() if name in names)
    return issubclass(kind, BaseException) or any(getattr(module, name, None) is kind for module in offered)


@lru_cache(maxsize=256)  # so that `type(f) is type(g)` holds
def _unmakeable(kind: type) -> TypeStandIn:
    def refuse(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        del args, kwargs
        raise PolicyError(f"programs here cannot make objects of type {kind.__name__} by calling it.")

    return TypeStandIn(kind, refuse)
