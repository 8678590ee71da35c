"""Broadcasting and matrix products."""

from __future__ import annotations

import pytest

from tests.explain.rows import Row, check_row

BROADCASTS: list[Row] = [
    ("x + v", ["(4, 6) meets (–, 5): dimension 1 of x (6) meets dimension 0 of v (5)."], []),
    ("x * w", ["dimension 1 of x (6) meets dimension 0 of w (4)"], ["x * w.unsqueeze(1)", "x.T * w"]),
    ("x + (w * 2)", ["the right tensor has shape (4,)"], ["x + (w * 2).unsqueeze(1)", "x.T + (w * 2)"]),
    ("torch.add(x, b)", ["(4, 6) meets (6, 4)"], ["torch.add(x, b.T)", "torch.add(x.T, b)"]),
    ("x > w", ["dimension 1 of x (6)"], ["x > w.unsqueeze(1)", "x.T > w"]),
    ("x.add_(w)", ["dimension 1 of x (6)"], ["x.add_(w.unsqueeze(1))"]),
    ("x += w", ["dimension 1 of x (6)"], ["x += w.unsqueeze(1)"]),
    ("w += c", ["an in-place operation cannot change that", "the result would have shape (2, 3, 4)"], ["w = w + c"]),
    ("w.mul_(c)", ["an in-place operation cannot change that"], ["w = w.mul(c)"]),
    (
        "e.add_(1)",
        ["strides (0, 1)", "along dimension 0 the stride is 0, so all 4 places are the same memory"],
        ["e = e.clone().add_(1)"],
    ),
    ("y = e.add_(1)", ["stride is 0"], ["y = e.clone().add_(1)"]),
    ("e += 1", ["stride is 0"], ["e = e + 1"]),
    ("v[1:].add_(v[:-1])", ["they share memory"], ["v[1:].add_(v[:-1].clone())"]),
    ("x[0] = v", ["x[0] has shape (6,) and v has shape (5,)"], []),
    ("x[:, :2] = w", ["x[:, :2] has shape (4, 2) and w has shape (4,)"], ["x[:, :2] = w.unsqueeze(1)"]),
    ("x[:, 0] = w.unsqueeze(1)", ["The value has 2 dimensions, the place 1."], ["x[:, 0] = w.unsqueeze(1).squeeze(1)"]),
]

PRODUCTS: list[Row] = [
    ("x @ x", ["The last size of x (6) must equal the first size of x (4)"], ["x @ x.T", "x.T @ x"]),
    ("y = x @ (x + 1)", ["x (6)"], ["y = x @ (x + 1).T", "y = x.T @ (x + 1)"]),
    ("torch.mm(x, x)", ["must equal"], ["torch.mm(x, x.T)", "torch.mm(x.T, x)"]),
    ("x @ w", ["The last size of x (6) must equal the size of w (4)"], ["x.T @ w", "w @ x"]),
    ("c @ c", ["The last size of c (4) must equal the second-to-last size of c (3)"], ["c @ c.mT", "c.mT @ c"]),
    ("torch.dot(v, w)", ["The size of v (5) must equal the size of w (4)"], []),
    ("b.mm(w)", ["mm multiplies two matrices (2 dimensions each)"], ["b.matmul(w)"]),
    (
        "torch.matmul(c, torch.ones(5, 4, 3))",
        ["dimension 0 (2) meets dimension 0 (5)"],
        ["torch.matmul(c.unsqueeze(1), torch.ones(5, 4, 3))", "torch.matmul(c, torch.ones(5, 4, 3).unsqueeze(1))"],
    ),
    ("w[0] @ x", ["A matrix product needs at least 1 dimension"], ["w[0] * x"]),
    (
        "b @ i",
        ["b has dtype float32 and i has dtype int64."],
        ["b @ i.to(b.dtype)", "b @ i.float()", "b.to(i.dtype) @ i"],
    ),
    (
        "F.linear(x, torch.ones(6, 2))",
        ["it takes 2 features and gives 6", "its last size is 6, not 2"],
        ["F.linear(x, torch.ones(6, 2).T)"],
    ),
    ("nn.Linear(3, 2)(x)", ["expects 3 features", "x has shape (4, 6), so it gets 6"], ["nn.Linear(6, 2)(x)"]),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("row", [*BROADCASTS, *PRODUCTS], ids=lambda row: row[0])
def test_products(row: Row) -> None:
    check_row(row)
