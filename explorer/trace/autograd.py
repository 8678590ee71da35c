"""The autograd graph and what the backward engine did, as data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from explorer.swift import swift

if TYPE_CHECKING:
    import torch

    from explorer.trace.tensor_state import TensorState
    from explorer.trace.values import Array


@swift
@dataclass(frozen=True, eq=False)
class SavedTensor:
    """A tensor that a node keeps for backward.

    Attributes:
        name: torch's name for it, without `_saved_`: `self`, `other`, `result`; of a list of them `tensors[1]`.
        shape: Sizes.
        dtype: The torch dtype.
        nbytes: Bytes of its elements.
        storage: Number of the storage that it looks at, as in `TensorState.storage`.
        version: Version of that storage when it was saved; backward refuses a later one.
        state: Its values when it was saved; None where they were not recorded.
    """

    name: str
    shape: tuple[int, ...]
    dtype: torch.dtype
    nbytes: int
    storage: int
    version: int
    state: TensorState | None


@swift
@dataclass(frozen=True, eq=False)
class GraphNode:
    """A node of the autograd graph: its class name, the operation and line that made it (line 0: not known).

    Attributes:
        name: `MulBackward0`, `AccumulateGrad`; of the program's own functions their class name with `Backward`.
        op: Name of the operation of the step that made it, or "".
        line: Line of that step's expression, or 0.
        step: Index of that step; -1 when it was made before the recording, or is a leaf's.
        run: Which run of the engine made it (`create_graph`); -1 when the program's own calls did.
        module: Path of the innermost module in which it was made (`conv.0`), or "".
        tensor: For AccumulateGrad: number of the leaf that it writes to; else -1.
        shapes: Sizes of its results, in order.
        inputs: How many inputs it has gradients for; of some the edge is missing, since none is needed.
        saved: The tensors that it keeps for backward.
        constants: (name, text) of what else it keeps: `("other", "3")`, `("dim", "1")`.
        custom: Whether it belongs to an `autograd.Function` of the program.
    """

    name: str
    op: str
    line: int
    step: int = -1
    run: int = -1
    module: str = ""
    tensor: int = -1
    shapes: tuple[tuple[int, ...], ...] = ()
    inputs: int = 0
    saved: tuple[SavedTensor, ...] = ()
    constants: tuple[tuple[str, str], ...] = ()
    custom: bool = False


@dataclass(frozen=True)
class Graph:
    """The autograd graph that the program's tensors hung on, while it ran.

    Attributes:
        nodes: All nodes that were reachable from the results of its steps, in the order in which they were found.
        edges: (from, to) node numbers, in the direction of backward.
        slots: Parallel to `edges`: (which gradient of `from`, which result of `to`).
        leaves: (number of an AccumulateGrad node, name of the tensor or "") pairs; of a parameter its path
            (`net.0.weight`).
        omitted: How many nodes were found beyond the limit of `explorer.trace.graph.MAX_NODES`, and not described.
        members: (number, path) pairs of tensors that modules hold, whether or not they stand in the graph.
    """

    nodes: tuple[GraphNode, ...] = ()
    edges: tuple[tuple[int, int], ...] = ()
    slots: tuple[tuple[int, int], ...] = ()
    leaves: tuple[tuple[int, str], ...] = ()
    omitted: int = 0
    members: tuple[tuple[int, str], ...] = ()


@swift
@dataclass(frozen=True, eq=False)
class BackwardEvent:
    """One node run by the backward engine, in its own order.

    Attributes:
        node: Class name of the node.
        gradients_in: Gradients of its results; None where there is none. Of a large one the window, as in
            `TensorState.values`.
        gradients_out: Gradients of its inputs, after its own hooks.
        accumulated: Number of the leaf whose `.grad` it writes, or None.
        index: Its number in `Graph.nodes`.
        run: Number of the engine's run in `Trace.engine_runs`.
        clock: How many steps had ended before it.
        shapes_in: Sizes of the gradients of its results; None where there is none.
        shapes_out: Sizes of the gradients of its inputs.
        grad_before: The leaf's `.grad` before it, or None.
        grad_after: The leaf's `.grad` after it; None for other nodes.
        norms_in: Euclidean norms of those `gradients_in` of which only a window is there, None of the others; () where
            all of them are whole.
        norm_after: Of the whole `grad_after`, where only a window of it is there; else None.
        rows_in: Of those `gradients_in` that are sparse, the rows that they hold, in their order; () where none is.
        rows_out: Of `gradients_out`.
        whole_in: All of the first of `gradients_in`, where only a window of it is there and the node is that of a layer
            that normalises; None in a trace that crossed a process border.
    """

    node: str
    gradients_in: tuple[Array | None, ...]
    gradients_out: tuple[Array | None, ...]
    accumulated: int | None
    index: int = -1
    run: int = -1
    clock: int = 0
    shapes_in: tuple[tuple[int, ...] | None, ...] = ()
    shapes_out: tuple[tuple[int, ...] | None, ...] = ()
    grad_before: Array | None = None
    grad_after: Array | None = None
    norms_in: tuple[float | None, ...] = ()
    norm_after: float | None = None
    rows_in: tuple[tuple[int, ...] | None, ...] = ()
    rows_out: tuple[tuple[int, ...] | None, ...] = ()
    whole_in: Array | None = field(default=None, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        """Leave the large copy behind."""
        return {**self.__dict__, "whole_in": None}


@dataclass(frozen=True, eq=False)
class EngineRun:
    """One time that the backward engine was started: by `backward`, by `torch.autograd.grad`, or by torch.func.

    Attributes:
        clock: How many steps had ended before it; a run inside another call comes before that call's own step.
        line: Line of the program on which it was started, or 0.
        roots: Numbers of the tensors that it started from.
        gradients: What it was started with, a gradient a root; None stands for the 1 of a scalar.
        inputs: Numbers of the tensors whose gradients were asked for (`torch.autograd.grad`, `inputs=`); () for all
            leaves.
        retain_graph: Whether the saved tensors were kept.
        create_graph: Whether the gradients are tracked in turn.
        parent: Number of the run that was under way, or -1.
        error: What torch said when it stopped, or "".
    """

    clock: int
    line: int
    roots: tuple[int, ...]
    gradients: tuple[Array | None, ...]
    inputs: tuple[int, ...]
    retain_graph: bool
    create_graph: bool
    parent: int = -1
    error: str = ""
