"""Layers that slide a window, with generated parameters, and what a scene says of them put together by plain loops."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
from hypothesis import reject
from hypothesis import strategies as st

import explorer
from explorer.lenses import convolution
from explorer.scene import Scene
from explorer.scene.windows import INPUT, OUTSIDE, Reach, Windows

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
MODES = ("zeros", "reflect", "replicate", "circular")
# p of a power-average pooling
NORMS = (1, 2, 3, 0.5, "float('inf')", "-float('inf')")


def scene_of(program: str, **options: int | bool) -> Scene:
    """Run a program and look at its layers; where torch refuses the parameters, the example is dropped."""
    trace = explorer.run(HEAD + program)
    if trace.error is not None:
        reject()
    return convolution(trace, **options)  # type: ignore[arg-type]


def opened(scene: Scene) -> Windows:
    """Return the open layer."""
    assert scene.layers is not None
    assert scene.layers.windows is not None
    return scene.layers.windows


def values(scene: Scene, grid: int) -> np.ndarray:
    """Return what is shown of a grid: all of it, but of a batch one item."""
    shown = scene.grids[grid]
    held = scene.buffers[shown.buffer].versions[-1].values
    assert held is not None
    return np.asarray(held).reshape(shown.window)


def of_item(scene: Scene, grid: int) -> np.ndarray:
    """Return the values of the item that is shown, (C, *sizes), without the batch."""
    windows, shown = opened(scene), scene.grids[grid]
    if windows.item < 0:
        assert shown.window == shown.shape
        return values(scene, grid)
    assert shown.window == (1, *shown.shape[1:])
    assert (shown.first or (0,))[0] == windows.item
    return np.asarray(values(scene, grid)[0])


def numbers(array: object) -> np.ndarray:
    """Return an array of the scene that must be there."""
    assert isinstance(array, np.ndarray)
    return array


def assert_close(one: Any, other: Any) -> None:
    """Compare as closely as float32 sums of a few dozen terms allow."""
    np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


def kept(windows: Windows) -> list[tuple[int, ...]]:
    """Return the output positions whose products are kept, in their order."""
    spans = zip(windows.products.first, windows.products.count, strict=True)
    return list(product(*(range(first, first + count) for first, count in spans)))


def taps(windows: Windows, position: tuple[int, ...]) -> Iterator[tuple[int, tuple[int, ...] | None, bool]]:
    """Yield (flat kernel index, index of the input's cell or None, whether it counts) for the taps of one window."""
    each = [list(_along(reach, place)) for reach, place in zip(windows.dims, position, strict=True)]
    kernels = [reach.kernel for reach in windows.dims]
    for combination in product(*each):
        flat = int(np.ravel_multi_index([kernel for kernel, _, _ in combination], kernels))
        cell = tuple(source for _, source, _ in combination)
        yield flat, None if -1 in cell else cell, all(inside for _, _, inside in combination)


def _along(reach: Reach, place: int) -> Iterator[tuple[int, int, bool]]:
    for tap in range(int(reach.starts[place]), int(reach.starts[place + 1])):
        at = int(reach.positions[tap])
        assert (reach.kinds[at] == INPUT) <= (reach.source[at] >= 0)
        yield int(reach.kernel_index[tap]), int(reach.source[at]), bool(reach.kinds[at] != OUTSIDE)


def gradient_line(name: str) -> str:
    """Return a loss whose gradient is different at every cell."""
    return f"({name} * torch.arange({name}.numel()).reshape({name}.shape)).sum().backward()\n"


@st.composite
def convolutions(draw: st.DrawFn) -> str:
    """Return a program with one convolution."""
    rank = draw(st.integers(1, 3))
    groups, each_in, each_out = draw(st.integers(1, 3)), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    sizes = draw(st.lists(st.integers(1, 7 if rank < 3 else 4), min_size=rank, max_size=rank))
    kernel = tuple(draw(st.integers(1, 3 if rank < 3 else 2)) for _ in range(rank))
    stride = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    dilation = tuple(draw(st.integers(1, 2)) for _ in range(rank))
    per_side = st.tuples(*(st.integers(0, 3) for _ in range(rank)))
    padding = draw(st.one_of(per_side, st.sampled_from(("same", "valid"))))
    stride = (1,) * rank if padding == "same" else stride
    return (
        f"x = torch.randn({_batch(draw)}{groups * each_in}, {', '.join(map(str, sizes))},"
        f" requires_grad={draw(st.booleans())})\n"
        f"conv = nn.Conv{rank}d({groups * each_in}, {groups * each_out}, {kernel}, stride={stride},"
        f" padding={padding!r}, dilation={dilation}, groups={groups}, bias={draw(st.booleans())},"
        f" padding_mode={draw(st.sampled_from(MODES))!r})\n"
        "y = conv(x)\n"
    )


@st.composite
def transposed(draw: st.DrawFn) -> str:
    """Return a program with one transposed convolution."""
    rank = draw(st.integers(1, 2))
    groups, each_in, each_out = draw(st.integers(1, 2)), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    sizes = draw(st.lists(st.integers(1, 5), min_size=rank, max_size=rank))
    stride = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    dilation = tuple(draw(st.integers(1, 2)) for _ in range(rank))
    extra = tuple(draw(st.integers(0, max(s, d) - 1)) for s, d in zip(stride, dilation, strict=True))
    kernel, padding = (tuple(draw(st.integers(low, 3)) for _ in range(rank)) for low in (1, 0))
    return (
        f"x = torch.randn({_batch(draw)}{groups * each_in}, {', '.join(map(str, sizes))},"
        f" requires_grad={draw(st.booleans())})\n"
        f"conv = nn.ConvTranspose{rank}d({groups * each_in}, {groups * each_out}, {kernel}, stride={stride},"
        f" padding={padding}, output_padding={extra}, groups={groups}, bias={draw(st.booleans())},"
        f" dilation={dilation})\n"
        "y = conv(x)\n"
    )


@st.composite
def pools(draw: st.DrawFn) -> str:
    """Return a program with one pooling layer of any kind."""
    rank = draw(st.integers(1, 2))
    sizes = draw(st.lists(st.integers(1, 8), min_size=rank, max_size=rank))
    kernel, stride = (tuple(draw(st.integers(1, 3)) for _ in range(rank)) for _ in range(2))
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    one = kernel if rank > 1 else kernel[0]
    sides = f"stride={stride}, padding={padding}, ceil_mode={draw(st.booleans())}"
    divisor = f", divisor_override={draw(st.sampled_from((None, 3)))}" if rank > 1 else ""
    wanted = tuple(draw(st.integers(1, 4)) for _ in range(rank))
    power = f"stride={stride if rank > 1 else stride[0]}, ceil_mode={draw(st.booleans())}"
    made = draw(
        st.sampled_from(
            (
                f"nn.MaxPool{rank}d({kernel}, {sides}, dilation={draw(st.integers(1, 2))})",
                f"nn.AvgPool{rank}d({kernel}, {sides}, count_include_pad={draw(st.booleans())}{divisor})",
                f"nn.LPPool{rank}d({draw(st.sampled_from(NORMS))}, {one}, {power})",
                f"nn.AdaptiveAvgPool{rank}d({wanted})",
                f"nn.AdaptiveMaxPool{rank}d({wanted})",
            )
        )
    )
    shape = f"{_batch(draw)}{draw(st.integers(1, 3))}, {', '.join(map(str, sizes))}"
    start = "torch.rand" if "LPPool" in made else "torch.randn"
    return f"x = {start}({shape}, requires_grad={draw(st.booleans())})\npool = {made}\ny = pool(x)\n"


def _batch(draw: st.DrawFn) -> str:
    return draw(st.sampled_from(("", "1, ", "2, ")))
