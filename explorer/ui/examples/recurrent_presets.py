"""Recurrent layers with weights set by hand, so that each unit does something that can be said in a sentence."""

from __future__ import annotations

from explorer.ui.examples.example import Example

_HEAD = "import torch\nfrom torch import nn\n\n"

PRESET_EXAMPLES = (
    Example(
        "By hand: keep the first symbol",
        _HEAD
        + """\
import torch.nn.functional as F

text = "baccabacb"
tokens = list(text)
vocab = list("abc")
ids = torch.tensor([vocab.index(token) for token in tokens])
x = F.one_hot(ids, 3).float()[:, None]
lstm = nn.LSTM(3, 3)
with torch.no_grad():
    for parameter in lstm.parameters():
        parameter[:] = 0.0
    lstm.weight_hh_l0[0:3] = -30.0  # i: shut as soon as any unit holds something
    lstm.bias_ih_l0[0:3] = 10.0  # i: open as long as h is 0
    lstm.bias_ih_l0[3:6] = 20.0  # f: keeps everything
    lstm.weight_ih_l0[6:9] = 20.0 * torch.eye(3)  # g: unit k writes 1 for symbol k
    lstm.bias_ih_l0[9:12] = 20.0  # o: shows everything
output, (h_n, c_n) = lstm(x)
print(vocab[h_n.argmax()])
""",
        opens=(("unit", 1),),
    ),
    Example(
        "By hand: count open brackets",
        _HEAD
        + """\
import torch.nn.functional as F

text = "(()((())))()"
tokens = list(text)
vocab = list("()")
ids = torch.tensor([vocab.index(token) for token in tokens])
x = F.one_hot(ids, 2).float()[:, None]
lstm = nn.LSTM(2, 1)
with torch.no_grad():
    for parameter in lstm.parameters():
        parameter[:] = 0.0
    lstm.bias_ih_l0[0] = 20.0  # i: always writes
    lstm.bias_ih_l0[1] = 20.0  # f: keeps everything
    lstm.weight_ih_l0[2] = torch.tensor([20.0, -20.0])  # g: +1 for "(", -1 for ")"
    lstm.bias_ih_l0[3] = 20.0  # o: shows everything
output, (h_n, c_n) = lstm(x)
print(c_n.item())
""",
    ),
    Example(
        "By hand: parity of the ones",
        _HEAD
        + """\
bits = [1, 0, 1, 1, 0, 0, 1, 0, 1, 1]
x = torch.tensor(bits).float().view(-1, 1, 1)
rnn = nn.RNN(1, 2, nonlinearity="relu")
with torch.no_grad():
    rnn.weight_ih_l0[:] = 1.0
    rnn.weight_hh_l0[:] = torch.tensor([1.0, -2.0])  # the parity so far is h[0] - 2 * h[1]
    rnn.bias_ih_l0[:] = torch.tensor([0.0, -1.0])  # h[0]: bit + parity; h[1]: 1 where both are 1
    rnn.bias_hh_l0[:] = 0.0
output, h_n = rnn(x)
parity = output[:, 0, 0] - 2 * output[:, 0, 1]
print(parity)
""",
    ),
    Example(
        "By hand: a delay of three steps",
        _HEAD
        + """\
x = torch.tensor([3, 1, 4, 1, 5, 9, 2, 6, 5, 3]).float().view(-1, 1, 1)
rnn = nn.RNN(1, 4, nonlinearity="relu")
with torch.no_grad():
    for parameter in rnn.parameters():
        parameter[:] = 0.0
    rnn.weight_ih_l0[0] = 1.0  # unit 0 takes what comes in
    for unit in range(1, 4):
        rnn.weight_hh_l0[unit, unit - 1] = 1.0  # each other unit takes what the one before it held
output, h_n = rnn(x)
print(output[:, 0, 3])
""",
        opens=(("unit", 3),),
    ),
    Example(
        "By hand: a latch, set and reset",
        _HEAD
        + """\
switch = torch.tensor([0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]).float()
reset = torch.tensor([0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0]).float()
x = torch.stack([switch, reset], dim=-1).unsqueeze(1)
lstm = nn.LSTM(2, 1)
with torch.no_grad():
    for parameter in lstm.parameters():
        parameter[:] = 0.0
    lstm.weight_ih_l0[0, 0] = 40.0  # i: open when it is set
    lstm.bias_ih_l0[0] = -20.0
    lstm.weight_ih_l0[1] = -40.0  # f: shut when it is set or reset
    lstm.bias_ih_l0[1] = 20.0
    lstm.bias_ih_l0[2] = 20.0  # g: writes 1
    lstm.bias_ih_l0[3] = 20.0  # o: shows everything
output, (h_n, c_n) = lstm(x)
print(output.flatten() > 0.5)
""",
    ),
    Example(
        "By hand: hold the last symbol",
        _HEAD
        + """\
import torch.nn.functional as F

text = "a__b____a_bb__"
tokens = list(text)
vocab = list("_ab")
ids = torch.tensor([vocab.index(token) for token in tokens])
x = F.one_hot(ids, 3).float()[:, None]
gru = nn.GRU(3, 2)
with torch.no_grad():
    for parameter in gru.parameters():
        parameter[:] = 0.0
    gru.weight_ih_l0[2:4, 0] = 40.0  # z: keeps the state at a blank
    gru.bias_ih_l0[2:4] = -20.0  # z: takes the new one otherwise
    gru.weight_ih_l0[4, 1] = 20.0  # n: unit 0 is 1 for "a"
    gru.weight_ih_l0[5, 2] = 20.0  # n: unit 1 is 1 for "b"
output, h_n = gru(x)
print(h_n)
""",
    ),
)
