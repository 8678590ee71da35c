"""weight_norm as a line of the program: on, off, and off again where it was written in another way."""

from __future__ import annotations

import pytest

import explorer
from explorer.program.builders import EditProblem
from explorer.program.builders.weight_norms import has_weight_norm, set_weight_norm

HEAD = "import torch\nfrom torch import nn\nx = torch.randn(2, 4)\n"
WEIGHTED = f"{HEAD}lin = nn.Linear(4, 3)\nlin.weight.data[:] = torch.eye(3, 4)\ny = lin(x)\n"
STACK = f"{HEAD}net = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))\ny = net(x)\n"


@pytest.mark.parametrize(("program", "path"), [(WEIGHTED, "lin"), (STACK, "net[0]"), (STACK, "net[2]")])
def test_on_and_off_again(program: str, path: str) -> None:
    changed = set_weight_norm(program, path, "on")
    assert has_weight_norm(changed, path)
    assert not has_weight_norm(program, path)
    before, after = (explorer.run(one) for one in (program, changed))
    assert after.error is None
    # the same weight, made of two tensors: the result is the same
    assert after.names["y"].values == pytest.approx(before.names["y"].values, abs=1e-6)
    assert set_weight_norm(changed, path, "on") == changed
    assert set_weight_norm(changed, path, "off") == program


@pytest.mark.parametrize(
    ("line", "path", "plain"),
    [
        ("lin = nn.utils.parametrizations.weight_norm(nn.Linear(4, 3), dim=1)", "lin", "lin = nn.Linear(4, 3)"),
        ("lin = weight_norm(nn.Linear(4, 3))", "lin", "lin = nn.Linear(4, 3)"),
        ("lin = nn.Linear(4, 3)\nlin = weight_norm(lin)", "lin", "lin = nn.Linear(4, 3)"),
        (
            "net = nn.Sequential(weight_norm(nn.Linear(4, 3)), nn.ReLU())",
            "net[0]",
            "net = nn.Sequential(nn.Linear(4, 3), nn.ReLU())",
        ),
    ],
)
def test_other_ways_to_write_it_are_taken_off(line: str, path: str, plain: str) -> None:
    head = f"from torch.nn.utils.parametrizations import weight_norm\n{HEAD}"
    assert has_weight_norm(f"{head}{line}\n", path)
    assert set_weight_norm(f"{head}{line}\n", path, "off") == f"{head}{plain}\n"


def test_what_has_no_name_is_said() -> None:
    with pytest.raises(EditProblem, match="gives nothing the name other"):
        set_weight_norm(WEIGHTED, "other", "on")
    with pytest.raises(EditProblem, match="syntax error"):
        set_weight_norm("lin = nn.Linear(", "lin", "on")
