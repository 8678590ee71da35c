"""What backward did at a layer: the gradient that arrived at its output, and those that torch makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it

from explorer.lenses.convolution.calls import WindowCall
from explorer.lenses.convolution.values import Values
from explorer.trace import Trace
from explorer.trace.calls import replace_tensors
from explorer.trace.model import BackwardEvent
from explorer.trace.values import Array

_OWN_NODES = ("Convolution", "MaxPool", "AvgPool", "AdaptiveAvg", "AdaptiveMax", "Mean", "Im2Col", "Col2Im")


@dataclass(frozen=True, eq=False)
class Gradients:
    """Gradients of one layer; None where there is none.

    Attributes:
        output: What arrived, (N, C_out, *sizes).
        input: Through this layer alone, (N, C_in, *sizes), as torch's own backward of the call gives it.
        weight: As the weight.
        bias: As the bias.
        recorded: (input, weight, bias) as the engine made them while the program ran; None where it made none, or
            only a part of a large one was kept.
        cut: The shape of what arrived, where it was too large to be kept whole; the others are None then.
    """

    output: torch.Tensor | None = None
    input: torch.Tensor | None = None
    weight: torch.Tensor | None = None
    bias: torch.Tensor | None = None
    recorded: tuple[torch.Tensor | None, ...] = (None, None, None)
    cut: tuple[int, ...] = ()


def gradients_of(trace: Trace, call: WindowCall, values: Values) -> Gradients:
    """Return the gradients of a layer from the last time that backward came through it."""
    event = _event(trace, call)
    slot = call.output.output_nr
    if event is None or values.input is None or len(event.gradients_in) <= slot:
        return Gradients()
    kept, shape = event.gradients_in[slot], event.shapes_in[slot]
    arrived = whole_gradient(kept, shape, call.output.dtype)
    if arrived is None:
        return Gradients(cut=() if kept is None or shape is None else tuple(shape))
    found = _through(call, values, arrived)
    if found is None:
        return Gradients()
    made = (_batched(call, found[0]), found[1], found[2])
    return Gradients(_batched(call, arrived), *made, _recorded(event, call, made))


def _recorded(
    event: BackwardEvent, call: WindowCall, made: Sequence[torch.Tensor | None]
) -> tuple[torch.Tensor | None, ...]:
    """Return what the engine made for input, weight and bias, where its node is this layer and nothing else."""
    if not event.node.startswith(_OWN_NODES):
        return (None, None, None)
    found: list[torch.Tensor | None] = []
    for place, own in enumerate(made):
        known = place < len(event.gradients_out) and own is not None
        whole = (
            whole_gradient(event.gradients_out[place], event.shapes_out[place], call.output.dtype) if known else None
        )
        # torch pads uneven `same` before its convolution: the node's input is then another tensor
        found.append(whole if whole is not None and own is not None and whole.shape == own.shape else None)
    return (None, *found[1:]) if call.padded is not None else tuple(found)


def again(call: WindowCall, given: torch.Tensor, weight: torch.Tensor | None, bias: torch.Tensor | None) -> Any:  # noqa: ANN401
    """Make the layer's call once more, with its own padding, and return what torch returns.

    Args:
        call: The layer.
        given: In place of its input; with a batch exactly where that has one.
        weight: In place of its weight.
        bias: In place of its bias.
    """
    if call.padded is not None:
        pairs = [one for pair in reversed(call.settings.padding) for one in pair]
        given = F.pad(given, pairs, mode=call.settings.padding_mode)
    tensors = iter([given, weight, bias] if call.weight is not None else [given])
    present = {"input": next(tensors), **({} if call.weight is None else {"weight": weight, "bias": bias})}
    places = iter(name for name in call.signature.names if name in present and present[name] is not None)

    def swap(_: torch.Tensor) -> torch.Tensor | None:
        return present[next(places)]

    arguments, keywords = replace_tensors((call.call.arguments, _ordered(call)), swap)
    return call.call.function(*arguments, **keywords)


def _ordered(call: WindowCall) -> dict[str, Any]:
    """Return the keyword arguments in the order of the signature."""
    keywords = call.call.keywords
    known = [name for name in call.signature.names if name in keywords]
    return {name: keywords[name] for name in (*known, *(name for name in keywords if name not in known))}


def _event(trace: Trace, call: WindowCall) -> BackwardEvent | None:
    """Return the last run of the layer's node by the engine."""
    node = call.output.node
    if node < 0:
        return None
    return next((event for event in reversed(trace.backward) if event.index == node), None)


def whole_gradient(gradient: Array | None, shape: Sequence[int] | None, dtype: torch.dtype) -> torch.Tensor | None:
    """Return a recorded gradient as a tensor; None where only a part of it was kept."""
    if gradient is None or shape is None or gradient.shape != tuple(shape):
        return None
    return torch.from_numpy(gradient.copy()).to(dtype)


def _through(
    call: WindowCall, values: Values, arrived: torch.Tensor
) -> tuple[torch.Tensor | None, torch.Tensor | None, torch.Tensor | None] | None:
    """Return what torch's backward of this call alone makes of the arriving gradient."""
    given = values.input if call.batched or values.input is None else values.input[0]
    assert given is not None  # noqa: S101 - the caller has checked; this is for the type checker
    leaves = [
        None if tensor is None else tensor.detach().clone().requires_grad_()
        for tensor in (given, values.weight, values.bias)
    ]
    asked = [leaf for leaf in leaves if leaf is not None]
    with torch.enable_grad():
        result = again(call, leaves[0], leaves[1], leaves[2])  # type: ignore[arg-type]
        output = result[0] if isinstance(result, tuple) else result
        found = iter(torch.autograd.grad(output, asked, arrived.to(output.device), allow_unused=True))
    each = [None if leaf is None else next(found) for leaf in leaves]
    return each[0], each[1], each[2]


def _batched(call: WindowCall, tensor: torch.Tensor | None) -> torch.Tensor | None:
    return tensor if tensor is None or call.batched else tensor[None]
