"""The global names that a program starts with."""

from __future__ import annotations

import builtins
import functools
import math
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
import torch.nn.functional
from RestrictedPython.Guards import guarded_iter_unpack_sequence, guarded_unpack_sequence, safe_builtins

from explorer.program.guards import arithmetic
from explorer.program.guards.attributes import PolicyError, guarded_getattr
from explorer.program.limits import LimitError, nested_size
from explorer.program.output import Output
from explorer.trace.recorder import Recorder

def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_BUILTINS = _words(
    "abs all any bool complex dict divmod enumerate float id int isinstance len list max min repr reversed round set"
    " slice sorted str sum tuple zip"
)
_ITERABLE = (torch.Tensor, list, tuple, dict, set, str, range, np.ndarray, zip, enumerate)
_NUMPY_MAKERS = frozenset({"zeros", "ones", "full", "eye", "arange", "linspace", "array", "asarray"})


def program_namespace(output: Output, inputs: Mapping[str, Any]) -> tuple[dict[str, Any], Callable[[Recorder], None]]:
    """Return the names for a program, and a function that connects them to a recorder.

    `torch.from_numpy` is not announced to torch's function modes, so its guard tells the recorder itself.
    """
    recorders: list[Recorder] = []

    def getattr_guard(owner: Any, name: str) -> Any:  # noqa: ANN401
        value = guarded_getattr(owner, name)
        if value is torch.from_numpy and recorders:
            return functools.partial(_recorded, recorders[0], value)
        if owner is np and name in _NUMPY_MAKERS:
            return functools.partial(_bounded_numpy, value)
        return value

    namespace: dict[str, Any] = {
        "__builtins__": _builtins(output),
        "__name__": "__main__",
        "_getattr_": getattr_guard,
        "_getitem_": lambda owner, index: owner[index],
        "_getiter_": _checked_iterator,
        "_write_": _writable,
        "_binary_": arithmetic.binary,
        "_inplacevar_": arithmetic.inplace,
        "_inplace_item_": arithmetic.inplace_item,
        "_inplace_attribute_": arithmetic.inplace_attribute,
        "_unpack_sequence_": guarded_unpack_sequence,
        "_iter_unpack_sequence_": guarded_iter_unpack_sequence,
        "_apply_": lambda function, *args, **kwargs: function(*args, **kwargs),
        "_display_": output.display,
        "torch": torch,
        "nn": torch.nn,
        "F": torch.nn.functional,
        "np": np,
        "math": math,
        **inputs,
    }
    return namespace, recorders.append


def _builtins(output: Output) -> dict[str, Any]:
    """Return Python's own names: the exceptions, and functions that only compute.

    `__import__` is the real one because torch's C code calls it too; the policy has checked the program's imports.
    """
    names: dict[str, Any] = {name: value for name, value in safe_builtins.items() if isinstance(value, type)}
    names |= {name: getattr(builtins, name) for name in _BUILTINS}
    own = {"print": output.print, "range": _bounded_range, "type": TypeName, "__import__": __import__}
    return {**names, **own, "None": None, "True": True, "False": False}


class TypeName:
    """What `type(x)` gives a program: it prints and compares as the class, but cannot be called or looked into."""

    def __init__(self, value: object) -> None:
        self._type = type(value)

    def __repr__(self) -> str:
        return repr(self._type)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TypeName) and self._type is other._type

    def __hash__(self) -> int:
        return hash(self._type)


def _recorded(recorder: Recorder, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
    return recorder.record(function, args, kwargs, sys._getframe(1))


def _bounded_numpy(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
    """Make an array after a look at the sizes asked for: NumPy would fill memory without a word."""
    limit = arithmetic.MAX_ITEMS * 64
    if _numpy_size(function.__name__, args, kwargs) > limit:
        raise LimitError(f"numpy.{function.__name__} with these sizes could make more than {limit:,} elements.")
    return function(*args, **kwargs)


def _numpy_size(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> float:
    """Return at most how many elements a NumPy function that makes arrays is asked for."""
    given = [*args, *kwargs.values()]
    if name in ("array", "asarray"):
        return max(map(nested_size, given), default=0)
    if name in ("arange", "linspace"):
        # linspace's ends are counted too, which only makes the guess larger where it is large already
        numbers = [abs(float(value)) for value in given if isinstance(value, int | float)]
        smallest_step = min((n for n in numbers if n > 0), default=1.0)
        return (
            numbers[2] if name == "linspace" and len(numbers) > 2 else max(numbers, default=0) / min(smallest_step, 1)
        )
    sizes = [float(n) for value in given[:2] for n in np.atleast_1d(value) if isinstance(value, int | tuple | list)]
    if name == "eye" and len(sizes) == 1:
        sizes *= 2
    return math.prod(sizes[:2] if name == "eye" else [float(n) for n in np.atleast_1d(_shape_of(args, kwargs))])


def _shape_of(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
    shape = args[0] if args else kwargs.get("shape", 0)
    return shape if isinstance(shape, int | tuple | list) else 0


def _bounded_range(*ends: int) -> range:
    numbers = range(*ends)
    if len(numbers) > arithmetic.MAX_ITEMS:
        raise LimitError(f"range of {len(numbers):,} numbers; the limit is {arithmetic.MAX_ITEMS:,}.")
    return numbers


def _checked_iterator(values: Any) -> Any:  # noqa: ANN401
    if not isinstance(values, _ITERABLE):
        raise PolicyError(f"a {type(values).__name__} cannot be taken apart here.")
    return values


def _writable(owner: Any) -> Any:  # noqa: ANN401
    if not isinstance(owner, torch.Tensor | list | dict | np.ndarray):
        raise PolicyError(f"a {type(owner).__name__} cannot be written to.")
    return owner
