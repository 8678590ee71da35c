"""The picture beside what the module itself returned, kept and sent backwards."""

from __future__ import annotations

import torch

from explorer.lenses.convolution.checks import compared
from explorer.lenses.normalization.groups import by_group
from explorer.lenses.normalization.opened import Opened
from explorer.lenses.normalization.statistics import Way
from explorer.lenses.normalization.values import wide
from explorer.scene.windows import Check


def checks_of(layer: Opened) -> tuple[Check, ...]:
    """Return what was compared, over all cells, as far as there are values."""
    if layer.way is None:
        return ()
    found = [_output(layer, layer.way), *_running(layer, layer.way.moments.mean, layer.way.moments.unbiased)]
    return tuple(check for check in (*found, *_gradients(layer)) if check is not None)


def _output(layer: Opened, way: Way) -> Check | None:
    """Return the result of the steps beside the module's own."""
    made = layer.values.output
    if made is None:
        return None
    own = "the program's own result" if layer.call.module is None else "the module's own result"
    note = f"Step by step in {_name(way.normalised)}, beside {own} ({_name(made)})."
    return compared("output", way.output, made, note)


def _running(layer: Opened, mean: torch.Tensor, unbiased: torch.Tensor) -> list[Check]:
    """Return (1 − m) · old + m · new beside the running statistics that the module kept."""
    factor, values = layer.call.settings.factor, layer.values
    if not factor or values.running_mean is None or values.running_var is None or not layer.moments.counts:
        return []
    found = []
    for name, old, new, after in (
        ("running_mean", values.running_mean, mean, values.next_mean),
        ("running_var", values.running_var, unbiased, values.next_var),
    ):
        if after is not None:
            expected = (1 - factor) * wide(old) + factor * _by_channel(new, old)
            note = f"(1 − {factor:g}) · old + {factor:g} · new, beside what the module kept."
            found.append(compared(name, expected.to(after.dtype), after, note))
    return found


def _by_channel(new: torch.Tensor, old: torch.Tensor) -> torch.Tensor:
    """Return one value a channel: of instance norm, torch takes the mean over the samples."""
    return new.reshape(-1, old.shape[0]).mean(0)


def _gradients(layer: Opened) -> list[Check | None]:
    """Return the terms of the backward pass beside the gradients of torch."""
    found, way, settings = layer.gradients, layer.way, layer.call.settings
    if found is None or way is None:
        return []
    checks: list[Check | None] = []
    if found.formula is not None:
        note = f"The terms of the formula, put together, beside {_source(recorded=found.recorded[0])}."
        checks.append(compared("input gradient", found.formula.to(found.input.dtype), found.input, note))
    sums = {"weight": wide(found.output) * way.normalised, "bias": wide(found.output)}
    for place, (name, cells) in enumerate(sums.items(), 1):
        made = found.weight if name == "weight" else found.bias
        if made is not None and layer.call.kind != "weight":
            every = _summed(cells, settings.affine, tuple(made.shape))
            what = "∂L/∂y · x̂" if name == "weight" else "∂L/∂y"
            note = f"{what}, added up, beside {_source(recorded=found.recorded[place])}."
            checks.append(compared(f"{name} gradient", every.to(made.dtype), made, note))
    return checks


def _summed(cells: torch.Tensor, affine: tuple[int, ...], shape: tuple[int, ...]) -> torch.Tensor:
    """Return the sums of the cells that share one of the learned numbers, in the shape of those."""
    blocks = tuple(1 if place in affine else size for place, size in enumerate(cells.shape))
    return by_group(cells, blocks).sum(1).reshape(shape)


def _source(*, recorded: bool) -> str:
    return "what backward made while the program ran" if recorded else "torch's own backward of this call"


def _name(tensor: torch.Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")
