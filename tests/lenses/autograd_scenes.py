"""Scenes of the autograd lens, and what plain torch says about the same programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from hypothesis import strategies as st

import explorer
from explorer.scene import Frame, GraphNode, Scene
from explorer.scene.decoding import decode
from explorer.scene.graphs import Graph
from explorer.scene.relations import Array
from explorer.trace import Trace
from explorer.trace.backward import reachable_nodes

HEAD = "import torch\nfrom torch import nn\n"


def lens(program: str, *, fails: bool = False, **options: Any) -> Scene:
    """Run a program and return its scene, after the way through bytes."""
    return traced(program, fails=fails, **options)[1]


def traced(program: str, *, fails: bool = False, **options: Any) -> tuple[Trace, Scene]:
    """Run a program; return its trace, and its scene after the way through bytes."""
    trace = explorer.run(HEAD + program)
    assert (trace.error is not None) == fails, trace.error
    return trace, decode(explorer.scene(trace, lens="autograd", **options).encode())


def graph_of(scene: Scene) -> Graph:
    """Return the graph of a scene that has one."""
    assert scene.graph is not None
    return scene.graph


def node(scene: Scene, label: str) -> GraphNode:
    """Return the only node with a label."""
    [found] = [one for one in graph_of(scene).nodes if one.label == label]
    return found


def number(scene: Scene, label: str) -> int:
    """Return the number of the only node with a label."""
    [found] = [place for place, one in enumerate(graph_of(scene).nodes) if one.label == label]
    return found


def engine_frames(scene: Scene) -> list[Frame]:
    """Return the frames of nodes that the engine ran."""
    return [frame for frame in scene.frames if frame.kind == "backward" and frame.op != "backward"]


def values_of(scene: Scene, grid: int, frame: int) -> Array:
    """Return what a grid shows at a frame, in the shape of its window."""
    own = scene.grids[grid]
    versions = [version for version in scene.buffers[own.buffer].versions if version.frame <= frame]
    values = versions[-1].values
    assert values is not None
    strides = [step * values.itemsize for step in own.cells.stride]
    return np.lib.stride_tricks.as_strided(values[own.cells.offset :], own.window, strides)


@dataclass
class Plain:
    """What plain torch says of a program: its graph, the engine's order, and the gradients."""

    names: dict[str, Any]
    order: list[str] = field(default_factory=list)
    sent: list[tuple[Array | None, ...]] = field(default_factory=list)

    def nodes(self) -> list[Any]:
        """Return all nodes behind the names that are bound to tensors."""
        tensors = [value for value in self.names.values() if isinstance(value, torch.Tensor)]
        return reachable_nodes([tensor.grad_fn for tensor in tensors if tensor.grad_fn is not None])

    def edges(self) -> Counter[tuple[str, str, int, int]]:
        """Return the edges: (names of the nodes, which gradient, of which result)."""
        return Counter(
            (one.name(), following.name(), slot, output)
            for one in self.nodes()
            for slot, (following, output) in enumerate(one.next_functions)
            if following is not None
        )


def plain(forward: str, backward: str) -> Plain:
    """Run a program in plain torch, with hooks on all nodes between its two parts."""
    names: dict[str, Any] = {"torch": torch, "nn": torch.nn}
    exec(forward, names)  # noqa: S102 - the programs of this file
    found = Plain(names)
    for one in found.nodes():
        one.register_hook(_note(found, one.name()))
    exec(backward, names)  # noqa: S102
    return found


def _note(found: Plain, name: str) -> Callable[..., None]:
    def hook(outgoing: tuple[torch.Tensor | None, ...], _incoming: tuple[torch.Tensor | None, ...]) -> None:
        found.order.append(name.rpartition("::")[2])
        found.sent.append(tuple(None if one is None else one.detach().clone().numpy() for one in outgoing))

    return hook


_UNARY = ("{a}.sin()", "{a} * 3", "{a}.relu()", "{a}.t()", "-{a}", "{a}.exp() * 0.1", "{a}.clone()", "{a}.cumsum(0)")
_BINARY = ("{a} + {b}", "{a} * {b}", "{a} @ {b}", "torch.cat([{a}, {b}])[:3]", "torch.stack([{a}, {b}]).mean(0)")


@st.composite
def programs(draw: st.DrawFn) -> str:
    """Draw the forward part of a program on 3 × 3 matrices: reuse, views, writes, constants; `out` is its root."""
    lines = ["x = torch.arange(9.0).reshape(3, 3).requires_grad_()", "w = torch.full((3, 3), 0.5, requires_grad=True)"]
    names = ["x", "w"]
    for place in range(draw(st.integers(1, 5))):
        template = draw(st.sampled_from(_UNARY + _BINARY))
        a, b = draw(st.sampled_from(names)), draw(st.sampled_from(names))
        lines.append(f"v{place} = {template.format(a=a, b=b)}")
        names.append(f"v{place}")
    if draw(st.booleans()):
        lines.append(f"{names[-1]} = {names[-1]} * 1")
        lines.append(f"{names[-1]}[0] = {draw(st.sampled_from(['w[1]', '2.0', 'x[2] * 2']))}")
    lines.append(f"out = {names[-1]}.sum()")
    return "\n".join(lines) + "\n"
