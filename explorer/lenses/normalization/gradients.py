"""What backward did at a layer that normalises, and the terms that its input's gradient is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from explorer.lenses.convolution.gradients import whole_gradient
from explorer.lenses.normalization.calls import NormCall
from explorer.lenses.normalization.groups import by_group, spread
from explorer.lenses.normalization.replay import again
from explorer.lenses.normalization.statistics import Way, times_weight
from explorer.lenses.normalization.values import Values, wide
from explorer.trace import Trace
from explorer.trace.model import BackwardEvent

# their nodes are the layer and nothing else, and have input, weight and bias in this order
_OWN_NODES = ("NativeBatchNorm", "NativeLayerNorm", "NativeGroupNorm", "WeightNormInterface")


@dataclass(frozen=True, eq=False)
class Gradients:
    """Gradients of one call; None where there is none.

    Attributes:
        output: ∂L/∂y, what arrived.
        upstream: u = γ · ∂L/∂y, in the dtype that torch computes in.
        input, weight, bias: Through this call alone: as the engine made them while the program ran, else as torch's
            own backward of the call gives them.
        recorded: Whether each of those three is the engine's own.
        mean: mean(u) of each group; None where it has no part.
        projection: mean(u · x̂) of each group (of `weight`, where x̂ has length 1, the sum); None where it has no part.
        formula: The input's gradient put together of the terms; None of a layer whose gradient is another.
    """

    output: torch.Tensor
    upstream: torch.Tensor
    input: torch.Tensor
    weight: torch.Tensor | None
    bias: torch.Tensor | None
    recorded: tuple[bool, bool, bool]
    mean: torch.Tensor | None
    projection: torch.Tensor | None
    formula: torch.Tensor | None


def gradients_of(trace: Trace, call: NormCall, values: Values, way: Way) -> Gradients | None:
    """Return the gradients of a call from the last time that backward came through it.

    None where none did, where only a part of the gradient was kept, and of what was written by hand, whose gradients
    are those of its own steps.
    """
    event = _event(trace, call)
    slot = call.output.output_nr
    if event is None or values.input is None or len(event.gradients_in) <= slot:
        return None
    arrived = arrived_at(event, call)
    made = None if arrived is None else _through(call, values, arrived)
    if arrived is None or made is None or made[0] is None:
        return None
    recorded = _recorded(event, made)
    best = [own if own is not None else other for own, other in zip(recorded, made, strict=True)]
    upstream = times_weight(wide(arrived), call.settings, values)
    mean, projection = _terms(call, upstream, way)
    return Gradients(
        output=arrived,
        upstream=upstream,
        input=made[0] if best[0] is None else best[0],
        weight=best[1],
        bias=best[2],
        recorded=(recorded[0] is not None, recorded[1] is not None, recorded[2] is not None),
        mean=mean,
        projection=projection,
        formula=_formula(call, upstream, way, mean, projection),
    )


def arrived_at(event: BackwardEvent, call: NormCall) -> torch.Tensor | None:
    """Return the whole gradient of a call's output; None where only a part of it was kept."""
    slot = call.output.output_nr
    kept = event.whole_in if slot == 0 and event.whole_in is not None else event.gradients_in[slot]
    return whole_gradient(kept, event.shapes_in[slot], call.output.dtype)


def lost_gradient(trace: Trace, call: NormCall) -> int:
    """Return how many numbers the gradient had that arrived at a call, where only a part of it was kept; else 0."""
    event, slot = _event(trace, call), call.output.output_nr
    if event is None or call.by_hand is not None or slot >= len(event.gradients_in) or event.gradients_in[slot] is None:
        return 0
    return call.output.numel if arrived_at(event, call) is None else 0


def _event(trace: Trace, call: NormCall) -> BackwardEvent | None:
    """Return the last run of the call's node by the engine."""
    node = call.output.node
    return None if node < 0 else next((event for event in reversed(trace.backward) if event.index == node), None)


def _recorded(event: BackwardEvent, made: Sequence[torch.Tensor | None]) -> list[torch.Tensor | None]:
    """Return what the engine made for input, weight and bias, where its node is this call and nothing else."""
    found: list[torch.Tensor | None] = [None, None, None]
    if not event.node.startswith(_OWN_NODES):
        return found
    for place, own in enumerate(made[: len(event.gradients_out)]):
        if own is not None:
            whole = whole_gradient(event.gradients_out[place], event.shapes_out[place], own.dtype)
            found[place] = whole if whole is not None and whole.shape == own.shape else None
    return found


def _through(call: NormCall, values: Values, arrived: torch.Tensor) -> tuple[torch.Tensor | None, ...] | None:
    """Return what torch's backward of this call alone makes of the arriving gradient: of input, weight and bias."""
    leaves = [
        None if tensor is None else tensor.detach().clone().requires_grad_()
        for tensor in (values.input, values.weight, values.bias)
    ]
    asked = [leaf for leaf in leaves if leaf is not None]
    with torch.enable_grad():
        result = again(call, values, asked[0], leaves[1], leaves[2])
        if result is None or not result.requires_grad:
            return None
        found = iter(torch.autograd.grad(result, asked, arrived, allow_unused=True))
    return tuple(None if leaf is None else next(found) for leaf in leaves)


def _terms(call: NormCall, upstream: torch.Tensor, way: Way) -> tuple[torch.Tensor | None, torch.Tensor | None]:
    """Return mean(u) and mean(u · x̂) of each group, as far as they have a part."""
    settings = call.settings
    if settings.running or call.kind == "response" or settings.power != 2.0:
        return None, None
    along = by_group(upstream * way.normalised, settings.blocks)
    if call.kind == "weight":
        return None, along.sum(1)
    return None if call.kind == "rms" else by_group(upstream, settings.blocks).mean(1), along.mean(1)


def _formula(
    call: NormCall, upstream: torch.Tensor, way: Way, mean: torch.Tensor | None, projection: torch.Tensor | None
) -> torch.Tensor | None:
    """Return (u − mean(u) − x̂ · mean(u · x̂)) / √(σ² + ε), without the terms that have no part."""
    settings, shape = call.settings, tuple(upstream.shape)
    if call.kind == "response" or (projection is None and not settings.running):
        return None
    found = upstream
    if mean is not None:
        found = found - spread(mean, shape, settings.blocks)
    if projection is not None:
        found = found - way.normalised * spread(projection, shape, settings.blocks)
    return found / spread(way.moments.divisor, shape, settings.blocks)
