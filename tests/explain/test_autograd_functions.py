"""Functions of one's own that autograd refuses: what is wrong with their forward, backward or what they saved."""

from __future__ import annotations

import pytest

from tests.explain.lessons import Lesson, check

LESSONS = [
    Lesson(
        """\
class Sq(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, k):
        ctx.save_for_backward(x)
        return x*x*k
    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2*x*g
x=torch.ones(3,requires_grad=True)
Sq.apply(x, 3).sum().backward()
""",
        "Sq.apply(x, 3).sum().backward()",
        ("Sq.forward takes x and k, so its backward (line 7) must return 2 gradients, one for each in",),
        (("        return 2*x*g, None",),),
    ),
    Lesson(
        """\
class Sq(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x*x
    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return (2*x*g).sum(), None
x=torch.ones(3,requires_grad=True)
Sq.apply(x).sum().backward()
""",
        "Sq.apply(x).sum().backward()",
        ("The backward of Sq (line 7) returned a gradient of shape () for x, which has shape (3,): each",),
        (),
    ),
    Lesson(
        """\
class Sq(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x*x
    @staticmethod
    def backward(ctx, g):
        return g[:2]
x=torch.ones(3,requires_grad=True)
Sq.apply(x).sum().backward()
""",
        "Sq.apply(x).sum().backward()",
        ("The backward of Sq (line 7) returned a gradient of shape (2,) for x, which has shape (3,): each",),
        (),
    ),
    Lesson(
        """\
class Sq(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x*x
x=torch.ones(3,requires_grad=True)
Sq.apply(x).sum().backward()
""",
        "Sq.apply(x).sum().backward()",
        ("Sq has a forward and no backward: autograd does not look inside a custom function, so it cannot",),
        (),
    ),
    Lesson(
        """\
from torch.autograd.function import once_differentiable
class Sq(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x*x
    @staticmethod
    @once_differentiable
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 2*x*g
x=torch.ones(3,requires_grad=True)
(g,)=torch.autograd.grad(Sq.apply(x).sum(),x,create_graph=True)
g.sum().backward()
""",
        "g.sum().backward()",
        ("The tensor does not require grad: grad in line 13 (`torch.autograd.grad(Sq.apply(x).sum(),x…`)",),
        (),
    ),
    Lesson(
        """\
class M(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward([x])
        return x*2
    @staticmethod
    def backward(ctx,g):
        return g
x=torch.ones(3,requires_grad=True)
M.apply(x)
""",
        "M.apply(x)",
        ("save_for_backward takes tensors, one argument each, and argument 0 is a list.",),
        (("        ctx.save_for_backward(x)",),),
    ),
    Lesson(
        """\
class Mul(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x * w
    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        return g * w
x = torch.ones(2, requires_grad=True)
w = torch.full((2,), 3.0, requires_grad=True)
Mul.apply(x, w).sum().backward()
""",
        "Mul.apply(x, w).sum().backward()",
        ("it returned 1. The gradient of w is missing: w requires grad.",),
        (),
    ),
    Lesson(
        """\
class Mul(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x * w
    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        return g * w
x = torch.ones(2, requires_grad=True)
w = torch.full((2,), 3.0)
Mul.apply(x, w).sum().backward()
""",
        "Mul.apply(x, w).sum().backward()",
        ("must return 2 gradients, one for each in that order; it returned 1.",),
        (("        return g * w, None",),),
    ),
    Lesson(
        """\
class Mul(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x * w
    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        return None, g * w, g * x
x = torch.ones(2, requires_grad=True)
w = torch.full((2,), 3.0, requires_grad=True)
Mul.apply(x, w).sum().backward()
""",
        "Mul.apply(x, w).sum().backward()",
        ("must return 2 gradients, one for each in that order; it returned 3.",),
        (("        return g * w, g * x",),),
    ),
    Lesson(
        """\
class Mul(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x * w
    @staticmethod
    def backward(ctx, g):
        x, w = ctx.saved_tensors
        return g * w, None, g * x
x = torch.ones(2, requires_grad=True)
w = torch.full((2,), 3.0, requires_grad=True)
Mul.apply(x, w).sum().backward()
""",
        "Mul.apply(x, w).sum().backward()",
        ("it returned 3.",),
        (),
    ),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("lesson", LESSONS, ids=[str(number) for number in range(len(LESSONS))])
def test_autograd_functions(lesson: Lesson) -> None:
    check(lesson)
