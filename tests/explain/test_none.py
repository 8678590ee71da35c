"""None where a value is needed."""

from __future__ import annotations

import pytest

from tests.explain.lessons import Lesson, check

LESSONS = [
    Lesson(
        """\
x = torch.ones(3)
x.grad.zero_()
""",
        "x.grad.zero_",
        ("x.grad is None: x does not require grad, so no gradient is computed for it.",),
        (),
    ),
    Lesson(
        """\
x = torch.ones(3, requires_grad=True)
x.grad.zero_()
""",
        "x.grad.zero_",
        ("x.grad is None: no backward pass has reached x yet (zero_grad() sets gradients to None as",),
        (),
    ),
    Lesson(
        """\
x = torch.ones(3, requires_grad=True)
y = x * 2
y.sum().backward()
print(y.grad + 1)
""",
        "y.grad + 1",
        ("y.grad is None: y was computed, it is no leaf, and gradients are kept for leaves only.",),
        (),
    ),
    Lesson(
        """\
xs = [1, 2]
xs = xs.append(3)
print(xs[0])
""",
        "xs[0]",
        ("xs is None: append (line 2) works in place and returns nothing.",),
        (("xs.append(3)",),),
    ),
    Lesson(
        """\
def f(x):
    x = x * 2
y = f(torch.ones(3))
z = y + 1
""",
        "y + 1",
        ("y is None: f (line 1) ends without `return`, and a function without it gives None.",),
        (("    return x",),),
    ),
    Lesson(
        """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 2)
        self.b = nn.Linear(2, 2)
    def hidden(self, x):
        self.a(x)
    def forward(self, x):
        return self.b(self.hidden(x))
net = Net()
net(torch.ones(1, 2))
""",
        "self.b(self.hidden(x))",
        ("self.hidden(x) is None: hidden (line 6) ends without `return`, and a function without it",),
        (("        return self.a(x)",),),
    ),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("lesson", LESSONS, ids=[str(number) for number in range(len(LESSONS))])
def test_none(lesson: Lesson) -> None:
    check(lesson)
