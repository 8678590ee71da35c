"""How large the gradient of each layer's weight is, from a network's first layer to its last."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.lenses.autograd.charts import grad_norm, spans_decades
from explorer.lenses.normalization.training import FEWEST_LAYERS, MOST_NETWORKS, Layer, layers_of
from explorer.lenses.normalization.wording import number
from explorer.scene.charts import Chart, Series
from explorer.scene.relations import Array
from explorer.trace import Trace

MOST_LAYERS = 80
AFTER = "After the last backward:"

_Norms = Mapping[int, Mapping[int, float]]
"""Of each run of the engine, in order: the norm of each leaf's `.grad` after it, by tensor number."""


@dataclass(frozen=True, eq=False)
class _Network:
    """The layers of one network whose weights backward reached, and when it did first and last."""

    layers: list[Layer]
    first: int
    last: int

    @property
    def name(self) -> str:
        """What tells it from others."""
        one = self.layers[0]
        return f"{one.name} {one.norms}" if one.name else f"network {one.network[1] + 1}"


def layer_gradients(trace: Trace) -> tuple[Chart, ...]:
    """Return the chart of the norms of the weights' gradients, layer by layer, network beside network.

    After the first run of backward that reached a network, and after the last. None where none reached several layers.
    """
    norms = _norms_after(trace)
    by_network: dict[tuple[int, int], list[Layer]] = {}
    for layer in layers_of(trace) if norms else ():
        if any(layer.weight in known for known in norms.values()):
            by_network.setdefault(layer.network, []).append(layer)
    found = [_network(layers[:MOST_LAYERS], norms) for layers in by_network.values() if len(layers) >= FEWEST_LAYERS]
    return (_chart(found[:MOST_NETWORKS], norms),) if found else ()


def _norms_after(trace: Trace) -> _Norms:
    norms: dict[int, dict[int, float]] = {}
    for event in trace.backward:
        norm = None if event.accumulated is None else grad_norm(event)
        if event.accumulated is not None and norm is not None:
            norms.setdefault(event.run, {})[event.accumulated] = norm
    return norms


def _network(layers: list[Layer], norms: _Norms) -> _Network:
    runs = [run for run, known in norms.items() if any(layer.weight in known for layer in layers)]
    return _Network(layers, runs[0], runs[-1])


def _chart(networks: Sequence[_Network], norms: _Norms) -> Chart:
    most = max(networks, key=lambda network: len(network.layers)).layers
    alike = all([one.path for one in network.layers] == [one.path for one in most] for network in networks)
    series = [one for network in networks for one in _series(network, norms, len(most), alone=len(networks) == 1)]
    ends = [said for network in networks if (said := _ends(network, norms, alone=len(networks) == 1))]
    return Chart(
        title="Norm of the gradient of each layer's weight",
        kind="lines",
        labels=tuple(layer.path if alike else str(k) for k, layer in enumerate(most, 1)),
        series=tuple(series),
        x="layer" if alike else "layer, counted from the input",
        y="‖∂L/∂W‖",
        log=spans_decades(np.concatenate([one.values for one in series])),
        note=f"{AFTER} {'; '.join(ends)}." if ends else "",
    )


def _series(network: _Network, norms: _Norms, length: int, *, alone: bool) -> list[Series]:
    name = "" if alone else f"{network.name}, "
    once = network.first == network.last
    runs = {"backward" if once else "first backward": network.first, "last backward": network.last}
    return [
        Series(f"{name}{when}", _values(network.layers, norms[run], length))
        for when, run in list(runs.items())[: 1 if once else 2]
    ]


def _values(layers: Sequence[Layer], known: Mapping[int, float], length: int) -> Array:
    values = [known.get(layer.weight, math.nan) for layer in layers]
    return np.array([*values, *[math.nan] * (length - len(values))])


def _ends(network: _Network, norms: _Norms, *, alone: bool) -> str:
    """Say how large the gradient is at both ends of a network after the last backward."""
    ends, known = (network.layers[0], network.layers[-1]), norms[network.last]
    said = [f"{number(known[layer.weight])} at layer {layer.path}" for layer in ends if layer.weight in known]
    return "" if len(said) < len(ends) else f"{'' if alone else f'{network.name}: '}{', '.join(said)}"
