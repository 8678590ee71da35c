"""Clipping the gradients of a recurrent layer, as a line of the program after its backward pass."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.program.builders import ArgumentProblem, EditProblem, chain, losses
from explorer.program.builders.gradient_clips import can_clip, clip_of, set_clip
from explorer.program.builders.recurrent_beside import set_beside
from explorer.program.builders.truncation import set_detach
from explorer.ui.examples.recurrent_training import TRAINING_EXAMPLES

START = """\
import torch
from torch import nn
x = torch.randn(7, 2, 4)
lstm = nn.LSTM(4, 3)
output, (h_n, c_n) = lstm(x)
"""
LINE = "nn.utils.clip_grad_norm_(lstm.parameters(), {})\n"


def run(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    torch.manual_seed(0)
    exec(source, names)  # noqa: S102 - the tests' own programs
    return names


def norm(names: dict[str, Any]) -> float:
    gradients = [parameter.grad.flatten() for parameter in names["lstm"].parameters()]
    return float(torch.cat(gradients).norm())


@settings(max_examples=30, deadline=None)
@given(st.floats(0.01, 100), st.sampled_from([losses.LAST, losses.ALL, losses.STATE]))
def test_gradients_have_at_most_the_norm_that_was_typed(limit: float, kind: str) -> None:
    source = losses.set_loss(START, "lstm", kind)
    clipped = set_clip(source, "lstm", f" {limit} ")
    assert clipped == source + LINE.format(limit)
    assert float(clip_of(clipped, "lstm")) == limit
    assert norm(run(clipped)) == pytest.approx(min(limit, norm(run(source))), rel=1e-3)
    assert set_clip(clipped, "lstm", "2") == source + LINE.format(2.0)
    assert set_clip(clipped, "lstm", " ") == source
    assert losses.loss_of(clipped, "lstm") == kind


def test_a_cut_history_and_clipping_go_together() -> None:
    source = set_clip(losses.set_loss(START, "lstm", losses.ALL), "lstm", "0.5")
    cut = set_detach(source, "lstm", "3")
    assert clip_of(cut, "lstm") == "0.5"
    assert norm(run(cut)) == pytest.approx(0.5, rel=1e-3)
    assert set_detach(set_clip(cut, "lstm", ""), "lstm", "") == losses.set_loss(START, "lstm", losses.ALL)


def test_a_layer_beside_it_and_another_loss_leave_the_clipping() -> None:
    source = set_clip(losses.set_loss(START, "lstm", losses.ALL), "lstm", "0.5")
    index = next(chip.index for chip in chain.chips(source) if chip.path == "lstm")
    both = set_beside(source, index, ("GRU",))
    assert "(output.sum() + gru_output.sum()).backward()\n" + LINE.format(0.5) in both
    assert norm(run(both)) == pytest.approx(0.5, rel=1e-3)
    assert set_beside(both, index, ()) == source
    assert LINE.format(0.5) in losses.set_loss(both, "lstm", losses.LAST)


@pytest.mark.parametrize("example", TRAINING_EXAMPLES, ids=lambda example: example.title)
def test_in_a_training_loop_each_pass_clips(example: Any) -> None:
    source = example.source
    clipped = set_clip(source, "lstm", "0.25")
    assert "    loss.backward()\n    " + LINE.format(0.25) + "    opt.step()\n" in clipped
    assert norm(run(clipped)) <= 0.2501
    assert set_clip(clipped, "lstm", "") == source


@pytest.mark.parametrize(
    ("backward", "clipped"),
    [
        ("output.sum().backward()", "output.sum().backward()\n" + LINE.format(1.0)),
        ("for _ in range(1): output.sum().backward()\n", "for _ in range(1): output.sum().backward(); "),
        ("output.sum().backward(); y = 3\n", "output.sum().backward(); " + LINE.format(1.0).strip() + "; y = 3\n"),
        ("if True:\n\toutput.sum().backward()  # here\n\ty = 3\n", "# here\n\t" + LINE.format(1.0) + "\ty = 3\n"),
    ],
)
def test_the_line_stands_in_the_block_of_the_backward_pass(backward: str, clipped: str) -> None:
    source = set_clip(START + backward, "lstm", "1")
    assert clipped in source
    assert norm(run(source)) == pytest.approx(1.0, rel=1e-3)


def test_clipping_of_the_programs_own_is_read_and_changed_in_place() -> None:
    own = START + "output.sum().backward()\nnorm = nn.utils.clip_grad_norm_([*lstm.parameters()], 3)\nprint(norm)\n"
    assert clip_of(own, "lstm") == "3"
    assert set_clip(own, "lstm", "0.5") == own.replace("], 3)", "], 0.5)")
    with pytest.raises(EditProblem, match="norm is still used on line 8"):
        set_clip(own, "lstm", "")
    assert set_clip(own.replace("print(norm)\n", ""), "lstm", "") == START + "output.sum().backward()\n"


@pytest.mark.parametrize("typed", ["0", "-1", "inf", "nan", "1j", "much", "1 2", "True", "()"])
def test_what_is_no_norm_is_said(typed: str) -> None:
    with pytest.raises(ArgumentProblem, match="Type one number above 0"):
        set_clip(losses.set_loss(START, "lstm", losses.ALL), "lstm", typed)


def test_without_one_backward_pass_there_is_nothing_to_clip() -> None:
    twice = START + "output.sum().backward(retain_graph=True)\noutput.sum().backward()\n"
    for source in (START, twice, "", "lstm = ("):
        assert not can_clip(source, "lstm")
        assert clip_of(source, "lstm") == ""
    with pytest.raises(EditProblem, match="after one backward pass"):
        set_clip(twice, "lstm", "1")
    assert can_clip(losses.set_loss(START, "lstm", losses.ALL), "lstm")
