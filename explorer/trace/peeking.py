"""Looks at the autograd node of a tensor without making one.

A view whose base was written to has a node that no longer holds. torch makes the one that does when the view is used
next, or when somebody reads `grad_fn` or `is_leaf`. Of nodes that wait for nothing, the engine runs the one that was
made last: a recording that read too early would change the order that it shows. So what a look has made is thrown away
again, and torch makes its own when it would have made it without the look.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from explorer.trace.calls import node_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from torch.autograd.graph import Node

_next_number: Callable[[], int] = torch._C._autograd._get_sequence_nr
_set_versions: Callable[[tuple[torch.Tensor], tuple[int]], None] = torch._C._autograd._unsafe_set_version_counter
# a version that no program reaches: counters have 32 bits
_FAR_AWAY = 2**31
_GEOMETRY = ("_saved_size", "_saved_stride", "_saved_storage_offset")


def peeked(tensor: torch.Tensor) -> tuple[Node | None, bool]:
    """Return the tensor's autograd node, as `node_of`, and whether torch has yet to make it.

    A node that torch has yet to make looks like the one that comes, but is another object.
    """
    if not tensor._is_view():
        return node_of(tensor), False
    number = _next_number()
    node = node_of(tensor)
    made = node is not None and node._sequence_nr() >= number and _next_number() > number
    if made and not torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        _forget_node(tensor)
        return node, True
    return node, False


def is_leaf(tensor: torch.Tensor) -> bool:
    """Tell whether the tensor is a leaf; False where torch will not tell (see `node_of`)."""
    if tensor._is_view() and tensor.requires_grad and peeked(tensor)[0] is not None:
        return False
    try:
        return tensor.is_leaf
    except RuntimeError:
        return False


def _forget_node(tensor: torch.Tensor) -> None:
    """Make torch take a view's node for one of an earlier version; it remembers only of which version it was."""
    version = tensor._version
    _set_versions((tensor,), (version + _FAR_AWAY,))
    try:
        node_of(tensor)
    finally:
        _set_versions((tensor,), (version,))


class Foreseen:
    """The numbers of nodes that were looked at before torch made them."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, list[tuple[torch.Tensor, int]]] = {}

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def find(self, key: Hashable, tensor: torch.Tensor) -> int | None:
        """Return the number that was given when this tensor was looked at, and its node was to be the same."""
        return next((number for other, number in self._numbers.get(key, ()) if other is tensor), None)

    def add(self, key: Hashable, tensor: torch.Tensor, number: int) -> None:
        """Note the number of a node that torch has yet to make."""
        self._numbers.setdefault(key, []).append((tensor, number))

    def take(self, key: Hashable, node: Node) -> int | None:
        """Return the number of a node that torch has made now; None when it was not foreseen."""
        waiting = self._numbers.get(key, [])
        for place, (tensor, number) in enumerate(waiting):
            if peeked(tensor)[0] is node:
                del waiting[place]
                return number
        return None


def key_of(node: Node, targets: Iterable[int]) -> Hashable:
    """Return what a node and the one that torch makes in its place have in common: class, edges, and geometry."""
    slots: tuple[Any, ...] = tuple(result for _, result in node.next_functions)
    return node.name(), tuple(targets), slots, tuple(str(getattr(node, name, None)) for name in _GEOMETRY)
