"""The classes that programs define: which bases they may have, and how the guards know them again."""

from __future__ import annotations

import abc
import builtins
import collections
import typing
from collections.abc import Callable
from types import FunctionType
from typing import Any

import torch

from explorer.program.allowlist import CLASSES
from explorer.program.conversions import ASKED, note_class
from explorer.program.guards.refusals import PolicyError
from explorer.program.guards.standins import TypeStandIn

MARK = "__program_class__"
"""Stands in the namespace of each class that a program defined; programs cannot write names of this form."""

_ADDRESSES = ("__array_interface__", "__array_struct__", "__cuda_array_interface__", "__dlpack__", "__dlpack_device__")


def _no_address(self: Any) -> Any:  # noqa: ANN401
    raise AttributeError(f"{type(self).__name__} has no memory to look at")


_NO_ADDRESS = property(_no_address)
_PYTHON_BASES = frozenset(
    {
        object, list, dict, tuple, set, frozenset, int, float, str, complex, collections.OrderedDict,
        collections.defaultdict, collections.deque, collections.Counter, abc.ABC,
        typing.Generic, typing.Protocol,
    }
)  # fmt: skip


def program_class(kind: type) -> bool:
    """Tell whether a program defined a class."""
    return MARK in kind.__dict__


def register(kind: type) -> type:
    """Mark a class as one that the program defined, and keep its objects from naming memory addresses; return it.

    NumPy and torch ask any object for `__array_interface__` and its like, and believe the addresses in the answer.
    A property of the class is found before whatever an object holds.
    """
    type.__setattr__(kind, MARK, True)
    for name in _ADDRESSES:
        type.__setattr__(kind, name, _NO_ADDRESS)
    found = kind.__dict__.get("__getattr__")
    if found is None and issubclass(kind, torch.nn.Module):
        # a module's own reads what the program may have put into `_modules`
        found = kind.__getattr__
    if found is not None:
        type.__setattr__(kind, "__getattr__", _without_dunders(found))
    if any(name in vars(base) for base in kind.__mro__ if program_class(base) for name in ASKED):
        note_class(kind)
    return kind


def build_class(body: Callable[[], Any], name: str, *bases: Any, **keywords: Any) -> Any:  # noqa: ANN401
    """Do what a class statement does, for bases that programs may derive from.

    Raises:
        PolicyError: A base, or a keyword, is not for programs.
    """
    if keywords:
        raise PolicyError(f"class {name} has keywords, which classes here cannot have.")
    real = tuple(base.real if isinstance(base, TypeStandIn) else base for base in bases)
    for base in real:
        _check_base(base)
    return register(builtins.__build_class__(body, name, *real))


def _check_base(base: Any) -> None:  # noqa: ANN401
    if base is typing.NamedTuple:
        return
    if isinstance(base, typing._GenericAlias):  # type: ignore[attr-defined]
        # `typing.Type[int]` would make a metaclass
        base = base.__origin__
        if str(base.__module__) == "collections.abc":
            return
    if not isinstance(base, type):
        raise PolicyError(f"a class cannot derive from {base!r} here.")
    if program_class(base) or base in _PYTHON_BASES:
        return
    if issubclass(base, Exception) and base.__module__ == "builtins":
        return
    if issubclass(base, torch.Tensor):
        # its constructor would show memory as it was found
        raise PolicyError(f"classes here cannot derive from {base.__name__}; keep the tensor in an attribute.")
    home = str(base.__module__)
    if not home.startswith("torch.") or f"{home}.{base.__qualname__}" not in CLASSES:
        raise PolicyError(f"classes here cannot derive from {base.__name__}.")


def program_function(value: object) -> bool:
    """Tell whether the program itself wrote this function: it sees the guards among its globals."""
    return isinstance(value, FunctionType) and "_getattr_" in value.__globals__


def program_type(kind: Any, doing: str) -> type:  # noqa: ANN401
    """Return `kind` when it is a class that the program defined.

    Raises:
        PolicyError: It is a class of the library, which everybody shares.
    """
    if not (isinstance(kind, type) and program_class(kind)):
        raise PolicyError(f"{doing} changes a class, so it takes only classes that the program defines.")
    return kind


def _without_dunders(method: Any) -> Any:  # noqa: ANN401
    """Keep names such as `__array_interface__` from a program's `__getattr__`."""
    if not isinstance(method, FunctionType):
        raise PolicyError("__getattr__ must be an ordinary method here.")

    def __getattr__(self: Any, name: str) -> Any:  # noqa: ANN401, N807 - the name that Python looks for
        if name.startswith("__"):
            raise AttributeError(name)
        return method(self, name)

    return __getattr__
