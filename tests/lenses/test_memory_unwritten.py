"""Elements that hold no facts are those that would be others if memory had held something else before."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.scene import Grid, Scene
from explorer.scene.decoding import decode

STARTS = (
    "torch.empty(2, 3)", "torch.empty(6).view(3, 2)", "torch.empty_like(k)", "k.new_empty(2, 3)",
    "torch.empty(3, 2).t()",
)  # fmt: skip
WRITES = (
    "x[1:] = 0", "x[0] = k[1]", "x[:, 1].fill_(2)", "x[k > 2] = 5.", "x.masked_fill_(k > 3, 1.)", "x.t()[0].zero_()",
    "x[:1].copy_(k[:1])", "x.fill_(3)", "x.add_(1)", "torch.add(k, 1, out=x)", "x[[1, 0], [0, 2]] = k[0, :2]", "x *= k",
    "x.scatter_(1, torch.zeros(2, 1, dtype=torch.long), 9.)", "x[1] = x[0]", "x.resize_(3, 3)",
)  # fmt: skip
READS = (
    "y = x.clone()", "y = x + k", "y = x.t().reshape(-1)", "y = x.sum(0)", "y = x[0] * 2", "y = torch.cat([x, k])",
    "y = torch.where(k > 2, x, k)", "y = x[:, :1].relu()", "y = x.flip(1)", "y = x @ k.t()", "y = torch.zeros_like(x)",
    "y = torch.stack([k, x])[0]",
)  # fmt: skip
GARBAGE = (0.5, 1234.25, -777.5, float("nan"))


def run_plainly(lines: list[str], garbage: float) -> dict[str, torch.Tensor]:
    """Run lines in plain Python, with `garbage` in all memory that nothing was written to."""
    resize = torch.Tensor.resize_

    def filled(made: torch.Tensor) -> torch.Tensor:
        return made.fill_(garbage)

    def grown(tensor: torch.Tensor, *sizes: int) -> torch.Tensor:
        before = tensor.untyped_storage().nbytes() // tensor.itemsize
        resize(tensor, *sizes)
        flat = torch.empty(0, dtype=tensor.dtype).set_(tensor.untyped_storage())
        flat[before:] = garbage
        return tensor

    def of(maker: Any) -> Any:
        return lambda *sizes, **options: filled(maker(*sizes, **options))

    names: dict[str, Any] = {"torch": torch}
    with ExitStack() as stack:
        stack.enter_context(patch("torch.empty", of(torch.empty)))
        stack.enter_context(patch("torch.empty_like", of(torch.empty_like)))
        stack.enter_context(patch.object(torch.Tensor, "new_empty", of(torch.Tensor.new_empty)))
        stack.enter_context(patch.object(torch.Tensor, "resize_", grown))
        for line in lines:
            exec(line, names)  # noqa: S102 - the lines are this module's own
    return {name: value for name, value in names.items() if isinstance(value, torch.Tensor)}


def unwritten(scene: Scene, grid: Grid) -> npt.NDArray[np.bool_]:
    """Return which elements of a grid hold no facts after the last frame, flat."""
    version = scene.buffers[grid.buffer].versions[-1]
    places = np.full(grid.shape, grid.cells.offset)
    for axis, (size, step) in enumerate(zip(grid.shape, grid.cells.stride, strict=True)):
        places = places + (np.arange(size) * step).reshape([-1 if d == axis else 1 for d in range(len(grid.shape))])
    marked = np.asarray([] if version.unwritten is None else version.unwritten)
    return np.asarray(np.isin(places, marked)).reshape(-1)


@settings(max_examples=80)
@given(
    st.sampled_from(STARTS),
    st.lists(st.sampled_from(WRITES), max_size=3),
    st.lists(st.sampled_from(READS), max_size=1),
)
def test_marked_are_those_that_differ_when_memory_held_something_else(
    start: str, writes: list[str], reads: list[str]
) -> None:
    lines = ["k = torch.arange(6.).view(2, 3)", f"x = {start}", *writes, *reads]
    trace = explorer.run("\n".join(lines))
    if trace.error is not None:
        return
    runs = [run_plainly(lines, garbage) for garbage in GARBAGE]
    scene = decode(explorer.scene(trace).encode())
    last = dict(scene.frames[-1].names)
    for name, tensor in runs[0].items():
        values = [run[name].numpy().reshape(-1) for run in runs]
        differ = np.zeros(tensor.numel(), dtype=bool)
        for other in values[1:]:
            differ |= ~((values[0] == other) | (np.isnan(values[0]) & np.isnan(other)))
        np.testing.assert_array_equal(unwritten(scene, scene.grids[last[name]]), differ, f"{name} after {lines}")


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int16", "int64", "float16", "bfloat16", "float64", "complex64"])
def test_every_dtype_is_marked_until_it_is_written_to(dtype: str) -> None:
    scene = explorer.scene(explorer.run(f"x = torch.empty(3, dtype=torch.{dtype})\nx[1] = 1\ny = x.clone()\nx.zero_()"))
    first, second = scene.buffers[scene.grids[0].buffer].versions[:2]
    assert first.unwritten is not None
    assert second.unwritten is not None
    assert (first.unwritten.tolist(), second.unwritten.tolist()) == ([0, 1, 2], [0, 2])
    assert scene.buffers[scene.grids[0].buffer].versions[-1].unwritten is None
    copy = next(grid for grid in scene.grids if grid.label == "y")
    assert unwritten(scene, copy).tolist() == [True, False, True]


def test_what_numpy_writes_is_written() -> None:
    scene = explorer.scene(explorer.run("x = torch.empty(3)\na = x.numpy()\na[1] = 4"))
    assert unwritten(scene, scene.grids[0]).tolist() == [True, False, True]


def test_a_storage_that_grows_is_marked_beyond_its_old_end() -> None:
    scene = explorer.scene(explorer.run("x = torch.arange(4)\nx.resize_(2, 4)\nx[1, 0] = 1"))
    strip = scene.buffers[scene.strips[0].buffer]
    marked = [[] if version.unwritten is None else version.unwritten.tolist() for version in strip.versions]
    assert marked == [[4, 5, 6, 7], [4, 5, 6, 7], [5, 6, 7]]
    assert "Where nothing was written to" in scene.frames[1].why


def test_a_tensor_made_from_data_holds_facts() -> None:
    scene = explorer.scene(explorer.run("x = torch.Tensor([1, 2])\ny = torch.zeros(2)\nz = x + y"))
    assert all(version.unwritten is None for buffer in scene.buffers for version in buffer.versions)


def test_what_is_not_laid_out_in_strides_has_no_marks() -> None:
    scene = explorer.scene(explorer.run("x = torch.empty(3)\ny = x.to_sparse()"))
    assert len(scene.frames) == 2


def test_a_large_storage_counts_as_a_whole() -> None:
    scene = explorer.scene(explorer.run("x = torch.empty(1000, 1000)\ny = x[0]\nx.zero_()"))
    versions = scene.buffers[scene.grids[0].buffer].versions
    assert versions[0].unwritten is not None
    assert versions[0].unwritten.size == 64 * 64
    assert versions[-1].unwritten is None


def test_frames_say_so() -> None:
    scene = explorer.scene(explorer.run("x = torch.empty(3)\ny = x + 1\nx.zero_()\nz = x + 1"))
    assert [frame.why for frame in scene.frames] == [
        "Memory that nothing was written to: the numbers are whatever was there.",
        "Some of the values come from memory that nothing was written to: they are no facts.",
        "",
        "",
    ]
