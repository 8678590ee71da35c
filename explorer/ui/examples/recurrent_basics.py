"""Examples of single recurrent layers: gates over time, shapes, what is returned, packing."""

from __future__ import annotations

from explorer.ui.examples.example import Example

_HEAD = "import torch\nfrom torch import nn\n\n"

BASIC_EXAMPLES = (
    Example(
        "Six units, six lengths of memory",
        _HEAD
        + """\
x = torch.sin(torch.arange(24) / 3).view(24, 1, 1) + 0.3 * torch.randn(24, 1, 1)
lstm = nn.LSTM(1, 6)
with torch.no_grad():
    lstm.bias_ih_l0[6:12] = torch.linspace(5, -3, 6)
output, (h_n, c_n) = lstm(x)
""",
    ),
    Example(
        "A word, letter by letter",
        _HEAD
        + """\
text = "hello world"
tokens = list(text)
vocab = sorted(set(tokens))
ids = torch.tensor([vocab.index(token) for token in tokens])
torch.manual_seed(0)
embedding = nn.Embedding(len(vocab), 4)
x = embedding(ids)[:, None]
lstm = nn.LSTM(4, 6)
output, (h_n, c_n) = lstm(x)
""",
    ),
    Example(
        "Shapes: 24 words, a batch of 10",
        _HEAD
        + """\
x = torch.randn(24, 10, 100)
lstm = nn.LSTM(100, 16)
output, (h_n, c_n) = lstm(x)
print(output.shape, h_n.shape, c_n.shape)
print(sum(p.numel() for p in lstm.parameters()), 4 * 16 * (100 + 16 + 2))
""",
    ),
    Example(
        "batch_first never moves h_n",
        _HEAD
        + """\
x = torch.randn(24, 10, 100)
lstm = nn.LSTM(100, 16, bidirectional=True)
output, (h_n, c_n) = lstm(x)
first = nn.LSTM(100, 16, bidirectional=True, batch_first=True)
first.load_state_dict(lstm.state_dict())
y, (h, c) = first(x.transpose(0, 1))
print(output.shape, h_n.shape)
print(y.shape, h.shape)
print((y.transpose(0, 1) - output).abs().max(), (h - h_n).abs().max())
""",
    ),
    Example(
        "Words: output[-1] is h_n[-1]",
        _HEAD
        + """\
text = "the cat sat on the mat and the dog slept"
tokens = text.split()
vocab = sorted(set(tokens))
ids = torch.tensor([vocab.index(token) for token in tokens])
torch.manual_seed(0)
embedding = nn.Embedding(len(vocab), 4)
x = embedding(ids)[:, None]
lstm = nn.LSTM(4, 4, num_layers=2)
output, (h_n, c_n) = lstm(x)
print((output[-1] == h_n[-1]).all())
""",
    ),
    Example(
        "Both directions: what h_n[-1] is",
        _HEAD
        + """\
text = "the cat sat on the mat and the dog slept"
tokens = text.split()
vocab = sorted(set(tokens))
ids = torch.tensor([vocab.index(token) for token in tokens])
torch.manual_seed(0)
embedding = nn.Embedding(len(vocab), 4)
x = embedding(ids)[:, None]
lstm = nn.LSTM(4, 4, bidirectional=True)
output, (h_n, c_n) = lstm(x)
print((output[-1, :, :4] == h_n[0]).all(), (output[0, :, 4:] == h_n[1]).all())
print((output[-1, :, 4:] - h_n[1]).abs().max())
""",
        opens=(("reverse", 1),),
    ),
    Example(
        "Packed: sentences of any length",
        _HEAD
        + """\
sentences = ["she sells sea shells", "dogs bark", "the cat sat on the mat", "no"]
tokens = [sentence.split() for sentence in sentences]
vocab = sorted({token for words in tokens for token in words})
ids = [torch.tensor([vocab.index(token) for token in words]) for words in tokens]
lengths = torch.tensor([len(words) for words in tokens])
torch.manual_seed(0)
embedding = nn.Embedding(len(vocab), 4)
x = embedding(nn.utils.rnn.pad_sequence(ids))
packed = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
lstm = nn.LSTM(4, 5)
packed_output, (h_n, c_n) = lstm(packed)
output, output_lengths = nn.utils.rnn.pad_packed_sequence(packed_output)
print((output[lengths - 1, torch.arange(4)] == h_n[0]).all())
print(output[-1].abs().sum(-1))
""",
        opens=(("item", 1),),
    ),
    Example(
        "GRU: z keeps, 1 − z takes",
        _HEAD
        + """\
x = torch.sin(torch.arange(24) / 3).view(24, 1, 1)
gru = nn.GRU(1, 6)
with torch.no_grad():
    gru.bias_ih_l0[6:12] = torch.linspace(3, -3, 6)
output, h_n = gru(x)
""",
    ),
    Example(
        "One-hot: a column for each symbol",
        _HEAD
        + """\
import torch.nn.functional as F

text = "abcaacbbca"
tokens = list(text)
vocab = sorted(set(tokens))
ids = torch.tensor([vocab.index(token) for token in tokens])
x = F.one_hot(ids, len(vocab)).float()[:, None]
rnn = nn.RNN(3, 5)
output, h_n = rnn(x)
first = torch.tanh(rnn.weight_ih_l0[:, 0] + rnn.bias_ih_l0 + rnn.bias_hh_l0)
print((output[0, 0] - first).abs().max())
""",
    ),
    Example(
        "Dropout between two layers",
        _HEAD
        + """\
x = torch.sin(torch.arange(16) / 2).view(16, 1, 1)
lstm = nn.LSTM(1, 6, num_layers=2, dropout=0.5)
torch.manual_seed(0)
a, _ = lstm(x)
b, _ = lstm(x)
lstm.eval()
c, _ = lstm(x)
d, _ = lstm(x)
print((a - b).abs().max(), (c - d).abs().max())
""",
        opens=(("layer", 0), ("depth", 1)),
    ),
    Example(
        "proj_size: h is shorter than c",
        _HEAD
        + """\
x = torch.sin(torch.arange(16) / 2).view(16, 1, 1)
lstm = nn.LSTM(1, 8, proj_size=3)
output, (h_n, c_n) = lstm(x)
print(h_n.shape, c_n.shape, lstm.weight_hr_l0.shape)
""",
    ),
    Example(
        "A loop over LSTMCell is LSTM",
        _HEAD
        + """\
x = torch.sin(torch.arange(16) / 2).view(16, 1, 1)
cell = nn.LSTMCell(1, 6)
h, c = torch.zeros(1, 6), torch.zeros(1, 6)
states = []
for t in range(16):
    h, c = cell(x[t], (h, c))
    states.append(h)
y = torch.stack(states)
lstm = nn.LSTM(1, 6)
lstm.load_state_dict({f"{name}_l0": value for name, value in cell.state_dict().items()})
output, (h_n, c_n) = lstm(x)
print((output - y).abs().max())
""",
    ),
)
