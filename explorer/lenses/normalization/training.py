"""How the inputs of the layers of a network are distributed, call by call of a training loop."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import torch

from explorer.lenses.calls import label_of, module_of
from explorer.lenses.convolution.values import tensor_of
from explorer.lenses.normalization.distributions import quantiles_of
from explorer.lenses.normalization.wording import number
from explorer.scene.charts import Chart, Series
from explorer.trace import Step, TensorState, Trace
from explorer.trace.values import to_numpy

FEWEST_CALLS = 3
FEWEST_LAYERS = 2
MOST_LAYERS = 10
MOST_NETWORKS = 4
MOST_CALLS = 300
MOST_CELLS = 1_024
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
_LAYERS = (torch.nn.Linear, torch.nn.modules.conv._ConvNd)


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer and what it was given.

    Attributes:
        network: Which module the program called, and of modules that the program's own forward calls, which of those
            with that path.
        name: What the program calls the network; "" where it is one of its own.
        normalises: Classes of the network's layers that normalise.
        path: In the network.
        kind: Its class.
        weight: Tensor number of its weight; -1 where that is made from others, or not known.
        inputs: Call by call.
    """

    network: tuple[int, int]
    name: str
    normalises: tuple[str, ...]
    path: str
    kind: str
    weight: int = -1
    inputs: list[TensorState] = field(default_factory=list)

    @property
    def norms(self) -> str:
        """How its network differs from others of the same name."""
        return f"with {', '.join(self.normalises)}" if self.normalises else "without normalisation"


def layer_inputs(trace: Trace) -> tuple[Chart, ...]:
    """Return a chart for each network whose layers are called again and again: quantiles of what each layer is given.

    Layers with weights count: linear ones and convolutions. Those that are given data, which no training changes, are
    left out where others are given what trained layers made.

    Args:
        trace: A trace with its live calls; of one without there are no charts.
    """
    networks: dict[tuple[int, int], list[Layer]] = {}
    for layer in layers_of(trace):
        if len(layer.inputs) >= FEWEST_CALLS:
            networks.setdefault(layer.network, []).append(layer)
    found = [_trained(layers) for layers in networks.values() if len(layers) >= FEWEST_LAYERS]
    return tuple(_chart(layers[:MOST_LAYERS], alone=len(found) == 1) for layers in found[:MOST_NETWORKS])


def _trained(layers: list[Layer]) -> list[Layer]:
    """Return the layers that are given what others made with weights that are trained; all where none is."""
    return [layer for layer in layers if any(state.requires_grad for state in layer.inputs)] or layers


def layers_of(trace: Trace) -> list[Layer]:
    """Return the linear layers and convolutions of a program's networks, in the order in which they ran first."""
    layers: dict[int, Layer] = {}
    for step in trace.steps:
        for path, inputs in _module_calls(step):
            module = module_of(step, path, trace) if inputs else None
            if not isinstance(module, _LAYERS):
                continue
            if id(module) not in layers:
                others = list(layers.values())
                made = _layer(step, path, trace, type(module).__name__, others)
                layers[id(module)] = replace(made, weight=_weight(step, path, module))
            layers[id(module)].inputs.append(inputs[0])
    return list(layers.values())


def _layer(step: Step, path: str, trace: Trace, kind: str, others: list[Layer]) -> Layer:
    """Return a layer that is called for the first time, without its inputs."""
    root = trace.calls[step.index] if trace.calls is not None else None
    if step.module or not path or root is None:
        # the program's own forward called it: modules of the same class have layers with the same paths
        name = label_of(step, path)
        return Layer((0, sum(1 for one in others if one.path == name)), "", (), name, kind)
    every = root.function.modules() if isinstance(root.function, torch.nn.Module) else ()
    classes = dict.fromkeys(type(one).__name__ for one in every if "Norm" in type(one).__name__)
    return Layer((id(root.function), 0), label_of(step, ""), tuple(classes), path, kind)


def _weight(step: Step, path: str, module: torch.nn.Module) -> int:
    """Return the number of a layer's weight: the leaf of its shape that its own call took behind what it was given."""
    weight = getattr(module, "weight", None)
    if not isinstance(weight, torch.nn.Parameter):
        return -1
    taken = (state for one in step.details if not one.is_module and one.module == path for state in one.inputs[1:])
    own = (state.tensor for state in taken if state.is_leaf and state.shape == tuple(weight.shape))
    return next(own, -1)


def _module_calls(step: Step) -> Iterator[tuple[str, tuple[TensorState, ...]]]:
    """Yield (path, inputs) of the modules that a step called, itself last."""
    for detail in step.details:
        if detail.is_module:
            yield detail.module, detail.inputs
    if step.module_class:
        yield step.module, step.inputs


def _chart(layers: list[Layer], *, alone: bool) -> Chart:
    calls = min(max(len(layer.inputs) for layer in layers), MOST_CALLS)
    found = [_quantiles(layer.inputs[:calls], calls) for layer in layers]
    series = [
        Series(f"{chance:.0%} lie below", to_numpy(row))
        for quantiles in found
        for chance, row in zip(_QUANTILES, quantiles, strict=True)
    ]
    return Chart(
        title=_title(layers[0], alone=alone),
        kind="bands",
        labels=tuple(str(call) for call in range(1, calls + 1)),
        series=tuple(series),
        x="call",
        y="input",
        note=f"{_widths(layers, found)}{_note(layers)}",
        rows=tuple(f"input of {layer.path}, {layer.kind}" for layer in layers),
    )


def _title(layer: Layer, *, alone: bool) -> str:
    """Return a heading; of several networks, which often have one name in the program, it says how they differ."""
    if not layer.name:
        return "What the layers are given, call by call"
    return f"What the layers of {layer.name}{'' if alone else f' ({layer.norms})'} are given, call by call"


def _quantiles(inputs: list[TensorState], calls: int) -> torch.Tensor:
    """Return the quantiles of what a layer was given, (quantiles, calls); NaN where it was not kept.

    Of a large input, evenly spaced cells stand for all.
    """
    found = torch.full((len(_QUANTILES), calls), math.nan, dtype=torch.float64)
    chances = torch.tensor(_QUANTILES, dtype=torch.float64)
    by_size: dict[int, list[tuple[int, torch.Tensor]]] = {}
    for call, state in enumerate(inputs):
        values = tensor_of(state)
        if values is not None and values.numel() and values.dtype.is_floating_point:
            cells = values.reshape(-1)[:: math.ceil(values.numel() / MOST_CELLS)].double().cpu()
            by_size.setdefault(cells.numel(), []).append((call, cells))
    for same in by_size.values():
        # all calls with inputs of one size at once
        found[:, [call for call, _ in same]] = quantiles_of(torch.stack([cells for _, cells in same]), chances)
    return found


def _widths(layers: list[Layer], found: list[torch.Tensor]) -> str:
    """Say how wide the inputs of the first and the last layer are spread in the last call."""
    ends = [(layer.path, quantiles[0, -1], quantiles[-1, -1]) for layer, quantiles in zip(layers, found, strict=True)]
    if len(ends) < FEWEST_LAYERS or any(bool(low.isnan() | high.isnan()) for _, low, high in (ends[0], ends[-1])):
        return ""
    said = [f"between {number(low)} and {number(high)} at {path}" for path, low, high in (ends[0], ends[-1])]
    return f"In call {found[0].shape[1]}, nine of ten inputs lie {', '.join(said)}. "


def _note(layers: list[Layer]) -> str:
    most = max(state.numel for layer in layers for state in layer.inputs)
    part = f" Of inputs with more than {MOST_CELLS:,} cells, evenly spaced ones count." if most > MOST_CELLS else ""
    return f"Half of the cells lie in the dark band, nine of ten in the light one; the line is the median.{part}"
