"""Long loops are folded: what is kept, what is counted, and that the program itself is not changed by it."""

import pytest

import explorer
from explorer.trace import budget
from tests.programs import listed

LONG = "x = torch.zeros(())\nfor i in range(40):\n    x = x + 1\n    x = x * 1\ny = x - 2\nz = y.abs()"


@pytest.fixture
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    limit = budget.Budget.__init__.__defaults__
    assert limit == (budget.MAX_STEPS,)
    monkeypatch.setattr(budget.Budget.__init__, "__defaults__", (20,))
    monkeypatch.setattr("explorer.trace.recorder.Recorder.__init__.__defaults__", (None, 20, None))


@pytest.mark.usefixtures("few_steps")
def test_the_first_steps_and_what_follows_the_loop_are_kept() -> None:
    trace = explorer.run(LONG)
    assert trace.error is None
    assert [step.op for step in trace.steps[-2:]] == ["sub", "abs"]
    assert len(trace.steps) == 22
    assert {(o.line, o.op): o.count for o in trace.omitted} == {(3, "add"): 30, (4, "mul"): 31}


@pytest.mark.usefixtures("few_steps")
def test_values_are_right_however_much_is_left_out() -> None:
    trace = explorer.run(LONG)
    assert trace.names["x"].values == 40
    assert trace.names["z"].values == 38
    assert trace.steps[-1].inputs[0].values == 38


@pytest.mark.usefixtures("few_steps")
def test_the_scene_says_what_was_left_out() -> None:
    scene = explorer.scene(explorer.run(LONG))
    assert "61 more calls ran and are not shown" in " ".join(scene.notes)


def test_writes_that_were_not_recorded_are_seen_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.trace.recorder.Recorder.__init__.__defaults__", (None, 12, None))
    trace = explorer.run("w = torch.zeros(2)\nfor i in range(50):\n    w.data += 1\n    w.mul_(1)\nprint(w)\nv = w + 0")
    assert trace.output == "tensor([50., 50.])\n"
    assert listed(trace.names["w"].values) == [50.0, 50.0]
    assert listed(trace.steps[-1].inputs[0].values) == [50.0, 50.0]


def test_a_run_that_takes_too_long_stops_at_its_line_and_keeps_what_it_did() -> None:
    trace = explorer.run("x = torch.ones(2)\nprint(x)\nn = 0\nwhile True:\n    n += 1", max_seconds=0.3)
    assert trace.error is not None
    assert trace.error.kind == "limit"
    assert trace.error.line in (4, 5)
    assert trace.output == "tensor([1., 1.])\n"
    assert listed(trace.names["x"].values) == [1.0, 1.0]
