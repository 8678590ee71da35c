"""A call that is open as data of the scene."""

from __future__ import annotations

import numpy as np

from explorer.lenses.normalization.checks import checks_of
from explorer.lenses.normalization.drawing import Drawn
from explorer.lenses.normalization.opened import Opened
from explorer.lenses.normalization.remarks import remarks_of
from explorer.scene.norms import Norm, NormBackward
from explorer.scene.relations import Array
from explorer.trace.values import to_numpy


def norm_of(drawn: Drawn, stop: int, tables: tuple[int, ...]) -> Norm:
    """Draw a call, and return it as data of the scene.

    Args:
        drawn: The call with all that is known of it; its grids are made here.
        stop: Its number among the stops.
        tables: Numbers of its tables.
    """
    drawn.draw()
    layer = drawn.layer
    call, settings, grid = layer.call, layer.call.settings, drawn.grid
    return Norm(
        stop=stop,
        kind=call.kind,
        label=layer.title,
        layer=layer.layer,
        training=call.training,
        uses="running" if settings.running else "batch",
        eps=np.array([settings.eps]),
        momentum=_momentum(layer),
        blocks=settings.blocks,
        input=grid("input"),
        output=grid("output"),
        statistics=layer.moments.as_statistics(),
        neighbours=(settings.size // 2, (settings.size - 1) // 2) if settings.size else (0, 0),
        affine=settings.affine if call.weight is not None or call.bias is not None else (),
        centred=grid("centred"),
        normalised=grid("normalised"),
        response=np.array([settings.k, settings.alpha, settings.beta]) if call.kind == "response" else None,
        squares=grid("squares"),
        scales=grid("scales"),
        weight=grid("weight"),
        bias=grid("bias"),
        running_mean=grid("running_mean"),
        running_var=grid("running_var"),
        next_mean=grid("next_mean"),
        next_var=grid("next_var"),
        groups=layer.names,
        hidden=None if layer.padding is None else to_numpy(layer.padding.hidden.reshape(-1)),
        checks=checks_of(layer),
        backward=_backward(layer, drawn),
        tables=tables,
        remarks=remarks_of(layer),
    )


def _momentum(layer: Opened) -> Array | None:
    """Return the momentum that was asked for; None where running statistics are plain averages, or not kept."""
    call = layer.call
    if call.running_mean is None:
        return None
    asked = getattr(call.module, "momentum", call.settings.factor)
    return None if asked is None else np.array([float(asked)])


def _backward(layer: Opened, drawn: Drawn) -> NormBackward | None:
    """Return the backward pass of a call, where one ran."""
    found, grid = layer.gradients, drawn.grid
    if found is None:
        return None
    return NormBackward(
        output_gradient=grid("output_gradient"),
        upstream=grid("upstream"),
        input_gradient=grid("input_gradient"),
        weight_gradient=grid("weight_gradient"),
        bias_gradient=grid("bias_gradient"),
        mean=None if found.mean is None else to_numpy(found.mean),
        projection=None if found.projection is None else to_numpy(found.projection),
    )
