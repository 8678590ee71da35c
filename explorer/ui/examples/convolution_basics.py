"""Examples of one layer: windows, padding, stride, dilation, channels."""

from __future__ import annotations

from explorer.ui.examples.example import Example

_HEAD = "import torch\nfrom torch import nn\n\n"

DIGIT = """\
digit = [
    "00000000",
    "00111100",
    "01000010",
    "00000010",
    "00011100",
    "00000010",
    "01000010",
    "00111100",
    "00000000",
]
x = torch.tensor([[[[float(cell) for cell in row] for row in digit]]])
"""
"""A three, 9 × 8, as an input of one channel."""

BASIC_EXAMPLES = (
    Example(
        "One output cell: windows, kernels, a bias",
        _HEAD
        + """\
x = torch.tensor([[
    [[1, 3, 2, 2, 0], [0, 0, 0, 1, 4], [4, 1, 0, 4, 1], [4, 0, 4, 0, 4], [1, 4, 1, 1, 2]],
    [[3, 2, 4, 4, 0], [0, 1, 4, 3, 4], [2, 3, 0, 2, 1], [3, 4, 1, 0, 4], [1, 1, 3, 2, 1]],
]], dtype=torch.float32)
conv = nn.Conv2d(2, 4, 3, stride=2, padding=1)
conv.weight.data[0] = torch.tensor([
    [[1, 0, -1], [2, 0, -2], [1, 0, -1]],
    [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
])
conv.bias.data[0] = 1
y = conv(x)
""",
    ),
    Example(
        "Sobel: where a digit has upright edges",
        _HEAD
        + DIGIT
        + """\
conv = nn.Conv2d(1, 1, 3, padding=1, bias=False)
conv.weight.data[:] = torch.tensor([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
y = conv(x)
""",
    ),
    Example(
        "Padding: reflect shows no dark frame",
        _HEAD
        + """\
x = torch.ones(1, 1, 4, 5)
zeros = nn.Conv2d(1, 1, 3, padding=1, bias=False)
zeros.weight.data[:] = torch.ones(3, 3) / 9
a = zeros(x)
reflect = nn.Conv2d(1, 1, 3, padding=1, bias=False, padding_mode="reflect")
reflect.weight.data[:] = torch.ones(3, 3) / 9
b = reflect(x)
""",
    ),
    Example(
        "Stride: a last row that is never read",
        _HEAD
        + """\
x = torch.arange(36.0).reshape(1, 1, 6, 6)
conv = nn.Conv2d(1, 1, 3, stride=2, bias=False)
y = conv(x)
x[:, :, -1] = 1000.0
x[:, :, :, -1] = 1000.0
print(torch.equal(y, conv(x)))
""",
    ),
    Example(
        "Dilation: nine cells see 5 × 5",
        _HEAD
        + """\
x = torch.randn(1, 1, 7, 7)
conv = nn.Conv2d(1, 1, 3, dilation=2, bias=False)
conv.weight.data[:] = torch.tensor([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16
y = conv(x)
""",
    ),
    Example(
        "Padding: rows and columns apart, same",
        _HEAD
        + """\
x = torch.randn(1, 1, 5, 6)
wide = nn.Conv2d(1, 1, (3, 5), stride=(1, 2), padding=(0, 2))
a = wide(x)
same = nn.Conv2d(1, 1, 4, padding="same")
b = same(x)
""",
    ),
    Example(
        "1 × 1: a matrix for each pixel",
        _HEAD
        + """\
x = torch.randn(1, 3, 4, 4)
conv = nn.Conv2d(3, 2, 1, bias=False)
y = conv(x)
z = torch.einsum("oc,nchw->nohw", conv.weight[:, :, 0, 0], x)
print((y - z).abs().max())
""",
    ),
    Example(
        "Depthwise, then 1 × 1: 36 weights, not 81",
        _HEAD
        + """\
x = torch.randn(1, 3, 6, 6)
full = nn.Conv2d(3, 3, 3, padding=1, bias=False)
depthwise = nn.Conv2d(3, 3, 3, padding=1, groups=3, bias=False)
pointwise = nn.Conv2d(3, 3, 1, bias=False)
y = full(x)
z = pointwise(depthwise(x))
""",
    ),
    Example(
        "A series: the mean of five days",
        _HEAD
        + """\
days = torch.arange(24.0)
x = torch.sin(days / 4) + 0.3 * torch.randn(24)
conv = nn.Conv1d(1, 1, 5, padding=2, bias=False, padding_mode="replicate")
conv.weight.data[:] = torch.ones(5) / 5
y = conv(x.reshape(1, 1, 24))
""",
    ),
    Example(
        "Max pooling: where each maximum was",
        _HEAD
        + """\
x = torch.tensor([[[[1, 5, 2, 0], [4, 3, 8, 8], [7, 0, 1, 2], [6, 9, 3, 4]]]], dtype=torch.float32)
pool = nn.MaxPool2d(2, return_indices=True)
y, indices = pool(x)
unpool = nn.MaxUnpool2d(2)
back = unpool(y, indices)
""",
    ),
    Example(
        "A video: windows slide through time",
        _HEAD
        + """\
x = torch.zeros(1, 1, 4, 5, 5)
for time in range(4):
    x[0, 0, time, 2, time] = 1.0
conv = nn.Conv3d(1, 1, (2, 3, 3), padding=(0, 1, 1), bias=False)
conv.weight.data[0, 0, 0] = -1 / 9
conv.weight.data[0, 0, 1] = 1 / 9
y = conv(x)
""",
    ),
)
