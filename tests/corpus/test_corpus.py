"""Teaching programs run under the engine exactly as under plain Python, and their traces are true."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

import explorer
from explorer.trace.model import Position, TensorState, Trace
from tests.corpus.listing import PROGRAMS, RAISING, name_of, preamble_of, source_of
from tests.corpus.plain import PlainRun, lines_that_call_torch, run_plain
from tests.corpus.state import global_state


@dataclass(frozen=True, eq=False)
class Outcome:
    """What plain Python and what the engine made of one program; the global state before and after the engine ran."""

    path: Path
    source: str
    plain: PlainRun
    trace: Trace
    state_before: dict[str, Hashable]
    state_after: dict[str, Hashable]


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """Sizes are small: more threads would only wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module", params=PROGRAMS, ids=name_of)
def outcome(request: pytest.FixtureRequest) -> Outcome:
    """Each program, run once for all the tests of this module."""
    return _outcome(request.param)


def _outcome(path: Path) -> Outcome:
    source = source_of(path)
    plain = run_plain(source, preamble_of(path))
    before = global_state()
    trace = explorer.run(source)
    return Outcome(path, source, plain, trace, before, global_state())


def test_the_program_prints_what_plain_python_prints(outcome: Outcome) -> None:
    assert outcome.plain.error is None
    assert outcome.trace.error is None
    assert outcome.trace.output == outcome.plain.output


def test_every_step_stands_where_its_expression_is(outcome: Outcome) -> None:
    for step in outcome.trace.steps:
        assert step.expression == _text_at(outcome.source, step.position)
        assert _is_python(step.expression), step.expression
        assert step.stack[-1].position == step.position
        assert step.stack[0].function == "<module>"


def test_every_line_that_calls_torch_has_a_step(outcome: Outcome) -> None:
    trace = outcome.trace
    places = [site.position for step in trace.steps for site in step.stack]
    covered = {line for place in places for line in range(place.line, place.end_line + 1)}
    covered |= {omission.line for omission in trace.omitted}
    assert lines_that_call_torch(outcome.source, preamble_of(outcome.path)) <= covered


def test_names_hold_what_plain_python_holds(outcome: Outcome) -> None:
    assert outcome.trace.names.keys() == outcome.plain.tensors.keys()
    # LAPACK rounds the last digit as the memory that it is given happens to be aligned
    units = 4 if outcome.path.parent.name == "linalg" else 0
    for name, state in outcome.trace.names.items():
        _check_state(state, outcome.plain.tensors[name], units)


def test_prints_make_up_the_output(outcome: Outcome) -> None:
    trace = outcome.trace
    assert "".join(piece.text for piece in trace.prints) == trace.output
    assert all(-1 <= piece.step < len(trace.steps) for piece in trace.prints)


def test_nothing_of_a_run_is_left_behind(outcome: Outcome) -> None:
    assert outcome.state_after == outcome.state_before


@pytest.mark.parametrize("path", RAISING, ids=name_of)
def test_a_program_that_raises_stops_where_plain_python_does(path: Path) -> None:
    case = _outcome(path)
    assert case.plain.error is not None
    assert case.trace.error is not None
    assert case.trace.error.kind == type(case.plain.error).__name__
    assert case.trace.error.line <= case.plain.line <= case.trace.error.end_line
    assert case.trace.output == case.plain.output
    assert case.state_after == case.state_before


def test_there_are_enough_programs() -> None:
    assert len(PROGRAMS) >= 150


def _text_at(source: str, position: Position) -> str:
    """Return the text of a span, counting every character up to it."""
    lines = source.split("\n")

    def offset(line: int, column: int) -> int:
        return sum(len(text) + 1 for text in lines[: line - 1]) + column

    return source[offset(position.line, position.column) : offset(position.end_line, position.end_column)]


def _is_python(text: str) -> bool:
    """Tell whether a stretch of text is a whole expression or statement."""
    for candidate in (f"(\n{text}\n)", text):
        try:
            ast.parse(candidate)
        except SyntaxError:
            continue
        return bool(text)
    return False


def _check_state(state: TensorState, tensor: torch.Tensor, units: int) -> None:
    """Compare to the last bit, or to so many units of the last place."""
    assert state.shape == tuple(tensor.shape)
    assert state.dtype == tensor.dtype
    assert state.requires_grad == tensor.requires_grad
    if state.values is None or state.window != state.shape:
        return
    dense = tensor.detach()
    if dense.dtype in (torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2):
        dense = dense.float()
    rounding = units * torch.finfo(dense.dtype).eps if dense.is_floating_point() else 0
    torch.testing.assert_close(
        torch.from_numpy(state.values.copy()), dense, rtol=rounding, atol=rounding, equal_nan=True
    )
