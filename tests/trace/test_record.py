"""`explorer.record()`: ordinary Python, recorded where it stands."""

import contextlib
import io
import sys
from pathlib import Path

import pytest
import torch
from torch import nn

import explorer
from tests.programs import listed


def helper(values: torch.Tensor) -> torch.Tensor:
    doubled = values * 2
    return doubled.sum()


def _state() -> tuple[object, ...]:
    """Return what a recording takes hold of while it lasts."""
    entrance = vars(torch.autograd)["_engine_run_backward"]
    return (sys.gettrace(), sys.stdout, torch._C._len_torch_function_stack(), entrance)


def test_a_block_is_recorded_with_positions_in_its_own_file() -> None:
    with explorer.record() as recording:
        x = torch.arange(6.0).view(2, 3).requires_grad_()
        y = helper(x)
        torch.autograd.backward(y)
    lines = Path(__file__).read_text(encoding="utf-8").split("\n")
    for step in recording.steps:
        assert lines[step.line - 1][step.column : step.end_column] == step.expression
    assert [step.op for step in recording.steps] == ["arange", "view", "requires_grad_", "mul", "sum", "backward"]
    assert [site.function for site in recording.steps[3].stack][-1] == "helper"
    assert listed(recording.trace.names["x"].grad) == [[2.0] * 3] * 2
    assert x.grad is not None
    assert torch.equal(x.grad, torch.full((2, 3), 2.0))


def test_any_python_may_be_recorded() -> None:
    with explorer.record() as recording:
        import os

        size = len(os.sep)
        x = torch.empty(size).fill_(3)
        layers = {"a": nn.Linear(1, 1)}
        out = [layer(x) for layer in layers.values()]
    assert recording.steps[-1].op == "Linear"
    assert len(out) == 1


def test_what_is_printed_is_kept_and_still_printed() -> None:
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), explorer.record() as recording:
        x = torch.ones(1)
        print("value", x.item())
    assert shown.getvalue() == "value 1.0\n"
    assert recording.output == "value 1.0\n"
    assert recording.prints[0].step == 1


def test_an_exception_is_raised_and_kept_with_its_place() -> None:
    recording = explorer.record()
    with pytest.raises(RuntimeError, match="size"), recording:
        torch.ones(2) + torch.ones(3)
    assert recording.error is not None
    assert recording.error.op == "add"
    assert [state.shape for state in recording.error.operands] == [(2,), (3,)]


def test_everything_is_put_back() -> None:
    before = _state()
    w = torch.ones(1, requires_grad=True)
    for _ in range(2):
        with explorer.record() as recording:
            torch.autograd.backward((w * 2).sum())
    assert _state() == before
    assert len(recording.backward) == 3, "hooks of the first recording must be gone"


def test_it_shows_itself_in_a_notebook() -> None:
    with explorer.record() as recording:
        torch.ones(2).t()
    page = recording._repr_html_()
    assert page is not None
    assert page.startswith("<iframe srcdoc=")
    assert "sandbox=" in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_origins_and_scenes_work_as_on_any_trace() -> None:
    with explorer.record() as recording:
        torch.arange(4).flip(0)
    argument, element = explorer.origins(recording.trace, 1)
    assert argument.tolist() == [0] * 4
    assert element.tolist() == [3, 2, 1, 0]
    assert explorer.scene(recording.trace).frames


def test_a_recording_is_made_once_and_has_no_trace_before_its_end() -> None:
    recording = explorer.record()
    with pytest.raises(RuntimeError, match="before its with block"):
        _ = recording.steps
    with recording:
        pass
    with pytest.raises(RuntimeError, match="once"), recording:
        pass
