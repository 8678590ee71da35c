"""Layers that normalise, with generated parameters, and what a scene says of them put together by index arithmetic."""

from __future__ import annotations

import numpy as np
from hypothesis import reject
from hypothesis import strategies as st
from torch import nn

import explorer
from explorer.lenses import normalization
from explorer.scene import Scene
from explorer.scene.norms import Norm
from explorer.trace import Trace

TOLERANCE = {"float64": 1e-9, "float32": 1e-4, "float16": 4e-3, "bfloat16": 3e-2}
"""Of a difference, relative to the largest value: a few steps of the dtype."""


def trace_of(program: str) -> Trace:
    """Run a program; where torch refuses the parameters, the example is dropped."""
    trace = explorer.run(program)
    if trace.error is not None:
        reject()
    return trace


def scene_of(program: str, **options: int) -> Scene:
    """Run a program and look at its layers, unless torch refuses the parameters."""
    return normalization(trace_of(program), **options)  # type: ignore[arg-type]


def first(scene: Scene) -> Norm:
    """Return the layer in focus."""
    assert scene.norms is not None
    return scene.norms.opened[0]


def opened(program: str, **options: int) -> tuple[Scene, Norm]:
    """Return the scene of a program and its layer in focus."""
    scene = scene_of(program, **options)
    return scene, first(scene)


def values(scene: Scene, grid: int) -> np.ndarray:
    """Return what is shown of a grid: all of it."""
    shown = scene.grids[grid]
    held = scene.buffers[shown.buffer].versions[-1].values
    assert held is not None
    assert shown.window == shown.shape
    return np.asarray(held).reshape(shown.shape)


def numbers(array: object) -> np.ndarray:
    """Return an array of the scene that must be there, in double precision."""
    assert isinstance(array, np.ndarray)
    return array.astype(np.float64)


def group_numbers(shape: tuple[int, ...], blocks: tuple[int, ...]) -> np.ndarray:
    """Return the number of each cell's group: the row-major index of `index[d] // blocks[d]`."""
    counts = [size // block if block else 1 for size, block in zip(shape, blocks, strict=True)]
    place = np.zeros(shape, dtype=np.int64)
    for dim, (count, block) in enumerate(zip(counts, blocks, strict=True)):
        index = np.arange(shape[dim]) // max(block, 1)
        place = place * count + index.reshape([-1 if d == dim else 1 for d in range(len(shape))])
    return place


def as_factor(learned: np.ndarray, affine: tuple[int, ...], shape: tuple[int, ...]) -> np.ndarray:
    """Return γ or β in a shape that broadcasts over the input."""
    return learned.reshape([size if place in affine else 1 for place, size in enumerate(shape)])


SIZES = st.integers(1, 4)
EPS = st.sampled_from([1e-5, 1e-12, 0.5, 1e3])
SPACE = {1: "1d", 2: "2d", 3: "3d"}


@st.composite
def inputs(draw: st.DrawFn, shape: tuple[int, ...], dtype: str) -> str:
    """Return the lines that make x: contiguous or not, centred or far from zero."""
    shift, scale = draw(st.sampled_from([(0.0, 1.0), (3.0, 2.0), (-100.0, 0.5)]))
    turned = draw(st.booleans()) and len(shape) > 1
    made = (*shape[1:], shape[0]) if turned else shape
    view = f".movedim({len(shape) - 1}, 0)" if turned else ""
    seed = draw(st.integers(0, 1000))
    return f"torch.manual_seed({seed})\nx = ((torch.randn({made}) * {scale} + {shift}){view}).to(torch.{dtype})\n"


@st.composite
def batch_norms(draw: st.DrawFn) -> tuple[str, tuple[int, ...]]:
    """Return a batch norm and the shape of its input."""
    rank = draw(st.integers(0, 3))
    shape = (draw(SIZES), draw(SIZES), *(draw(SIZES) for _ in range(rank)))
    options = (
        f"eps={draw(EPS)}, momentum={draw(st.sampled_from([0.1, 0.9, None]))}, affine={draw(st.booleans())}, "
        f"track_running_stats={draw(st.booleans())}"
    )
    return f"nn.BatchNorm{SPACE[max(rank, 1)]}({shape[1]}, {options})", shape


@st.composite
def instance_norms(draw: st.DrawFn) -> tuple[str, tuple[int, ...]]:
    """Return an instance norm and the shape of its input."""
    rank = draw(st.integers(1, 3))
    shape = (draw(SIZES), draw(SIZES), *(draw(SIZES) for _ in range(rank)))
    options = f"eps={draw(EPS)}, affine={draw(st.booleans())}, track_running_stats={draw(st.booleans())}"
    return f"nn.InstanceNorm{SPACE[rank]}({shape[1]}, {options})", shape


@st.composite
def layer_norms(draw: st.DrawFn) -> tuple[str, tuple[int, ...]]:
    """Return a layer norm or an RMS norm and the shape of its input."""
    shape = tuple(draw(SIZES) for _ in range(draw(st.integers(1, 4))))
    own = list(shape[-draw(st.integers(1, len(shape))) :])
    affine = draw(st.booleans())
    if draw(st.booleans()):
        return f"nn.RMSNorm({own}, eps={draw(st.one_of(st.none(), EPS))}, elementwise_affine={affine})", shape
    return f"nn.LayerNorm({own}, eps={draw(EPS)}, elementwise_affine={affine}, bias={draw(st.booleans())})", shape


@st.composite
def group_norms(draw: st.DrawFn) -> tuple[str, tuple[int, ...]]:
    """Return a group norm and the shape of its input."""
    groups, each = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    shape = (draw(SIZES), groups * each, *(draw(SIZES) for _ in range(draw(st.integers(0, 2)))))
    return f"nn.GroupNorm({groups}, {groups * each}, eps={draw(EPS)}, affine={draw(st.booleans())})", shape


def layers() -> st.SearchStrategy[tuple[str, tuple[int, ...]]]:
    """Return layers with groups and the shapes of their inputs."""
    return st.one_of(batch_norms(), instance_norms(), layer_norms(), group_norms())


@st.composite
def programs(draw: st.DrawFn, dtypes: tuple[str, ...] = ("float32", "float64")) -> tuple[str, str]:
    """Return a program that calls one layer, in training or eval mode, after γ and β were changed; and its dtype."""
    layer, shape = draw(layers())
    dtype = draw(st.sampled_from(dtypes))
    lines = [draw(inputs(shape, dtype)).rstrip(), f"layer = {layer}.to(torch.{dtype})"]
    lines += ["for p in layer.parameters():", "    nn.init.normal_(p, 0.5)"] if draw(st.booleans()) else []
    lines += ["layer(x + 1)"] if draw(st.booleans()) else []
    lines += ["layer.eval()"] if draw(st.booleans()) else []
    return "\n".join([*lines, "y = layer(x)", ""]), dtype


def fused_rounding(scene: Scene, norm: Norm, dtype: str) -> float:
    """Return what torch's own kernels may lose: they multiply x and μ by 1/√(σ² + ε) before they subtract.

    Where a group varies little, both products are large, and their difference keeps the error of a large number: a
    group of one cell, whose x̂ is 0, comes out as up to a few units in the last place of x/√(σ² + ε).
    """
    x = np.abs(values(scene, norm.input).astype(np.float64))
    products = x / numbers(norm.statistics.divisor)[group_numbers(x.shape, norm.blocks)]
    learned = np.abs(values(scene, norm.weight)).max(initial=0) if norm.weight >= 0 else 1.0
    step = np.finfo(np.float64 if dtype == "float64" else np.float32).eps
    return float(4 * step * products.max(initial=0) * learned)


def assert_checks_are_small(norm: Norm, dtype: str, rounding: float = 0.0) -> None:
    """Check that the picture agrees with torch, up to a few steps of the dtype and `rounding`."""
    assert norm.checks
    for check in norm.checks:
        assert check.difference <= TOLERANCE[dtype] * max(check.largest, 1.0) + rounding, check


def module_of(layer: str) -> nn.Module:
    """Return the module that a program makes with a line such as `nn.LayerNorm(3)`."""
    return eval(layer, {"nn": nn})  # type: ignore[no-any-return]  # noqa: S307 - the tests' own text


def kept_by(module: nn.Module) -> list[np.ndarray]:
    """Return copies of running_mean and running_var of a module."""
    state = module.state_dict()
    return [state[name].numpy().copy() for name in ("running_mean", "running_var")]
