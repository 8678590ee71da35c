"""Objects that stand for types which programs may name but not simply call."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any


class TypeStandIn:
    """Names, tests and prints like the type `real`, but calling it calls `make`.

    It is no type itself, so that it can be a base class of a program's class (`__mro_entries__`).
    """

    __slots__ = ("make", "real")

    def __init__(self, real: type, make: Callable[..., Any]) -> None:
        self.real = real
        self.make = make

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - as the real type
        """Make an object of the type."""
        return self.make(*args, **kwargs)

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        del bases
        return (self.real,)

    def __instancecheck__(self, value: object) -> bool:
        return isinstance(value, self.real)

    def __subclasscheck__(self, kind: type) -> bool:
        return issubclass(kind, self.real)

    def __eq__(self, other: object) -> bool:
        return other is self.real or (isinstance(other, TypeStandIn) and other.real is self.real)

    def __hash__(self) -> int:
        return hash(self.real)

    def __repr__(self) -> str:
        return repr(self.real)

    def __or__(self, other: Any) -> Any:  # noqa: ANN401
        return self.real | real_type(other)

    def __ror__(self, other: Any) -> Any:  # noqa: ANN401
        return real_type(other) | self.real

    def __getitem__(self, item: Any) -> Any:  # noqa: ANN401
        # of the stand-in, not of the real type: what this makes can be called
        return types.GenericAlias(self, item)  # type: ignore[arg-type]


def real_type(value: Any) -> Any:  # noqa: ANN401
    """Return the type that a stand-in stands for; anything else as it is."""
    return value.real if isinstance(value, TypeStandIn) else value
