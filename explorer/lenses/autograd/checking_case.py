"""What is checked: one run of the engine, with the function that it differentiated and the gradients that it gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from explorer.scene.tables import Table
from explorer.trace.replay import CannotReplayError

if TYPE_CHECKING:
    from explorer.scene.relations import Array
    from explorer.trace import Trace
    from explorer.trace.function_of import Function


@dataclass(frozen=True, eq=False)
class Matrix:
    """A matrix that belongs to a check.

    Attributes:
        caption: `J = ∂y/∂x`, `vᵀ`, `vᵀ · J`, `H = ∂²L/∂x²`.
        rows: What its rows are: `elements of y`; or "".
        columns: What its columns are.
        values: 2-d, float64.
    """

    caption: str
    rows: str
    columns: str
    values: Array


@dataclass(frozen=True, eq=False)
class Checked:
    """What the checks of one run of the engine found.

    Attributes:
        tables: Their results in words and numbers.
        matrices: Jacobians, Hessians, and vᵀ · J.
        notes: What could not be checked, and why, in sentences.
    """

    tables: tuple[Table, ...] = ()
    matrices: tuple[Matrix, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Case:
    """One run of the engine.

    Attributes:
        trace: The run of the program.
        run: Number of the engine's run.
        function: What it differentiated.
        names: What the program calls its tensors, by number.
    """

    trace: Trace
    run: int
    function: Function
    names: dict[int, str]

    @property
    def root(self) -> str:
        """What the program calls the tensor that backward started from."""
        return self.names.get(self.trace.engine_runs[self.run].roots[0], "out")

    def name(self, leaf: int) -> str:
        """Return what the program calls a leaf of the function."""
        return self.names.get(self.function.leaves[leaf].tensor, f"leaf {leaf + 1}")

    def seed(self) -> torch.Tensor:
        """Return what backward was started with, in float64.

        Raises:
            CannotReplayError: It was too large to be kept.
        """
        given = next(iter(self.trace.engine_runs[self.run].gradients), None)
        value = self.function.value
        if given is None:
            return torch.ones_like(value)
        seed = torch.from_numpy(np.array(given)).double()
        if seed.shape != value.shape:
            raise CannotReplayError("the gradient that it started with is too large to be kept")
        return seed

    def received(self, leaf: int) -> torch.Tensor | None:
        """Return the gradient that this run gave a leaf, in float64; None when it gave none, or it was not kept."""
        number = self.function.leaves[leaf].tensor
        array = self._asked_for(number)
        for event in self.trace.backward:
            if event.run == self.run and event.accumulated == number and event.gradients_in:
                array = event.gradients_in[0]
        shape = tuple(self.function.start[leaf].shape)
        return None if array is None or array.shape != shape else torch.from_numpy(np.array(array)).double()

    def was_cut(self, leaf: int) -> bool:
        """Tell whether this run gave a leaf a gradient that was too large to be kept whole."""
        number = self.function.leaves[leaf].tensor
        events = (e for e in self.trace.backward if e.run == self.run and e.accumulated == number)
        return self.received(leaf) is None and any(gradient is not None for e in events for gradient in e.gradients_in)

    def _asked_for(self, number: int) -> Array | None:
        """Return a gradient that `torch.autograd.grad` returned."""
        run = self.trace.engine_runs[self.run]
        later = (step for step in self.trace.steps[run.clock :] if step.op == "grad")
        step = next(later, None)
        if step is None or number not in run.inputs or len(step.outputs) != len(run.inputs):
            return None
        return step.outputs[run.inputs.index(number)].values


def leaf_names(trace: Trace) -> dict[int, str]:
    """Return what the program calls its tensors, by number: the first name of each, of parameters their path."""
    named: dict[int, str] = {}
    for bound in trace.bindings:
        for binding in bound:
            named.setdefault(binding.state.tensor, binding.name)
    paths = {trace.graph.nodes[node].tensor: name for node, name in trace.graph.leaves if name}
    return {**named, **paths}
