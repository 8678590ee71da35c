"""Examples of networks: parameters, optimisers, and gradients on a long way."""

from __future__ import annotations

from explorer.ui.examples.example import Example

NETWORK_EXAMPLES = (
    Example(
        "One layer used twice: gradient 6",
        """\
import torch
from torch import nn

layer = nn.Linear(1, 1, bias=False)
nn.init.constant_(layer.weight, 3.0)
x = torch.ones(1, 1)
y = layer(layer(x))
y.backward()  # look
print(y, layer.weight.grad)
""",
    ),
    Example(
        "A network, its loss and one step",
        """\
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
x = torch.randn(5, 3)
target = torch.tensor([0, 1, 1, 0, 1])
loss = nn.functional.cross_entropy(net(x), target)
optimizer.zero_grad()
loss.backward()  # look
optimizer.step()
print(loss)
""",
    ),
    Example(
        "Gradients vanish in many sigmoids",
        """\
import torch
from torch import nn

torch.manual_seed(0)
layers = []
for _ in range(8):
    layers += [nn.Linear(6, 6), nn.Sigmoid()]
net = nn.Sequential(*layers, nn.Linear(6, 1))
x = torch.randn(4, 6)
loss = net(x).pow(2).mean()
loss.backward()  # look
print(net[0].weight.grad.norm(), net[-1].weight.grad.norm())
""",
    ),
    Example(
        "Clipping: shorter, same direction",
        """\
import torch
from torch import nn

torch.manual_seed(0)
net = nn.Linear(3, 1)
x = torch.tensor([[10.0, 20.0, 30.0]])
loss = (net(x) - 100).pow(2).sum()
loss.backward()
before = net.weight.grad.clone()
# look
norm = nn.utils.clip_grad_norm_(net.parameters(), max_norm=1.0)
print(norm, before, net.weight.grad)
""",
    ),
    Example(
        "Residual blocks: a way around",
        """\
import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        out = torch.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return torch.relu(out + x)


torch.manual_seed(0)
net = nn.Sequential(Block(2), Block(2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2, 3))
x = torch.randn(2, 2, 6, 6)
loss = nn.functional.cross_entropy(net(x), torch.tensor([0, 2]))
loss.backward()  # look
print(loss)
""",
    ),
    Example(
        "One weight, every time step",
        """\
import torch

w = torch.tensor(0.5, requires_grad=True)
h = torch.tensor(1.0)
for t in range(6):
    # look
    h = torch.tanh(w * h)
h.backward()
print(h, w.grad)
""",
    ),
    Example(
        "An LSTM through time",
        """\
import torch
from torch import nn

torch.manual_seed(0)
cell = nn.LSTMCell(2, 3)
inputs = torch.randn(12, 1, 2)
h = c = torch.zeros(1, 3)
for x in inputs:
    h, c = cell(x, (h, c))
loss = h.sum()
loss.backward()  # look
print(cell.weight_hh.grad.norm())
""",
    ),
)
