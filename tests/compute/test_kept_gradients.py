"""Questions about large gradients and saved tensors: their windows go anywhere, statistics are of all elements."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import explorer
from explorer.compute.jobs import Question
from explorer.compute.questions import Answers
from explorer.scene import Grid, Scene
from explorer.scene.decoding import decode_as
from explorer.scene.parts import PART_MAGIC, SUMMARY_MAGIC, Part, Summary
from explorer.trace import gradients

SOURCE = """torch.manual_seed(0)
w = torch.randn(300, 200, requires_grad=True)
y = torch.tanh(w)
loss = (y * torch.arange(200)).sum()
loss.backward()
"""
OPTIONS = {"lens": "autograd", "check": False}


def looked_at(source: str = SOURCE, **options: Any) -> tuple[Scene, Answers]:
    trace = explorer.run(source)
    assert trace.error is None
    scene = explorer.scene(trace, "autograd", **options)
    return scene, Answers(trace, {**OPTIONS, **options})


def grid(scene: Scene, label: str) -> Grid:
    return next(one for one in scene.grids if one.label == label)


def part(answers: Answers, number: int, first: tuple[int, ...]) -> Part:
    return decode_as(answers.to(Question("part", number, 0, first)), PART_MAGIC, Part)


def summary(answers: Answers, number: int) -> Summary:
    return decode_as(answers.to(Question("statistics", number, 0)), SUMMARY_MAGIC, Summary)


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("first", [(0, 0), (1, 2), (150, 100), (299, 199)])
def test_a_window_of_a_gradient_holds_what_torch_holds(first: tuple[int, int], check: bool) -> None:
    scene, answers = looked_at(check=check)
    assert answers.needed
    names: dict[str, Any] = {"torch": torch}
    exec(SOURCE, names)  # noqa: S102 - the test's own text
    wanted = {"∂loss/∂y": torch.arange(200.0).expand(300, 200), "w.grad": names["w"].grad, "∂loss/∂w": names["w"].grad}
    for label, expected in wanted.items():
        shown = grid(scene, label)
        assert shown.shape == (300, 200)
        found = part(answers, shown.id, first)
        rows, columns = found.first
        assert found.first == tuple(map(min, first, (300 - shown.window[0], 200 - shown.window[1])))
        there = expected[rows : rows + found.window[0], columns : columns + found.window[1]]
        assert found.values is not None
        np.testing.assert_array_equal(found.values.reshape(found.window), there.numpy())
        assert summary(answers, shown.id).moments[2] == pytest.approx(
            expected.double().mean().item(), rel=1e-5, abs=1e-9
        )


def test_what_was_saved_is_read_as_it_was_saved() -> None:
    source = (
        "x = torch.randn(300, 200, requires_grad=True)\nnn.Sequential(nn.ReLU(), nn.Tanh())(x * 2).sum().backward()"
    )
    scene, answers = looked_at(f"torch.manual_seed(0)\n{source}")
    saved = next(one for one in scene.grids if one.shape == (300, 200) and one.kind == "saved")
    found = part(answers, saved.id, (100, 50))
    torch.manual_seed(0)
    expected = (torch.randn(300, 200) * 2).relu()
    assert found.values is not None
    there = expected[100 : 100 + found.window[0], 50 : 50 + found.window[1]]
    np.testing.assert_array_equal(found.values.reshape(found.window), there.numpy())


def test_gradients_with_equal_corners_are_not_taken_for_each_other() -> None:
    """Two backward passes whose gradients differ in the last element only."""
    lines = ["w = torch.zeros(300, 200, requires_grad=True)"]
    for value in (1, 2):
        lines += [f"v = torch.zeros(300, 200)\nv[-1, -1] = {value}", "w.grad = None", "(w * v).sum().backward()"]
    scene, answers = looked_at("\n".join(lines))
    shown = [one for one in scene.grids if one.label == "w.grad"]
    ends = [part(answers, one.id, (299, 199)).values for one in shown]
    assert sorted(float(values[-1]) for values in ends if values is not None) == [1, 2]


def test_beyond_the_room_for_whole_gradients_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gradients, "MAX_WHOLE_BYTES", 0)
    scene, answers = looked_at()
    number = grid(scene, "w.grad").id
    assert "only the corner was recorded" in part(answers, number, (10, 10)).refused
    assert "only the corner was recorded" in summary(answers, number).refused


@pytest.mark.parametrize("number", [-1, 10**6])
def test_no_grid_no_answer(number: int) -> None:
    _, answers = looked_at()
    with pytest.raises(ValueError, match="no grid"):
        part(answers, number, (0, 0))
    with pytest.raises(ValueError, match="dimensions"):
        part(answers, grid(looked_at()[0], "w.grad").id, (0,))


def test_small_gradients_keep_nothing() -> None:
    _, answers = looked_at("x = torch.ones(3, requires_grad=True)\n(x * 2).sum().backward()")
    assert not answers.needed
