"""Examples of gradients through time, and of what surprises."""

from __future__ import annotations

from explorer.ui.examples.example import Example

_HEAD = "import torch\nfrom torch import nn\n\n"

SURPRISING_EXAMPLES = (
    Example(
        "One loss in RNN, LSTM and GRU",
        _HEAD
        + """\
x = torch.sin(torch.arange(24) / 3).view(24, 1, 1)
rnn = nn.RNN(1, 8)
lstm = nn.LSTM(1, 8)
gru = nn.GRU(1, 8)
with torch.no_grad():
    lstm.bias_ih_l0[8:16] = 3.0
    gru.bias_ih_l0[8:16] = 3.0
a, _ = rnn(x)
b, _ = lstm(x)
c, _ = gru(x)
loss = a[-1].sum() + b[-1].sum() + c[-1].sum()
loss.backward()
""",
    ),
    Example(
        "Vanishing: singular values 0.5",
        _HEAD
        + """\
x = torch.sin(torch.arange(24) / 3).view(24, 1, 1)
rnn = nn.RNN(1, 6)
with torch.no_grad():
    rnn.weight_hh_l0[:] = 0.5 * torch.linalg.qr(torch.randn(6, 6)).Q
output, h_n = rnn(x)
output[-1].sum().backward()
print(torch.linalg.svdvals(rnn.weight_hh_l0))
""",
    ),
    Example(
        "Exploding: singular values 1.5",
        _HEAD
        + """\
x = torch.sin(torch.arange(24) / 3).view(24, 1, 1)
rnn = nn.RNN(1, 6, nonlinearity="relu")
with torch.no_grad():
    rnn.weight_hh_l0[:] = 1.5 * torch.eye(6)
output, h_n = rnn(x)
output[-1].sum().backward()
print(h_n)
print(torch.linalg.svdvals(rnn.weight_hh_l0))
""",
    ),
    Example(
        "W_hh = identity: an RNN remembers",
        _HEAD
        + """\
x = torch.randn(24, 1, 2)
rnn = nn.RNN(2, 6, nonlinearity="relu")
with torch.no_grad():
    rnn.weight_hh_l0[:] = torch.eye(6)
    rnn.bias_ih_l0[:] = 0.0
    rnn.bias_hh_l0[:] = 0.0
output, h_n = rnn(x)
output[-1].sum().backward()
""",
    ),
    Example(
        "Forget bias +2 or −2",
        _HEAD
        + """\
x = torch.zeros(24, 1, 1)
x[2] = 4.0
long = nn.LSTM(1, 6)
short = nn.LSTM(1, 6)
short.load_state_dict(long.state_dict())
with torch.no_grad():
    long.bias_ih_l0[6:12] = 2.0
    long.bias_hh_l0[6:12] = 0.0
    short.bias_ih_l0[6:12] = -2.0
    short.bias_hh_l0[6:12] = 0.0
a, _ = long(x)
b, _ = short(x)
loss = a[-1].sum() + b[-1].sum()
loss.backward()
""",
    ),
    Example(
        "Forget gate open: a running sum",
        _HEAD
        + """\
x = torch.sin(torch.arange(24) / 3).view(24, 1, 1)
lstm = nn.LSTM(1, 4)
with torch.no_grad():
    lstm.weight_ih_l0[4:8] = 0.0
    lstm.weight_hh_l0[4:8] = 0.0
    lstm.bias_ih_l0[4:8] = 20.0
    lstm.bias_hh_l0[4:8] = 0.0
output, (h_n, c_n) = lstm(x)
output[-1].sum().backward()
""",
    ),
    Example(
        "Output gate shut: h is 0",
        _HEAD
        + """\
x = torch.sin(torch.arange(24) / 3).view(24, 1, 1)
lstm = nn.LSTM(1, 4)
with torch.no_grad():
    lstm.weight_ih_l0[12:16] = 0.0
    lstm.weight_hh_l0[12:16] = 0.0
    lstm.bias_ih_l0[12:16] = -20.0
    lstm.bias_hh_l0[12:16] = 0.0
output, (h_n, c_n) = lstm(x)
print(output.abs().max(), c_n.abs().max())
""",
    ),
    Example(
        "detach: the gradient stops",
        _HEAD
        + """\
x = torch.sin(torch.arange(24) / 3).view(24, 1, 1)
cell = nn.LSTMCell(1, 6)
h, c = torch.zeros(1, 6), torch.zeros(1, 6)
for t in range(24):
    if t % 8 == 0:
        h, c = h.detach(), c.detach()
    h, c = cell(x[t], (h, c))
h.sum().backward()
""",
    ),
    Example(
        "Chunks, an optimizer step each",
        _HEAD
        + """\
x = torch.sin(torch.arange(33) / 3).view(33, 1, 1)
gru = nn.GRU(1, 6)
head = nn.Linear(6, 1)
opt = torch.optim.SGD([*gru.parameters(), *head.parameters()], lr=0.1)
h = torch.zeros(1, 1, 6)
for start in range(0, 32, 8):
    output, h = gru(x[start : start + 8], h.detach())
    loss = (head(output) - x[start + 1 : start + 9]).square().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
    print(start, loss.item())
""",
    ),
    Example(
        "Clipping keeps the direction",
        _HEAD
        + """\
x = torch.sin(torch.arange(24) / 3).view(24, 1, 1)
rnn = nn.RNN(1, 6, nonlinearity="relu")
with torch.no_grad():
    rnn.weight_hh_l0[:] = 1.5 * torch.eye(6)
output, h_n = rnn(x)
output[-1].sum().backward()
before = rnn.weight_hh_l0.grad.clone()
norm = nn.utils.clip_grad_norm_(rnn.parameters(), 1.0)
after = rnn.weight_hh_l0.grad
print(norm)
print(torch.cosine_similarity(before.flatten(), after.flatten(), dim=0))
""",
    ),
    Example(
        "torch's GRU beside the paper's",
        _HEAD
        + """\
x = torch.sin(torch.arange(12) / 2).view(12, 1, 1)
gru = nn.GRU(1, 4)
output, h_n = gru(x)


def step(x_t, h, paper):
    r_x, z_x, n_x = (x_t @ gru.weight_ih_l0.T + gru.bias_ih_l0).chunk(3, dim=-1)
    r_h, z_h, n_h = (h @ gru.weight_hh_l0.T + gru.bias_hh_l0).chunk(3, dim=-1)
    r = torch.sigmoid(r_x + r_h)
    z = torch.sigmoid(z_x + z_h)
    n = torch.tanh(n_x + r * n_h)
    if paper:
        n = torch.tanh(n_x + (r * h) @ gru.weight_hh_l0[8:].T + gru.bias_hh_l0[8:])
    return (1 - z) * n + z * h


a = b = torch.zeros(1, 4)
for t in range(12):
    a = step(x[t], a, paper=False)
    b = step(x[t], b, paper=True)
print((a - h_n[0]).abs().max())
print((b - h_n[0]).abs().max())
""",
    ),
    Example(
        "Padding unpacked: h_n reads it",
        _HEAD
        + """\
x = torch.zeros(10, 2, 1)
x[:, 0, 0] = torch.sin(torch.arange(10) / 2)
x[:4, 1, 0] = torch.sin(torch.arange(4) / 2)
lengths = torch.tensor([10, 4])
lstm = nn.LSTM(1, 5)
output, (h_n, c_n) = lstm(x)
y, (h, c) = lstm(nn.utils.rnn.pack_padded_sequence(x, lengths))
print((h_n - h).abs().amax(-1))
print((output[lengths - 1, torch.arange(2)] - h[0]).abs().max())
""",
        opens=(("layer", 0), ("item", 1)),
    ),
    Example(
        "A sequence lost without a word",
        _HEAD
        + """\
x = torch.randn(6, 3, 2)
lengths = torch.tensor([4, 6])
packed = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
lstm = nn.LSTM(2, 5)
packed_output, (h_n, c_n) = lstm(packed)
output, output_lengths = nn.utils.rnn.pad_packed_sequence(packed_output)
print(x.shape, output.shape, h_n.shape)
""",
    ),
    Example(
        "batch_first forgotten: no error",
        _HEAD
        + """\
x = torch.zeros(6, 12, 1)
x[0, 4] = 5.0
wrong = nn.LSTM(1, 4)
right = nn.LSTM(1, 4, batch_first=True)
right.load_state_dict(wrong.state_dict())
a, _ = wrong(x)
b, _ = right(x)
print((a[:, 0] - a[:, 4]).abs().amax(-1))
print((b[1:] - b[:1]).abs().amax((0, 2)))
""",
    ),
    Example(
        "dropout with one layer: a warning",
        _HEAD
        + """\
x = torch.sin(torch.arange(16) / 2).view(16, 1, 1)
lstm = nn.LSTM(1, 6, dropout=0.5)
a, _ = lstm(x)
b, _ = lstm(x)
print((a - b).abs().max())
""",
    ),
    Example(
        "h_0 of the wrong shape",
        _HEAD
        + """\
x = torch.randn(24, 10, 100)
lstm = nn.LSTM(100, 16, bidirectional=True)
h_0 = torch.zeros(10, 2, 16)
c_0 = torch.zeros(10, 2, 16)
output, (h_n, c_n) = lstm(x, (h_0, c_0))
""",
        stops=True,
    ),
    Example(
        "Words without an embedding",
        _HEAD
        + """\
text = "the cat sat on the mat"
tokens = text.split()
vocab = sorted(set(tokens))
ids = torch.tensor([vocab.index(token) for token in tokens])
lstm = nn.LSTM(5, 4)
output, (h_n, c_n) = lstm(ids)
""",
        stops=True,
    ),
)
