"""Numbers that are written into a gate's rows are as many as it has, when hidden_size changes."""

from __future__ import annotations

import pytest
import torch

from explorer.ui.examples.recurrent_basics import BASIC_EXAMPLES
from tests.builders.recurrent_programs import run, with_fields

_PROGRAM = """\
import torch
from torch import nn
x = torch.randn(5, 2, 4)
lstm = nn.LSTM(4, 6)
with torch.no_grad():
    lstm.bias_ih_l0[6:12] = {}
output, (h_n, c_n) = lstm(x)
"""


@pytest.mark.parametrize("hidden", [1, 3, 6, 11])
@pytest.mark.parametrize(
    "written",
    [
        "torch.linspace(5, -3, 6)",
        "torch.linspace(5, -3, steps=6)",
        "torch.zeros(6)",
        "torch.ones((6,))",
        "torch.full([6], 2.0)",
        "torch.full(size=(6,), fill_value=2.0)",
        "torch.randn(6)",
        "torch.arange(6)",
        "torch.logspace(0, 1, 6)",
    ],
)
def test_a_creation_makes_as_many_numbers_as_the_gate_has(written: str, hidden: int) -> None:
    source = with_fields(_PROGRAM.format(written), hidden_size=str(hidden))
    found = run(source)
    assert found["h_n"].shape == (1, 2, hidden)
    rows = found["lstm"].bias_ih_l0.detach()[hidden : 2 * hidden]
    torch.manual_seed(0)
    exec("x = torch.randn(5, 2, 4)\nlstm = torch.nn.LSTM(4, hidden)", {"torch": torch, "hidden": hidden})  # noqa: S102
    wanted = eval(written.replace("6", str(hidden)), {"torch": torch})  # noqa: S307 - of this file
    torch.testing.assert_close(rows, wanted.to(rows.dtype))


@pytest.mark.parametrize(
    "written", ["torch.zeros(6) + torch.ones(6)", "torch.eye(6)[0]", "torch.tensor([1.0] * 6)", "2.0"]
)
def test_what_is_no_creation_of_so_many_stays_as_it_was_typed(written: str) -> None:
    assert f"= {written}\n" in with_fields(_PROGRAM.format(written), hidden_size="3")


def test_the_first_example_runs_with_fewer_units() -> None:
    found = run(with_fields(BASIC_EXAMPLES[0].source, hidden_size="3"))
    torch.testing.assert_close(found["lstm"].bias_ih_l0.detach()[3:6], torch.linspace(5, -3, 3))
