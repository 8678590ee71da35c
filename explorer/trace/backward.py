"""Listens to the backward engine: which nodes it runs, in its own order, with which gradients."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import torch

from explorer.trace.calls import node_of
from explorer.trace.model import BackwardEvent
from explorer.trace.values import KEEP_ELEMENTS, Array, has_values, to_numpy

if TYPE_CHECKING:
    from torch.autograd.graph import Node
    from torch.utils.hooks import RemovableHandle

    from explorer.trace.states import StateKeeper


def reachable_nodes(roots: Iterable[Node]) -> list[Node]:
    """Return all autograd nodes behind `roots`, each once, walking without recursion."""
    seen: dict[Node, None] = {}
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node not in seen:
            seen[node] = None
            waiting.extend(following for following, _ in node.next_functions if following is not None)
    return list(seen)


class BackwardRecorder:
    """Hangs hooks on the nodes behind a backward call; each reports the node when the engine has run it."""

    def __init__(self, states: StateKeeper) -> None:
        self.events: list[BackwardEvent] = []
        self._states = states
        self._watched: set[Node] = set()
        self._hooks: list[RemovableHandle] = []

    def watch(self, roots: Iterable[torch.Tensor]) -> None:
        """Record the nodes that a backward pass from `roots` will run."""
        starts = [node for node in map(node_of, roots) if node is not None]
        for node in reachable_nodes(starts):
            if node not in self._watched:
                self._watched.add(node)
                self._hooks.append(node.register_hook(self._hook(node)))

    def stop(self) -> None:
        """Take the hooks off again: the nodes of parameters outlive a recording."""
        for hook in self._hooks:
            hook.remove()

    def _hook(self, node: Node) -> Any:  # noqa: ANN401 - a hook of torch's own shape
        variable = getattr(node, "variable", None)
        leaf = None if variable is None else self._states.state(variable).tensor
        name = node.name().rsplit("::", 1)[-1]

        def note(outgoing: Any, incoming: Any) -> None:  # noqa: ANN401
            with torch._C.DisableTorchFunction():
                self.events.append(BackwardEvent(name, _arrays(incoming), _arrays(outgoing), leaf))

        return note


def _arrays(gradients: Iterable[torch.Tensor | None]) -> tuple[Array | None, ...]:
    """Return the gradients as arrays; None where there is none, or no values, or too many to keep."""
    return tuple(
        to_numpy(gradient)
        if gradient is not None and has_values(gradient) and gradient.numel() <= KEEP_ELEMENTS
        else None
        for gradient in gradients
    )
