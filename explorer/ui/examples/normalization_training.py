"""Examples of running statistics and of training: batch after batch, train against eval."""

from __future__ import annotations

from explorer.ui.examples.example import Example

_HEAD = "import torch\nfrom torch import nn\n\n"

TRAINING_EXAMPLES = (
    Example(
        "Running statistics, batch after batch",
        _HEAD
        + """\
B = 16
bn = nn.BatchNorm1d(2)
for step in range(30):
    batch = torch.randn(B, 2) * torch.tensor([1.0, 3.0]) + torch.tensor([5.0, -2.0])
    bn(batch)
bn.eval()
y = bn(batch)
print(bn.running_mean, bn.running_var)
""",
    ),
    Example(
        "momentum=None: all batches count the same",
        _HEAD
        + """\
data = torch.randn(12, 16, 2) * 2 + 5
fading = nn.BatchNorm1d(2, momentum=0.5)
plain = nn.BatchNorm1d(2, momentum=None)
for batch in data:
    fading(batch)
    plain(batch)
print(fading.running_mean, plain.running_mean)
print(data.mean(dim=(0, 1)))
""",
    ),
    Example(
        "eval before any training: nothing is normalised",
        _HEAD
        + """\
x = torch.randn(4, 3, 2, 2) * 4 + 10
bn = nn.BatchNorm2d(3)
bn.eval()
y = bn(x)
print((y - x).abs().max())
""",
    ),
    Example(
        "The same batch in train and in eval mode",
        _HEAD
        + """\
data = torch.randn(5, 8, 3, 2, 2) * 2 + 4
bn = nn.BatchNorm2d(3)
for batch in data:
    y = bn(batch)
bn.eval()
z = bn(batch)
print(y.mean(), z.mean())
""",
    ),
    Example(
        "Frozen statistics: training that leaves BatchNorm alone",
        _HEAD
        + """\
data = torch.randn(4, 8, 3) + 2
net = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
net.train()
net[1].eval()
for batch in data:
    loss = net(batch).square().mean()
    opt.zero_grad()
    loss.backward()
    opt.step()
print(net[1].running_mean, net[1].weight)
""",
    ),
    Example(
        "Batch size: how far batch means lie from the true one",
        _HEAD
        + """\
B = 4
data = torch.randn(128, 3) * 2 + 5
bn = nn.BatchNorm1d(3)
for batch in data.split(B):
    y = bn(batch)
""",
    ),
    Example(
        "Padding changes BatchNorm, but not LayerNorm",
        _HEAD
        + """\
sentences = ["the cat sat on the mat", "dogs bark", "no", "she sells sea shells"]
rows = [sentence.split() for sentence in sentences]
words = ["<pad>"] + sorted({word for row in rows for word in row})
longest = max(len(row) for row in rows)
ids = torch.tensor([[words.index(word) for word in row] + [0] * (longest - len(row)) for row in rows])
torch.manual_seed(0)
embed = nn.Embedding(len(words), 8, padding_idx=0)
x = embed(ids)
bn = nn.BatchNorm1d(8)
y = bn(x.transpose(1, 2))
ln = nn.LayerNorm(8)
z = ln(x)
print(x[ids > 0].var(0, correction=0) / x.var((0, 1), correction=0))
""",
    ),
    Example(
        "Standardising: the training set's mean, also for the test set",
        _HEAD
        + """\
train = torch.tensor([[170.0, 65.0, 30.0], [182.0, 90.0, 45.0], [158.0, 51.0, 22.0], [175.0, 78.0, 61.0]])
test = torch.tensor([[190.0, 95.0, 70.0], [165.0, 58.0, 33.0]])
mean = train.mean(0)
std = train.std(0)
a = (train - mean) / std
b = (test - mean) / std
print(b.mean(0), b.std(0))
""",
    ),
    Example(
        "Six layers, with and without BatchNorm",
        _HEAD
        + """\
def deep(norm):
    layers = []
    for i in range(6):
        layers.append(nn.Linear(16, 16))
        layers.extend([nn.BatchNorm1d(16)] if norm else [])
        layers.append(nn.Tanh())
    return nn.Sequential(*layers, nn.Linear(16, 1))


x = torch.randn(32, 16) * 3
target = x[:, :1].sign()
torch.manual_seed(1)
plain = deep(False)
normed = deep(True)
for net in [plain, normed]:
    opt = torch.optim.SGD(net.parameters(), lr=0.1)
    for step in range(8):
        loss = (net(x) - target).square().mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
    print(loss.item(), net[0].weight.grad.norm().item())
""",
    ),
)
