"""The arithmetic of sizes, written with the numbers of a case."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from explorer.lenses.convolution.settings import Settings

Indices = npt.NDArray[np.int64]
_Sizes = tuple[int, int, int]


def forward_formula(n: int, sizes: _Sizes, padding: tuple[int, int], size: int, *, ceil_mode: bool) -> str:
    """Return ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1 with numbers; of uneven padding both sides.

    Args:
        n: Size of the input.
        sizes: Kernel, stride, dilation.
        padding: Before and after.
        size: Of the result.
        ceil_mode: Whether it is rounded up.
    """
    k, s, d = sizes
    opened, closed = ("⌈", "⌉") if ceil_mode else ("⌊", "⌋")
    room = n + sum(padding) - d * (k - 1) - 1
    rounded = -(-room // s) + 1 if ceil_mode else room // s + 1
    dropped = f" − {rounded - size}" if rounded != size else ""
    return f"{opened}({n}{_around(padding)} − {d}·({k} − 1) − 1) / {s}{closed} + 1{dropped} = {size}"


def _around(padding: tuple[int, int]) -> str:
    before, after = padding
    return f" + 2·{before}" if before == after else f" + {before} + {after}"


def forward_remark(
    n: int, sizes: _Sizes, padding: tuple[int, int], beyond: int, reads: Indices, settings: Settings
) -> str:
    """Return what rounding leaves out or adds, and which cells of the input no window reads.

    Args:
        n: Size of the input.
        sizes: Kernel, stride, dilation.
        padding: Before and after.
        beyond: How many positions the last window reaches beyond the padding.
        reads: How many windows read each position of the padded input.
        settings: The parameters of the layer.
    """
    k, s, d = sizes
    room = n + sum(padding) - d * (k - 1) - 1
    said = (_rounding(room, s, n + padding[0], beyond, settings), _unread(n, padding[0], reads))
    return " ".join(filter(None, said))


def _rounding(room: int, s: int, end: int, beyond: int, settings: Settings) -> str:
    rest = room % s
    if not rest:
        return ""
    if not settings.ceil_mode:
        return f"{room} / {s} leaves {rest}: the floor drops {rest} {_positions(rest)} at the end of the padded input."
    if not beyond:
        start = (-(-room // s)) * s
        return f"Rounded up, a window would begin at position {start}, behind the input, which ends at {end}: dropped."
    reached = f"the last window reaches {beyond} {_positions(beyond)} beyond the padding, where nothing is counted"
    return f"{room} / {s} leaves {rest}: rounded up, {reached}."


def _unread(n: int, before: int, reads: Indices) -> str:
    missed = int((reads[before : before + n] == 0).sum())
    if not missed:
        return ""
    return f"Of the input's {n:,} {_positions(n)} {missed:,} {'is' if missed == 1 else 'are'} read by no window."


def _positions(count: int) -> str:
    return "position" if count == 1 else "positions"


def adaptive_formula(n: int, size: int) -> str:
    """Return where the windows of adaptive pooling begin and end."""
    return f"{size} {'window' if size == 1 else 'windows'}, i from ⌊i·{n} / {size}⌋ to ⌈(i + 1)·{n} / {size}⌉ − 1"


def adaptive_remark(bounds: tuple[tuple[int, int], ...], n: int) -> str:
    """Return how long the windows are, and whether they overlap."""
    lengths = sorted({end - start for start, end in bounds})
    if not lengths:
        return ""
    overlaps = any(one[1] > other[0] for one, other in pairwise(bounds))
    long = f"{lengths[0]}" if len(lengths) == 1 else f"{lengths[0]} to {lengths[-1]}"
    ending = f": {n} is no multiple of {len(bounds)}, so they overlap" if overlaps else ""
    return f"The windows are {long} long{ending}."


def transposed_formula(n: int, sizes: _Sizes, padding: int, extra: int, size: int) -> str:
    """Return (n − 1)s − 2p + d(k − 1) + output_padding + 1 with numbers."""
    k, s, d = sizes
    return f"({n} − 1)·{s} − 2·{padding} + {d}·({k} − 1) + {extra} + 1 = {size}"


def transposed_remark(n: int, sizes: _Sizes, padding: int, extra: int) -> str:
    """Return what stride, padding and output_padding do here, in sentences."""
    k, s, d = sizes
    around = d * (k - 1) - padding
    said = []
    if s > 1 and n > 1:
        noun = "zero" if s == 2 else "zeros"
        said.append(f"Stride {s} puts {s - 1} {noun} between neighbours of the input.")
    if around < 0:
        said.append(f"Padding {padding} is more than {d}·({k} − 1): it cuts {-around} off both ends.")
    if extra:
        said.append(f"output_padding lets the windows go {extra} further at the end, over no new values of the input.")
    return " ".join(said)
