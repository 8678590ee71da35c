"""Explaining must never raise, write, run a program's text or disturb the program's state."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from explorer.program.explain.check import runs
from explorer.program.explain.locate import locate
from tests.explain.failing import PRELUDE, explain_call, fails

SPANS = [(0, 0, 0, 0), (99, 0, 99, 5), (1, 0, 1, 6), (14, 0, 14, 1), (-3, 2, 1, 1)]


@pytest.mark.parametrize("span", SPANS)
def test_a_wrong_span_only_costs_names_and_fixes(span: tuple[int, int, int, int]) -> None:
    explanation = explain_call(replace(fails("x.view(5, 5)"), span=span))
    assert "The tensor has shape (4, 6)" in explanation.message
    assert explanation.fixes == ()


@pytest.mark.parametrize("source", ["", "x.view(", "\0", "é" * 20])
def test_a_wrong_source_only_costs_names_and_fixes(source: str) -> None:
    explanation = explain_call(replace(fails("x @ x"), source=source))
    assert "(4, 6)" in explanation.message
    assert explanation.fixes == ()


@pytest.mark.parametrize("op", ["", "view", "stack", "permute", "matmul", "narrow", "__getitem__", "linear", "add_"])
@pytest.mark.parametrize("program", ["x @ x", "x[9]", "x.view(5)", "torch.cat([])", "x + w", "x.permute(0)"])
def test_any_operation_name_is_survived(program: str, op: str) -> None:
    assert explain_call(replace(fails(program), op=op)).message


def test_the_operands_stay_as_they_are() -> None:
    call = fails("x.add_(w)")
    before = [tensor.clone() for tensor in call.tensors]
    versions = [tensor._version for tensor in call.tensors]
    state = torch.get_rng_state()
    assert explain_call(call).fixes
    assert all(torch.equal(old, new) for old, new in zip(before, call.tensors, strict=True))
    assert versions == [tensor._version for tensor in call.tensors]
    assert torch.equal(state, torch.get_rng_state())


@pytest.mark.parametrize(
    "template",
    ["__import__('os')", "torch.load('x')", "torch.os", "__h0__.__class__", "x", "(lambda: 1)()", "[y for y in ()]"],
)
def test_only_known_pieces_are_ever_tried(template: str) -> None:
    assert not runs(locate(fails("x.view(5, 5)")), template)


def test_large_tensors_cost_nothing() -> None:
    call = fails("y = torch.zeros(1, device='meta').expand(10**9)\ny.view(7, -1)")
    assert "1000000000 is not divisible by 7" in explain_call(call).message


def test_what_would_fill_the_memory_is_not_offered() -> None:
    labels = [fix.label for fix in explain_call(fails("x.expand(4 * 10**9, 6)")).fixes]
    assert not any("repeat" in label for label in labels)


def test_a_span_of_another_call_takes_no_names_from_it() -> None:
    program = "model = nn.Sequential(nn.Linear(6, 2), nn.Linear(3, 1))\nmodel(x)"
    explanation = explain_call(fails(program))
    assert "The input has shape (4, 2)" in explanation.message
    assert not explanation.fixes


def test_the_program_stays_apart_from_the_changed_call() -> None:
    fix = explain_call(fails("k = 1  # é\ny = x.view(5, 5) + k\nz = 2")).fixes[0]
    assert fix.source == f"{PRELUDE}k = 1  # é\ny = x.view(4, 6) + k\nz = 2"


def test_an_assignment_may_be_marked_as_a_whole() -> None:
    call = fails("x[9] = 1")
    line, column, _, _ = call.span
    explanation = explain_call(replace(call, span=(line, column, line, len("x[9] = 1"))))
    assert explanation.message.startswith("x has shape (4, 6)")
    assert [fix.source for fix in explanation.fixes] == [f"{PRELUDE}x[3] = 1"]
