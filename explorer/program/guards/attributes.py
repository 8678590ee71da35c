"""Attribute access: an explicit table, whatever the object."""

from __future__ import annotations

import difflib
from types import ModuleType
from typing import Any

import torch

from explorer.program.allowlist import MODULES, RETURN_TYPES, TENSOR, TYPES, WITHHELD


class PolicyError(Exception):
    """A program used something that programs may not use."""


def guarded_getattr(owner: Any, name: str) -> Any:  # noqa: ANN401 - attributes are of any type
    """Return `owner.name` when the table has it.

    Raises:
        PolicyError: The attribute exists but programs may not use it.
        AttributeError: There is no such attribute; the message names close ones.
    """
    if type(name) is not str:
        raise PolicyError("attribute names must be plain strings")
    allowed, label = _table(owner)
    if name in allowed:
        return _value(owner, name)
    if name in WITHHELD:
        raise PolicyError(f"{label}.{name} is not available here: {WITHHELD[name]}.")
    if not name.startswith("_") and _exists(owner, name):
        raise PolicyError(f"{label}.{name} exists, but programs here may not use it yet.{_alike(name, allowed)}")
    raise AttributeError(f"{label} has no attribute '{name}'.{_alike(name, allowed)}")


def _table(owner: Any) -> tuple[frozenset[str], str]:  # noqa: ANN401
    if isinstance(owner, torch.Tensor):
        return TENSOR, "Tensor"
    if isinstance(owner, ModuleType):
        return MODULES.get(owner.__name__, frozenset()), owner.__name__
    kind = type(owner)
    if kind.__module__ == "torch.return_types":
        return RETURN_TYPES, f"torch.return_types.{kind.__name__}"
    return TYPES.get(kind.__name__, frozenset()), kind.__name__


def _value(owner: Any, name: str) -> Any:  # noqa: ANN401
    value = getattr(owner, name)
    if isinstance(value, ModuleType) and value.__name__ not in MODULES:
        raise PolicyError(f"{name} is a module that programs here may not use.")
    return value


def _exists(owner: Any, name: str) -> bool:  # noqa: ANN401
    # looking at the type alone: a property must not run just to word a message
    return hasattr(owner if isinstance(owner, ModuleType) else type(owner), name)


def _alike(name: str, allowed: frozenset[str]) -> str:
    close = difflib.get_close_matches(name, allowed, n=2)
    return f" Did you mean {' or '.join(close)}?" if close else ""
