"""What autograd refuses, and where a graph ends: the tensor and the line, with changes that mend it."""

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
torch.autograd.grad((x*2).sum(), [])
""",
        "torch.autograd.grad((x*2).sum(), [])",
        ("grad got an empty list of tensors to compute gradients for.",),
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
def test_autograd_errors(lesson: Lesson) -> None:
    check(lesson)
