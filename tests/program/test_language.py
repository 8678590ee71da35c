"""Programs do what plain Python does, and their steps stand where plain Python says."""

from __future__ import annotations

import ast
import contextlib
import io
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.program.policy import RefusedError, compile_program, implicit_imports

PREAMBLE = (
    "import math, random\nimport numpy as np\nimport torch\nfrom torch import nn, optim\n"
    "import torch.nn.functional as F\nfrom collections import OrderedDict\n"
)

PROGRAMS = {
    "class": """
class A:
    n = 1
    def __init__(self, x=2, *a, **k):
        self.x = x
        self._y = a
        self.__z = k
    def total(self):
        return self.x + len(self._y) + len(self.__z)
print(A().total(), A(1, 2, 3, k=4).total(), A.n, A.__name__)
""",
    "super": """
class A:
    def f(self):
        return 1
class B(A):
    def f(self):
        return super().f() + 1
class C(B):
    def f(self):
        return super(C, self).f() + 1
print(C().f(), isinstance(C(), A))
""",
    "module": """
class Net(nn.Module):
    def __init__(self):
        super(Net, self).__init__()
        self.fc = nn.Linear(2, 3)
    def forward(self, x):
        return F.relu(self.fc(x))
net = Net()
print(net, net(torch.ones(1, 2)).shape, [n for n, _ in net.named_parameters()], net._modules.keys())
""",
    "function": """
class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        ctx.factor = 2
        return x * 2
    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * ctx.factor
x = torch.ones(2, requires_grad=True)
Double.apply(x).sum().backward()
print(x.grad)
""",
    "dataset": """
from torch.utils.data import DataLoader, Dataset
class D(Dataset):
    def __len__(self):
        return 4
    def __getitem__(self, i):
        return torch.tensor(i)
for batch in DataLoader(D(), batch_size=2, num_workers=2):
    print(batch)
""",
    "generator": """
def g(n):
    total = 0
    for i in range(n):
        got = yield i
        total += got or 0
    return total
def h():
    total = yield from g(3)
    yield total
i = h()
print(next(i), i.send(5), list(i))
""",
    "exceptions": """
def f(x):
    try:
        return 1 / x
    except ZeroDivisionError as e:
        return str(e)
    else:
        pass
    finally:
        print('end')
print(f(1), f(0))
try:
    torch.ones(2) + torch.ones(3)
except RuntimeError as e:
    print(type(e).__name__, e.args)
""",
    "manager": """
class M:
    def __enter__(self):
        return 7
    def __exit__(self, *a):
        return True
with M() as m, torch.no_grad():
    print(m)
    1 / 0
print('on')
""",
    "formats": """
x = 3.14159
print(f'{x:{8}.{2}f}|{x!r:>10}|{[1]}', '{0:>8} {a[0]} {0.real}'.format(x, a=[1]))
print('%5.2f|%-4s|%d' % (x, 'a', 3), format(x, '.1f'), f'{1:{">"}5}')
""",
    "unpacking": """
a, (b, *c), *d = 1, (2, 3, 4), 5, 6
print(a, b, c, d, [*c, *d], {**{'k': 1}}, (lambda *p, **q: (p, q))(*c, z=1))
""",
    "augmented": """
x = torch.zeros(2, 3)
x[:, 1] += 1
x.data *= 2
d = {'a': 1}
d['a'] += 1
l = m = [1]
l += [2]
class A: pass
a = A()
a.n = 1
a.n <<= 3
print(x, d, m, a.n)
""",
    "comprehensions": """
print([i * j for i in range(3) for j in range(i) if j], {i: i ** 2 for i in range(3)})
print({i % 2 for i in range(5)}, sum(i for i in range(5)))
""",
    "closures": """
def counter():
    n = 0
    def step():
        nonlocal n
        n += 1
        return n
    return step
c = counter()
c()
print(c(), (y := 3) + y, [f(2) for f in (lambda i, k=k: i * k for k in range(3))])
""",
    "decorators": """
import functools
def twice(f):
    @functools.wraps(f)
    def g(*a):
        return f(f(*a))
    return g
@twice
def inc(x):
    'Adds one.'
    return x + 1
print(inc(1), inc.__name__, inc.__doc__)
@torch.no_grad()
def f(x):
    return x * 2
print(f(torch.ones(1, requires_grad=True)).requires_grad)
""",
    "properties": """
class T:
    def __init__(self):
        self._c = 1
    @property
    def c(self):
        return self._c
    @c.setter
    def c(self, v):
        self._c = v
    @classmethod
    def make(cls):
        return cls()
    def __repr__(self):
        return f'T({self.c})'
t = T.make()
t.c = 5
t.c += 1
print(t, vars(t))
""",
    "dataclass": """
from dataclasses import dataclass, field
from collections import namedtuple
@dataclass
class P:
    x: int
    y: list = field(default_factory=list)
Q = namedtuple('Q', 'a b')
q = Q(1, b=2)
print(P(1), P(1) == P(1), q, q.a, q._replace(a=3))
""",
    "getattr": """
x = torch.ones(2)
print(getattr(x, 'shape'), getattr(x, 'nothing', 3), hasattr(torch, 'ones'), hasattr(x, 'q'))
class A: pass
a = A()
setattr(a, 'k', 1)
print(a.k, hasattr(a, 'z'))
""",
    "main": """
def main():
    print('here')
if __name__ == '__main__':
    main()
""",
    "hooks": """
x = torch.ones(1, requires_grad=True)
x.register_hook(lambda g: print('grad', g))
net = nn.Linear(1, 1)
net.register_forward_hook(lambda m, i, o: print(type(m).__name__))
(net(x) * 0).sum().backward()
""",
    "attribute error": """
for thing in (torch, torch.ones(1), [], nn.Linear(1, 1), int, None):
    try:
        thing.nothing
    except AttributeError as e:
        print(e)
""",
    "annotations": """
def f(x: torch.Tensor, n: 'int' = 2) -> torch.Tensor | None:
    y: int = n
    return x * y
class A:
    b: int
print(f(torch.ones(1)))
""",
    "loops": """
for i in range(3):
    if i == 1:
        continue
    print(i)
else:
    print('done')
n = 0
while True:
    n += 1
    if n > 3:
        break
print(n)
""",
    "imports": """
import torch.nn.functional
import torch as t, math as m
from torch import Tensor, nn as layers
print(t.ones(1), m.pi, isinstance(t.ones(1), Tensor), layers.ReLU(), torch.nn.functional.relu(t.ones(1)))
""",
    "legacy": """
print(torch.FloatTensor([1, 2]), torch.LongTensor([3]).type(torch.FloatTensor), torch.Tensor([1]).tolist())
""",
    "optimizer": """
w = torch.ones(1, requires_grad=True)
o = optim.SGD([w], lr=0.5)
s = optim.lr_scheduler.StepLR(o, 1, 0.1)
for _ in range(2):
    o.zero_grad()
    (w ** 2).sum().backward()
    o.step()
    s.step()
    print(o.param_groups[0]['lr'], w)
""",
    "dispatch": """
import functools
@functools.singledispatch
def f(x):
    return 'any'
@f.register(int)
def _(x):
    return 'int'
print(f(1), f('a'))
""",
}


def plain_output(source: str) -> str:
    """What plain Python prints for a program."""
    torch.manual_seed(0)
    names: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(PREAMBLE, names)  # noqa: S102 - the test's own text
        exec(source, names)  # noqa: S102
    return printed.getvalue()


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_prints_what_plain_python_prints(name: str) -> None:
    trace = explorer.run(PROGRAMS[name])
    assert trace.error is None
    assert trace.output == plain_output(PROGRAMS[name])


@pytest.mark.parametrize("name", PROGRAMS)
def test_rewriting_keeps_every_place(name: str) -> None:
    source = PROGRAMS[name]
    there = {
        (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call | ast.BinOp | ast.Subscript)
    }
    assert there <= _places(compile_program(source, "<test>")) | _unreached(source)


def _places(code: Any) -> set[tuple[int | None, ...]]:
    found: set[tuple[int | None, ...]] = set()
    found |= {(line, column, end, end_column) for line, end, column, end_column in code.co_positions()}
    for constant in code.co_consts:
        if hasattr(constant, "co_positions"):
            found |= _places(constant)
    return found


def _unreached(source: str) -> set[tuple[int | None, ...]]:
    """Places inside local annotations, which Python does not evaluate, and targets of augmented assignments."""
    found: set[tuple[int | None, ...]] = set()
    for node in ast.walk(ast.parse(source)):
        part = node.annotation if isinstance(node, ast.AnnAssign) else None
        part = node.target if isinstance(node, ast.AugAssign) else part
        for inner in ast.walk(part) if part is not None else ():
            if isinstance(inner, ast.expr):
                found.add((inner.lineno, inner.col_offset, inner.end_lineno, inner.end_col_offset))
    return found


def test_class_statements_stand_on_their_own_line() -> None:
    error = explorer.run("x = 1\n\n\nclass A(x):\n    pass").error
    assert error is not None
    assert error.line == 4


@settings(deadline=None)
@given(
    left=st.lists(st.integers(-3, 3), max_size=4),
    right=st.lists(st.integers(-3, 3), max_size=4),
    number=st.integers(-20, 20),
    other=st.integers(-20, 20),
    symbol=st.sampled_from(["+", "-", "*", "//", "%", "/", "&", "|", "^"]),
)
def test_operators_are_pythons(left: list[int], right: list[int], number: int, other: int, symbol: str) -> None:
    source = (
        f"try:\n    print({number} {symbol} {other})\nexcept Exception as e:\n    print(type(e).__name__, e)\n"
        f"print({left} + {right}, {left} * {abs(other) % 4}, {left} == {right})"
    )
    trace = explorer.run(source)
    assert trace.error is None
    assert trace.output == plain_output(source)


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("nn.Linear(1, 2)", ("from torch import nn",)),
        ("import torch\nF.relu(torch.ones(1)); np.ones(1)", ("import torch.nn.functional as F", "import numpy as np")),
        ("np = 1\nprint(np)", ()),
        ("def f(torch):\n    return torch", ()),
    ],
)
def test_names_used_without_import_are_told(source: str, lines: tuple[str, ...]) -> None:
    assert implicit_imports(source) == lines
    assert not implicit_imports("\n".join([*lines, source]))


def test_a_program_is_compiled_once_under_every_filename() -> None:
    first, second = compile_program("def f():\n    pass", "<a>"), compile_program("def f():\n    pass", "<b>")
    assert (first.co_filename, second.co_filename) == ("<a>", "<b>")
    assert second.co_consts[0].co_filename == "<b>"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("match 1:\n    case 1: pass", "if and elif"),
        ("async def f(): pass", "use def"),
        ("from torch import *", "Name what is used"),
        ("import toch", "Did you mean torch?"),
        ("from torch import oness", "Did you mean ones?"),
    ],
)
def test_a_refusal_says_what_to_write_instead(source: str, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        compile_program(source, "<test>")
    assert words in caught.value.hint


def test_a_printed_module_does_not_tell_where_it_is_installed() -> None:
    trace = explorer.run("import math\nprint(torch, math)\nnn")
    assert trace.output == "<module 'torch'> <module 'math'>\n<module 'torch.nn'>\n"
