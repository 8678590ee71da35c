"""Examples of what surprises: transposed, flipped, as one matmul, backward, means at the edge, what does not fit."""

from __future__ import annotations

from explorer.ui.examples.convolution_basics import DIGIT
from explorer.ui.examples.example import Example

_HEAD = "import torch\nfrom torch import nn\n\n"

SURPRISING_EXAMPLES = (
    Example(
        "Transposed: output_padding is reach",
        _HEAD
        + """\
x = torch.ones(1, 1, 3, 3)
up = nn.ConvTranspose2d(1, 1, 3, stride=2, padding=1, output_padding=1, bias=False)
up.weight.data[:] = torch.ones(3, 3)
y = up(x)
""",
    ),
    Example(
        "Transposed: the chessboard pattern",
        _HEAD
        + """\
x = torch.ones(1, 1, 4, 4)
up = nn.ConvTranspose2d(1, 1, 3, stride=2, bias=False)
up.weight.data[:] = torch.ones(3, 3)
y = up(x)
even = nn.ConvTranspose2d(1, 1, 4, stride=2, padding=1, bias=False)
even.weight.data[:] = torch.ones(4, 4)
z = even(x)
""",
    ),
    Example(
        "Correlation or convolution: the flip",
        _HEAD
        + """\
x = torch.zeros(1, 1, 5, 5)
x[0, 0, 2, 2] = 1.0
conv = nn.Conv2d(1, 1, 3, padding=1, bias=False)
conv.weight.data[:] = torch.tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
y = conv(x)
""",
    ),
    Example(
        "Convolution as one matmul",
        _HEAD
        + """\
x = torch.randn(1, 2, 4, 4)
conv = nn.Conv2d(2, 3, 3, bias=False)
y = conv(x)
columns = nn.Unfold(3)(x)
z = (conv.weight.reshape(3, 18) @ columns).reshape(1, 3, 2, 2)
print((y - z).abs().max())
""",
    ),
    Example(
        "Fold after unfold: overlaps add up",
        _HEAD
        + """\
x = torch.ones(1, 1, 4, 4)
unfold = nn.Unfold(3)
columns = unfold(x)
fold = nn.Fold((4, 4), 3)
y = fold(columns)
""",
    ),
    Example(
        "Mean pooling: which zeros count",
        _HEAD
        + """\
x = torch.ones(1, 1, 5, 5)
counted = nn.AvgPool2d(2, stride=2, padding=1, ceil_mode=True)
a = counted(x)
left_out = nn.AvgPool2d(2, stride=2, padding=1, ceil_mode=True, count_include_pad=False)
b = left_out(x)
""",
    ),
    Example(
        "Adaptive pooling: windows overlap",
        _HEAD
        + """\
x = torch.arange(7.0).reshape(1, 1, 7)
pool = nn.AdaptiveAvgPool1d(4)
y = pool(x)
""",
    ),
    Example(
        "Backward: one cell, one window",
        _HEAD
        + """\
x = torch.randn(1, 1, 5, 5, requires_grad=True)
conv = nn.Conv2d(1, 2, 3, padding=1)
y = conv(x)
y[0, 0, 1, 2].backward()
""",
    ),
    Example(
        "Backward: a transposed convolution",
        _HEAD
        + """\
import torch.nn.functional as F

x = torch.randn(1, 2, 5, 5, requires_grad=True)
conv = nn.Conv2d(2, 3, 3, stride=2, padding=1, bias=False)
y = conv(x)
seed = torch.randn(1, 3, 3, 3)
y.backward(seed)
again = F.conv_transpose2d(seed, conv.weight, stride=2, padding=1)
print((x.grad - again).abs().max())
""",
    ),
    Example(
        "Backward: max pooling takes one cell",
        _HEAD
        + """\
x = torch.tensor([[[[1, 5, 2, 0], [4, 3, 8, 8], [7, 0, 1, 2], [6, 9, 3, 4]]]], dtype=torch.float32)
x.requires_grad_()
pool = nn.MaxPool2d(2)
y = pool(x)
y.sum().backward()
""",
    ),
    Example(
        "A kernel larger than the padded input",
        _HEAD
        + """\
x = torch.randn(1, 1, 4, 4)
conv = nn.Conv2d(1, 1, 7, padding=1)
y = conv(x)
""",
        stops=True,
    ),
    Example(
        "Flatten: the number that Linear needs",
        _HEAD
        + DIGIT
        + """\
net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 10))
y = net(x)
""",
        stops=True,
    ),
)
