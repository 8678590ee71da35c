"""Which node the backward engine was running when it stopped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch.autograd.graph import Node


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


def node_under_way(roots: Iterable[Node], targets: Iterable[Node], is_done: Callable[[Node], bool]) -> Node | None:
    """Return the node that the engine was running, or None when it had not begun or was through.

    A node is ready when all nodes that send it a gradient are done; of those that are ready the engine takes the one
    that was made last (its highest sequence number; `ReadyQueue` in torch/csrc/autograd/engine.h).

    Args:
        roots: Where the engine started.
        targets: Where it was to stop (`inputs=`); none of them: at the leaves.
        is_done: Whether the engine has run a node.
    """
    nodes = reachable_nodes(roots)
    needed = _leading_to(set(targets), nodes)
    awaited = Counter(
        following
        for node in nodes
        if not is_done(node)
        for following, _ in node.next_functions
        if following is not None
    )
    ready = [node for node in nodes if node in needed and not awaited[node] and not is_done(node)]
    return max(ready, key=lambda node: node._sequence_nr(), default=None)


def _leading_to(targets: set[Node], nodes: list[Node]) -> set[Node]:
    """Return the nodes with a way to a target; all when there is none."""
    if not targets:
        return set(nodes)
    before: dict[Node, list[Node]] = {}
    for node in nodes:
        for following, _ in node.next_functions:
            if following is not None:
                before.setdefault(following, []).append(node)
    found: set[Node] = set()
    waiting = [node for target in targets for node in before.get(target, ())]
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(before.get(node, ()))
    return found
