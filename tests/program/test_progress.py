"""How far a running program is: which pass of which loop, and how many there will be."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.program import deadline
from explorer.program.explain import Inputs
from explorer.program.guards.loops import loop
from explorer.program.run import Allowance, run, run_within
from explorer.trace.loops import Progress


@pytest.fixture(autouse=True)
def _at_each_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "FIRST_REPORT", 0.0)
    monkeypatch.setattr(deadline, "BETWEEN_REPORTS", 0.0)


def progress(source: str) -> list[Progress]:
    """Run a program and return what was said at each of its lines."""
    said: list[Progress] = []
    trace = run_within(source, Inputs({}, "cpu", 0), Allowance(report=said.append))
    assert trace.error is None, trace.error
    return said


def at_line(source: str, line: int) -> list[tuple[int, int]]:
    return [(one.step, one.total) for one in progress(source) if one.line == line]


def test_each_pass_is_counted() -> None:
    assert at_line("x = 0\nfor i in range(3):\n    x += i\ny = x", 3) == [(1, 3), (2, 3), (3, 3)]
    assert at_line("x = 0\nfor i in range(3):\n    x += i\ny = x", 4) == [(0, 0)]


@pytest.mark.parametrize(
    ("items", "total"),
    [
        ("range(2, 9, 3)", 3),
        ("[4, 5]", 2),
        ("(4, 5, 6)", 3),
        ("{1: 2, 3: 4}", 2),
        ("{1: 2, 3: 4}.items()", 2),
        ("enumerate(range(4))", 4),
        ("zip(range(4), [1, 2])", 2),
        ("enumerate(zip(range(4), torch.ones(3, 2)))", 3),
        ("torch.ones(5, 2)", 5),
        ("iter([1, 2])", 2),
        ("reversed([1, 2])", 2),
        ("torch.ones(5, 2).split(2)", 3),
        ("(k for k in range(3))", 0),
        ("map(str, range(3))", 0),
    ],
)
def test_how_many_passes_there_will_be_where_that_is_known(items: str, total: int) -> None:
    source = f"for item in {items}:\n    y = item"
    said = at_line(source, 2)
    assert [step for step, _ in said] == list(range(1, len(said) + 1))
    assert {found for _, found in said} == {total}
    assert total in (0, len(said))


def test_a_loop_that_is_left_early_says_what_was_planned() -> None:
    assert at_line("for i in range(9):\n    if i == 1:\n        break", 3) == [(2, 9)]


def test_the_outermost_loop_counts() -> None:
    source = "for i in range(2):\n    for j in range(5):\n        x = j"
    assert at_line(source, 3) == [(1, 2)] * 5 + [(2, 2)] * 5


def test_a_loop_in_a_function_is_told_with_the_line_of_the_call() -> None:
    source = "def train(n):\n    for i in range(n):\n        x = i\ntrain(2)"
    steps = at_line(source, 4)
    assert (1, 2) in steps
    assert (2, 2) in steps


def test_a_while_loop_has_no_total() -> None:
    assert at_line("i = 0\nwhile i < 3:\n    i += 1", 3) == [(1, 0), (2, 0), (3, 0)]


def test_an_iterable_of_the_programs_own_is_not_asked() -> None:
    source = (
        "class Items:\n    def __len__(self):\n        print('asked')\n        return 2\n"
        "    def __getitem__(self, i):\n        if i > 1:\n            raise IndexError\n        return i\n"
        "for i in Items():\n    y = i"
    )
    trace = run(source)
    assert (trace.error, trace.output) == (None, "")


@given(st.integers(0, 6), st.integers(1, 4), st.sampled_from(["range({})", "torch.arange({})", "list(range({}))"]))
def test_steps_and_totals_are_those_of_plain_python(count: int, times: int, items: str) -> None:
    source = f"for k in range({times}):\n    pass\nfor i in {items.format(count)}:\n    x = i"
    assert at_line(source, 4) == [(step, count) for step in range(1, count + 1)]


@pytest.mark.parametrize("value", [3, None, torch.tensor(4)])
def test_what_is_no_loop_is_left_to_python(value: object) -> None:
    assert loop(value) is value
    trace = run("for i in 3:\n    pass")
    assert trace.error is not None
    assert trace.error.kind == "TypeError"


def test_what_is_stopped_at_its_limit_says_how_many_passes_that_took() -> None:
    source = "x = torch.zeros(3)\nfor i in range(90_000_000):\n    x = x + 1"
    error = run(source, max_seconds=0.2).error
    assert error is not None
    made = re.search(r"stopped on this line, at step ([\d,]+) of 90,000,000\.$", error.message)
    assert made is not None, error.message
    done = int(made[1].replace(",", "")) - 1
    assert f"The loop made {done:,} step" in error.hint
    assert "of 90,000,000 in 0.2 s" in error.hint
    endless = run("while True:\n    pass", max_seconds=0.1).error
    assert endless is not None
    assert "Does every loop end?" in endless.hint


def test_nothing_is_said_where_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Callable[[], None]] = []
    monkeypatch.setattr("explorer.trace.frames.FrameTracker.progress", property(lambda _: asked.append))
    assert run("for i in range(3):\n    x = i").error is None
    assert asked == []


@pytest.mark.parametrize("caught", ["", " Exception"])
def test_who_is_told_may_stop_the_program_and_nothing_catches_that(caught: str) -> None:
    loop = f"for i in range(5):\n    try:\n        x = x + 1\n    except{caught}:\n        x = 0\n"
    allowance = Allowance(report=lambda progress: progress.step < 3)
    trace = run_within(f"x = torch.zeros(2)\n{loop}", Inputs({}, "cpu", 0), allowance)
    assert trace.error is not None
    assert (trace.error.kind, trace.error.line) == ("interrupted", 2)
    assert trace.error.message.startswith("Stopped by you at step 3 of 5, after 0.")
    assert [step.expression for step in trace.steps] == ["torch.zeros(2)", "x + 1", "x + 1"]
