"""The autograd graph as a picture: nodes, edges, groups that fold, and what each node's tensor said of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from explorer.scene.columns import Columnar
from explorer.scene.spans import Span
from explorer.swift import swift

NodeKind = Literal["leaf", "parameter", "buffer", "constant", "operation", "view", "inplace", "custom"]
EdgeKind = Literal["gradient", "constant", "cut"]
GroupKind = Literal["module", "loop", "pass", "function"]
Tone = Literal["plain", "warning", "error"]


class Sparse(Columnar):
    """There are thousands of these: in the encoding, a field that has its default is left out."""

    sparse: ClassVar[bool] = True


@swift
@dataclass(frozen=True)
class TensorFacts(Sparse):
    """What the tensor that a node stands for said of itself, from a frame on.

    Attributes:
        frame: First frame for which it holds.
        facts: (what, value) pairs: `("is_leaf", "True")`, `("version", "1 (0 when it was saved)")`.
        value: Id of the grid with its values, or -1.
        grad: Id of the grid with its `.grad`, or -1.
        grad_reason: Why `.grad` is None, in words; "" when it is not.
    """

    frame: int
    facts: tuple[tuple[str, str], ...]
    value: int = -1
    grad: int = -1
    grad_reason: str = ""


@swift
@dataclass(frozen=True)
class GraphNode(Sparse):
    """One node: an autograd function with the tensor that it made, a leaf with its AccumulateGrad, or a constant.

    Attributes:
        name: What torch calls it: `MulBackward0`, `AccumulateGrad`; "" for what autograd does not know.
        label: What people call it: `y * y`, `conv.weight`, `3`.
        kind: What it is drawn as.
        shape: Shape of its tensor, `(2, 2)`; of several results, each; "" where not known.
        names: Names that its tensor was bound to.
        span: The expression that made it, or None.
        group: Number of the innermost group that it is in, or -1.
        first_frame: Frame in which it appears.
        runs: Frames in which the backward engine ran it, rising.
        phase: 0: made by the forward program; n: made while the engine ran for the n-th time (`create_graph`).
        marks: What is drawn on it, a few words each: `saved at version 0, now 1`, `first NaN`, `hook ×2`.
        tone: Whether something is wrong with it.
        note: What, in a sentence; or "".
        states: What its tensor said of itself, in the order of frames; () where nobody holds the tensor.
    """

    name: str
    label: str
    kind: NodeKind = "operation"
    shape: str = ""
    names: tuple[str, ...] = ()
    span: Span | None = None
    group: int = -1
    first_frame: int = 0
    runs: tuple[int, ...] = ()
    phase: int = 0
    marks: tuple[str, ...] = ()
    tone: Tone = "plain"
    note: str = ""
    states: tuple[TensorFacts, ...] = ()


@swift
@dataclass(frozen=True)
class GraphEdge(Sparse):
    """From the node that made a tensor to the node that took it; the gradient flows the other way.

    Attributes:
        source, target: Numbers of nodes.
        kind: `gradient`; `constant`, where autograd needs no gradient (integers, no requires_grad); or `cut`, where
            something took the graph apart (`detach`, `no_grad`, `.data`).
        output: Which result of the source it is, when there are several; else -1.
        label: Name of the argument or of the cut, or "".
        first_frame: Frame in which it appears.
        flows: (frame, text) of each gradient that the engine sent over it: `(7, "0.25 ×4")`.
        tone: `error` where the program broke on it.
        note: What broke or cut it, in a sentence; or "".
    """

    source: int
    target: int
    kind: EdgeKind = "gradient"
    output: int = -1
    label: str = ""
    first_frame: int = 0
    flows: tuple[tuple[int, str], ...] = ()
    tone: Tone = "plain"
    note: str = ""


@dataclass(frozen=True)
class GraphGroup(Sparse):
    """Nodes that fold into one: a module, a loop, one pass of it, a function's call.

    Attributes:
        label: `conv1`, `for t in range(500)`, `pass 3`.
        kind: What it is.
        detail: `Conv2d`, `500 passes`; or "".
        parent: Number of the group around it, or -1.
        open: Whether it is open at first.
    """

    label: str
    kind: GroupKind
    detail: str = ""
    parent: int = -1
    open: bool = False


@dataclass(frozen=True)
class Graph:
    """The whole picture; numbers count through these tuples."""

    nodes: tuple[GraphNode, ...] = ()
    edges: tuple[GraphEdge, ...] = ()
    groups: tuple[GraphGroup, ...] = ()


@swift
@dataclass(frozen=True)
class Plate(Columnar):
    """A place in the inspector: a grid under a caption, or words where there are no values.

    Attributes:
        caption: `gradient in`, `saved: other`, `x.grad so far`.
        grid: Id of a grid, or -1.
        text: What stands there without a grid (`None: backward has not reached it yet`), or beside it.
        role: Decides how it looks.
    """

    caption: str
    grid: int = -1
    text: str = ""
    role: Literal["value", "gradient", "saved"] = "value"
