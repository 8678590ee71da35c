"""Whole gradients where they arrive at layers that normalise: their terms are means over all cells of a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.trace import values

if TYPE_CHECKING:
    import torch

    from explorer.trace.graph import GraphKeeper
    from explorer.trace.values import Array

MOST_ELEMENTS = 262_144
MAX_BYTES = 64 * 1024**2

# nodes that are such a layer, and calls whose first node to be run is what their result hangs on
_NODES = ("NativeBatchNorm", "NativeLayerNorm", "NativeGroupNorm")
_CALLS = {
    *("InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d", "RMSNorm", "LocalResponseNorm"),
    *("instance_norm", "rms_norm", "local_response_norm", "normalize"),
}


class Arrivals:
    """Copies gradients that are larger than what is kept of others, as far as there is room."""

    def __init__(self, graph: GraphKeeper) -> None:
        self._graph = graph
        self._bytes = 0
        self._reached: set[tuple[int, int]] = set()

    def whole(self, name: str, number: int, run: int, gradient: torch.Tensor | None) -> Array | None:
        """Return the gradient that arrived at a node, where it is large and the node is that of such a layer.

        Args:
            name: Class name of the node.
            number: Its number in the graph.
            run: Number of the engine's run.
            gradient: Of its first result.
        """
        if gradient is None or not values.KEEP_ELEMENTS < gradient.numel() <= MOST_ELEMENTS:
            return None
        if not self._is_wanted(name, number, run) or not values.has_values(gradient) or self._bytes >= MAX_BYTES:
            return None
        copy = values.to_numpy(gradient)
        self._bytes += copy.nbytes
        return copy

    def _is_wanted(self, name: str, number: int, run: int) -> bool:
        if name.startswith(_NODES):
            return True
        origin = self._graph.origin_of(number)
        if origin.op not in _CALLS or (run, origin.step) in self._reached:
            return False
        self._reached.add((run, origin.step))
        return True
