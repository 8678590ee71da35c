"""Scenes with recurrent layers, from small programs, and what torch says about them."""

from __future__ import annotations

import torch

from tests.browser.recorded import Recorded

LSTM = """\
torch.manual_seed(0)
x = torch.randn(12, 1, 4)
lstm = nn.LSTM(4, 6)
with torch.no_grad():
    lstm.bias_ih_l0[6:12] = 4.0
output, (h_n, c_n) = lstm(x)
output[-1].sum().backward()
"""
GRU = """\
x = torch.randn(9, 1, 3)
gru = nn.GRU(3, 5)
output, h_n = gru(x)
"""
RNN = """\
x = torch.randn(9, 1, 3)
rnn = nn.RNN(3, 5, nonlinearity="relu")
output, h_n = rnn(x)
"""
BACKWARDS = """\
text = "hello world!"
tokens = list(text)
vocab = sorted(set(tokens))
ids = torch.tensor([vocab.index(token) for token in tokens])
embedding = nn.Embedding(len(vocab), 4)
x = embedding(ids)[:, None]
lstm = nn.LSTM(4, 6, num_layers=2, bidirectional=True)
output, (h_n, c_n) = lstm(x)
"""
WORDS = """\
text = "the cat sat on the extraordinary mat"
tokens = text.split()
vocab = sorted(set(tokens))
ids = torch.tensor([vocab.index(token) for token in tokens])
embedding = nn.Embedding(len(vocab), 3)
x = embedding(ids)[:, None]
gru = nn.GRU(3, 4)
output, h_n = gru(x)
"""
PACKED = """\
x = torch.randn(9, 3, 4)
packed = nn.utils.rnn.pack_padded_sequence(x, torch.tensor([9, 6, 4]))
lstm = nn.LSTM(4, 5)
output, (h_n, c_n) = lstm(packed)
"""
PROJECTED = """\
x = torch.randn(8, 1, 4)
lstm = nn.LSTM(4, 6, proj_size=2)
output, (h_n, c_n) = lstm(x)
"""
TINY = """\
x = torch.randn(1, 1, 1)
gru = nn.GRU(1, 1, bias=False)
output, h_n = gru(x)
"""
META = """\
x = torch.empty(6, 1, 4, device="meta")
lstm = nn.LSTM(4, 5, device="meta")
output, (h_n, c_n) = lstm(x)
"""
ODD = """\
x = torch.randn(6, 1, 3)
x[3, 0, 0] = float("nan")
rnn = nn.RNN(3, 4)
output, h_n = rnn(x)
"""
LONG = """\
x = torch.randn(128, 1, 16)
lstm = nn.LSTM(16, 64, num_layers=2, bidirectional=True)
output, (h_n, c_n) = lstm(x)
"""
FAILED = """\
x = torch.randn(12, 1, 5)
lstm = nn.LSTM(4, 6)
output, (h_n, c_n) = lstm(x)
"""
PROGRAMS = {
    "lstm": LSTM, "gru": GRU, "rnn": RNN, "backwards": BACKWARDS, "words": WORDS, "packed": PACKED,
    "projected": PROJECTED, "tiny": TINY, "meta": META, "odd": ODD, "long": LONG, "failed": FAILED,
}  # fmt: skip


_RECORDED = Recorded(PROGRAMS, "recurrent")
trace, scene, values = _RECORDED.trace, _RECORDED.scene, _RECORDED.values


def module(name: str, variable: str) -> torch.nn.RNNBase:
    """Return the layer of a program, as it is when the program is run without the explorer."""
    torch.manual_seed(0)
    space: dict[str, object] = {"torch": torch, "nn": torch.nn}
    exec(PROGRAMS[name], space)  # noqa: S102 - a program of this file
    held = space[variable]
    assert isinstance(held, torch.nn.RNNBase)
    return held


def parameters(layer: torch.nn.RNNBase) -> list[torch.Tensor]:
    """Return weight_ih, weight_hh, bias_ih and bias_hh of the first layer."""
    return [value.detach() for value in layer.all_weights[0]]
