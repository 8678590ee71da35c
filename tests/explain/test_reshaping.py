"""Reshaping, expanding and joining."""

from __future__ import annotations

import pytest

from tests.explain.rows import Row, check_row

RESHAPES: list[Row] = [
    (
        "b.view(3, 8)",
        ["b has shape (6, 4) and strides (1, 6).", "stride[0] = size[1] × stride[1] = 4 × 6 = 24, but stride[0] is 1."],
        ["b.contiguous().view(3, 8)", "b.reshape(3, 8)"],
    ),
    (
        "x.t().view(24)",
        ["The tensor has shape (6, 4)", "view(24) would have to merge dimensions 0 and 1"],
        ["x.t().contiguous().view(24)", "x.t().reshape(24)"],
    ),
    (
        "y = (x\n  .t()\n  .view(-1))",
        ["view(-1) would"],
        ["y = (x\n  .t().contiguous()\n  .view(-1))", "y = (x\n  .t()\n  .reshape(-1))"],
    ),
    ("b.view(size=(n, 8))", ["but stride[0] is 1"], ["b.contiguous().view(3, 8)", "b.reshape(3, 8)"]),
    (
        "b.view_as(torch.ones(24))",
        ["view(24) would"],
        ["b.contiguous().view_as(torch.ones(24))", "b.reshape_as(torch.ones(24))"],
    ),
    (
        "c.mT.view(6, 4)",
        ["dimensions 1 and 2", "stride[1] = size[2] × stride[2] = 3 × 4 = 12, but stride[1] is 1"],
        ["c.mT.contiguous().view(6, 4)", "c.mT.reshape(6, 4)"],
    ),
    (
        "x.view(5, 5)",
        ["x has shape (4, 6), 4 × 6 = 24 elements.", "24 elements cannot fill 5 × 5 = 25."],
        ["x.view(4, 6)", "x.view(6, 4)", "x.view(3, 8)"],
    ),
    ("b.view(5, 5)", ["24 elements cannot fill 5 × 5 = 25."], ["b.reshape(4, 6)", "b.view(6, 4)", "b.reshape(3, 8)"]),
    ("x.view(n, 9)", ["cannot fill 3 × 9 = 27"], ["x.view(n, 8)", "x.view(2, 12)", "x.view(n, -1)"]),
    (
        "x.reshape((5, -1))",
        ["24 is not divisible by 5: 24 / 5 = 4.8."],
        ["x.reshape(6, -1)", "x.reshape(4, -1)", "x.reshape(8, -1)"],
    ),
    (
        "x.view(24, -1, 5)",
        ["not divisible by 120 (24 × 5 = 120)"],
        ["x.view(24, -1, 1)", "x.view(6, -1, 4)", "x.view(8, -1, 3)"],
    ),
    (
        "torch.reshape(input=x, shape=(5, 5))",
        ["24 elements cannot fill 5 × 5 = 25."],
        ["torch.reshape(x, (4, 6))", "torch.reshape(x, (6, 4))", "torch.reshape(x, (3, 8))"],
    ),
    (
        "x.view(-1, -1)",
        ["view(-1, -1) has 2 sizes of -1.", "Only one size may be -1"],
        ["x.view(4, -1)", "x.view(-1, 6)"],
    ),
    ("x.view(-2, 3)", ["-2 is not a size."], ["x.view(8, 3)", "x.view(6, 4)", "x.view(-1, 3)"]),
    ("x.view(0, -1)", ["0 × anything is 0, not 24"], ["x.view(1, -1)", "x.view(2, -1)", "x.view(3, -1)"]),
    ("torch.ones(0).view(0, -1)", ["-1 could be anything"], []),
    ("x.view(5)", ["24 elements cannot fill 5 places."], ["x.view(24)", "x.view(-1)"]),
    ("é = x; é.view(5)", ["é has shape (4, 6)"], ["é = x; é.view(24)", "é = x; é.view(-1)"]),
    (
        "x.unflatten(1, (2, 4))",
        ["dimension 1 has size 6", "2 × 4 = 8, not 6"],
        ["x.unflatten(1, (2, 3))", "x.unflatten(1, (1, 6))", "x.unflatten(1, (3, 2))"],
    ),
    (
        "x.unflatten(-1, (-1, 4))",
        ["6 is not divisible by 4: 6 / 4 = 1.5."],
        ["x.unflatten(1, (-1, 3))", "x.unflatten(1, (-1, 6))", "x.unflatten(1, (-1, 2))"],
    ),
]

EXPANDS: list[Row] = [
    (
        "x.expand(3, 6)",
        ["(3, 6) was asked for", "dimension 0 of x (4) meets size 0 of the request (3)"],
        ["x.expand(-1, 6)"],
    ),
    ("x.expand(8, 6)", ["meets size 0 of the request (8)"], ["x.repeat(2, 1)", "x.expand(-1, 6)"]),
    (
        "w.expand(4, 6)",
        ["dimension 0 of w (4) meets size 1 of the request (6)"],
        ["w.unsqueeze(1).expand(4, 6)", "w.expand(4, -1)"],
    ),
    ("w.expand_as(x)", ["(4, 6) was asked for"], ["w.unsqueeze(1).expand_as(x)"]),
    ("torch.broadcast_to(x, (3, 6))", ["(3, 6) was asked for"], ["torch.broadcast_to(x, (-1, 6))"]),
    ("x.expand(6)", ["2 dimensions. (6,) names only 1 of them"], ["x.expand(-1, 6)"]),
    ("x.expand(-1, 4, 6)", ["A new dimension has no size to keep."], ["x.expand(1, 4, 6)"]),
    ("x.expand(2, -2, 6)", ["-2 is not a size"], ["x.expand(2, -1, 6)"]),
    ("x.repeat(2)", ["repeat got 1 count, (2,)"], ["x.repeat(1, 2)"]),
    ("x.repeat(repeats=(2,))", ["repeat got 1 count"], ["x.repeat(1, 2)"]),
    ("x.repeat(-1, 2)", ["repeat got -1 as count 0 of (-1, 2)."], ["x.repeat(1, 2)"]),
]

JOINS: list[Row] = [
    (
        "torch.stack([x, b])",
        ["dimension 0 is 4 against 6, dimension 1 is 6 against 4"],
        ["torch.stack([x, b.T])", "torch.stack([x.T, b])"],
    ),
    (
        "torch.stack((x, x[:2]), 0)",
        ["entry 1 has shape (2, 6): dimension 0 is 4 against 2"],
        ["torch.cat([x, x[:2]], dim=0)"],
    ),
    ("torch.stack([x, x[0]])", ["2 dimensions against 1"], ["torch.stack([x, x[0].expand_as(x)])"]),
    ("torch.stack([r for r in (x, b)])", ["Entry 0 has shape (4, 6) and entry 1 has shape (6, 4)"], []),
    ("torch.stack([])", ["torch.stack got an empty list"], []),
    ("torch.cat([])", ["torch.cat got an empty list"], []),
    (
        "torch.cat([x, torch.ones(4, 5)])",
        ["cat along dimension 0", "dimension 1 is 6 against 5"],
        ["torch.cat([x, torch.ones(4, 5)], dim=1)"],
    ),
    (
        "torch.cat([x, b], dim=0)",
        ["dimension 1 is 6 against 4"],
        ["torch.cat([x, b.T], dim=0)", "torch.cat([x.T, b], dim=0)"],
    ),
    (
        "torch.cat([x, x[0]])",
        ["same number of dimensions", "2 dimensions against 1"],
        ["torch.cat([x, x[0].unsqueeze(0)])", "torch.cat([x, x[0].unsqueeze(0)], dim=0)"],
    ),
    ("torch.cat([w, x])", ["1 dimension against 2"], ["torch.cat([w.unsqueeze(1), x], dim=1)"]),
    ("torch.cat([w[0], w[1]])", ["it is a single number"], ["torch.stack([w[0], w[1]], dim=0)"]),
    ("torch.vstack([x, torch.ones(4, 2)])", ["vstack along dimension 0"], ["torch.hstack([x, torch.ones(4, 2)])"]),
    (
        "torch.cat([x, x], dim=2)",
        ["dim may be -2, -1, 0 or 1. 2 is outside."],
        ["torch.stack([x, x], dim=2)", "torch.cat([x, x], dim=1)"],
    ),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("row", [*RESHAPES, *EXPANDS, *JOINS], ids=lambda row: row[0])
def test_reshaping(row: Row) -> None:
    check_row(row)
