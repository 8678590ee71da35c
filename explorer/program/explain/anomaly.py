"""What anomaly mode finds, and checkpoints that compute something else the second time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from explorer.program.explain.history import History, place_of
from explorer.program.explain.model import Explanation
from explorer.program.explain.text import ordinal

if TYPE_CHECKING:
    from explorer.program.explain.fault import Fault
    from explorer.trace.model import BackwardEvent, Step


def explain_anomaly(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain the first NaN of a backward pass: which operation made it, from which numbers."""
    name, place = found[1], int(found[2])
    event, step = _found(fault, name)
    made = f"{name} of {step.op.strip('_')} {place_of(step)}" if step is not None else name
    parts = [f"In backward, {made} made NaN of a gradient without NaN (its {ordinal(place)} result)."]
    if event is not None and step is not None:
        parts.append(_numbers(event, step, place))
    parts.append("0 · ∞ is NaN: an infinite slope meets a gradient of 0." if _is_product(event, place) else "")
    return Explanation(
        " ".join(part for part in parts if part),
        "Keep its input away from where the slope is infinite (`torch.sqrt(x + 1e-8)`, `x.clamp(min=…)`); "
        "`torch.where` afterwards is too late.",
    )


def _found(fault: Fault, name: str) -> tuple[BackwardEvent | None, Step | None]:
    """Return the last run of such a node, and the step that made the node."""
    if fault.recorder is None:
        return None, None
    event = next((one for one in reversed(fault.recorder.backward.events) if one.node == name), None)
    made = [step for node, step in History(fault.recorder).nodes_of().items() if node.name() == name]
    if len(made) == 1 or event is None:
        return event, made[0] if made else None
    return event, next((step for step in made if any(s.node == event.index for s in step.outputs)), None)


def _place_of_nan(event: BackwardEvent, place: int) -> tuple[int, ...] | None:
    sent = event.gradients_out[place] if place < len(event.gradients_out) else None
    if sent is None or not np.isnan(sent).any():
        return None
    return tuple(int(index) for index in np.unravel_index(int(np.isnan(sent).argmax()), sent.shape))


def _numbers(event: BackwardEvent, step: Step, place: int) -> str:
    """Return the gradient and the value at the first NaN, in a sentence; "" where they are not known."""
    index = _place_of_nan(event, place)
    received = event.gradients_in[0] if event.gradients_in else None
    values = step.inputs[place].values if place < len(step.inputs) else None
    if index is None or received is None or values is None or received.shape != values.shape:
        return ""
    where = f" at [{', '.join(map(str, index))}]" if index else ""
    return f"It received {received[index]:.6g}{where}, where its input is {values[index]:.6g}."


def _is_product(event: BackwardEvent | None, place: int) -> bool:
    """Tell whether a gradient of 0 became NaN."""
    index = None if event is None else _place_of_nan(event, place)
    received = event.gradients_in[0] if event is not None and event.gradients_in else None
    if index is None or received is None or len(index) != received.ndim:
        return False
    return bool(all(i < size for i, size in zip(index, received.shape, strict=True)) and received[index] == 0)


def explain_checkpoint(fault: Fault, found: re.Match[str]) -> Explanation:
    """Explain a checkpointed part that was computed otherwise the second time."""
    counts = re.search(r"saved during forward: (\d+)\s+Number of tensors saved during recomputation: (\d+)", fault.said)
    numbers = f": forward saved {counts[1]} tensors, and computing it again {counts[2]}" if counts else ""
    what = "" if counts else " Tensors of other shapes or dtypes came out."
    del found
    return Explanation(
        "A checkpoint keeps no intermediate results: backward computes its part again. The second time it did "
        f"something else{numbers}.{what}",
        "What is checkpointed must do the same each time: it may not depend on a counter, a flag or a value that "
        "changed in between.",
    )
