"""Shapes written under each other: every mark stands under a pair that torch itself refuses."""

from __future__ import annotations

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from explorer.program.explain.alignment import broadcast_lines, product_lines
from explorer.program.explain.broadcasting import misfits
from tests.explain.failing import stopped

SHAPES = st.lists(st.sampled_from([0, 1, 2, 3, 12]), max_size=4).map(tuple)


def columns(lines: str, names: tuple[str, str]) -> tuple[list[str], list[tuple[int, int]]]:
    """Return the two lines of sizes without their names, and where the marks stand."""
    *rows, marks = lines.split("\n")
    width = max(map(len, names)) + 2
    spans, at = [], 0
    for mark in marks[width:].split():
        at = marks.index(mark, max(at, width))
        spans.append((at - width, at - width + len(mark)))
        at += len(mark)
    return [row[width:] for row in rows], spans


@settings(max_examples=300)
@given(SHAPES, SHAPES)
def test_broadcasting_marks_what_torch_refuses(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    bad = misfits(left, right)
    try:
        torch.zeros(left) + torch.zeros(right)
    except RuntimeError:
        assert bad
    else:
        assert not bad
    assume(bad)
    rows, spans = columns(broadcast_lines(("x", "weights"), (left, right), bad), ("x", "weights"))
    pairs = sorted((rows[0][a:b].strip(), rows[1][a:b].strip()) for a, b in spans)
    assert pairs == sorted((str(left[a]), str(right[b])) for a, b in bad)


@settings(max_examples=200)
@given(SHAPES, SHAPES)
def test_a_product_marks_the_inner_sizes(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    assume(left and right)
    rows, [(start, end)] = columns(product_lines(("x", "y"), (left, right)), ("x", "y"))
    assert rows[0][start:end].strip() == str(left[-1])
    assert rows[1][start:end].strip() == str(right[max(len(right) - 2, 0)])


@settings(max_examples=40)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=3), st.lists(st.integers(1, 4), min_size=1, max_size=3))
def test_operations_that_torch_refuses_are_explained_with_their_shapes(left: list[int], right: list[int]) -> None:
    for sign, meets in (("+", torch.add), ("@", torch.matmul)):
        try:
            meets(torch.ones(left), torch.ones(right))
        except RuntimeError:
            error = stopped(f"x = torch.ones({left})\ny = torch.ones({right})\nx {sign} y")
            assert f"x has shape {tuple(left)}" in error.message
            assert f"y has shape {tuple(right)}" in error.message
            assert "^" in error.alignment
            for operand, dimension in error.dimensions:
                assert dimension < len((left, right)[operand])


@pytest.mark.parametrize(
    ("program", "lines"),
    [
        ("x = torch.ones(4, 6)\nw = torch.ones(4)\nx + w", "x  4  6\nw     4\n      ^"),
        ("x = torch.ones(4, 6)\nx @ x", "x  4  6\nx     4  6\n      ^"),
        ("fc = nn.Linear(3, 2)\nx = torch.ones(5, 4)\nfc(x)", "x        5  4\nweightᵀ     3  2\n            ^"),
    ],
)
def test_lines(program: str, lines: str) -> None:
    assert stopped(program).alignment == lines
