"""Gradients that the program's own backward pass brought to what recurrent calls returned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from explorer.lenses.convolution.gradients import whole_gradient
from explorer.lenses.recurrent.calls import RecurrentCall
from explorer.trace import TensorState, Trace
from explorer.trace.gradients import whole_of
from explorer.trace.model import BackwardEvent

Events = Mapping[int, BackwardEvent]


@dataclass(frozen=True, eq=False)
class Arrived:
    """What came to one call, in the form of its results; None where nothing did.

    Attributes:
        run: Number of the engine's run; -1: none came here.
        output: Of `RecurrentCall.output`; of a cell all that reaches h, also through later steps.
        hidden: Of `last_hidden`; None of a cell.
        cell: Of `last_cell`; of a cell all that reaches c.
        cut: Whether a part was too large to be kept.
        fused: Whether one node made h and c of a cell, as on accelerators: what reached c is then without its part
            through h of the same call.
    """

    run: int = -1
    output: torch.Tensor | None = None
    hidden: torch.Tensor | None = None
    cell: torch.Tensor | None = None
    cut: bool = False
    fused: bool = False


def last_events(trace: Trace) -> Events:
    """Return the last run of each node by the engine, by the node's number."""
    return {event.index: event for event in trace.backward if event.index >= 0}


def gradient_in(event: BackwardEvent, number: int, dtype: torch.dtype) -> torch.Tensor | None:
    """Return one of the gradients that came to a node; None where there is none, or only a part of it was kept."""
    gradient, shape = event.gradients_in[number], event.shapes_in[number]
    kept = None if gradient is None or shape is None else whole_of(gradient, shape)
    return whole_gradient(kept, shape, dtype)


def arrived_at(events: Events, call: RecurrentCall) -> Arrived:
    """Return what the last backward pass that came through a call brought to its results."""
    results = {
        "output": call.output,
        "hidden": None if call.settings.cell else call.last_hidden,
        "cell": call.last_cell,
    }
    states = {name: state for name, state in results.items() if state is not None and state.node >= 0}
    runs = [events[state.node].run for state in states.values() if state.node in events]
    if not runs:
        return Arrived()
    run, found, cut = max(runs), {}, False
    for name, state in states.items():
        event = events.get(state.node)
        if event is None or event.run != run or not _came(event, state):
            continue
        whole = gradient_in(event, state.output_nr, state.dtype)
        cut = cut or whole is None
        if whole is not None:
            found[name] = whole
    fused = call.settings.cell and call.last_cell is not None and call.last_cell.node == call.output.node
    return Arrived(run, found.get("output"), found.get("hidden"), found.get("cell"), cut, fused)


def _came(event: BackwardEvent, state: TensorState) -> bool:
    return state.output_nr < len(event.gradients_in) and event.gradients_in[state.output_nr] is not None


def root_text(trace: Trace, run: int) -> str:
    """Return what a run of the engine started from, as the program calls it: `loss`, `output[-1].sum()`."""
    if not 0 <= run < len(trace.engine_runs):
        return "loss"
    return " and ".join(_tensor_text(trace, number) for number in trace.engine_runs[run].roots) or "loss"


def _tensor_text(trace: Trace, number: int) -> str:
    names = (bound.name for bindings in reversed(trace.bindings) for bound in bindings if bound.state.tensor == number)
    made = (
        " ".join(step.expression.split())
        for step in reversed(trace.steps)
        if any(state.tensor == number for state in step.outputs)
    )
    return next(names, None) or next(made, None) or "loss"
