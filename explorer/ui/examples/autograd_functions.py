"""Examples of what people put into backward: functions of their own, hooks, checkpoints; and NaN."""

from __future__ import annotations

from explorer.ui.examples.example import Example

FUNCTION_EXAMPLES = (
    Example(
        "A function with a backward of its own",
        """\
import torch


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        # look
        return grad_output * 3 * x**2


x = torch.tensor([1.0, 2.0], requires_grad=True)
y = Cube.apply(x)
y.sum().backward()
print(x.grad)
""",
    ),
    Example(
        "A wrong backward: compare it",
        """\
import torch


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * x


x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
# look
y = Square.apply(x).sum()
y.backward()
print(x.grad)
""",
    ),
    Example(
        "A straight-through gradient for round",
        """\
import torch


class Round(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.round()

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output


x = torch.tensor([0.4, 1.6], requires_grad=True)
y = x.round().sum()
y.backward()
print(x.grad)
x.grad = None
# look
z = Round.apply(x).sum()
z.backward()
print(x.grad)
""",
    ),
    Example(
        "A hook that changes a gradient",
        """\
import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x * 2  # look
y.register_hook(lambda grad: grad * 10)
z = y.sum()
z.backward()
print(x.grad)
""",
    ),
    Example(
        "Checkpoint: forward runs again",
        """\
import torch
from torch.utils.checkpoint import checkpoint

w = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
x = torch.tensor([0.1, 0.2], requires_grad=True)


def block(x):
    # look
    return torch.tanh(w @ x)


y = checkpoint(block, x, use_reentrant=False)
y.sum().backward()
print(x.grad)
""",
    ),
    Example(
        "NaN from a branch that was not taken",
        """\
import torch

x = torch.tensor([4.0, 0.0], requires_grad=True)
# look
y = torch.where(x > 0, x.sqrt(), torch.zeros(2))
y.sum().backward()
print(y, x.grad)
""",
    ),
    Example(
        "The same without NaN",
        """\
import torch

x = torch.tensor([4.0, 0.0], requires_grad=True)
safe = torch.where(x > 0, x, torch.ones(2))
# look
y = torch.where(x > 0, safe.sqrt(), torch.zeros(2))
y.sum().backward()
print(y, x.grad)
""",
    ),
    Example(
        "Anomaly mode finds the NaN",
        """\
import torch

x = torch.tensor([1.0, 0.0], requires_grad=True)
with torch.autograd.detect_anomaly():
    y = x / x
    z = y.nan_to_num() * x.sqrt()
    z.sum().backward()
""",
        stops=True,
    ),
)
