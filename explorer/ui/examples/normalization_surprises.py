"""Examples of what surprises: momentum the other way round, invariances, gradients, precision, what does not fit."""

from __future__ import annotations

from explorer.ui.examples.example import Example

_HEAD = "import torch\nfrom torch import nn\n\n"

SURPRISING_EXAMPLES = (
    Example(
        "By hand: momentum 0.9 in the textbook is 0.1 in torch",
        _HEAD
        + """\
def batch_norm(x, gamma, beta, moving_mean, moving_var, eps, momentum):
    mean = x.mean(0)
    var = ((x - mean) ** 2).mean(0)
    x_hat = (x - mean) / torch.sqrt(var + eps)
    moving_mean = momentum * moving_mean + (1 - momentum) * mean
    moving_var = momentum * moving_var + (1 - momentum) * var
    return gamma * x_hat + beta, moving_mean, moving_var


x = torch.randn(4, 3) * 2 + 5
mean, var = torch.zeros(3), torch.ones(3)
y, mean, var = batch_norm(x, torch.ones(3), torch.zeros(3), mean, var, 1e-5, 0.9)
bn = nn.BatchNorm1d(3, momentum=0.1)
z = bn(x)
print((y - z).abs().max())
print(mean - bn.running_mean)
print((var - 0.9) / (bn.running_var - 0.9))
""",
    ),
    Example(
        "Ten times the weights: the same result, a tenth of the gradient",
        _HEAD
        + """\
x = torch.randn(16, 4)
small = nn.Linear(4, 3, bias=False)
large = nn.Linear(4, 3, bias=False)
large.weight.data[:] = 10 * small.weight.data
bn1 = nn.BatchNorm1d(3)
bn2 = nn.BatchNorm1d(3)
y = bn1(small(x))
z = bn2(large(x))
seed = torch.randn(16, 3)
y.backward(seed)
z.backward(seed)
print((y - z).abs().max())
print(small.weight.grad / large.weight.grad)
""",
        opens=(("layer", 0), ("beside", 1)),
    ),
    Example(
        "Backward: the gradients of a channel add up to 0",
        _HEAD
        + """\
x = torch.randn(6, 2, requires_grad=True)
bn = nn.BatchNorm1d(2)
y = bn(x)
y[0, 0].backward()
print(x.grad.sum(0))
print((x.grad * y).sum(0))
""",
    ),
    Example(
        "A constant channel: 0 / √(0 + eps)",
        _HEAD
        + """\
x = torch.randn(4, 3, 2, 2)
x[:, 1] = 7.0
x[:, 2] = x[:, 2] / 1000
bn = nn.BatchNorm2d(3)
y = bn(x)
print(y.std(dim=(0, 2, 3)))
""",
    ),
    Example(
        "One value far away: all others come close together",
        _HEAD
        + """\
x = torch.randn(1, 12)
x[0, 5] = 1000.0
ln = nn.LayerNorm(12)
y = ln(x)
""",
    ),
    Example(
        "Half precision: the squares overflow by hand",
        _HEAD
        + """\
x = torch.tensor([[300.0, -250.0, 280.0, 310.0]], dtype=torch.float16)
by_hand = x / (x.square().mean(-1, keepdim=True) + 1e-6).sqrt()
rms = nn.RMSNorm(4, eps=1e-6, dtype=torch.float16)
y = rms(x)
print(x.square())
print(by_hand)
print(y)
""",
    ),
    Example(
        "A batch of 1 in training has no variance",
        _HEAD
        + """\
net = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.ReLU())
for batch in torch.randn(9, 4).split(4):
    y = net(batch)
""",
        stops=True,
    ),
    Example(
        "Six channels in four groups",
        _HEAD
        + """\
x = torch.randn(2, 6, 3, 3)
gn = nn.GroupNorm(4, 6)
y = gn(x)
""",
        stops=True,
    ),
    Example(
        "LayerNorm over sizes that are not the last ones",
        _HEAD
        + """\
x = torch.randn(3, 4, 5, 6)
ln = nn.LayerNorm((4, 5))
y = ln(x)
""",
        stops=True,
    ),
)
