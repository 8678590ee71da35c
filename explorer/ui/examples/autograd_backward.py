"""Examples of backward: roots, paths, accumulation, and gradients of gradients."""

from __future__ import annotations

from explorer.ui.examples.example import Example

BACKWARD_EXAMPLES = (
    Example(
        "From the mean back to x",
        """\
import torch

x = torch.ones(2, 2, requires_grad=True)
y = x + 2
z = y * y * 3  # look
out = z.mean()
out.backward()
print(x.grad)
""",
    ),
    Example(
        "z = x**2: one node, one rule",
        """\
import torch

x = torch.tensor(3.0, requires_grad=True)
z = x**2  # look
z.backward()
print(x.grad)
""",
    ),
    Example(
        "Used twice: two paths are summed",
        """\
import torch

x = torch.tensor(2.0, requires_grad=True)
a = x * 3
b = x**2
z = a * b
z.backward()  # look
print(x.grad)
""",
    ),
    Example(
        "Stretched forward, summed backward",
        """\
import torch

x = torch.arange(6.0).view(2, 3)
w = torch.tensor([[1.0], [2.0]], requires_grad=True)
b = torch.tensor([10.0, 20.0, 30.0], requires_grad=True)
y = x * w + b  # look
loss = y.sum()
loss.backward()
print(w.grad, b.grad)
""",
    ),
    Example(
        "backward(v): v times the Jacobian",
        """\
import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
W = torch.tensor([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0]])
y = W @ x**2  # look
v = torch.tensor([1.0, 10.0])
y.backward(v)
print(x.grad)
""",
    ),
    Example(
        "A root with three elements needs a v",
        """\
import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x**2
y.backward()
""",
        stops=True,
    ),
    Example(
        "Two backward calls add up",
        """\
import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
(w * 3).sum().backward()
print(w.grad)
# look
(w * 3).sum().backward()
print(w.grad)
w.grad.zero_()
(w * 3).sum().backward()
print(w.grad)
""",
    ),
    Example(
        "zero_grad: a tensor of zeros, or None",
        """\
import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
optimizer = torch.optim.SGD([w], lr=0.1)
(w**2).sum().backward()
kept = w.grad
# look
optimizer.zero_grad(set_to_none=False)
print(kept, w.grad is kept)
(w**2).sum().backward()
optimizer.zero_grad(set_to_none=True)
print(kept, w.grad)
""",
    ),
    Example(
        "backward twice: what was saved is gone",
        """\
import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
loss = (x**2).sum()
loss.backward()
loss.backward()
""",
        stops=True,
    ),
    Example(
        "retain_graph keeps what was saved",
        """\
import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
shared = x.exp()  # look
first = shared.sum()
second = (shared * 2).sum()
first.backward(retain_graph=True)
print(x.grad)
second.backward()
print(x.grad)
""",
    ),
    Example(
        "Why y.grad is None: retain_grad",
        """\
import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x * 2
z = y**2
z.retain_grad()
z.sum().backward()
print(x.grad, z.grad)
print(y.grad)  # look
""",
    ),
    Example(
        "torch.autograd.grad writes no .grad",
        """\
import torch

x = torch.tensor(2.0, requires_grad=True)
y = torch.tensor(3.0, requires_grad=True)
z = x**2 * y
# look
dx, dy = torch.autograd.grad(z, (x, y))
print(dx, dy, x.grad, y.grad)
""",
    ),
    Example(
        "The second derivative",
        """\
import torch

x = torch.tensor(2.0, requires_grad=True)
y = x**3
(first,) = torch.autograd.grad(y, x, create_graph=True)
# look
(second,) = torch.autograd.grad(first, x)
print(first, second)
""",
    ),
    Example(
        "A gradient inside the loss",
        """\
import torch

x = torch.tensor([0.5, -1.0], requires_grad=True)
y = (x**3).sum()
(slope,) = torch.autograd.grad(y, x, create_graph=True)
penalty = ((slope - 1) ** 2).sum()
# look
(y + penalty).backward()
print(x.grad)
""",
    ),
    Example(
        "Jacobian and Hessian",
        """\
import torch


def f(x):
    return torch.stack([x[0] * x[1], x[1] ** 2])


def g(x):
    return f(x).sum()


x = torch.tensor([2.0, 3.0])
J = torch.func.jacrev(f)(x)
# look
H = torch.func.hessian(g)(x)
print(J)
print(H)
""",
    ),
)
