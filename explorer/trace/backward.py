"""Listens to the backward engine: which nodes it runs, in its own order, with which gradients."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import torch
from torch.autograd.graph import GradientEdge

from explorer.trace.calls import node_of
from explorer.trace.gradients import Gradients
from explorer.trace.graph import notes_of
from explorer.trace.model import BackwardEvent, EngineRun

if TYPE_CHECKING:
    from torch.autograd.graph import Node
    from torch.utils.hooks import RemovableHandle

    from explorer.trace.states import StateKeeper
    from explorer.trace.values import Array

Root = torch.Tensor | GradientEdge


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
    """Hangs hooks on the nodes behind a backward call; each reports the node when the engine has run it.

    Attributes:
        events: What the engine ran, in the order in which it was done with each node.
        runs: The times that it was started.
        failed: What the engine raised last, and the number of the node that it was running, or -1.
    """

    def __init__(self, states: StateKeeper, clock: Callable[[], int]) -> None:
        self.events: list[BackwardEvent] = []
        self.runs: list[EngineRun] = []
        self.failed: tuple[BaseException, int] | None = None
        self._states = states
        self._clock = clock
        self._gradients = Gradients()
        self._watched = object()
        self._hooks: list[RemovableHandle] = []
        self._open: list[int] = []
        self._running: defaultdict[int, list[int]] = defaultdict(list)
        self._before: dict[int, Array | None] = {}

    def begin(
        self,
        roots: Iterable[Root],
        gradients: Iterable[torch.Tensor | None],
        inputs: Iterable[Root],
        line: int,
        *,
        retain_graph: bool,
        create_graph: bool,
    ) -> int:
        """Note that the engine starts, and listen to all nodes that it may run; return the run's number."""
        roots = tuple(roots)
        run = EngineRun(
            clock=self._clock(),
            line=line,
            roots=tuple(map(self._number, roots)),
            gradients=tuple(map(self._started_with, roots, gradients)),
            inputs=tuple(map(self._number, inputs)),
            retain_graph=retain_graph,
            create_graph=create_graph,
            parent=self._open[-1] if self._open else -1,
        )
        self.runs.append(run)
        self._open.append(len(self.runs) - 1)
        self._watch(roots)
        return self._open[-1]

    def end(self, run: int, error: BaseException | None) -> None:
        """Note that the engine has stopped, with what it raised."""
        self._open.remove(run)
        running = self._running[threading.get_ident()]
        if error is not None:
            self.runs[run] = replace(self.runs[run], error=str(error))
            if self.failed is None or self.failed[0] is not error:
                self.failed = (error, running[-1] if running else -1)
        if not self._open:
            self._running.clear()
            self._before.clear()

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
        is_scalar = isinstance(root, torch.Tensor) and root.numel() == 1
        if is_scalar and self._states.number_of(gradient) is None and bool((gradient == 1).all()):
            return None
        return self._gradients.array(gradient)

    def _watch(self, roots: Iterable[Root]) -> None:
        """Hang hooks on the nodes behind `roots`; behind a node that has them, all others have them too."""
        found = (node_of(root) if isinstance(root, torch.Tensor) else root.node for root in roots)
        waiting = [node for node in found if node is not None]
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
            self._listen(node)
            waiting.extend(following for following, _ in node.next_functions if following is not None)

    def _listen(self, node: Node) -> None:
        number = self._states.graph.known(node)
        variable: torch.Tensor | None = getattr(node, "variable", None)
        name = node.name().rpartition("::")[2]

        def begins(_incoming: Any) -> None:  # noqa: ANN401 - hooks have torch's own shape
            self._running[threading.get_ident()].append(number)
            if variable is not None:
                with torch._C.DisableTorchFunction():
                    self._before[number] = self._gradients.array(variable.grad)

        def ended(outgoing: Any, incoming: Any) -> None:  # noqa: ANN401
            running = self._running[threading.get_ident()]
            if running:
                running.pop()
            with torch._C.DisableTorchFunction():
                self._add(name, number, variable, incoming, outgoing)

        self._hooks += (node.register_prehook(begins), node.register_hook(ended))

    def _add(
        self,
        name: str,
        number: int,
        variable: torch.Tensor | None,
        incoming: tuple[torch.Tensor | None, ...],
        outgoing: tuple[torch.Tensor | None, ...],
    ) -> None:
        run = self._open[-1] if self._open else -1
        event = BackwardEvent(
            node=name,
            gradients_in=tuple(map(self._gradients.array, incoming)),
            gradients_out=tuple(map(self._gradients.array, outgoing)),
            accumulated=None if variable is None else self._states.number_of(variable),
            index=number,
            run=run,
            clock=self._clock(),
            shapes_in=tuple(map(_shape, incoming)),
            shapes_out=tuple(map(_shape, outgoing)),
            grad_before=self._before.pop(number, None),
            grad_after=None if variable is None else self._gradients.array(variable.grad),
        )
        self.events.append(event)
        if run >= 0 and self.runs[run].create_graph:
            made = [gradient for gradient in outgoing if gradient is not None]
            self._note_made(run, made if variable is None or variable.grad is None else [variable.grad])

    def _note_made(self, run: int, gradients: Iterable[torch.Tensor]) -> None:
        """Give numbers to the nodes that a run with `create_graph` made."""
        graph = self._states.graph
        graph.run = run
        graph.note(gradients)
        graph.run = -1
        self._states.settle()


def _shape(gradient: torch.Tensor | None) -> tuple[int, ...] | None:
    return None if gradient is None else tuple(gradient.shape)
