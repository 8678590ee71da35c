"""What autograd refuses: the tensor and the line, with changes that mend it."""

from __future__ import annotations

import pytest

from tests.explain.lessons import Lesson, check

LESSONS = [
    Lesson(
        """\
x=torch.ones(3,requires_grad=True)
with torch.no_grad():
    v=x[0]
v.mul_(2)
""",
        "v.mul_(2)",
        ("v is a view that was made under torch.no_grad() in line 3 (`x[0]`), so autograd does not know",),
        (("    v.mul_(2)",), ("v = v.mul(2)",)),
    ),
    Lesson(
        """\
x=torch.ones(3,requires_grad=True)
y=x*2
y.requires_grad_(False)
""",
        "y.requires_grad_(False)",
        ("y was computed from tensors that require grad, so it requires grad too: requires_grad can only",),
        (("y = y.detach()",),),
    ),
    Lesson(
        """\
import copy
x=torch.ones(3,requires_grad=True)
y=x*2
z=copy.deepcopy(y)
""",
        "copy.deepcopy(y)",
        ("y was computed in line 3 (`x*2`) and hangs on a graph. deepcopy copies leaves only: a copy of a",),
        (("z=copy.deepcopy(y.detach())",),),
    ),
    Lesson(
        """\
x=torch.ones(3,requires_grad=True)
x.register_hook(lambda g: g[:2])
(x*2).sum().backward()
""",
        "(x*2).sum().backward()",
        ("A hook returned a gradient of another shape than the one it was given. What a hook returns",),
        (),
    ),
    Lesson(
        """\
x=torch.ones(3,requires_grad=True)
y=x*2
y.register_hook(lambda g: 3)
y.sum().backward()
""",
        "y.sum().backward()",
        ("A hook returned an int. What a hook returns takes the place of the gradient, so it must be a tensor.",),
        (),
    ),
    Lesson(
        """\
with torch.inference_mode():
    x=torch.ones(3)
w=torch.ones(3,requires_grad=True)
y=x*w
y.sum().backward()
""",
        "x*w",
        ("x was made in inference mode in line 2 (`torch.ones(3)`): such tensors keep nothing that",),
        (("with torch.no_grad():",),),
    ),
    Lesson(
        """\
with torch.inference_mode():
    x=torch.ones(3)
x.add_(1)
""",
        "x.add_(1)",
        ("x was made in inference mode in line 2 (`torch.ones(3)`): such tensors keep nothing that",),
        (("with torch.no_grad():",),),
    ),
    Lesson(
        """\
with torch.inference_mode():
    x=torch.ones(3)
x.requires_grad_()
""",
        "x.requires_grad_()",
        ("x was made in inference mode in line 2 (`torch.ones(3)`): such tensors keep nothing that",),
        (("with torch.no_grad():",),),
    ),
    Lesson(
        """\
x=torch.ones(3,requires_grad=True)
y=x*2
y.backward([1,1,1])
""",
        "y.backward([1,1,1])",
        ("The gradient to start from must be a tensor of shape (3,), and got int.",),
        (("y.backward(torch.tensor([1,1,1]))",),),
    ),
    Lesson(
        """\
x=torch.ones(3,requires_grad=True)
x.grad=torch.ones(2)
""",
        "x.grad=torch.ones(2)",
        ("x has shape (3,) and dtype float32, and the gradient that it was given has shape (2,) and dtype",),
        (),
    ),
    Lesson(
        """\
x=torch.ones(3,requires_grad=True)
x.grad=torch.ones(3,dtype=torch.float64)
""",
        "x.grad=torch.ones(3,dtype=torch.float64)",
        ("x has shape (3,) and dtype float32, and the gradient that it was given has shape (3,) and dtype",),
        (),
    ),
    Lesson(
        """\
x=torch.ones(3,requires_grad=True)
with torch.autograd.detect_anomaly():
    y=torch.sqrt(x-1)*0
    y.sum().backward()
""",
        "y.sum().backward()",
        (
            "In backward, SqrtBackward0 of sqrt in line 3 (`torch.sqrt(x-1)`) made NaN of a gradient without",
            "It received 0 at [0], where its input is 0. 0 · ∞ is NaN",
        ),
        (),
    ),
    Lesson(
        """\
x=torch.ones(3,requires_grad=True)
y=(x*x).sum()
y.backward(inputs=[])
""",
        "y.backward(inputs=[])",
        ("backward got an empty list of tensors to compute gradients for. Without `inputs=`, backward",),
        (),
    ),
    Lesson(
        """\
x=torch.ones(3,requires_grad=True)
v=x.view(3)
v.detach_()
""",
        "v.detach_()",
        ("v is a view: it belongs to the graph of its base, and cannot be taken out of it by itself.",),
        (("v = v.detach()",),),
    ),
    Lesson(
        """\
x=torch.ones(3,requires_grad=True)
torch.autograd.grad((x*2).sum(), [])
""",
        "torch.autograd.grad((x*2).sum(), [])",
        ("grad got an empty list of tensors to compute gradients for.",),
        (),
    ),
    Lesson(
        """\
x=torch.randn(3,requires_grad=True)
f=torch.func.grad(lambda x: x*2)
f(x)
""",
        "f(x)",
        ("torch.func.grad takes a function that gives one number, and this one gives a tensor with 1 dimension.",),
        (("f=torch.func.jacrev(lambda x: x*2)",),),
    ),
    Lesson(
        """\
from torch.utils.checkpoint import checkpoint
x=torch.ones(3,requires_grad=True)
calls=[]
def f(x):
    calls.append(1)
    return x.exp().sin() if len(calls)==1 else x.exp()
y=checkpoint(f,x,use_reentrant=False)
y.sum().backward()
""",
        "y.sum().backward()",
        ("A checkpoint keeps no intermediate results: backward computes its part again. The second time",),
        (),
    ),
    Lesson(
        """\
from torch.utils.checkpoint import checkpoint
x=torch.ones(3,requires_grad=True)
calls=[]
def f(x):
    calls.append(1)
    return x.exp().sin() if len(calls)==1 else x[:2].exp().sin()
y=checkpoint(f,x,use_reentrant=False)
y.sum().backward()
""",
        "y.sum().backward()",
        ("A checkpoint keeps no intermediate results: backward computes its part again. The second time",),
        (),
    ),
    Lesson(
        """\
x = torch.rand(2, requires_grad=True)
loss = x * 2
loss = loss.mean
loss.backward()
""",
        "loss.backward",
        ("loss is the method mean itself, which was not called, so it has no backward.",),
        (("loss = loss.mean()",),),
    ),
    Lesson(
        """\
x = torch.rand(2, requires_grad=True)
x.sum.backward()
""",
        "x.sum.backward",
        ("x.sum is the method sum itself, which was not called",),
        (("x.sum().backward()",),),
    ),
    Lesson(
        """\
z = torch.ones((), dtype=torch.cfloat, requires_grad=True)
y = z * z
y.backward()
""",
        "y.backward()",
        ("Gradients start from one real number", "y has dtype complex64."),
        (("y.abs().backward()",), ("y.real.backward()",)),
    ),
    *(
        Lesson(
            f"x = torch.ones(3, requires_grad=True)\ny = {root}\n{call}\n",
            call,
            (f"The gradient to start from must be a tensor of the shape of y, {shape}", "it got a float."),
            tuple((fix,) for fix in fixes),
        )
        for root, call, shape, fixes in (
            ("x * 2", "y.backward(1.0)", "(3,): one number for each", ("y.backward(torch.ones_like(y))",)),
            (
                "x * 2",
                "y.backward(2.0)",
                "(3,): one number for each",
                ("y.backward(torch.full_like(y, 2.0))", "y.backward(torch.ones_like(y))"),
            ),
            ("x.sum()", "y.backward(2.0)", "();", ("y.backward(torch.tensor(2.0))",)),
            ("x * 2", "torch.autograd.backward(y, 1.0)", "(3,)", ("torch.autograd.backward(y, torch.ones_like(y))",)),
            ("x * 2", "torch.autograd.grad(y, x, 1.0)", "(3,)", ("torch.autograd.grad(y, x, torch.ones_like(y))",)),
        )
    ),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("lesson", LESSONS, ids=[str(number) for number in range(len(LESSONS))])
def test_autograd_errors(lesson: Lesson) -> None:
    check(lesson)
