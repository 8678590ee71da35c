"""What stands behind `with`, `import` and the last expression of a program."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType, TracebackType
from typing import Any

from explorer.program.allowlist import MODULES
from explorer.program.guards.attributes import AttributeGuard
from explorer.program.guards.classes import program_class
from explorer.program.guards.refusals import UNSTOPPABLE, PolicyError


class _Manager:
    """A context manager of the program, which may swallow any exception but a refusal."""

    __slots__ = ("_inner",)

    def __init__(self, inner: Any) -> None:  # noqa: ANN401
        self._inner = inner

    def __enter__(self) -> Any:  # noqa: ANN401
        return type(self._inner).__enter__(self._inner)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        swallow = type(self._inner).__exit__(self._inner, kind, error, at)
        return bool(swallow) and not isinstance(error, UNSTOPPABLE)


def manager(value: Any) -> Any:  # noqa: ANN401
    """Return what a `with` statement may enter in place of `value`."""
    kind = type(value)
    if not any(map(program_class, kind.__mro__)):
        return value
    if hasattr(kind, "__enter__") and hasattr(kind, "__exit__"):
        return _Manager(value)
    return value


def module_named(name: str) -> ModuleType:
    """Import a module of the allow-list.

    Raises:
        PolicyError: It is not there.
    """
    if name not in MODULES:
        raise PolicyError(f"Programs here may not import {name}.")
    return importlib.import_module(name)


def import_guards(read: AttributeGuard) -> dict[str, Callable[..., Any]]:
    """Return what import statements call, by the names that compiled programs use."""

    def import_module(name: str) -> ModuleType:
        """Do `import a.b.c`, which binds `a`."""
        module_named(name)
        return module_named(name.partition(".")[0])

    def import_from(module: str, name: str) -> Any:  # noqa: ANN401
        """Do `from module import name`."""
        dotted = f"{module}.{name}"
        return module_named(dotted) if dotted in MODULES else read(module_named(module), name)

    return {"_import_": import_module, "_import_as_": module_named, "_import_from_": import_from}
