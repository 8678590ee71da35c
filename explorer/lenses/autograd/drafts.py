"""The nodes and edges of the picture while it is being put together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from explorer.scene.graphs import EdgeKind, NodeKind, Tone
from explorer.scene.spans import Span
from explorer.trace import Step


class Key(NamedTuple):
    """What a node of the picture stands for.

    `node`: a node of the trace's graph, by number. `leaf`: a tensor that can get a gradient, `plain`: one that cannot,
    by the tensor's number. `number`: a number among the arguments of a step: the step's index, and which argument.
    `failed`: the call that stopped the program.
    """

    what: str
    number: int
    place: int = 0


@dataclass(slots=True, eq=False)
class Draft:
    """A node before marks, facts and engine runs are known; fields as in `explorer.scene.graphs.GraphNode`.

    `home` says where it was made (step, path of the module), by which it is put into groups; None: beside its users,
    but in no pass of a loop that `made`, the step that made it, does not stand in.
    """

    key: Key
    name: str
    label: str
    kind: NodeKind
    shape: str
    first_frame: int
    names: tuple[str, ...] = ()
    span: Span | None = None
    phase: int = 0
    home: tuple[Step, str] | None = None
    note: str = ""
    made: Step | None = None


@dataclass(slots=True, eq=False)
class Line:
    """An edge; fields as in `explorer.scene.graphs.GraphEdge`."""

    source: int
    target: int
    kind: EdgeKind
    first_frame: int
    output: int = -1
    label: str = ""
    tone: Tone = "plain"
    note: str = ""


@dataclass(slots=True, eq=False)
class Canvas:
    """All drafts and lines, each node once.

    Attributes:
        drafts: The nodes.
        lines: The edges; the first ones are those of the trace's graph, in its order.
        numbers: Where each node stands in `drafts`.
        places: The same for the nodes of the trace's graph, by their numbers there.
        lines_of: Numbers of the lines of the trace's edges, by (node of the trace, which of its gradients).
    """

    drafts: list[Draft] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    numbers: dict[Key, int] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)
    lines_of: dict[tuple[int, int], int] = field(default_factory=dict)

    def add(self, draft: Draft) -> int:
        """Add a node, unless it is there; return its number."""
        number = self.numbers.setdefault(draft.key, len(self.drafts))
        if number == len(self.drafts):
            self.drafts.append(draft)
        return number

    def join(self, line: Line) -> int:
        """Add an edge; return its number."""
        self.lines.append(line)
        return len(self.lines) - 1
