"""A call that is open: its tensors, the way of its cells, its gradients and the names of its groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from explorer.lenses.convolution.pictures import name_of
from explorer.lenses.normalization.calls import NormCall
from explorer.lenses.normalization.gradients import Gradients, gradients_of, lost_gradient
from explorer.lenses.normalization.groups import axes_for, group_names
from explorer.lenses.normalization.naming import layer_text
from explorer.lenses.normalization.padded import Padding
from explorer.lenses.normalization.padding import padding_of
from explorer.lenses.normalization.replay import again
from explorer.lenses.normalization.statistics import Moments, Way, no_moments, way_through
from explorer.lenses.normalization.stops import is_same_layer
from explorer.lenses.normalization.values import MOST_CELLS, Values, values_of
from explorer.trace import Trace


@dataclass(frozen=True, eq=False)
class Opened:
    """A call with all that is known of it.

    Attributes:
        call: The call.
        title: What it is called here: beside another call of the same module, with what tells them apart.
        layer: What it is, in words.
        values: Its tensors.
        way: Each cell's way through it; None without values.
        moments: Statistics of each group; NaN without values.
        gradients: Where a backward pass ran through it.
        axes: Names of the input's dimensions.
        names: Of the groups.
        padding: Which cells of a text batch are padding; None: none is known.
        notes: What is not as it was, in sentences.
        trained: How many calls of the same layer in training mode came before.
        result: Name of the result in the program, or "".
    """

    call: NormCall
    title: str
    layer: str
    values: Values
    way: Way | None
    moments: Moments
    gradients: Gradients | None
    axes: tuple[str, ...]
    names: tuple[str, ...]
    padding: Padding | None
    notes: tuple[str, ...]
    trained: int
    result: str


def opened(trace: Trace, calls: Sequence[NormCall], number: int, title: str) -> Opened:
    """Return a call with all that is known of it.

    Args:
        trace: The run, with its live tensors.
        calls: All calls that normalise.
        number: Which of them is meant.
        title: What it is called.
    """
    call = calls[number]
    values, notes = _with_output(call, values_of(call))
    settings, shape = call.settings, call.input.shape
    way = None if values.input is None else way_through(call.kind, settings, values, call.output.dtype)
    axes = axes_for(call.kind, shape, settings.blocks, weighs=call.weight is not None)
    return Opened(
        call=call,
        title=title,
        layer=layer_text(call),
        values=values,
        way=way,
        moments=no_moments(call.kind, settings, shape) if way is None else way.moments,
        gradients=None if way is None else gradients_of(trace, call, values, way),
        axes=axes,
        names=() if call.kind == "response" else group_names(shape, settings.blocks, axes),
        padding=padding_of(trace, call, axes),
        notes=(*notes, *([] if way is None else _lost(trace, call))),
        trained=sum(1 for other in calls[:number] if other.training and is_same_layer(other, call)),
        result=name_of(trace, call.step, call.output, ""),
    )


def _with_output(call: NormCall, values: Values) -> tuple[Values, tuple[str, ...]]:
    """Return the tensors of a call, with its output computed again where it was overwritten, and what is to be said."""
    if values.input is None:
        return values, (_why_no_values(call),)
    if values.output is not None:
        return values, ()
    result = again(call, values, values.input)
    if result is None:
        return values, ("The result was written to since, and it is too large to have been copied before.",)
    said = "The result was written to since: shown is what torch returns for the recorded input once more."
    return replace(values, output=result), (said,)


def _lost(trace: Trace, call: NormCall) -> list[str]:
    """Say that a backward pass ran through a call whose gradients can't be shown."""
    count = lost_gradient(trace, call)
    if not count:
        return []
    return [f"The gradient that arrived here has {count:,} numbers; only a corner was kept: no gradients are shown."]


def _why_no_values(call: NormCall) -> str:
    """Return why there are no numbers."""
    if call.input.device.type == "meta":
        return "On meta there are no values: shapes and groups are those of the real layer."
    if call.input.numel > MOST_CELLS:
        return f"The input has {call.input.numel:,} numbers, too many to be gone through: shapes and groups are shown."
    return "The values of the input are not known any more, as after a write into a large tensor: groups are shown."
