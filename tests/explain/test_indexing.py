"""Dimensions and indices."""

from __future__ import annotations

import pytest

from tests.explain.rows import Row, check_row

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
    ("x[1.0]", ["1.0 is a float"], ["x[1]"]),
    ("x[n / 2]", ["n / 2 is a float", "3 / 2 = 1.5"], ["x[n // 2]"]),
    ("x[w]", ["w has dtype float32"], ["x[w.long()]"]),
    (
        "j = torch.tensor([0, 1])\nk = torch.tensor([0, 1, 2])\nx[j, k]",
        ["j with shape (2,) and k with shape (3,) do not"],
        ["j = torch.tensor([0, 1])\nk = torch.tensor([0, 1, 2])\nx[j[:, None], k]"],
    ),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("row", [*DIMS, *INDICES], ids=lambda row: row[0])
def test_indexing(row: Row) -> None:
    check_row(row)
