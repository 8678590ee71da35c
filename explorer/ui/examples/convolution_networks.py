"""Examples of stacks: small ones on a picture, and well-known networks at full size as shapes only."""

from __future__ import annotations

from explorer.ui.examples.example import Example

_HEAD = "import torch\nfrom torch import nn\n\n"

NETWORK_EXAMPLES = (
    Example(
        "LeNet reads a digit",
        """\
import torch
from torch import nn
import torch.nn.functional as F

digit = ["0111110", "1000001", "0000001", "0001110", "0000001", "1000001", "0111110"]
glyph = torch.tensor([[[[float(cell) for cell in row] for row in digit]]])
x = F.interpolate(glyph, size=(28, 28))
net = nn.Sequential(
    nn.Conv2d(1, 6, 5, padding=2),
    nn.Sigmoid(),
    nn.AvgPool2d(2),
    nn.Conv2d(6, 16, 5),
    nn.Sigmoid(),
    nn.AvgPool2d(2),
    nn.Flatten(),
    nn.Linear(400, 120),
    nn.Sigmoid(),
    nn.Linear(120, 84),
    nn.Sigmoid(),
    nn.Linear(84, 10),
)
y = net(x)
""",
    ),
    Example(
        "A VGG block: two 3 × 3 see 5 × 5",
        _HEAD
        + """\
x = torch.randn(1, 3, 16, 16)
block = nn.Sequential(
    nn.Conv2d(3, 8, 3, padding=1),
    nn.ReLU(),
    nn.Conv2d(8, 8, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
)
y = block(x)
""",
    ),
    Example(
        "Network in network: a mean a class",
        _HEAD
        + """\
x = torch.randn(1, 1, 28, 28)
net = nn.Sequential(
    nn.Conv2d(1, 16, 5, padding=2),
    nn.ReLU(),
    nn.Conv2d(16, 16, 1),
    nn.ReLU(),
    nn.MaxPool2d(3, stride=2),
    nn.Conv2d(16, 10, 3, padding=1),
    nn.ReLU(),
    nn.Conv2d(10, 10, 1),
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
)
y = net(x)
""",
    ),
    Example(
        "Inception: four paths, joined by channel",
        _HEAD
        + """\
class Inception(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Conv2d(8, 4, 1)
        self.three = nn.Sequential(nn.Conv2d(8, 4, 1), nn.ReLU(), nn.Conv2d(4, 6, 3, padding=1))
        self.five = nn.Sequential(nn.Conv2d(8, 2, 1), nn.ReLU(), nn.Conv2d(2, 3, 5, padding=2))
        self.pool = nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), nn.Conv2d(8, 3, 1))

    def forward(self, x):
        return torch.cat([self.one(x), self.three(x), self.five(x), self.pool(x)], dim=1)


x = torch.randn(1, 8, 12, 12)
block = Inception()
y = block(x)
""",
    ),
    Example(
        "A residual block: the input is added",
        _HEAD
        + """\
class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(4, 8, 3, stride=2, padding=1)
        self.norm1 = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 8, 3, padding=1)
        self.norm2 = nn.BatchNorm2d(8)
        self.shortcut = nn.Conv2d(4, 8, 1, stride=2)

    def forward(self, x):
        a = torch.relu(self.norm1(self.conv1(x)))
        return torch.relu(self.norm2(self.conv2(a)) + self.shortcut(x))


x = torch.randn(2, 4, 12, 12)
block = Residual()
y = block(x)
""",
    ),
    Example(
        "Text: 32 sentences of 10 embedded words",
        _HEAD
        + """\
words = torch.randint(0, 1000, (32, 10))
embed = nn.Embedding(1000, 300)
x = embed(words).transpose(1, 2)
conv = nn.Conv1d(300, 500, 5, stride=2)
y = conv(x)
""",
    ),
    Example(
        "AlexNet at full size, shapes only",
        _HEAD
        + """\
torch.set_default_device("meta")
x = torch.empty(1, 3, 224, 224)
net = nn.Sequential(
    nn.Conv2d(3, 64, 11, stride=4, padding=2), nn.ReLU(), nn.MaxPool2d(3, stride=2),
    nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, stride=2),
    nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(),
    nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(),
    nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, stride=2),
    nn.Flatten(),
    nn.Dropout(), nn.Linear(256 * 6 * 6, 4096), nn.ReLU(),
    nn.Dropout(), nn.Linear(4096, 4096), nn.ReLU(),
    nn.Linear(4096, 1000),
)
y = net(x)
""",
    ),
    Example(
        "VGG-11 at full size, shapes only",
        _HEAD
        + """\
with torch.device("meta"):
    layers, channels = [], 3
    for size in [64, "pool", 128, "pool", 256, 256, "pool", 512, 512, "pool", 512, 512, "pool"]:
        if size == "pool":
            layers.append(nn.MaxPool2d(2))
        else:
            layers.extend([nn.Conv2d(channels, size, 3, padding=1), nn.ReLU()])
            channels = size
    features = nn.Sequential(*layers)
    classifier = nn.Sequential(
        nn.Flatten(), nn.Linear(512 * 7 * 7, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000)
    )
    x = torch.empty(1, 3, 224, 224)
    y = classifier(features(x))
""",
    ),
    Example(
        "Inception at full size, shapes only",
        _HEAD
        + """\
class Inception(nn.Module):
    def __init__(self, c, one, three, five, pool):
        super().__init__()
        self.one = nn.Conv2d(c, one, 1)
        self.three = nn.Sequential(nn.Conv2d(c, three[0], 1), nn.ReLU(), nn.Conv2d(*three, 3, padding=1))
        self.five = nn.Sequential(nn.Conv2d(c, five[0], 1), nn.ReLU(), nn.Conv2d(*five, 5, padding=2))
        self.pool = nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), nn.Conv2d(c, pool, 1))

    def forward(self, x):
        paths = [self.one(x), self.three(x), self.five(x), self.pool(x)]
        return torch.cat([torch.relu(path) for path in paths], dim=1)


with torch.device("meta"):
    x = torch.empty(1, 192, 28, 28)
    block = Inception(192, 64, (96, 128), (16, 32), 32)
    y = block(x)
""",
    ),
    Example(
        "ResNet block at full size, shapes only",
        _HEAD
        + """\
class Bottleneck(nn.Module):
    def __init__(self, channels, inner):
        super().__init__()
        self.reduce = nn.Sequential(nn.Conv2d(channels, inner, 1, bias=False), nn.BatchNorm2d(inner))
        self.conv = nn.Sequential(nn.Conv2d(inner, inner, 3, padding=1, bias=False), nn.BatchNorm2d(inner))
        self.expand = nn.Sequential(nn.Conv2d(inner, channels, 1, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x):
        a = torch.relu(self.conv(torch.relu(self.reduce(x))))
        return torch.relu(self.expand(a) + x)


with torch.device("meta"):
    x = torch.empty(8, 256, 56, 56)
    block = Bottleneck(256, 64)
    y = block(x)
""",
    ),
    Example(
        "DenseNet block at full size, shapes only",
        _HEAD
        + """\
class Dense(nn.Module):
    def __init__(self, channels, growth, count):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(
                nn.BatchNorm2d(channels + i * growth),
                nn.ReLU(),
                nn.Conv2d(channels + i * growth, growth, 3, padding=1, bias=False),
            )
            for i in range(count)
        )

    def forward(self, x):
        for layer in self.layers:
            x = torch.cat([x, layer(x)], dim=1)
        return x


with torch.device("meta"):
    x = torch.empty(1, 64, 56, 56)
    block = Dense(64, 32, 6)
    y = block(x)
""",
    ),
)
