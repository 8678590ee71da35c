"""Where a graph ends: why nothing can be sent back, with changes that mend it."""

from __future__ import annotations

import pytest

from tests.explain.lessons import Lesson, check

LESSONS = [
    Lesson(
        """\
x=torch.ones(3)
x.register_hook(print)
""",
        "x.register_hook(print)",
        ("x does not require grad, so it has no gradient that a hook could be given.",),
        (("x=torch.ones(3, requires_grad=True)",),),
    ),
    Lesson(
        """\
x=torch.ones(3)
x.retain_grad()
""",
        "x.retain_grad()",
        ("x does not require grad, so it has no gradient to keep.",),
        (("x=torch.ones(3, requires_grad=True)",),),
    ),
    Lesson(
        """\
x=torch.ones(3,requires_grad=True)
z=torch.ones(3)
torch.autograd.grad(x.sum(),z)
""",
        "torch.autograd.grad(x.sum(),z)",
        ("z does not require grad, so autograd did not follow what was computed from it.",),
        (),
    ),
    Lesson(
        """\
x=torch.ones(3,requires_grad=True)
y=x.exp()
y.detach_()
y.sum().backward()
""",
        "y.sum().backward()",
        ("The tensor does not require grad: detach in line 3 (`y.detach_()`) takes the tensor itself out",),
        ((),),
    ),
    Lesson(
        """\
x=torch.ones(3,requires_grad=True)
(g,)=torch.autograd.grad((x**2).sum(),x)
g.sum().backward()
""",
        "g.sum().backward()",
        ("The tensor does not require grad: grad in line 2 (`torch.autograd.grad((x**2).sum(),x)`) gives",),
        (("(g,)=torch.autograd.grad((x**2).sum(),x, create_graph=True)",),),
    ),
    Lesson(
        """\
x=torch.ones(3,requires_grad=True)
y=x.detach().numpy()
t=torch.from_numpy(y)*2
t.sum().backward()
""",
        "t.sum().backward()",
        ("The tensor does not require grad: from_numpy in line 3 (`torch.from_numpy(y)`) is made of plain",),
        (),
    ),
    Lesson(
        """\
x=torch.ones(3,requires_grad=True)
y=torch.tensor((x*2).sum().item())
y.backward()
""",
        "y.backward()",
        ("y does not require grad: tensor in line 2 (`torch.tensor((x*2).sum().item())`) is made of plain",),
        (),
    ),
    Lesson(
        """\
net=nn.Linear(2,1)
for p in net.parameters():
    p.requires_grad_(False)
loss=net(torch.ones(1,2)).sum()
loss.backward()
""",
        "loss.backward()",
        (
            "loss was not computed from any tensor with requires_grad=True, so there is nothing to send",
            "The parameters behind it were frozen in line 3 (`p.requires_grad_(False)`).",
        ),
        (),
    ),
    Lesson(
        """\
x=torch.ones(3,requires_grad=True)
y=x.clamp(0,1)
x.sum().backward(create_graph=True)
x.grad.backward()
""",
        "x.grad.backward()",
        ("x.grad does not require grad: grad in line 4 (`x.grad`) gives a gradient that depends on no",),
        (),
    ),
    Lesson(
        """\
x=torch.ones(3,requires_grad=True)
@torch.no_grad()
def f(x):
    return x*2
f(x).sum().backward()
""",
        "f(x).sum().backward()",
        ("The tensor does not require grad: mul in line 4 (`x*2`) ran where gradients are off",),
        (),
    ),
    Lesson(
        """\
x=torch.ones(3,requires_grad=True)
with torch.inference_mode():
    y=(x*2).sum()
y.backward()
""",
        "y.backward()",
        ("y does not require grad: mul in line 3 (`x*2`) ran where gradients are off",),
        (("with torch.enable_grad():",),),
    ),
    Lesson(
        """\
torch.set_grad_enabled(False)
x=torch.ones(3,requires_grad=True)
y=(x*2).sum()
y.backward()
""",
        "y.backward()",
        ("y does not require grad: mul in line 3 (`x*2`) ran where gradients are off",),
        (),
    ),
    Lesson(
        """\
x = torch.rand(2, requires_grad=True)
w = torch.rand(2, requires_grad=True)
v = w * 2
torch.autograd.grad((x * 2).sum(), [x, w, v])
""",
        "torch.autograd.grad((x * 2).sum(), [x, w, v])",
        ("w and v have no part in the result: no path in the graph leads there.",),
        (("torch.autograd.grad((x * 2).sum(), [x, w, v], allow_unused=True)",),),
    ),
]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("lesson", LESSONS, ids=[str(number) for number in range(len(LESSONS))])
def test_ends_of_the_graph(lesson: Lesson) -> None:
    check(lesson)
