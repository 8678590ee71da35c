"""Programs with more tensors than are drawn: which ones are, and what is said of the others."""

from __future__ import annotations

import pytest

import explorer
from explorer.lenses.shapes import MAX_GRIDS
from explorer.scene import Scene


def shapes(source: str) -> Scene:
    return explorer.scene(explorer.run(source))


def loop(passes: int) -> str:
    return f"x = torch.zeros(3)\nfor i in range({passes}):\n    x = x + 1\n"


@pytest.mark.parametrize("passes", [1, MAX_GRIDS - 1])
def test_as_many_as_are_drawn_are_drawn(passes: int) -> None:
    scene = shapes(loop(passes))
    assert len(scene.grids) == passes + 1
    assert scene.notes == ()


@pytest.mark.parametrize("passes", [MAX_GRIDS, MAX_GRIDS + 1, 150])
def test_of_more_the_first_and_those_of_the_last_step_are_drawn(passes: int) -> None:
    scene = shapes(loop(passes))
    assert len(scene.grids) == MAX_GRIDS
    last = scene.frames[-1]
    assert [scene.grids[grid].first_frame for grid in (*last.inputs, *last.results)] == [passes - 1, passes]
    assert [grid.first_frame for grid in scene.grids[: MAX_GRIDS - 2]] == list(range(MAX_GRIDS - 2))
    more = passes + 1 - MAX_GRIDS
    tensors = "1 more tensor is" if more == 1 else f"{more} more tensors are"
    assert scene.notes == (f"{tensors} not drawn; the first {MAX_GRIDS - 2} and the 2 of the last step are.",)


def test_names_of_the_end_leave_room_for_the_first() -> None:
    made = 2 * MAX_GRIDS
    scene = shapes("".join(f"x{number} = torch.zeros({number + 1})\n" for number in range(made)))
    assert len(scene.grids) == MAX_GRIDS
    drawn = [grid.shape[0] - 1 for grid in scene.grids]
    assert drawn[: MAX_GRIDS // 2] == list(range(MAX_GRIDS // 2))
    assert made - 1 in drawn
    assert f"{made - MAX_GRIDS} more tensors are not drawn" in scene.notes[0]
