"""What the program did before its error, looked up in the recorded steps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import torch

from explorer.trace.backward import reachable_nodes
from explorer.trace.calls import tensors_in

if TYPE_CHECKING:
    from torch.autograd.graph import Node

    from explorer.trace.calls import Call
    from explorer.trace.model import Step, TensorState
    from explorer.trace.recorder import Recorder


_LONGEST = 40


class History:
    """The steps of a run, its live calls and its names."""

    def __init__(self, recorder: Recorder) -> None:
        self.steps: Sequence[Step] = recorder.steps
        self._calls: Sequence[Call | None] = recorder.calls
        self._recorder = recorder

    def name_of(self, state: TensorState) -> str:
        """Return the name that a tensor was first bound to, or ""."""
        for bound in self._recorder.names.bindings:
            for binding in bound:
                if binding.state.tensor == state.tensor:
                    return binding.name
        return ""

    def state_of(self, tensor: torch.Tensor) -> TensorState:
        """Return the state of a tensor now."""
        return self._recorder.states.state(tensor)

    def maker_of(self, state: TensorState) -> Step | None:
        """Return the step whose result a tensor is."""
        return next((step for step in self.steps if any(out.tensor == state.tensor for out in step.outputs)), None)

    def ancestors(self, state: TensorState) -> Iterator[Step]:
        """Yield the steps that a tensor was computed by, the nearest first."""
        wanted, seen = {state.tensor}, set[int]()
        for step in reversed(self.steps):
            if step.index not in seen and any(out.tensor in wanted for out in step.outputs):
                seen.add(step.index)
                wanted |= {given.tensor for given in step.inputs}
                yield step

    def nodes_of(self) -> dict[Node, Step]:
        """Return the step that made each autograd node: the first whose result hangs on it."""
        made: dict[Node, Step] = {}
        for step, call in zip(self.steps, self._calls, strict=False):
            results = list(tensors_in(call.result)) if call is not None else []
            waiting = [tensor.grad_fn for tensor in results]
            while waiting:
                node = waiting.pop()
                if node is not None and node not in made:
                    made[node] = step
                    waiting += [following for following, _ in node.next_functions]
        return made


def place_of(step: Step) -> str:
    """Return where a step stands: "in line 3 (`y += 1`)"."""
    return f"in {place_of_line(step.line, step.expression)}"


def place_of_line(number: int, text: str) -> str:
    """Return where a text stands: "line 3 (`y += 1`)"."""
    line = re.sub(r"\s+", " ", text)
    return f"line {number} (`{line if len(line) <= _LONGEST else line[: _LONGEST - 1] + '…'}`)"


def broken_node(root: torch.Tensor) -> Node | None:
    """Return the first autograd node behind `root` one of whose saved tensors was written to since."""
    if root.grad_fn is None:
        return None
    for node in reachable_nodes([root.grad_fn]):
        for name in dir(node):
            if name.startswith("_saved_") and _is_broken(node, name):
                return node
    return None


def _is_broken(node: Node, name: str) -> bool:
    try:
        getattr(node, name)
    except RuntimeError as error:
        return "modified by an inplace operation" in str(error)
    return False
