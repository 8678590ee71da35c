"""Recurrent layers of sizes that no memory, no time and no dimension holds."""

from __future__ import annotations

import re

import pytest
import torch
from torch import nn

from explorer.program import run
from explorer.trace.model import ProgramError
from tests.explain.failing import stopped


def test_weights_that_no_memory_holds_are_counted() -> None:
    error = stopped("import torch\nlstm = torch.nn.LSTM(4, 10**7)\n")
    assert "4 · 10000000 · (4 + 10000000 + 2) = 400,000,240,000,000 parameters" in error.message
    assert [fix.label for fix in error.fixes] == ["hidden_size=16"]
    error = stopped("import torch\nlstm = torch.nn.LSTM(10**12, 4, bias=False)\n")
    assert "4 · 4 · (1000000000000 + 4) = 16,000,000,000,064 parameters, 58.21 TiB. A program may hold" in error.message
    assert [fix.label for fix in error.fixes] == ["input_size=16"]


@pytest.mark.parametrize(
    "sizes",
    [
        "LSTM(4, 6000, num_layers=9)",
        "LSTM(4, 9000, num_layers=3, bidirectional=True, proj_size=4000)",
        "GRU(4, 9000, num_layers=4, bidirectional=True, bias=False)",
        "RNN(70000, 20000, num_layers=2)",
    ],
)
def test_the_weights_of_all_layers_are_counted_where_only_their_sum_is_too_large(sizes: str) -> None:
    error = stopped(f"import torch\nlayer = torch.nn.{sizes}\n")
    with torch.device("meta"):
        layer: nn.RNNBase = eval(f"nn.{sizes}")  # noqa: S307 - from this file
    assert error.kind == "limit"
    assert f": {sum(one.numel() for one in layer.parameters()):,} parameters, " in error.message
    first, other = re.findall(r"(?:have|and) ([0-9 ·(+)]+) (?:parameters )?in", error.message)
    layers, others = layer.num_layers, [one.numel() for name, one in layer.named_parameters() if "_l0" not in name]
    assert eval(other.replace("·", "*")) == sum(others) // (layers - 1)  # noqa: S307 - digits and signs
    assert eval(first.replace("·", "*")) == sum(one.numel() for one in layer.parameters()) - sum(others)  # noqa: S307


@pytest.mark.parametrize("device", ["cpu", "meta"])
def test_layers_that_would_take_all_the_time_there_is_are_refused_at_once(device: str) -> None:
    error = explorer_run("gru = nn.GRU(4, 6, num_layers=10**11, bidirectional=True)\n", device)
    assert (error.kind, error.line) == ("limit", 1)
    assert error.message.startswith("GRU gets num_layers=100,000,000,000, in both directions. At most 500 can be made")
    assert [fix.label for fix in error.fixes] == ["num_layers=2"]


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (
            "LSTM(4, 10**23)",
            "LSTM gets hidden_size=100,000,000,000,000,000,000,000. Its weights would be 4 · hidden_size",
        ),
        ("RNNCell(10**5000, 2)", "RNNCell gets input_size=a number of about 5,000 digits."),
        ("GRU(2, 2, num_layers=10**5000)", "GRU gets num_layers=a number of about 5,000 digits."),
    ],
)
def test_a_size_that_no_dimension_has_is_said_by_its_name(made: str, said: str) -> None:
    error = explorer_run(f"layer = nn.{made}\n", "cpu")
    assert error.kind == "limit"
    assert error.message.startswith(said)


def explorer_run(source: str, device: str) -> ProgramError:
    error = run(source, device).error
    assert error is not None
    return error
