"""Layers that get what does not fit them."""

from __future__ import annotations

import pytest

from tests.explain.lessons import Lesson, check

LESSONS = [
    Lesson(
        """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3)
    def forward(self, x):
        return self.conv1(x)
net = Net()
net(torch.ones(28, 28))
""",
        "self.conv1(x)",
        ("conv1 (Conv2d(3, 16, 3)) expects 4-D N×C×H×W or 3-D C×H×W input, got shape (28, 28): 2",),
        (
            ("        return self.conv1(x.expand(3, -1, -1))",),
            (
                "        self.conv1 = nn.Conv2d(1, 16, 3)",
                "        return self.conv1(x.unsqueeze(0))",
            ),
        ),
    ),
    Lesson(
        """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3)
        self.fc = nn.Linear(100, 10)
    def forward(self, x):
        x = F.relu(self.conv1(x))
        return self.fc(x)
net = Net()
net(torch.ones(2, 1, 6, 6))
""",
        "self.fc(x)",
        (
            "fc (Linear(100, 10)) expects 100 features: the last size of its input. x has shape (2, 16,",
            "Flattened from dimension 1 on it would have 16 × 4 × 4 = 256 features.",
        ),
        (
            (
                "        self.fc = nn.Linear(256, 10)",
                "        return self.fc(x.flatten(1))",
            ),
            ("        self.fc = nn.Linear(4, 10)",),
        ),
    ),
    Lesson(
        """\
conv = nn.Conv2d(3, 8, 3)
x = torch.ones(1, 1, 8, 8)
y = conv(x)
""",
        "conv(x)",
        ("conv (Conv2d(3, 8, 3)) expects 3 channels: its input is read as N×C×H×W, so dimension 1",),
        (
            ("conv = nn.Conv2d(1, 8, 3)",),
            ("y = conv(x.expand(-1, 3, -1, -1))",),
        ),
    ),
    Lesson(
        """\
conv = nn.Conv2d(3, 8, 3)
x = torch.ones(1, 8, 8, 3)
y = conv(x)
""",
        "conv(x)",
        ("conv (Conv2d(3, 8, 3)) expects 3 channels: its input is read as N×C×H×W, so dimension 1",),
        (
            ("y = conv(x.movedim(-1, 1))",),
            ("conv = nn.Conv2d(8, 8, 3)",),
        ),
    ),
    Lesson(
        """\
model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Linear(64, 10))
out = model(torch.ones(2, 1, 6, 6))
""",
        "model(torch.ones(2, 1, 6, 6))",
        (
            "model.2 (Linear(64, 10)) expects 64 features: the last size of its input.",
            "The input has shape (2, 4, 4, 4), so it gets 4.",
        ),
        (
            ("model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(64, 10))",),
            ("model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Linear(4, 10))",),
        ),
    ),
    Lesson(
        """\
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(9, 2))
out = model(torch.ones(5, 4))
""",
        "model(torch.ones(5, 4))",
        (
            "model.2 (Linear(9, 2)) expects 9 features: the last size of its input.",
            "The input has shape (5, 8), so it gets 8.",
        ),
        (("model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))",),),
    ),
    Lesson(
        """\
fc = nn.Linear(4, 2)
fc(torch.ones(4, 3))
""",
        "fc(torch.ones(4, 3))",
        (
            "fc (Linear(4, 2)) expects 4 features: the last size of its input.",
            "The input has shape (4, 3), so it gets 3.",
        ),
        (
            ("fc = nn.Linear(3, 2)",),
            ("fc(torch.ones(4, 3).T)",),
        ),
    ),
    Lesson(
        """\
fc = nn.Linear(4, 2)
x = torch.arange(4)
fc(x)
""",
        "fc(x)",
        ("The weights of fc (Linear(4, 2)) have dtype float32, and x has dtype int64.",),
        (("fc(x.float())",),),
    ),
    Lesson(
        """\
fc = nn.Linear(4, 2)
x = torch.ones(4).double()
fc(x)
""",
        "fc(x)",
        ("The weights of fc (Linear(4, 2)) have dtype float32, and x has dtype float64.",),
        (
            ("fc(x.float())",),
            ("fc.double()(x)",),
        ),
    ),
    Lesson(
        """\
bn = nn.BatchNorm2d(3)
bn(torch.ones(2, 4, 5, 5))
""",
        "bn(torch.ones(2, 4, 5, 5))",
        (
            "bn (BatchNorm2d(3)) keeps a mean and a variance for 3 channels, and dimension 1 of its",
            "The input has shape (2, 4, 5, 5): 4 channels.",
        ),
        (("bn = nn.BatchNorm2d(4)",),),
    ),
    Lesson(
        """\
bn = nn.BatchNorm2d(3)
bn(torch.ones(2, 3))
""",
        "bn(torch.ones(2, 3))",
        ("bn (BatchNorm2d(3)) expects 4-D N×C×H×W input, got shape (2, 3): 2 dimensions.",),
        (),
    ),
    Lesson(
        """\
bn = nn.BatchNorm1d(3)
bn(torch.ones(1, 3))
""",
        "bn(torch.ones(1, 3))",
        (
            "In training, bn (BatchNorm1d(3)) takes the mean and variance of each channel over the batch.",
            "The input has shape (1, 3): one value for each channel, which has no variance.",
        ),
        (("bn.eval()(torch.ones(1, 3))",),),
    ),
    Lesson(
        """\
ln = nn.LayerNorm(5)
ln(torch.ones(2, 6))
""",
        "ln(torch.ones(2, 6))",
        (
            "ln (LayerNorm(5)) normalises over the last sizes of its input, which must be (5,).",
            "The input has shape (2, 6): there they are (6,).",
        ),
        (("ln = nn.LayerNorm(6)",),),
    ),
    Lesson(
        """\
gn = nn.GroupNorm(2, 4)
gn(torch.ones(2, 6, 3))
""",
        "gn(torch.ones(2, 6, 3))",
        (
            "gn (GroupNorm(2, 4)) has a weight for 4 channels, and dimension 1 of its input counts them.",
            "The input has shape (2, 6, 3): 6 channels.",
        ),
        (("gn = nn.GroupNorm(2, 6)",),),
    ),
    Lesson(
        """\
lstm = nn.LSTM(3, 4)
out, state = lstm(torch.ones(5, 2, 6))
""",
        "lstm(torch.ones(5, 2, 6))",
        (
            "lstm (LSTM(3, 4)) expects 3 features for each time step: the last size of its input.",
            "The input has shape (5, 2, 6), so it gets 6.",
        ),
        (("lstm = nn.LSTM(6, 4)",),),
    ),
    Lesson(
        """\
lstm = nn.LSTM(3, 4, batch_first=True)
out, state = lstm(torch.ones(5))
""",
        "lstm(torch.ones(5))",
        ("lstm (LSTM(3, 4)) expects 3-D N×L×H or 2-D L×H input, got shape (5,): 1 dimension.",),
        (),
    ),
    Lesson(
        """\
gru = nn.GRU(3, 4)
h = torch.zeros(2, 2, 4)
out, h = gru(torch.ones(5, 2, 3), h)
""",
        "gru(torch.ones(5, 2, 3), h)",
        ("The hidden state for gru (GRU(3, 4)) has shape (2, 2, 4); for this input (5, 2, 3) it must",),
        (("out, h = gru(torch.ones(5, 2, 3))",),),
    ),
    Lesson(
        """\
emb = nn.Embedding(10, 3)
emb(torch.ones(2))
""",
        "emb(torch.ones(2))",
        (
            "emb (Embedding(10, 3)) looks up rows by their number, so its input must have dtype int64",
            "The input has dtype float32.",
        ),
        (("emb(torch.ones(2).long())",),),
    ),
    Lesson(
        """\
emb = nn.Embedding(10, 3)
emb(torch.tensor([3, 10]))
""",
        "emb(torch.tensor([3, 10]))",
        (
            "emb (Embedding(10, 3)) is a table of 10 rows, numbered 0 … 9.",
            "The input goes from 3 to 10.",
        ),
        (("emb = nn.Embedding(11, 3)",),),
    ),
    Lesson(
        """\
conv = nn.Conv2d(3, 8, 5)
conv(torch.ones(1, 3, 4, 4))
""",
        "conv(torch.ones(1, 3, 4, 4))",
        (
            "The kernel of conv (Conv2d(3, 8, 5)) is 5 × 5, and it would slide over 4 × 4.",
            "The input has shape (1, 3, 4, 4); each convolution or pooling before makes it smaller.",
        ),
        (),
    ),
    Lesson(
        """\
pool = nn.MaxPool2d(9)
pool(torch.ones(1, 3, 4, 4))
""",
        "pool(torch.ones(1, 3, 4, 4))",
        (
            "The kernel of pool (MaxPool2d(9)) is 9, and it would slide over 4 × 4.",
            "The input has shape (1, 3, 4, 4); each convolution or pooling before makes it smaller.",
        ),
        (),
    ),
    Lesson(
        """\
mha = nn.MultiheadAttention(4, 2)
q = torch.ones(3, 2, 6)
mha(q, q, q)
""",
        "mha(q, q, q)",
        ("mha (MultiheadAttention(4, 2)) expects an embedding dimension of 4: the last size of its",),
        (("mha = nn.MultiheadAttention(6, 2)",),),
    ),
    Lesson(
        """\
net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(8, 2, 3))
net(torch.ones(1, 1, 8, 8))
""",
        "net(torch.ones(1, 1, 8, 8))",
        (
            "net.2 (Conv2d(8, 2, 3)) expects 8 channels: its input is read as N×C×H×W, so dimension 1",
            "The input has shape (1, 4, 6, 6), that is 4 channels.",
        ),
        (("net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Conv2d(4, 2, 3))",),),
    ),
    Lesson(
        """\
conv = nn.Conv1d(3, 4, 3)
x = torch.ones(1, 1, 3, 9)
conv(x)
""",
        "conv(x)",
        ("conv (Conv1d(3, 4, 3)) expects 3-D N×C×L or 2-D C×L input, got shape (1, 1, 3, 9): 4",),
        (
            ("conv(x.squeeze(0))",),
            ("conv(x.squeeze(1))",),
        ),
    ),
    Lesson(
        """\
class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
    def forward(self, x):
        return self.norm(x)
block = Block(4)
block(torch.ones(2, 5))
""",
        "self.norm(x)",
        ("norm (LayerNorm(4)) normalises over the last sizes of its input, which must be (4,). x has",),
        (("        self.norm = nn.LayerNorm(5)",),),
    ),
    Lesson(
        """\
conv = nn.Conv2d(1, 4, 3)
x = torch.ones(5, 8, 8)
conv(x)
""",
        "conv(x)",
        ("conv (Conv2d(1, 4, 3)) expects 1 channel: its input is read as C×H×W, so dimension 0 counts",),
        (
            ("conv(x.unsqueeze(1))",),
            ("conv = nn.Conv2d(5, 4, 3)",),
        ),
    ),
    Lesson(
        """\
mlp = nn.Linear(12, 2)
x = torch.ones(5, 3, 4)
mlp(x)
""",
        "mlp(x)",
        (
            "mlp (Linear(12, 2)) expects 12 features: the last size of its input. x has shape (5, 3, 4),",
            "Flattened from dimension 1 on it would have 3 × 4 = 12 features.",
        ),
        (
            ("mlp(x.flatten(1))",),
            ("mlp = nn.Linear(4, 2)",),
        ),
    ),
    Lesson(
        """\
emb = nn.Embedding(4, 2)
emb(torch.tensor([-1]))
""",
        "emb(torch.tensor([-1]))",
        (
            "emb (Embedding(4, 2)) is a table of 4 rows, numbered 0 … 3.",
            "The input goes from -1 to -1.",
        ),
        (),
    ),
    Lesson(
        """\
cell = nn.LSTMCell(3, 4)
x = torch.ones(2, 6)
cell(x)
""",
        "cell(x)",
        ("cell (LSTMCell(3, 4)) expects 3 features for each time step: the last size of its input. x",),
        (("cell = nn.LSTMCell(6, 4)",),),
    ),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("lesson", LESSONS, ids=[str(number) for number in range(len(LESSONS))])
def test_layers(lesson: Lesson) -> None:
    check(lesson)
