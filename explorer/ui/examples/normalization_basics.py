"""Examples of single layers: which cells share a mean and a variance."""

from __future__ import annotations

from explorer.ui.examples.example import Example

_HEAD = "import torch\nfrom torch import nn\n\n"

BASIC_EXAMPLES = (
    Example(
        "BatchNorm beside LayerNorm: channels or samples",
        _HEAD
        + """\
x = torch.randn(3, 4, 3, 3) * torch.linspace(0.5, 2, 4).view(1, -1, 1, 1) + torch.linspace(-3, 3, 4).view(1, -1, 1, 1)
bn = nn.BatchNorm2d(4)
y = bn(x)
ln = nn.LayerNorm((4, 3, 3))
z = ln(x)
""",
    ),
    Example(
        "LayerNorm on two constant channels: −1 and +1",
        _HEAD
        + """\
x = torch.ones(3, 2, 3, 4)
x[:, 1] = 2.0
ln = nn.LayerNorm((2, 3, 4), elementwise_affine=False)
y = ln(x)
print(x[0].mean(), x[0].var(correction=0), x[0].std(correction=0))
""",
    ),
    Example(
        "Why var() of BatchNorm's output is 1.0588",
        _HEAD
        + """\
x = torch.randn(3, 5, 2, 3)
bn = nn.BatchNorm2d(5)
y = bn(x)
print(y.var(dim=(0, 2, 3)))
print(y.var(dim=(0, 2, 3), correction=0))
print(18 / 17)
""",
    ),
    Example(
        "GroupNorm, from LayerNorm to InstanceNorm",
        _HEAD
        + """\
x = torch.randn(2, 6, 2, 3) + torch.linspace(-3, 3, 6).view(1, -1, 1, 1)
gn = nn.GroupNorm(3, 6)
y = gn(x)
inorm = nn.InstanceNorm2d(6)
z = inorm(x)
ln = nn.LayerNorm((6, 2, 3))
w = ln(x)
one = nn.GroupNorm(1, 6)
print((one(x) - w).abs().max())
print((nn.GroupNorm(6, 6)(x) - z).abs().max())
""",
        opens=(("beside", -3),),
    ),
    Example(
        "RMSNorm keeps the mean that LayerNorm takes away",
        _HEAD
        + """\
x = torch.randn(4, 8) + 3
rms = nn.RMSNorm(8)
y = rms(x)
ln = nn.LayerNorm(8)
z = ln(x)
print(y.mean(-1), z.mean(-1))
""",
    ),
    Example(
        "InstanceNorm: brightness and contrast go away",
        _HEAD
        + """\
row = torch.arange(8.0)
picture = torch.sin(row / 2)[:, None] * torch.cos(row)[None]
x = torch.stack([picture, picture * 0.2 + 0.7, picture * 3 - 1])[:, None]
inorm = nn.InstanceNorm2d(1)
y = inorm(x)
bn = nn.BatchNorm2d(1)
z = bn(x)
""",
    ),
    Example(
        "LayerNorm on text: each word by itself",
        _HEAD
        + """\
x = torch.randn(2, 5, 8) * torch.linspace(0.5, 2, 5).view(1, -1, 1) + torch.linspace(-3, 3, 5).view(1, -1, 1)
ln = nn.LayerNorm(8)
y = ln(x)
""",
    ),
    Example(
        "AlexNet's local response: neighbouring channels",
        _HEAD
        + """\
x = torch.zeros(1, 8, 3, 4)
x[:, ::3] = 20.0
x[:, 4] = 5.0
lrn = nn.LocalResponseNorm(5, alpha=0.01, beta=0.75, k=2.0)
y = lrn(x)
""",
    ),
    Example(
        "weight_norm: magnitude times direction",
        _HEAD
        + """\
from torch.nn.utils.parametrizations import weight_norm

x = torch.randn(5, 4)
lin = weight_norm(nn.Linear(4, 3))
y = lin(x)
print(lin.parametrizations.weight.original0)
print(lin.weight.norm(dim=1, keepdim=True))
""",
    ),
    Example(
        "F.normalize: rows of length 1, products are cosines",
        _HEAD
        + """\
import torch.nn.functional as F

x = torch.tensor([[3.0, 4.0], [30.0, 40.0], [-4.0, 3.0], [1.0, 0.0]])
y = F.normalize(x, dim=1)
cosines = y @ y.T
""",
    ),
)
