"""Which layer of a program a scene shows, for the fields and the link beside it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from explorer.scene import Scene
from explorer.scene.decoding import DecodingError, decode
from explorer.scene.norms import ALL_BESIDE
from explorer.scene.recurrent import Recurrent


@dataclass(frozen=True)
class Opening:
    """What is open in a picture of layers.

    Attributes:
        options: Which layer, channel, item or neighbour, by the names of the lens's options; empty without layers.
        labels: What the picture calls its layers, in their order.
        lacks_kernel: Whether the open layer has no kernel, such as a pooling.
        keeps_running: Whether the open layer keeps running statistics, which eval mode uses.
        is_weight: Whether what is open is a weight made of magnitude and direction.
        same: For each layer the labels of the others that took the same tensor.
    """

    options: Mapping[str, int] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    lacks_kernel: bool = False
    keeps_running: bool = False
    is_weight: bool = False
    same: tuple[frozenset[str], ...] = ()

    def beside(self, path: str) -> frozenset[str]:
        """Return what the picture calls the layers that took a tensor that the layer of this name took."""
        found = [names for label, names in zip(self.labels, self.same, strict=False) if label == path]
        return frozenset().union(*found)

    @property
    def label(self) -> str:
        """What the picture calls the layer that is open; "" when none is."""
        place = self.options.get("layer", -1)
        return self.labels[place] if 0 <= place < len(self.labels) else ""


def opening(encoded: bytes) -> Opening:
    """Return what is open in an encoded scene; nothing where the scene cannot be read."""
    with contextlib.suppress(DecodingError):
        scene = decode(encoded)
        if scene.recurrent is not None:
            return _of_recurrent(scene.recurrent)
        return _of_norms(scene) if scene.norms is not None else _of_windows(scene)
    return Opening()  # the stage says what is wrong with it


def _of_norms(scene: Scene) -> Opening:
    if scene.norms is None:
        return Opening()
    shown = [norm.stop for norm in scene.norms.opened]
    options = {"layer": shown[0], "beside": _beside(shown)} if shown else {}
    labels = tuple(stop.label for stop in scene.norms.stops)
    first = scene.norms.opened[0] if shown else None
    return Opening(
        options,
        labels,
        keeps_running=first is not None and first.running_mean >= 0,
        is_weight=first is not None and first.kind == "weight" and first.weight >= 0,
        same=tuple(frozenset(labels[number] for number in stop.same) for stop in scene.norms.stops),
    )


def _beside(shown: list[int]) -> int:
    """Return what the lens is asked for to lay as much beside the first layer: one other, all others, or none."""
    return -1 if len(shown) < 2 else shown[1] if len(shown) == 2 else ALL_BESIDE


def _of_recurrent(recurrent: Recurrent) -> Opening:
    labels = tuple(stop.label for stop in recurrent.stops)
    shown = recurrent.unrolled
    if shown is None:
        return Opening({"layer": recurrent.opened} if recurrent.opened >= 0 else {}, labels)
    options = {
        "layer": recurrent.opened,
        "depth": shown.layer,
        "reverse": int(shown.reverse),
        "item": shown.item,
        "unit": shown.unit,
    }
    return Opening(options if shown.gradient is None else {**options, "root": shown.gradient.step}, labels)


def _of_windows(scene: Scene) -> Opening:
    layers = scene.layers
    if layers is None:
        return Opening()
    labels = tuple(stop.label for stop in layers.stops)
    windows = layers.windows
    if windows is None:
        return Opening(labels=labels)
    options = {"layer": layers.opened, "channel": windows.channel, "item": max(windows.item, 0)}
    return Opening(options, labels, windows.weight < 0)
