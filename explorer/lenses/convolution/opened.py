"""The layer that is open, and the part of it that is shown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from explorer.lenses.convolution.calls import WindowCall
from explorer.lenses.convolution.reach import reaches
from explorer.lenses.convolution.values import Values, values_of
from explorer.scene.windows import Reach

MAX_TERMS = 200_000


@dataclass(frozen=True)
class Focus:
    """What is asked for: output channel, index in the batch, the first window that is kept, whether to flip."""

    channel: int = 0
    item: int = 0
    first: tuple[int, ...] = ()
    flip: bool = False


@dataclass(frozen=True, eq=False)
class Opened:
    """A layer with what is shown of it.

    Attributes:
        call: The layer.
        reaches: Its spatial dimensions.
        values: Its tensors.
        item: Index in the batch.
        channel: Output channel in focus.
        first: First window that is kept, in each spatial dimension.
        count: How many are kept.
        flip: Whether the result with the kernel flipped is asked for.
    """

    call: WindowCall
    reaches: tuple[Reach, ...]
    values: Values
    item: int
    channel: int
    first: tuple[int, ...]
    count: tuple[int, ...]
    flip: bool

    @property
    def operation(self) -> str:
        """What a window's cells become."""
        return self.call.signature.operation

    @property
    def convolves(self) -> bool:
        """Whether it has weights."""
        return self.operation in ("convolution", "transposed")

    @property
    def groups(self) -> int:
        """Groups of channels; of a layer without weights each channel is its own."""
        return self.call.settings.groups if self.convolves else self.channels[0]

    @property
    def channels(self) -> tuple[int, int]:
        """Channels of input and result."""
        return channels_of(self.call)

    @property
    def group(self) -> tuple[int, int]:
        """First and one past the last input channel that the channel in focus is made of."""
        if not self.convolves:
            return self.channel, self.channel + 1
        each = self.channels[0] // self.groups
        number = self.channel // max(self.channels[1] // self.groups, 1)
        return number * each, (number + 1) * each

    @property
    def kernel_cells(self) -> int:
        """Cells of the kernel."""
        return math.prod(reach.kernel for reach in self.reaches)


def opened(call: WindowCall, focus: Focus) -> Opened:
    """Return a layer with what is shown of it; what does not fit is clamped."""
    dims = reaches(call)
    channels = channels_of(call)
    batch = call.output.shape[0] if call.batched else 1
    terms = math.prod(reach.kernel for reach in dims)
    if call.signature.operation in ("convolution", "transposed"):
        terms *= channels[0] // max(call.settings.groups, 1)
    values = values_of(call)
    sizes = tuple(reach.output for reach in dims)
    count = sizes if values.input is None else kept(sizes, MAX_TERMS // max(terms, 1))
    asked = focus.first or (0,) * len(dims)
    first = tuple(
        _clamped(one, reach.output - length + 1) for one, reach, length in zip(asked, dims, count, strict=True)
    )
    item, channel = _clamped(focus.item, batch), _clamped(focus.channel, channels[1])
    return Opened(call, dims, values, item, channel, first, count, focus.flip)


def channels_of(call: WindowCall) -> tuple[int, int]:
    """Return the channels of a layer's input and result; of unfold and fold those of the picture."""
    place = 1 if call.batched else 0
    given, made = call.input.shape[place], call.output.shape[place]
    if call.signature.operation == "unfold":
        return given, given
    return (made, made) if call.signature.operation == "fold" else (given, made)


def kept(sizes: Sequence[int], most: int) -> tuple[int, ...]:
    """Return how many windows to keep in each dimension: all if they are few, else about as many in the last two."""
    if math.prod(sizes) <= most:
        return tuple(sizes)
    left = max(most, 1)
    lengths: list[int] = []
    for place, size in enumerate(reversed(sizes)):
        others = math.prod(sizes[: len(sizes) - 1 - place][-1:])
        wanted = max(math.isqrt(left), left // max(others, 1)) if place == 0 and len(sizes) > 1 else left
        lengths.insert(0, max(min(size, wanted), min(size, 1)))
        left = max(left // max(lengths[0], 1), 1)
    return tuple(lengths)


def _clamped(value: int, count: int) -> int:
    return min(max(value, 0), max(count - 1, 0))
