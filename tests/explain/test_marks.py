"""Which dimensions are marked, what buttons say, and what fixes may use."""

from __future__ import annotations

import pytest

from explorer.program.allowlist import TENSOR
from tests.explain.failing import explained

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
