"""Backward passes that cannot be made and writes that autograd forbids."""

from __future__ import annotations

import pytest

from tests.explain.lessons import Lesson, check

LESSONS = [
    Lesson(
        """\
x = torch.ones(3, requires_grad=True)
y = x.exp()
y += 1
y.sum().backward()
""",
        "y.sum().backward()",
        (
            "exp in line 2 (`x.exp()`) saved y (shape (3,)) for its backward, at version 0.",
            "It was then written in place in line 3 (`y += 1`), and is at version 1 now.",
        ),
        (("y = y + 1",),),
    ),
    Lesson(
        """\
x = torch.ones(3, requires_grad=True)
w = torch.ones(3)
y = x * w
w.add_(1)
y.sum().backward()
""",
        "y.sum().backward()",
        (
            "mul in line 3 (`x * w`) saved w (shape (3,)) for its backward, at version 0.",
            "It was then written in place in line 4 (`w.add_(1)`), and is at version 1 now.",
        ),
        (("w = w.add(1)",),),
    ),
    Lesson(
        """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 3)
    def forward(self, x):
        h = torch.sigmoid(self.fc(x))
        h[0] = 0
        return h.sum()
Net()(torch.ones(2, 3)).backward()
""",
        "Net()(torch.ones(2, 3)).backward()",
        (
            "sigmoid in line 6 (`torch.sigmoid(self.fc(x))`) saved h (shape (2, 3)) for its backward, at",
            "It was then written in place in line 7 (`h[0] = 0`), and is at version 1 now.",
        ),
        (("        h = h.clone()",),),
    ),
    Lesson(
        """\
x = torch.ones(3, requires_grad=True)
y = (x ** 2).sum()
y.backward()
y.backward()
""",
        "y.backward()",
        ("A backward pass has gone through this graph before, in line 3 (`y.backward()`), and freed",),
        (("y.backward(retain_graph=True)",),),
    ),
    Lesson(
        """\
x = torch.ones(3, requires_grad=True)
y = (x ** 2).sum()
for i in range(3):
    y.backward()
""",
        "y.backward()",
        ("A backward pass has gone through this graph before, in line 4 (`y.backward()`), and freed",),
        (("    y.backward(retain_graph=True)",),),
    ),
    Lesson(
        """\
x = torch.ones(3)
y = (x * 2).sum()
y.backward()
""",
        "y.backward()",
        ("y was not computed from any tensor with requires_grad=True, so there is nothing to send",),
        (("x = torch.ones(3, requires_grad=True)",),),
    ),
    Lesson(
        """\
x = torch.ones(3, requires_grad=True)
y = x.detach() * 2
y.sum().backward()
""",
        "y.sum().backward()",
        ("The tensor does not require grad: detach in line 2 (`x.detach()`) gives the values without",),
        (("y = x * 2",),),
    ),
    Lesson(
        """\
w = torch.ones(3, requires_grad=True)
with torch.no_grad():
    loss = (w * 2).sum()
loss.backward()
""",
        "loss.backward()",
        ("loss does not require grad: mul in line 3 (`w * 2`) ran where gradients are off",),
        (("with torch.enable_grad():",),),
    ),
    Lesson(
        """\
w = torch.ones(3, requires_grad=True)
acc = (w > 0).float().mean()
acc.backward()
""",
        "acc.backward()",
        ("acc does not require grad: gt in line 2 (`w > 0`) gives a result of dtype bool, which has",),
        (),
    ),
    Lesson(
        """\
w = torch.ones(3, requires_grad=True)
loss = (w * 2).argmax()
loss.backward()
""",
        "loss.backward()",
        ("loss does not require grad: argmax in line 2 (`(w * 2).argmax()`) gives a result of dtype int64",),
        (("loss = (w * 2).amax()",),),
    ),
    Lesson(
        """\
net = nn.Linear(2, 3)
wrong = (net(torch.ones(4, 2)).argmax(dim=1) != torch.tensor([0, 1, 2, 0])).float().mean()
wrong.backward()
""",
        "wrong.backward()",
        ("wrong does not require grad: argmax in line 2",),
        (),
    ),
    Lesson(
        """\
x = torch.ones(3, requires_grad=True)
y = x * 2
y.backward()
""",
        "y.backward()",
        ("backward() starts from one number. y has shape (3,): 3 elements.",),
        (
            ("y.sum().backward()",),
            ("y.mean().backward()",),
        ),
    ),
    Lesson(
        """\
x = torch.ones(3, requires_grad=True)
torch.autograd.grad(x * 2, x)
""",
        "torch.autograd.grad(x * 2, x)",
        ("The tensor has shape (3,): 3 elements.",),
        (
            ("torch.autograd.grad((x * 2).sum(), x)",),
            ("torch.autograd.grad((x * 2).mean(), x)",),
        ),
    ),
    Lesson(
        """\
x = torch.ones(3, requires_grad=True)
x += 1
""",
        "x += 1",
        ("x is a leaf that requires grad (shape (3,)).",),
        (
            (
                "with torch.no_grad():",
                "    x += 1",
            ),
            ("x = x + 1",),
        ),
    ),
    Lesson(
        """\
w = torch.ones(3, requires_grad=True)
loss = (w * w).sum()
loss.backward()
w -= 0.1 * w.grad
""",
        "w -= 0.1 * w.grad",
        ("w is a leaf that requires grad (shape (3,)).",),
        (
            (
                "with torch.no_grad():",
                "    w -= 0.1 * w.grad",
            ),
            ("w = w - (0.1 * w.grad)",),
        ),
    ),
    Lesson(
        """\
w = torch.ones(3, requires_grad=True)
w[0] = 5
""",
        "w[0] = 5",
        ("w is a leaf that requires grad (shape (3,)).",),
        (
            (
                "with torch.no_grad():",
                "    w[0] = 5",
            ),
        ),
    ),
    Lesson(
        """\
x = torch.ones(3, requires_grad=True)
y = x * 2
y.requires_grad = False
""",
        "y.requires_grad = False",
        ("y was computed from tensors that require grad, so it requires grad too: requires_grad can",),
        (("y = y.detach()",),),
    ),
    Lesson(
        """\
x = torch.ones(3, requires_grad=True)
z = torch.ones(3, requires_grad=True)
torch.autograd.grad(x.sum(), z)
""",
        "torch.autograd.grad(x.sum(), z)",
        ("z has no part in the result: no path in the graph leads there.",),
        (("torch.autograd.grad(x.sum(), z, allow_unused=True)",),),
    ),
    Lesson(
        """\
x = torch.ones(3, requires_grad=True) * 2
x.unbind()[0].add_(1)
""",
        "x.unbind()[0].add_(1)",
        ("This tensor is one of several views that unbind gave at once, and autograd cannot follow a",),
        (),
    ),
    Lesson(
        """\
x = torch.ones(3, requires_grad=True)
(x * 2).backward(torch.ones(2))
""",
        "(x * 2).backward(torch.ones(2))",
        ("The gradient to start from has shape (2,), and the tensor has shape (3,): each element of",),
        (),
    ),
    Lesson(
        """\
x = torch.ones(2, 3, requires_grad=True)
h = torch.sigmoid(x)
h[0] = 0
h.sum().backward()
""",
        "h.sum().backward()",
        (
            "sigmoid in line 2 (`torch.sigmoid(x)`) saved h (shape (2, 3)) for its backward, at version",
            "It was then written in place in line 3 (`h[0] = 0`), and is at version 1 now.",
        ),
        (("h = h.clone()",),),
    ),
    Lesson(
        """\
x = torch.ones(3, requires_grad=True)
h = F.relu(x * 2)
h2 = F.relu(h, inplace=True)
z = h2.exp()
z.mul_(2)
z.sum().backward()
""",
        "z.sum().backward()",
        (
            "exp in line 4 (`h2.exp()`) saved z (shape (3,)) for its backward, at version 0.",
            "It was then written in place in line 5 (`z.mul_(2)`), and is at version 1 now.",
        ),
        (),
    ),
    Lesson(
        """\
w = torch.ones(2, requires_grad=True)
h = torch.zeros(2)
for t in range(3):
    h = torch.tanh(h + w)
    h.sum().backward()
""",
        "h.sum().backward()",
        ("A backward pass has gone through this graph before, in line 5 (`h.sum().backward()`), and",),
        (
            ("    h = h.detach()",),
            ("    h.sum().backward(retain_graph=True)",),
        ),
    ),
    Lesson(
        """\
w = torch.ones(2, requires_grad=True)
loss = (w * 2).mean().item()
loss.backward()
""",
        "loss.backward",
        ("backward belongs to tensors, and loss is a Python number (float)",),
        (("loss = (w * 2).mean()",),),
    ),
    Lesson(
        """\
criterion = nn.MSELoss
w = torch.ones(3, requires_grad=True)
loss = criterion(w, torch.zeros(3))
loss.backward()
""",
        "criterion(w, torch.zeros(3))",
        ("criterion is a class: calling it makes a layer",),
        (("loss = criterion()(w, torch.zeros(3))",),),
    ),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("lesson", LESSONS, ids=[str(number) for number in range(len(LESSONS))])
def test_gradients(lesson: Lesson) -> None:
    check(lesson)
