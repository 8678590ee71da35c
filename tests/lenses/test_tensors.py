"""The tensors behind the grids of a scene: the same ones, in the same order, with the same values."""

from __future__ import annotations

import base64
import re

import numpy as np
import pytest

import explorer
from explorer.lenses.shapes.tensors import shown_tensors
from explorer.scene import Scene
from explorer.scene.decoding import decode

PROGRAMS = (
    "x = torch.arange(6)\ny = x.view(2, 3).t()\ny[0, 1] = 7\nz = y + 1",
    "x = torch.arange(10**5)\ny = x.view(100, 1000)\nx += 1\nx[70_000] = 2\nz = y.t()[3:]",
    "x = torch.zeros(3)\nx.t_()\nx.resize_(2, 2)\nw = torch.ones(2, requires_grad=True)\n(w * 2).sum().backward()",
    "def f(a):\n    b = a * 2\n    return b.t()\nx = f(torch.ones(2, 3))\ny = x @ torch.ones(2, 2)\ny.view(7)",
    "for i in range(30):\n    x = torch.full((200, 200), i)",
)


@pytest.mark.parametrize("source", PROGRAMS)
def test_they_are_those_of_the_scene(source: str) -> None:
    trace = explorer.run(source)
    scene, shown = explorer.scene(trace), shown_tensors(trace)
    assert len(shown) == len(scene.grids)
    for grid, tensor in zip(scene.grids, shown, strict=True):
        for frame in range(grid.first_frame, len(scene.frames)):
            state, (since, until), overwritten = tensor.at(frame)
            assert since <= frame < until
            assert (state.shape, state.stride, state.storage_offset) == (grid.shape, grid.stride, grid.storage_offset)
            version = [v for v in scene.buffers[grid.buffer].versions if v.frame <= frame][-1]
            if version.values is None or state.values is None:
                continue
            if overwritten is not None and frame >= overwritten:
                continue  # through another tensor, while this one had no name
            steps = [step * version.values.itemsize for step in grid.cells.stride]
            seen = np.lib.stride_tricks.as_strided(version.values[grid.cells.offset :], grid.window, steps)
            np.testing.assert_array_equal(seen, state.values)


def test_there_is_nothing_before_the_first_frame_and_after_the_last() -> None:
    shown = shown_tensors(explorer.run("x = torch.zeros(2)\ny = x + 1"))
    for tensor, frame in ((shown[1], 0), (shown[0], 2)):
        with pytest.raises(ValueError, match="not there"):
            tensor.at(frame)


def payload(page: str) -> Scene:
    found = re.search(r'atob\("([^"]+)"\)', page)
    assert found is not None
    return decode(base64.b64decode(found[1]))


def test_a_page_of_its_own_says_that_it_holds_a_part() -> None:
    large, small, meta = (
        "x = torch.zeros(300, 300)",
        "x = torch.zeros(3, 3)",
        "x = torch.zeros(300, 300, device='meta')",
    )
    notes = [payload(explorer.scene(explorer.run(source)).to_html()).notes for source in (large, small, meta)]
    assert ["holds only that part" in " ".join(said) for said in notes] == [True, False, False]


@pytest.mark.parametrize("end", ["y = lin(torch.ones(2, 5))\n", "y = lin(torch.ones(2, 3))\n"])
def test_parameters_have_their_paths_whether_the_program_ends_or_fails(end: str) -> None:
    scene = explorer.scene(explorer.run(f"lin = nn.Linear(3, 4)\nnet = nn.ModuleList([nn.Conv1d(1, 1, 2)])\n{end}"))
    labels = {grid.label for grid in scene.grids}
    assert {"lin.weight", "lin.bias", "net.0.weight", "net.0.bias"} <= labels
