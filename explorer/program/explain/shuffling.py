"""`PixelShuffle` and `PixelUnshuffle`: channels or cells that the factor does not divide."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from torch import nn

from explorer.program.explain.called import Called, called_function, called_layer
from explorer.program.explain.layer import Layer
from explorer.program.explain.model import Explanation
from explorer.program.explain.stacks import handed_on
from explorer.program.explain.text import count_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_UP, _DOWN = "upscale_factor", "downscale_factor"
_TAKES: Final = {"pixel_shuffle": (_UP,), "pixel_unshuffle": (_DOWN,)}


def explain_shuffling(fault: Fault) -> Explanation | None:
    """Explain an input that cannot be shuffled by its factor."""
    called = called_layer(fault, (nn.PixelShuffle, nn.PixelUnshuffle), (_UP, _DOWN)) or called_function(fault, _TAKES)
    if called is None:
        return None
    name = _UP if called.settings.get(_UP) is not None else _DOWN
    factor = called.settings.get(name)
    if not isinstance(factor, int):
        return None
    if factor < 1:
        return Explanation(
            f"{called.title} gets {name} {factor}: a factor of at least 1 says how many cells a cell becomes.",
            f"{name} must be 1 or more.",
            fault.fixes(lambda: called.with_setting(name, "1", "2")),
        )
    if len(called.shape) < 3:
        return _dimensions(called)
    return _channels(called, factor) if name == _UP else _cells(called, factor)


def _dimensions(called: Called) -> Explanation:
    missing = 3 - len(called.shape)
    return Explanation(
        f"{called.title} takes 3 dimensions, channels, rows and columns, or more before them. {called.has_shape()}: "
        f"{count_text(len(called.shape), 'dimension')}.",
        "`.unsqueeze(0)` adds a dimension of size 1.",
        called.fault.fixes(lambda: called.with_input(".unsqueeze(0)" * missing)),
    )


def _channels(called: Called, factor: int) -> Explanation | None:
    channels, cells = called.shape[-3], factor**2
    if channels % cells == 0:
        return None
    fitting = [one for one in range(factor, 1, -1) if channels % one**2 == 0]
    more = -(-channels // cells) * cells

    def changes() -> Iterator[Change]:
        handed = handed_on(called.fault)
        if handed is not None:
            yield from _with_channels(handed.maker, more)
        yield from called.with_setting(_UP, *map(str, fitting))

    return Explanation(
        f"{called.title} puts {factor} × {factor} = {cells} channels into the place of one cell, so {_UP}² must divide "
        f"the channels. {called.has_shape()}: {count_text(channels, 'channel')} in dimension {len(called.shape) - 3}, "
        f"and {channels} / {cells} leaves {channels % cells}.",
        f"The input must have a multiple of {cells} channels: {more} would do.",
        called.fault.fixes(changes),
        ((0, len(called.shape) - 3),),
    )


def _with_channels(maker: Layer, channels: int) -> Iterator[Change]:
    if isinstance(maker.module, nn.modules.conv._ConvNd):
        yield from maker.with_size("out_channels", channels)


def _cells(called: Called, factor: int) -> Explanation | None:
    for dim, word in ((-2, "rows"), (-1, "columns")):
        size = called.shape[dim]
        if size % factor:
            fitting = [one for one in range(factor, 1, -1) if all(n % one == 0 for n in called.shape[-2:])]
            return Explanation(
                f"{called.title} makes channels of blocks of {factor} × {factor} cells, so {_DOWN} must divide rows "
                f"and columns. {called.has_shape()}: {size} {word}, and {size} / {factor} leaves {size % factor}.",
                f"{_DOWN} must divide {called.shape[-2]} and {called.shape[-1]}.",
                called.fault.fixes(lambda: called.with_setting(_DOWN, *map(str, fitting or [1]))),  # noqa: B023
                ((0, len(called.shape) + dim),),
            )
    return None
