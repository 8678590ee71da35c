"""The autograd graph that a program's tensors hang on, as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from explorer.trace.backward import reachable_nodes
from explorer.trace.calls import Call, node_of, tensors_in
from explorer.trace.model import Graph, GraphNode, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch.autograd.graph import Node


def graph_of(steps: Sequence[Step], calls: Sequence[Call | None], names: Mapping[str, torch.Tensor]) -> Graph:
    """Return the graph behind all results of `calls` and all tensors in `names`."""
    made_by: dict[Node, Step] = {}
    for step, call in zip(steps, calls, strict=True):
        for tensor in tensors_in([call.result, call.arguments] if call is not None else []):
            node = node_of(tensor)
            if node is not None:
                made_by.setdefault(node, step)
    named = (node_of(tensor) for tensor in names.values())
    roots = [*made_by, *(node for node in named if node is not None)]
    nodes = reachable_nodes(roots)
    number = {node: index for index, node in enumerate(nodes)}
    edges = [
        (number[node], number[following])
        for node in nodes
        for following, _ in node.next_functions
        if following is not None
    ]
    return Graph(
        nodes=tuple(_describe(node, made_by.get(node)) for node in nodes),
        edges=tuple(edges),
        leaves=tuple((number[node], _leaf_name(node, names)) for node in nodes if hasattr(node, "variable")),
    )


def _describe(node: Node, step: Step | None) -> GraphNode:
    name = node.name().rsplit("::", 1)[-1]
    return GraphNode(name, step.op if step else "", step.line if step else 0)


def _leaf_name(node: Node, names: Mapping[str, torch.Tensor]) -> str:
    variable = node.variable  # type: ignore[attr-defined]
    return next((name for name, tensor in names.items() if tensor is variable), "")
