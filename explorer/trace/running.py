"""Writes to running statistics: those of batch norm torch does not count in the version of the tensor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.trace.values import has_values, window_array

if TYPE_CHECKING:
    from explorer.trace.states import StateKeeper
    from explorer.trace.steps import Before
    from explorer.trace.tensor_state import TensorState

_WRITERS = frozenset({"batch_norm", "instance_norm"})


def updated_by(op: str, before: Before, states: StateKeeper) -> tuple[TensorState, ...]:
    """Return the running statistics that a call changed, as they are after it, and note the writes.

    Args:
        op: Name of the call that has ended.
        before: Its tensor arguments.
        states: Where the writes are noted.
    """
    if op not in _WRITERS:
        return ()
    found: list[TensorState] = []
    for tensor, state in zip(before.tensors[1:], before.states[1:], strict=True):
        if state.requires_grad or state.values is None or not has_values(tensor):
            continue
        if window_array(tensor).tobytes() != state.values.tobytes():
            states.note_write(tensor)
            found.append(states.state(tensor))
    return tuple(found)
