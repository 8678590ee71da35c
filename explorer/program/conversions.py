"""Objects of a program's own classes in lists that are given to torch.

While torch reads a list it holds a bare pointer to its items, and asks objects in it for their value or their items
(`__float__`, `__getitem__`): a method of the program's that shortens the list would leave torch with freed memory.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

ASKED = frozenset(
    {"__array__", "__bool__", "__complex__", "__float__", "__getitem__", "__int__", "__iter__", "__len__"}
)
"""Methods that torch may call on what stands in a list."""

_asked: WeakSet[type] = WeakSet()


def note_class(kind: type) -> None:
    """Remember a class of the program's that defines one of `ASKED`."""
    _asked.add(kind)


def check_lists(arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    """Refuse arguments that hold objects of such classes in lists or tuples, however deep.

    Raises:
        TypeError: One does.
    """
    if not _asked:
        return
    pending = [value for value in (*arguments, *keywords.values()) if isinstance(value, list | tuple)]
    while pending:
        items = pending.pop()
        kinds = set(map(type, items))
        for kind in kinds:
            if kind in _asked:
                raise TypeError(f"torch does not take lists of {kind.__name__} objects; convert them: [float(x), …]")
        if any(issubclass(kind, list | tuple) for kind in kinds):
            pending += [item for item in items if isinstance(item, list | tuple)]
