"""What explanations say and offer; every offered fix is run in plain torch by `explained`."""

from __future__ import annotations

import pytest

from explorer.program.allowlist import TENSOR
from explorer.trace.model import ProgramError
from tests.explain.failing import changed, explained

Row = tuple[str, list[str], list[str]]

# program, phrases of the message, the fixes' programs
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

DIMS: list[Row] = [
    ("x.sum(2)", ["x has shape (4, 6): 2 dimensions, so dim may be -2, -1, 0 or 1. 2 is outside."], ["x.sum(1)"]),
    ("x.sum(dim=-3)", ["-3 is outside."], ["x.sum(dim=-2)"]),
    ("x.sum(dim=(0, n))", ["3 is outside."], ["x.sum(dim=(0, 1))"]),
    ("F.softmax(x, 2)", ["2 is outside."], ["F.softmax(x, 1)"]),
    ("torch.transpose(x, 0, 2)", ["2 is outside."], ["torch.transpose(x, 0, 1)"]),
    ("x.unsqueeze(4)", ["dim may be -3 … 2 (one more than it has"], ["x.unsqueeze(2)"]),
    ("x.squeeze(2)", ["2 is outside."], ["x.squeeze(1)"]),
    ("x.select(2, 0)", ["2 is outside."], ["x.select(1, 0)"]),
    (
        "x.permute(0)",
        ["permute needs each of 0 and 1 once, and (0,) does not have that: 1 is missing."],
        ["x.permute(0, 1)"],
    ),
    ("c.permute(2, 2, 0)", ["2 stands there 2 times and 1 is missing"], ["c.permute(2, 1, 0)"]),
    ("c.permute(0, 3, 1)", ["3 is outside -3 … 2 and 2 is missing"], ["c.permute(0, 2, 1)"]),
    ("torch.permute(x, dims=(1, 0, 2))", ["2 is outside -2 … 1"], ["torch.permute(x, (1, 0))"]),
    ("c.t()", ["at most 2 dimensions", "c has shape (2, 3, 4): 3 dimensions"], ["c.transpose(-2, -1)", "c.mT"]),
    (
        "v.mT",
        [".mT swaps the last two dimensions. v has shape (5,): it has 1 dimension."],
        ["v.unsqueeze(1)", "v.unsqueeze(0)"],
    ),
    ("x.flip(0, 0)", ["flip names dimension 0 more than once: (0, 0)."], ["x.flip(0)"]),
    ("torch.flip(x, (0, -2))", ["flip names dimension 0 more than once: (0, -2)."], ["torch.flip(x, (0,))"]),
    ("x.sum(dim=(1, 1))", ["sum names dimension 1 more than once"], ["x.sum(dim=1)"]),
    ("x.roll((1, 2), 0)", ["roll got 2 shifts and 1 dim."], ["x.roll((1, 2), (0, 1))"]),
    ("x.roll(1, (0, 1))", ["roll got 1 shift and 2 dims."], ["x.roll((1, 1), (0, 1))"]),
    ("x.narrow(0, 2, 3)", ["dimension 0 has size 4", "2 + length 3 = 5"], ["x.narrow(0, 2, 2)", "x.narrow(0, 1, 3)"]),
    (
        "torch.narrow(x, 0, start=2, length=3)",
        ["2 + length 3 = 5"],
        ["torch.narrow(x, 0, start=2, length=2)", "torch.narrow(x, 0, start=1, length=3)"],
    ),
    ("x.narrow(1, -2, 3)", ["start -2 is index 4; 4 + length 3 = 7"], ["x.narrow(1, -2, 2)", "x.narrow(1, 3, 3)"]),
    ("x.narrow(0, 5, 1)", ["start 5 is outside -4 … 4"], ["x.narrow(0, 3, 1)"]),
    ("x.split([2, 3])", ["2 + 3 = 5", "size 4"], ["x.split([2, 2])"]),
]

INDICES: list[Row] = [
    ("x[4]", ["dimension 0 has size 4, so its indices are 0 … 3, or -4 … -1 from the end. 4 is outside."], ["x[3]"]),
    ("x[0, -7]", ["dimension 1 has size 6", "-7 is outside"], ["x[0, -6]"]),
    ("x[None, 9]", ["dimension 0 has size 4"], ["x[None, 3]"]),
    ("x[n + 8]", ["11 is outside"], ["x[3]"]),
    ("x[5, 0] = 1", ["5 is outside"], ["x[3, 0] = 1"]),
    ("x.select(0, 4)", ["dimension 0 has size 4", "4 is outside"], ["x.select(0, 3)"]),
    ("x[:0][0]", ["size 0, so it has no index at all"], []),
    (
        "x.gather(1, torch.tensor([[9]]))",
        ["dimension 1 has size 6, so the indices into it are 0 … 5. 9 is outside."],
        [],
    ),
    ("x.index_select(0, torch.tensor([1, 7]))", ["The index tensor goes from 1 to 7."], []),
    ("F.embedding(torch.tensor([9]), x)", ["x has shape (4, 6): dimension 0 has size 4", "from 9 to 9"], []),
    ("x[0, 0, 0]", ["2 dimensions, but the brackets hold indices for 3"], ["x[0, 0]", "x[0]"]),
    ("x[0, 1, 2] = 5", ["indices for 3"], ["x[0, 1] = 5", "x[0] = 5"]),
    ("x[0][0][0]", ["it is a single number"], ["x[0][0].item()"]),
    ("x[m]", ["m has shape (6,)", "its dimension 0 (6) meets dimension 0 (4)"], ["x[:, m]"]),
    ("x[(x > 3).T]", ["its dimension 0 (6) meets dimension 0 (4)"], ["x[(x > 3).T.T]"]),
    ("x[::-1]", ["The slice of dimension 0 has step -1."], ["x.flip(0)"]),
    ("x[:, ::-1]", ["dimension 1 has step -1"], ["x.flip(1)"]),
    ("c[..., ::-1]", ["dimension 2 has step -1"], ["c.flip(2)"]),
    ("x[0, ::-1]", ["dimension 1 has step -1"], ["x[0, :].flip(0)"]),
    ("x[::-2]", ["has step -2"], ["x[1::2].flip(0)"]),
    ("x[:, 4:1:-2]", ["has step -2"], ["x[:, 2:5:2].flip(1)"]),
    ("x[::0]", ["step 0"], []),
    ("x[1.0]", ["The index is a float."], ["x[1]"]),
    ("x[n / 2]", ["The index is a float."], ["x[int(n / 2)]"]),
    ("x[w]", ["w has dtype float32."], ["x[w.long()]"]),
    (
        "j = torch.tensor([0, 1])\nk = torch.tensor([0, 1, 2])\nx[j, k]",
        ["j with shape (2,) and k with shape (3,) do not"],
        ["j = torch.tensor([0, 1])\nk = torch.tensor([0, 1, 2])\nx[j[:, None], k]"],
    ),
]

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
    ("nn.Linear(3, 2)(x)", ["shape (2, 3): it takes 3 features and gives 2"], []),
]

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
    ("x.sum().backward()", ["requires_grad=True"], []),
    ("y = (p * p).sum()\ny.backward()\ny.backward()", ["has gone through this graph before"], []),
    ("p.add_(1)", ["p is a leaf that requires grad"], []),
    ("x + x.to('meta')", ["x is on cpu and the second tensor is on meta"], []),
]

OTHERS: list[Row] = [
    (
        "torch.outer(x, v)",
        ["outer: Expected 1-D argument self, but got 2-D. x has shape (4, 6) and v has shape (5,)."],
        [],
    ),
    ("x.unflatten(1, (2, -2))", ["invalid shape dimension -2 at index 1 of shape (2, -2). x has shape (4, 6)."], []),
    ("F.cross_entropy(x, torch.zeros(3).long())", ["batch_size (4)", "the second tensor has shape (3,)"], []),
    (
        "def f(t):\n    return t.view(5)\nf(x)",
        ["t has shape (4, 6)"],
        ["def f(t):\n    return t.view(24)\nf(x)", "def f(t):\n    return t.view(-1)\nf(x)"],
    ),
]

ALL = [*RESHAPES, *EXPANDS, *JOINS, *DIMS, *INDICES, *BROADCASTS, *PRODUCTS, *VALUES, *OTHERS]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(("program", "phrases", "fixes"), ALL, ids=[row[0] for row in ALL])
def test_explanation(program: str, phrases: list[str], fixes: list[str]) -> None:
    explanation = explained(program)
    for phrase in phrases:
        assert phrase in explanation.message
    assert changed(explanation) == fixes
    assert len(fixes) <= 3
    assert_readable(explanation)


def assert_readable(explanation: ProgramError) -> None:
    assert explanation.message[-1] in ".!?"
    assert "\n" not in explanation.message
    assert "C++" not in explanation.message
    assert "__h" not in "".join((explanation.message, *(fix.label + fix.source for fix in explanation.fixes)))


DIMENSIONS = [
    ("b.view(3, 8)", ((0, 0), (0, 1))),
    ("c.mT.view(6, 4)", ((0, 1), (0, 2))),
    ("x.unflatten(-1, (2, 4))", ((0, 1),)),
    ("w.expand(4, 6)", ((0, 0),)),
    ("torch.stack([x, b])", ((0, 0), (1, 0), (0, 1), (1, 1))),
    ("torch.cat([x, b])", ((0, 1), (1, 1))),
    ("c.permute(2, 2, 0)", ((0, 2),)),
    ("x.narrow(-1, 2, 9)", ((0, 1),)),
    ("x[0, 6]", ((0, 1),)),
    ("x[:, torch.tensor([True, False])]", ((0, 1), (1, 0))),
    ("x + w", ((0, 1), (1, 0))),
    ("e.add_(1)", ((0, 0),)),
    ("x @ x", ((0, 1), (1, 0))),
    ("c @ c", ((0, 2), (1, 1))),
]


@pytest.mark.parametrize(("program", "dimensions"), DIMENSIONS)
def test_dimensions_that_disagree(program: str, dimensions: tuple[tuple[int, int], ...]) -> None:
    assert explained(program).dimensions == dimensions


LABELS = [
    ("b.view(3, 8)", [".contiguous().view(3, 8)", ".reshape(3, 8)"]),
    ("y = (x\n  .t()\n  .view(24))", [".contiguous().view(24)", ".reshape(24)"]),
    ("x @ x", ["x @ x.T", "x.T @ x"]),
    ("torch.tensor([1], requires_grad=True)", ["dtype=torch.float32"]),
    ("x[::-1]", [".flip(0)"]),
]


@pytest.mark.parametrize(("program", "labels"), LABELS)
def test_labels(program: str, labels: list[str]) -> None:
    assert [fix.label for fix in explained(program).fixes] == labels


def test_fixes_use_only_what_programs_may_use() -> None:
    written = {"contiguous", "view", "reshape", "reshape_as", "unsqueeze", "squeeze", "repeat", "expand", "expand_as"}
    written |= {"T", "mT", "transpose", "clone", "float", "double", "half", "long", "int", "to", "dtype", "device"}
    written |= {"sum", "mean", "any", "all", "tolist", "detach", "item", "matmul", "flip", "unflatten"}
    assert written <= TENSOR
