"""Recurrent layers inside of classes and functions: what reads their results, their states and inputs follow."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from explorer.program.builders import ArgumentProblem, chain
from explorer.program.builders.made_inside import made_inside, set_inside

HEAD = "import torch\nfrom torch import nn\n"


def net(made: list[str], lines: list[str], call: str = "y = Net()(torch.randn(5, 2, 4))") -> str:
    """Return a program with a class: lines of its `__init__`, and of its `forward`."""
    init = "".join(f"        {line}\n" for line in made)
    forward = "".join(f"        {line}\n" for line in lines)
    return (
        f"{HEAD}class Net(nn.Module):\n    def __init__(self, hidden=6):\n        super().__init__()\n{init}"
        f"    def forward(self, x):\n{forward}{call}\n"
    )


def run(source: str) -> dict[str, Any]:
    """Run a program as it is."""
    names: dict[str, Any] = {}
    torch.manual_seed(0)
    exec(source, names)  # noqa: S102 - the tests' own programs
    return names


LSTM = "self.rnn = nn.LSTM(4, 6)"
HEADED = "self.head = nn.Linear(6, 3)"


@pytest.mark.parametrize(
    ("made", "lines"),
    [
        ([LSTM, HEADED], ["output, (h_n, c_n) = self.rnn(x)", "return self.head(output[-1])"]),
        ([LSTM, HEADED], ["output, _ = self.rnn(x)", "last = output.mean(0)", "return self.head(last)"]),
        ([LSTM, HEADED], ["return self.head(self.rnn(x)[0])"]),
        ([LSTM, HEADED], ["both = self.rnn(x)", "return self.head(both[0][-1])"]),
        ([LSTM, HEADED], ["output, state = self.rnn(x)", "h, c = state", "return self.head(torch.tanh(c))"]),
        (["self.rnn = nn.GRU(4, 6)", HEADED], ["_, h_n = self.rnn(x)", "return self.head(h_n[-1])"]),
        (["self.rnn = nn.RNN(4, 6)", "self.head = nn.Linear(in_features=6, out_features=3)"],
         ["output = self.rnn(x)[0]", "for _ in range(1):", "    y = self.head(output)", "return y"]),
        ([LSTM, "self.head = nn.Sequential(nn.Dropout(0.1), nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 3))"],
         ["output, _ = self.rnn(x)", "return self.head(output)"]),
        ([LSTM, "self.norm = nn.LayerNorm(6)", HEADED],
         ["output, _ = self.rnn(x)", "output = self.norm(output)", "return self.head(output)"]),
        ([LSTM, "self.top = nn.GRU(6, 6)", HEADED],
         ["output, _ = self.rnn(x)", "output, _ = self.top(output)", "return self.head(output)"]),
        (["self.rnn = nn.LSTM(4, hidden)", "self.head = nn.Linear(hidden, 3)"],
         ["output, _ = self.rnn(x)", "return self.head(output)"]),
        ([LSTM, HEADED],
         ["h_0 = torch.zeros(1, 2, 6)", "c_0 = torch.zeros(1, x.shape[1], 6)", "output, _ = self.rnn(x, (h_0, c_0))",
          "return self.head(output)"]),
        (["self.rnn = nn.GRUCell(4, 6)", HEADED],
         ["h = torch.zeros(2, 6)", "found = []", "for x_t in x:", "    h = self.rnn(x_t, h)", "    found.append(h)",
          "return self.head(torch.stack(found))"]),
        (["self.rnn = nn.LSTMCell(4, 6)", HEADED],
         ["state = None", "for x_t in x:", "    state = self.rnn(x_t, state)", "return self.head(state[0])"]),
    ],
)  # fmt: skip
def test_what_reads_the_results_has_their_size(made: list[str], lines: list[str]) -> None:
    source = net(made, lines)
    run(source)
    changed = set_inside(source, 0, "hidden_size", "8")
    assert run(changed)["y"].shape[-1] == 3
    assert changed != source
    assert run(set_inside(changed, 0, "hidden_size", "6"))["y"].shape == run(source)["y"].shape


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
def test_two_directions_are_read_side_by_side(kind: str) -> None:
    made = [f"self.rnn = nn.{kind}(4, 6)", HEADED, "self.last = nn.Linear(6, 3)"]
    source = net(made, [f"output, {'(h_n, c_n)' if kind == 'LSTM' else 'h_n'} = self.rnn(x)",
                        "return self.head(output) + self.last(h_n[-1])"])  # fmt: skip
    both = set_inside(source, 0, "bidirectional", "True")
    assert "self.head = nn.Linear(12, 3)" in both
    assert "self.last = nn.Linear(6, 3)" in both
    wide = set_inside(both, 0, "hidden_size", "5")
    run(both)
    run(wide)
    assert "self.head = nn.Linear(10, 3)" in wide
    joined = wide.replace("self.last(h_n[-1])", "self.last(torch.cat((h_n[-2], h_n[-1]), dim=1))")
    joined = joined.replace("self.last = nn.Linear(5, 3)", "self.last = nn.Linear(10, 3)")
    run(joined)
    run(set_inside(joined, 0, "hidden_size", "7"))


def test_a_projection_and_layers_change_the_states_and_the_readers() -> None:
    lines = ["h_0 = torch.zeros(1, 2, 6)", "c_0 = torch.zeros(1, 2, 6)"]
    source = net([LSTM, HEADED], [*lines, "output, _ = self.rnn(x, (h_0, c_0))", "return self.head(output)"])
    changed = set_inside(set_inside(source, 0, "proj_size", "2"), 0, "num_layers", "2")
    run(changed)
    assert "h_0 = torch.zeros(2, 2, 2)" in changed
    assert "c_0 = torch.zeros(2, 2, 6)" in changed
    assert "self.head = nn.Linear(2, 3)" in changed


def test_the_embedding_before_it_follows_the_input_size() -> None:
    made = ["self.embedding = nn.Embedding(9, 4)", LSTM, "self.other = nn.Embedding(9, 4)"]
    lines = ["x = self.embedding(x)", "return self.rnn(x)[0]"]
    changed = set_inside(net(made, lines, "y = Net()(torch.tensor([[1], [2]]))"), 0, "input_size", "7")
    run(changed)
    assert "self.embedding = nn.Embedding(9, 7)" in changed
    assert "self.other = nn.Embedding(9, 4)" in changed


def test_what_does_not_read_the_results_stays() -> None:
    made = [LSTM, "self.before = nn.Linear(6, 4)", HEADED, "self.other = nn.Linear(6, 3)"]
    lines = [
        "skip = self.other(x)", "x = self.before(x)", "output, _ = self.rnn(x)", "first = self.head(output)",
        "output = skip", "return first + output",
    ]  # fmt: skip
    source = net(made, lines, "y = Net()(torch.randn(5, 2, 6))")
    changed = set_inside(source, 0, "hidden_size", "8")
    run(changed)
    assert changed == source.replace("LSTM(4, 6)", "LSTM(4, 8)").replace(HEADED, "self.head = nn.Linear(8, 3)")


def test_a_function_has_its_own_layers() -> None:
    source = (
        f"{HEAD}def model(x):\n    gru = nn.GRU(4, 6)\n    head = nn.Linear(6, 2)\n    output, h_n = gru(x)\n"
        "    return head(output[-1])\ny = model(torch.randn(5, 2, 4))\n"
    )
    assert [one.owner for one in made_inside(source)] == ["function model"]
    changed = set_inside(source, 0, "hidden_size", "9")
    run(changed)
    assert "head = nn.Linear(9, 2)" in changed


def test_a_stack_at_the_top_level_has_only_its_first_layer_changed() -> None:
    source = (
        f"{HEAD}x = torch.randn(5, 2, 4)\nlstm = nn.LSTM(4, 6)\noutput, (h_n, c_n) = lstm(x)\n"
        "net = nn.Sequential(nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 2))\ny = net(output)\n"
    )
    chip = next(one for one in chain.chips(source) if one.path == "lstm")
    changed = chain.set_fields(source, chip.index, "LSTM", {**chip.fields, "hidden_size": "8"})
    run(changed)
    assert "nn.Sequential(nn.Linear(8, 6), nn.ReLU(), nn.Linear(6, 2))" in changed


def test_too_many_layers_are_refused() -> None:
    with pytest.raises(ArgumentProblem, match="201 layers are too many"):
        set_inside(net([LSTM], ["return self.rnn(x)[0]"]), 0, "num_layers", "201")
