"""Examples of the graph: what is tracked, what cuts it, and what writes behind its back."""

from __future__ import annotations

from explorer.ui.examples.example import Example

GRAPH_EXAMPLES = (
    Example(
        "no_grad, enable_grad, inference_mode",
        """\
import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
a = x * 2
with torch.no_grad():
    b = x * 2  # look
    with torch.enable_grad():
        c = x * 2
with torch.inference_mode():
    d = x * 2
loss = (a + b + c).sum()
loss.backward()
print(x.grad, d.is_inference())
""",
    ),
    Example(
        "detach beside detach_",
        """\
import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 2
cut = y.detach()
left = (y * cut).sum()
left.backward()
print(x.grad)

u = torch.tensor([1.0, 2.0], requires_grad=True)
v = u * 2
v.detach_()
right = (v * v * u).sum()
right.backward()  # look
print(u.grad)
""",
    ),
    Example(
        ".data writes behind the graph's back",
        """\
import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x * 2
z = y**2  # look
y.data.zero_()
z.sum().backward()
print(z, x.grad)
""",
    ),
    Example(
        "The same write, noticed",
        """\
import torch

x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
y = x * 2
z = y**2
y.detach().zero_()
z.sum().backward()
""",
        stops=True,
    ),
    Example(
        "In place: harmless for sin, not for exp",
        """\
import torch

x = torch.tensor([0.0, 1.0], requires_grad=True)
s = x.sin()
s.mul_(2)
s.sum().backward()
print(x.grad)
e = x.exp()
e.mul_(2)
e.sum().backward()
""",
        stops=True,
    ),
    Example(
        "Writing into a view: CopySlices",
        """\
import torch

x = torch.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
w = torch.tensor([10.0, 20.0], requires_grad=True)
y = x * 1
y[1:3] = w * 2  # look
y.sum().backward()
print(x.grad, w.grad)
""",
    ),
    Example(
        "A leaf cannot be written to in place",
        """\
import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
with torch.no_grad():
    w -= 0.1
w -= 0.1
""",
        stops=True,
    ),
    Example(
        "One node, several results",
        """\
import torch

x = torch.tensor([[3.0, 1.0], [2.0, 4.0]], requires_grad=True)
# look
first, second = x.unbind()
values, indices = x.max(dim=1)
loss = (first * 10).sum() + values.sum()
loss.backward()
print(x.grad)
""",
    ),
    Example(
        "Train B, not A: two ways",
        """\
import torch
from torch import nn

A, B = nn.Linear(2, 2), nn.Linear(2, 1)
x = torch.tensor([[1.0, 2.0]])

y = A(x)
z = B(y.detach()).sum()
z.backward()
print(A.weight.grad, B.weight.grad)

B.zero_grad()
A.requires_grad_(False)
z = B(A(x)).sum()
z.backward()  # look
print(A.weight.grad, B.weight.grad)
""",
    ),
    Example(
        "Train A through a frozen B",
        """\
import torch
from torch import nn

A, B = nn.Linear(2, 2), nn.Linear(2, 1)
B.requires_grad_(False)
x = torch.tensor([[1.0, 2.0]])
# look
loss = B(torch.tanh(A(x))).sum()
loss.backward()
print(A.weight.grad, B.weight.grad)
""",
    ),
    Example(
        "A leaf that the loss does not use",
        """\
import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
unused = torch.tensor([3.0, 4.0], requires_grad=True)
aside = x * unused
loss = (x**2).sum()
loss.backward()
print(x.grad)
print(unused.grad)  # look
""",
    ),
    Example(
        "Why w.grad is None: not a leaf",
        """\
import torch

w = torch.ones(3, requires_grad=True) * 0.1
right = torch.ones(3) * 0.1
right.requires_grad_()
loss = (w**2 + right**2).sum()
loss.backward()
print(right.grad)
print(w.grad)  # look
""",
    ),
    Example(
        "Whole numbers have no gradient",
        """\
import torch

index = torch.tensor([0, 2])
table = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
picked = table[index]
picked.sum().backward()
print(table.grad, index.requires_grad)
steps = torch.tensor([1, 2, 3], requires_grad=True)
""",
        stops=True,
    ),
    Example(
        "Everything is detached",
        """\
import torch

w = torch.tensor([1.0, 2.0], requires_grad=True)
x = torch.tensor([3.0, 4.0])
y = (w * x).detach()
loss = (y**2).sum()
loss.backward()
""",
        stops=True,
    ),
)
