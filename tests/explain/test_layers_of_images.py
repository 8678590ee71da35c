"""Layers that work on channels, and networks of them, that get what does not fit them."""

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
        (("bn = nn.BatchNorm1d(3)",),),
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
conv = nn.Conv2d(3, 8, 5)
conv(torch.ones(1, 3, 4, 4))
""",
        "conv(torch.ones(1, 3, 4, 4))",
        (
            "The kernel of conv (Conv2d(3, 8, 5)) is 5 × 5, and it would slide over 4 × 4.",
            "The input has shape (1, 3, 4, 4).",
        ),
        (("conv = nn.Conv2d(3, 8, 4)",), ("conv = nn.Conv2d(3, 8, 5, padding=1)",)),
    ),
    Lesson(
        """\
pool = nn.MaxPool2d(9)
pool(torch.ones(1, 3, 4, 4))
""",
        "pool(torch.ones(1, 3, 4, 4))",
        (
            "The kernel of pool (MaxPool2d(9)) is 9 × 9, and it would slide over 4 × 4.",
            "The input has shape (1, 3, 4, 4).",
        ),
        (("pool = nn.MaxPool2d(4)",), ("pool = nn.MaxPool2d(9, padding=3)",)),
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
conv = nn.Conv2d(1, 4, 3, device="meta")
conv(torch.ones(2, 3, 8, 8, device="meta"))
""",
        'conv(torch.ones(2, 3, 8, 8, device="meta"))',
        ("conv (Conv2d(1, 4, 3)) expects 1 channel", "that is 3 channels"),
        (('conv = nn.Conv2d(3, 4, 3, device="meta")',),),
    ),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("lesson", LESSONS, ids=[str(number) for number in range(len(LESSONS))])
def test_layers_of_images(lesson: Lesson) -> None:
    check(lesson)
