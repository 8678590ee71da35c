"""Listens to the backward engine: which nodes it runs, in its own order, with which gradients."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch.autograd.graph import GradientEdge, get_gradient_edge

from explorer.trace.arrivals import Arrivals
from explorer.trace.calls import node_of
from explorer.trace.frames import switch_tracing
from explorer.trace.gradients import GradientCopies, rows_of
from explorer.trace.graph import leaf_of, name_of, notes_of
from explorer.trace.model import BackwardEvent, EngineRun
from explorer.trace.reasons import Pass
from explorer.trace.under_way import node_under_way, reachable_nodes
from explorer.trace.values import has_values

if TYPE_CHECKING:
    from torch.autograd.graph import Node
    from torch.utils.hooks import RemovableHandle

    from explorer.trace.states import StateKeeper
    from explorer.trace.values import Array

__all__ = ["BackwardRecorder", "reachable_nodes"]

Root = torch.Tensor | GradientEdge
Gradients = tuple[torch.Tensor | None, ...]


@dataclass(frozen=True, eq=False)
class Start:
    """How the engine is started.

    Attributes:
        roots: Where it starts.
        gradients: With which gradients; None where torch may choose.
        inputs: Whose gradients are asked for; () for all leaves.
        retain_graph: As torch is told.
        create_graph: As torch is told.
        accumulates: Whether it writes into `.grad`.
        line: Line of the program, or 0.
    """

    roots: tuple[Root, ...]
    gradients: tuple[torch.Tensor | None, ...]
    inputs: tuple[Root, ...]
    retain_graph: bool
    create_graph: bool
    accumulates: bool
    line: int


@dataclass(slots=True)
class _Open:
    """A run that is under way; `roots` keeps their nodes alive, which torch does not do for a leaf's."""

    number: int
    accumulates: bool
    roots: list[Node]
    targets: list[Node]
    done: set[int]


class BackwardRecorder:
    """Hangs hooks on the nodes behind a backward call; each reports the node when the engine has run it.

    Attributes:
        events: What the engine ran, in the order in which it was done with each node.
        runs: The times that it was started.
    """

    def __init__(self, states: StateKeeper, clock: Callable[[], int]) -> None:
        self.events: list[BackwardEvent] = []
        self.runs: list[EngineRun] = []
        self._failed: tuple[BaseException, int] | None = None
        self._states = states
        self._clock = clock
        self._gradients = GradientCopies()
        self._arrivals = Arrivals(states.graph)
        self._watched = object()
        self._hooks: list[RemovableHandle] = []
        self._open: list[_Open] = []
        self._leaves: dict[int, torch.Tensor] = {}
        self._hooked: set[int] = set()
        self._received: dict[int, tuple[Array | None, ...]] = {}
        self._grads: dict[int, Array | None] = {}

    def begin(self, start: Start) -> None:
        """Note that the engine starts, and listen to all nodes that it may run."""
        run = EngineRun(
            clock=self._clock(),
            line=start.line,
            roots=tuple(map(self._number, start.roots)),
            gradients=tuple(map(self._started_with, start.roots, start.gradients)),
            inputs=tuple(map(self._number, start.inputs)),
            retain_graph=start.retain_graph,
            create_graph=start.create_graph,
            parent=self._open[-1].number if self._open else -1,
        )
        self.runs.append(run)
        opened = _Open(len(self.runs) - 1, start.accumulates, _nodes(start.roots), _nodes(start.inputs), set())
        self._open.append(opened)
        self._watch(opened.roots)
        self._watch_received()
        self._grads = {key: self._gradients.array(leaf.grad) for key, leaf in self._leaves.items()}

    def end(self, error: BaseException | None) -> None:
        """Note that the engine has stopped, with what it raised."""
        ended = self._open.pop()
        run = self.runs[ended.number]
        if not self._open:
            nodes = frozenset(ended.done)
            self._states.note_pass(Pass(run.line, ended.accumulates, run.inputs, nodes, failed=error is not None))
        if error is None:
            return
        self.runs[ended.number] = replace(run, error=str(error))
        if self._failed is None or self._failed[0] is not error:
            self._failed = (error, self._under_way(ended))

    def node_of(self, error: BaseException) -> int:
        """Return the number of the node that the engine was running when it raised `error`; -1 when it did not."""
        return self._failed[1] if self._failed is not None and self._failed[0] is error else -1

    def stop(self) -> None:
        """Take the hooks off again: the nodes of parameters outlive a recording."""
        for hook in self._hooks:
            hook.remove()

    def _number(self, root: Root) -> int:
        return self._states.state(root).tensor if isinstance(root, torch.Tensor) else -1

    def _started_with(self, root: Root, gradient: torch.Tensor | None) -> Array | None:
        """Return the gradient that a run starts with; None for the 1 that torch itself gives a scalar."""
        if gradient is None:
            return None
        is_scalar = isinstance(root, torch.Tensor) and root.numel() == 1 and has_values(gradient)
        if is_scalar and self._states.number_of(gradient) is None and bool((gradient == 1).all()):
            return None
        return self._gradients.array(gradient)

    def _under_way(self, run: _Open) -> int:
        known = self._states.graph.known
        node = node_under_way(run.roots, run.targets, lambda node: known(node) in run.done)
        return -1 if node is None else known(node)

    def _watch(self, roots: Iterable[Node]) -> None:
        """Hang hooks on the nodes behind `roots`; behind a node that has them, all others have them too."""
        waiting = list(roots)
        graph = self._states.graph
        for node in waiting:
            graph.number(node)
        self._states.settle()
        while waiting:
            node = waiting.pop()
            notes = notes_of(node)
            if self._watched in notes:
                continue
            notes[self._watched] = True
            self._listen(node, graph.noted(notes))
            waiting += [following for following, _ in node.next_functions if following is not None]

    def _listen(self, node: Node, number: int) -> None:
        name, leaf = name_of(node), leaf_of(node)
        if leaf is not None:
            self._leaves[id(leaf)] = leaf

        def ended(outgoing: Gradients, incoming: Gradients) -> None:
            tracing = sys.gettrace()
            switch_tracing(None)
            try:
                with torch._C.DisableTorchFunction():
                    self._add(name, number, leaf, incoming, outgoing)
            finally:
                switch_tracing(tracing)

        self._hooks.append(node.register_hook(ended))

    def _watch_received(self) -> None:
        """Read what leaves receive before a hook can write to it: a first gradient becomes `.grad`, uncopied."""
        for key, leaf in self._leaves.items():
            if leaf._post_accumulate_grad_hooks and key not in self._hooked:
                self._hooked.add(key)
                self._hooks.append(get_gradient_edge(leaf).node.register_prehook(self._receiving(key)))

    def _receiving(self, key: int) -> Callable[[Gradients], None]:
        def begins(incoming: Gradients) -> None:
            with torch._C.DisableTorchFunction():
                self._received[key], _, _ = self._gradients.of(incoming)

        return begins

    def _add(self, name: str, number: int, leaf: torch.Tensor | None, incoming: Gradients, outgoing: Gradients) -> None:
        run = self._note_done(number)
        arrays, shapes, known = self._gradients.of(incoming)
        if leaf is None:
            sent, shapes_out, known_out = self._gradients.of(outgoing)
            place = (name, arrays, sent, None, number, run, self._clock(), shapes, shapes_out)
            if known and known_out:  # what is told of large and of sparse gradients is told of none here
                event = BackwardEvent(*place)
            else:
                norms = self._gradients.norms(incoming)
                whole = self._arrivals.whole(name, number, run, incoming[0] if incoming else None)
                event = BackwardEvent(*place, None, None, norms, None, rows_of(incoming), rows_of(outgoing), whole)
        else:
            key, owner = id(leaf), self._states.number_of(leaf)
            after = self._gradients.accumulated(leaf, incoming[0])
            before, self._grads[key] = self._grads.get(key), after
            arrays = self._received.pop(key, arrays)
            norm, rows = self._gradients.norm(leaf.grad), () if known else rows_of(incoming)
            event = BackwardEvent(
                name, arrays, (), owner, number, run, self._clock(), shapes, (), before, after, (), norm, rows
            )
        self.events.append(event)
        if run >= 0 and self.runs[run].create_graph:
            made = outgoing if leaf is None else (leaf.grad,)
            self._note_made(run, [gradient for gradient in made if gradient is not None])

    def _note_done(self, node: int) -> int:
        """Note that a node was run, and return by which run of the engine."""
        if not self._open:
            return -1
        self._open[-1].done.add(node)
        return self._open[-1].number

    def _note_made(self, run: int, gradients: Iterable[torch.Tensor]) -> None:
        """Give numbers to the nodes that a run with `create_graph` made."""
        graph = self._states.graph
        graph.run = run
        graph.note(gradients)
        graph.run = -1
        self._states.settle()


def _nodes(roots: Iterable[Root]) -> list[Node]:
    """Return the nodes that the engine starts from, or stops at; of a leaf its AccumulateGrad."""
    found: list[Node] = []
    for root in roots:
        if not isinstance(root, torch.Tensor):
            found.append(root.node)
        elif root.requires_grad:
            node = node_of(root) or _node_of_leaf(root)
            found += [] if node is None else [node]
    return found


def _node_of_leaf(leaf: torch.Tensor) -> Node | None:
    """Return the AccumulateGrad of a leaf; None for torch.func's own tensors, which have it at another level."""
    try:
        return get_gradient_edge(leaf).node
    except AttributeError:  # torch asks a view of it for its node, and it has none
        return None
