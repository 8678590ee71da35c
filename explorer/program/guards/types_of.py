"""What `type(x)` and `x.__class__` give: the type, or what stands for it where it must not be called."""

from __future__ import annotations

from typing import Any

import numpy as np

from explorer.program.guards.bounds import check_count
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
STAND_INS: dict[type, TypeStandIn] = {type: TYPE, range: RANGE, bytes: BYTES, np.ndarray: NDARRAY}


def type_of(value: Any) -> Any:  # noqa: ANN401
    """Return the type of `value` as programs may have it."""
    kind = type(value)
    if kind is TypeStandIn or issubclass(kind, type):
        # a metaclass makes classes of whatever it is given
        return TYPE
    return STAND_INS.get(kind, kind)
