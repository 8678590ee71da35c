"""What one layer of an `nn.Sequential` hands on to the next, where the next could not take it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import nn

from explorer.program.explain.layer import Layer

if TYPE_CHECKING:
    from explorer.program.explain.fault import Fault


@dataclass(frozen=True, eq=False)
class Handed:
    """What was handed on.

    Attributes:
        maker: The layer that it came out of.
        taker: The layer that raised, or a stack that this one stands in.
        value: What it is.
    """

    maker: Layer
    taker: Layer
    value: object


def handed_on(fault: Fault) -> Handed | None:
    """Return what the layer that raised got of the one before it; None where it stands first, or in no stack."""
    running = [frame for frame in fault.frames[1:] if isinstance(frame.get("self"), nn.Module)]
    root = running[0]["self"] if running else None
    if not isinstance(root, nn.Module):
        return None
    paths = {module: path for path, module in root.named_modules()}
    for frame in reversed(running):
        stack, taker = frame["self"], frame.get("module")
        if not isinstance(stack, nn.Sequential) or not isinstance(taker, nn.Module):
            continue
        layers = list(stack)
        place = next((place for place, one in enumerate(layers) if one is taker), 0)
        if place > 0:
            maker = _last(layers[place - 1])
            one, other = (Layer(fault, module, paths.get(module, ""), None) for module in (maker, taker))
            return Handed(one, other, frame.get("input"))
    return None


def _last(module: nn.Module) -> nn.Module:
    """Return the layer whose result a stack returns."""
    while isinstance(module, nn.Sequential) and len(module):
        module = module[-1]
    return module
