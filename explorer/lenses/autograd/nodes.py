"""Draws the trace's graph: nodes with both names, leaves with their AccumulateGrad, and the edges between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property

from explorer.lenses.autograd.drafts import Canvas, Draft, Key, Line
from explorer.lenses.autograd.makers import ACCUMULATE, Maker, Makers
from explorer.lenses.autograd.runs import Runs
from explorer.lenses.autograd.standing import Standing
from explorer.lenses.autograd.timeline import Timeline
from explorer.lenses.autograd.wording import flat, shapes_text
from explorer.lenses.shapes.places import span_of
from explorer.lenses.tables.words import words
from explorer.scene.graphs import NodeKind
from explorer.scene.spans import Span
from explorer.trace import Step, TensorState, Trace
from explorer.trace.model import GraphNode

# Nodes of operations that only change how memory is looked at, whoever called them.
_VIEWS = words(
    "Alias AsStrided Chunk Detach Diagonal Expand Narrow Permute ReshapeAlias Select Slice Split SplitWithSizes Squeeze"
    " T Transpose Unbind Unfold Unsqueeze View ViewAsComplex ViewAsReal"
)


@dataclass(frozen=True, eq=False)
class Sources:
    """What the picture is drawn from."""

    trace: Trace
    runs: Runs
    makers: Makers
    timeline: Timeline

    @cached_property
    def standing(self) -> Standing:
        """Where steps stand that are no ordinary forward steps."""
        return Standing(self.trace, self.runs)

    @cached_property
    def names_of_results(self) -> dict[tuple[int, int], str]:
        """The first name of each node's results, by (node, which result)."""
        found: dict[tuple[int, int], str] = {}
        for bindings in self.trace.bindings:
            for binding in bindings:
                if binding.state.node >= 0:
                    found.setdefault((binding.state.node, binding.state.output_nr), binding.name)
        return found

    @cached_property
    def names_of_nodes(self) -> dict[int, tuple[str, ...]]:
        """The names that the tensors of each node were bound to."""
        found: dict[int, dict[str, None]] = {}
        for bindings in self.trace.bindings:
            for binding in bindings:
                if binding.state.node >= 0:
                    found.setdefault(binding.state.node, {})[binding.name] = None
        return {node: tuple(names) for node, names in found.items()}

    @cached_property
    def leaf_names(self) -> dict[int, str]:
        """Names of leaves, of parameters their path (`net.0.weight`), by the tensor's number."""
        nodes, paths = self.trace.graph.nodes, self.makers.paths
        named = {nodes[number].tensor: name for number, name in self.trace.graph.leaves if name}
        # `for p in net.parameters()` gives the last one a name that says less than its path
        return {**paths, **{tensor: name for tensor, name in named.items() if "." in name or tensor not in paths}}

    def name(self, tensor: int) -> str:
        """Return what the program calls a tensor, by its number: a parameter by its path; "" when it has no name."""
        owner = self.standing.leaf_of_gradient(tensor)
        if owner >= 0 and tensor not in self.runs.names:
            return f"{self.name(owner) or 'leaf'}.grad"
        return self.leaf_names.get(tensor) or self.runs.names.get(tensor, "")

    def key_of(self, state: TensorState) -> Key:
        """Return which node of the picture a tensor hangs on."""
        if state.requires_grad and state.is_leaf:
            return Key("leaf", state.tensor)
        return Key("node", state.node) if state.node >= 0 else Key("plain", state.tensor)

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The calling expression of each step."""
        return tuple(span_of(step.position) for step in self.trace.steps)


def draw_nodes(sources: Sources, canvas: Canvas) -> None:
    """Add the nodes and edges of the trace's graph, and the leaves that nothing has used."""
    graph = sources.trace.graph
    places = canvas.places
    for number, node in enumerate(graph.nodes):
        is_leaf = node.name == ACCUMULATE and node.tensor >= 0
        places.append(canvas.add(_leaf(sources, node.tensor) if is_leaf else _operation(sources, number, node)))
    for state in sources.makers.leaves.values():
        canvas.add(_leaf(sources, state.tensor))
    for (maker, source), (place, output) in zip(graph.edges, graph.slots, strict=True):
        target = places[maker]
        several = len(graph.nodes[source].shapes) > 1
        first = canvas.drafts[target].first_frame
        line = Line(places[source], target, "gradient", first, output if several else -1)
        canvas.lines_of[maker, place] = canvas.join(line)
    _name_transposes(canvas)


def _name_transposes(canvas: Canvas) -> None:
    """Call the transpose of a leaf that a layer makes by itself after the leaf: `A.weight.t()`."""
    for line in canvas.lines:
        source, target = canvas.drafts[line.source], canvas.drafts[line.target]
        if source.key.what == "leaf" and target.name == "TBackward0" and target.label.rpartition(" · ")[2] == "t":
            target.label = f"{source.label}.t()"


def _operation(sources: Sources, number: int, node: GraphNode) -> Draft:
    maker = sources.makers.of(number)
    step = maker.step
    return Draft(
        key=Key("node", number),
        name=node.name,
        label=label_of(node, maker),
        kind=_kind(node, maker),
        shape=shapes_text(node.shapes),
        first_frame=_first_frame(sources, node, step),
        names=sources.names_of_nodes.get(number, ()),
        span=None if step is None else sources.spans[step.index],
        phase=max(node.run, -1) + 1,
        home=None if step is None else (step, node.module),
    )


def _first_frame(sources: Sources, node: GraphNode, step: Step | None) -> int:
    if step is not None:
        return sources.timeline.frame_after(step.index)
    events = sources.timeline.last_frame_of_run
    return events.get(node.run, 0)


def label_of(node: GraphNode, maker: Maker) -> str:
    """Return what people call a node: what they wrote, or inside a layer its path and the operation."""
    step, own = maker.step, bare_name(node.name)
    if step is None or node.run >= 0:
        return own
    if not node.module and maker.state in step.outputs:
        return flat(step.expression)
    made = own if maker.detail is None or maker.detail.op.startswith("__") else maker.detail.op
    return " · ".join(filter(None, [node.module or ("" if step.module_class else step.op), made]))


@cache
def bare_name(name: str) -> str:
    """Return `mul` for `MulBackward0`, `native_layer_norm` for `NativeLayerNormBackward0`."""
    bare = re.sub(r"Backward\d*$", "", name)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", bare).lower() or name


def _kind(node: GraphNode, maker: Maker) -> NodeKind:
    if node.custom:
        return "custom"
    if node.name == "CopySlices" or (maker.step is not None and maker.detail is None and _writes(maker.step)):
        return "inplace"
    return "view" if _is_view(node.name) else "operation"


@cache
def _is_view(name: str) -> bool:
    return re.sub(r"Backward\d*$", "", name) in _VIEWS


def _writes(step: Step) -> bool:
    return step.kind == "inplace"


def _leaf(sources: Sources, tensor: int) -> Draft:
    """Draw a leaf together with the AccumulateGrad node that writes its gradient."""
    state = sources.makers.leaves.get(tensor)
    owned = None if state is None else sources.makers.in_module(state)
    name = sources.leaf_names.get(tensor) or sources.runs.names.get(tensor) or (owned[0] if owned else "")
    step = sources.makers.first_step.get(tensor, 0)
    made = sources.trace.steps[step] if step < len(sources.trace.steps) else None
    own = made is not None and any(output.tensor == tensor for output in made.outputs)
    return Draft(
        key=Key("leaf", tensor),
        name=ACCUMULATE,
        label=name or (flat(made.expression) if made is not None and own else "leaf"),
        kind="parameter" if "." in name or (owned is not None and owned[1]) or _is_parameter(state) else "leaf",
        shape="" if state is None else str(tuple(state.shape)),
        first_frame=sources.timeline.frame_after(step),
        names=(name,) if name else (),
        span=span_of(made.position) if made is not None and own else None,
        made=made,
    )


def _is_parameter(state: TensorState | None) -> bool:
    return state is not None and type(state._live).__name__ == "Parameter"
