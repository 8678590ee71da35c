"""Programs that use much of Python, by what they use."""

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
