"""Gradients of parameters as the engine made them while the program ran."""

from __future__ import annotations

from collections.abc import Collection

import torch

from explorer.lenses.recurrent.arrived import gradient_in
from explorer.lenses.recurrent.sequences import Sequence
from explorer.lenses.recurrent.tensors import states_by_name
from explorer.trace import Trace


def recorded_gradients(trace: Trace, sequence: Sequence, run: int) -> dict[str, torch.Tensor]:
    """Return the gradients that one run of the engine made for the parameters of a sequence, by torch's names.

    Those are left out that other steps of the program send gradients to as well, and those of which only a part was
    kept.

    Args:
        trace: The run of the program.
        sequence: The calls.
        run: Number of the engine's run.
    """
    steps = {call.step for call in sequence.calls}
    events = {event.index: event for event in trace.backward if event.run == run}
    states = states_by_name(sequence.first)
    shared = _reached_from_elsewhere(trace, {state.node for state in states.values()}, steps, events)
    found = {}
    for name, state in states.items():
        event = events.get(state.node)
        if event is None or state.node in shared:
            continue
        whole = gradient_in(event, 0, state.dtype)
        if whole is not None:
            found[name] = whole
    return found


def _reached_from_elsewhere(trace: Trace, leaves: set[int], steps: set[int], ran: Collection[int]) -> set[int]:
    """Return the leaves that nodes of other steps sent gradients to, among the nodes that ran."""
    graph = trace.graph
    return {
        end for start, end in graph.edges if end in leaves and start in ran and graph.nodes[start].step not in steps
    }
