"""The finished graph: drafts with their engine runs, marks and facts; lines with the gradients that went over them."""

from __future__ import annotations

from dataclasses import dataclass, field

from explorer.lenses.autograd.drafts import Line
from explorer.lenses.autograd.facts import Facts
from explorer.lenses.autograd.naming import Naming
from explorer.lenses.autograd.simplify import Placed
from explorer.lenses.autograd.wording import line_text
from explorer.scene.graphs import Graph, GraphEdge, GraphNode, Tone


@dataclass(slots=True, eq=False)
class Mark:
    """What is drawn on a node, or said of it."""

    words: list[str] = field(default_factory=list)
    tone: Tone = "plain"
    note: str = ""

    def add(self, words: str, tone: Tone, note: str) -> None:
        """Add a mark; the gravest tone stays, with the first note of that tone."""
        if words and words not in self.words:
            self.words.append(words)
        grave = ("plain", "warning", "error")
        if not self.note or grave.index(tone) > grave.index(self.tone):
            self.note = note
        self.tone = max(self.tone, tone, key=grave.index)


@dataclass(eq=False)
class Marks:
    """The marks of nodes (by number of the draft) and of lines (by number)."""

    nodes: dict[int, Mark] = field(default_factory=dict)
    lines: dict[int, Mark] = field(default_factory=dict)

    def node(self, number: int, words: str, tone: Tone, note: str) -> None:
        """Mark a node."""
        self.nodes.setdefault(number, Mark()).add(words, tone, note)

    def line(self, number: int, tone: Tone, note: str) -> None:
        """Mark a line."""
        self.lines.setdefault(number, Mark()).add("", tone, note)


def graph_of(naming: Naming, placed: Placed, marks: Marks, facts: Facts) -> Graph:
    """Return the graph as the stage draws it."""
    canvas = naming.canvas
    runs = _runs(naming)
    flows = _flows(naming)
    nodes = []
    unmarked = Mark()
    for number, draft in enumerate(canvas.drafts):
        mark = marks.nodes.get(number, unmarked)
        own = runs.get(number)
        nodes.append(
            GraphNode(
                name=draft.name,
                label=draft.label,
                kind=draft.kind,
                shape=draft.shape,
                names=draft.names,
                span=draft.span,
                group=placed.homes[number],
                first_frame=draft.first_frame if own is None else min(draft.first_frame, own[0]),
                runs=() if own is None else tuple(own),
                phase=draft.phase,
                marks=() if mark is unmarked else tuple(mark.words),
                tone=mark.tone,
                note=mark.note or draft.note,
                states=facts.of(draft),
            )
        )
    edges = [_edge(line, flows.get(number), marks.lines.get(number)) for number, line in enumerate(canvas.lines)]
    return Graph(tuple(nodes), tuple(edges), placed.groups)


def _edge(line: Line, over: list[tuple[int, str]] | None, mark: Mark | None) -> GraphEdge:
    if over is None and mark is None:  # of a folded pass: most lines of a long loop
        place = (line.source, line.target, line.kind, line.output, line.label)
        return GraphEdge(*place, line.first_frame, (), line.tone, line.note)
    flows = tuple(over or ())
    return GraphEdge(
        line.source,
        line.target,
        line.kind,
        line.output,
        line.label,
        first_frame=min(line.first_frame, flows[0][0]) if flows else line.first_frame,
        flows=flows,
        tone=line.tone if mark is None else mark.tone,
        note=line.note if mark is None else mark.note or line.note,
    )


def _runs(naming: Naming) -> dict[int, list[int]]:
    """Return for each node the frames in which the engine ran it."""
    found: dict[int, list[int]] = {}
    for number, event in enumerate(naming.sources.trace.backward):
        frame = naming.sources.timeline.frame_of_event.get(number)
        if frame is not None and event.index >= 0:
            frames = found.setdefault(naming.number(event), [])
            if not frames or frames[-1] != frame:
                frames.append(frame)
    return found


def _flows(naming: Naming) -> dict[int, list[tuple[int, str]]]:
    """Return for each line the gradients that the engine sent over it, with their frames.

    Of a folded pass of a long loop they are not written out.
    """
    found: dict[int, list[tuple[int, str]]] = {}
    for stop in naming.sources.timeline.stops:
        if stop.event < 0:
            continue
        frame, event = stop.frame, naming.sources.trace.backward[stop.event]
        for slot, gradient in enumerate(event.gradients_out):
            shape = event.shapes_out[slot] if slot < len(event.shapes_out) else None
            line = naming.canvas.lines_of.get((event.index, slot))
            if line is not None and (gradient is not None or shape is not None):
                found.setdefault(line, []).append((frame, line_text(gradient, shape)))
    return found
