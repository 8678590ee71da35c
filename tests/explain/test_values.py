"""What a tensor holds: dtypes, numbers out of tensors, gradients; and what no explanation fits."""

from __future__ import annotations

import pytest

from tests.explain.rows import Row, check_row

VALUES: list[Row] = [
    ("i.mean()", ["i has dtype int64"], ["i.float().mean()"]),
    ("torch.std(i, dim=0)", ["i has dtype int64"], ["torch.std(i.float(), dim=0)"]),
    ("(x > 3).mean()", ["The tensor has dtype bool"], ["(x > 3).float().mean()"]),
    ("i.softmax(0)", ["i has dtype int64"], ["i.float().softmax(0)"]),
    ("1 - m", ["m has dtype bool"], ["~m", "1 - m.int()"]),
    ("i.requires_grad_()", ["i has dtype int64"], ["i.float().requires_grad_()"]),
    (
        "torch.tensor([1, 2], requires_grad=True)",
        ["would have dtype int64"],
        ["torch.tensor([1, 2], requires_grad=True, dtype=torch.float32)"],
    ),
    (
        "torch.ones(3, dtype=torch.int32, requires_grad=True)",
        ["would have dtype int32"],
        ["torch.ones(3, dtype=torch.float32, requires_grad=True)"],
    ),
    (
        "bool(x)",
        ["A condition needs one yes or no. x has shape (4, 6): 24 elements."],
        ["bool(x.any())", "bool(x.all())"],
    ),
    ("if x > 3: pass", ["The tensor has shape (4, 6)"], ["if (x > 3).any(): pass", "if (x > 3).all(): pass"]),
    ("if not x: pass", ["x has shape (4, 6)"], ["if not x.any(): pass", "if not x.all(): pass"]),
    ("y = 1 if x else 2", ["x has shape"], ["y = 1 if x.any() else 2", "y = 1 if x.all() else 2"]),
    ("if x and b: pass", ["24 elements"], []),
    (
        "x.item()",
        ["item() gives one Python number.", "24 elements"],
        ["x.tolist()", "x.sum().item()", "x.mean().item()"],
    ),
    ("float(x)", ["float(…) gives one Python number."], ["float(x.sum())", "float(x.mean())"]),
    ("p.numpy()", ["p requires grad."], ["p.detach().numpy()"]),
    (
        "(p * 2).backward()",
        ["backward() starts from one number.", "3 elements"],
        ["(p * 2).sum().backward()", "(p * 2).mean().backward()"],
    ),
    (
        "y = torch.ones(2)\ny.sum().backward()",
        ["requires_grad=True"],
        ["y = torch.ones(2, requires_grad=True)\ny.sum().backward()"],
    ),
    (
        "y = (p * p).sum()\ny.backward()\ny.backward()",
        ["has gone through this graph before"],
        ["y = (p * p).sum()\ny.backward(retain_graph=True)\ny.backward()"],
    ),
    ("p.add_(1)", ["p is a leaf that requires grad"], ["with torch.no_grad():\n    p.add_(1)", "p = p.add(1)"]),
    ("x + x.to('meta')", ["x is on cpu and the second tensor is on meta"], []),
]

OTHERS: list[Row] = [
    (
        "torch.outer(x, v)",
        ["outer: Expected 1-D argument self, but got 2-D. x has shape (4, 6) and v has shape (5,)."],
        [],
    ),
    ("x.unflatten(1, (2, -2))", ["invalid shape dimension -2 at index 1 of shape (2, -2). x has shape (4, 6)."], []),
    (
        "F.cross_entropy(x, torch.zeros(3).long())",
        ["x has shape (4, 6) and the target has shape (3,)", "must have shape (4,)"],
        [],
    ),
    (
        "def f(t):\n    return t.view(5)\nf(x)",
        ["t has shape (4, 6)"],
        ["def f(t):\n    return t.view(24)\nf(x)", "def f(t):\n    return t.view(-1)\nf(x)"],
    ),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("row", [*VALUES, *OTHERS], ids=lambda row: row[0])
def test_values(row: Row) -> None:
    check_row(row)
