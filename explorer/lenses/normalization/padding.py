"""Which cells of a text batch are padding: what the nearest step says that the batch was made of."""

from __future__ import annotations

from collections.abc import Iterator

from explorer.lenses.normalization.calls import NormCall
from explorer.lenses.normalization.padded import Padding, paddings_in
from explorer.trace import Step, Trace

_MOST_STEPS_BACK = 40


def padding_of(trace: Trace, call: NormCall, axes: tuple[str, ...]) -> Padding | None:
    """Return which positions of a call's input are padding; None where that is not known, or none is.

    Args:
        trace: The run, with its live calls.
        call: The call.
        axes: Names of the input's dimensions.
    """
    sizes = [size for axis, size in zip(axes, call.input.shape, strict=True) if axis in ("N", "T", "L")]
    for found in (padding for step in _makers(trace, call) for padding in paddings_in(step, trace)):
        hidden = found.hidden
        if list(hidden.shape) != sizes and list(hidden.T.shape) == sizes:
            hidden = hidden.T
        if list(hidden.shape) == sizes or (len(sizes) == 1 and hidden.numel() == sizes[0]):
            return Padding(hidden, found.known) if bool(hidden.any()) else None
    return None


def _makers(trace: Trace, call: NormCall) -> Iterator[Step]:
    """Yield the steps that a call's input was made by, the nearest first."""
    made = {state.tensor: step for step in trace.steps[: call.step + 1] for state in step.outputs}
    waiting, seen = [call.input], {call.input.tensor}
    for state in waiting:
        step = made.get(state.tensor)
        if step is None or len(seen) > _MOST_STEPS_BACK:
            continue
        yield step
        for given in step.inputs:
            if given.tensor not in seen:
                seen.add(given.tensor)
                waiting.append(given)
