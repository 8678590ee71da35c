"""Roads out of the language that were found and closed."""

from __future__ import annotations

import pytest

import explorer

ADDRESS = "{'data': (4096, False), 'shape': (4,), 'typestr': '|u1', 'version': 3}"

REFUSED = [
    """
p = nn.ParameterDict()
p['__array_interface__'] = {'data': (4096, False), 'shape': (4,), 'typestr': '|u1', 'version': 3}
""",
    "nn.ParameterDict({'__class__': 3})",
    """
p = nn.ParameterList()
p._size = 3
""",
    """
n = nn.Linear(1, 1)
n._modules['__array_interface__'] = {}
""",
    """
class S(str):
    def __eq__(self, o): return True
    def __hash__(self): return hash('gi_frame')
getattr((x for x in [1]), S('close'))
""",
    """
class A:
    __array_interface__ = {}
""",
    """
class A: pass
setattr(A(), '__array_interface__', {})
""",
    """
class A: pass
setattr(A, '__getattr__', lambda s, n: 1)
""",
    """
class A:
    __class__ = int
""",
    """
class A:
    @property
    def __class__(self):
        return int
""",
    """
o = optim.SGD([nn.Parameter(torch.zeros(1))], lr=.1)
s = optim.lr_scheduler.StepLR(o, 1)
s.load_state_dict({'__array_interface__': 1})
""",
    """
class S(optim.lr_scheduler.StepLR):
    def go(self):
        super().load_state_dict({'__x__': 1})
S(optim.SGD([nn.Parameter(torch.zeros(1))], lr=.1), 1).go()
""",
    """
import functools
functools.update_wrapper
""",
    """
import operator
operator.attrgetter('gi_frame')(x for x in [1])
""",
    "'{0.gi_frame}'.format(x for x in [1])",
    "'{0.__init__.__globals__}'.format(nn.Linear(1, 1))",
    "'{a.os}'.format_map({'a': torch})",
    "getattr(lambda: 0, '__code__')",
    """
try:
    1 / 0
except Exception as e:
    getattr(e, '__traceback__')
""",
    """
class M:
    def __enter__(self): pass
    def __exit__(self, a, b, tb):
        tb.tb_frame
with M():
    1 / 0
""",
    """
class M:
    def __enter__(self): pass
    def __exit__(self, *a):
        return True
with M():
    torch.load('x')
""",
    """
try:
    torch.load('x')
except BaseException:
    print('caught')
""",
    """
try:
    [0] * 10**10
except:
    print('caught')
""",
    """
def f():
    try:
        torch.load('x')
    finally:
        return 1
f()
""",
    """
for i in range(2):
    try:
        torch.load('x')
    finally:
        continue
""",
    "type(type(1))('A', (), {})",
    "int.__class__('A', (), {})",
    "class A(type(int)): pass",
    "class A(metaclass=print): pass",
    "class A(**{'metaclass': print}): pass",
    """
class A:
    def __reduce__(self): return (print, ('x',))
""",
    """
class A:
    def __del__(self): pass
""",
    """
class A:
    def __torch_function__(self, *a): pass
""",
    "from typing import get_type_hints",
    """
import functools
@functools.singledispatch
def f(x): pass
@f.register
def g(x: 'int'): pass
""",
    "import torch.utils.benchmark",
    "torch.set_default_tensor_type('os.system')",
    "type(np.ones(1))((5,))",
    """
x = np.ones(3)
x.strides = (1,)
""",
    """
torch.sparse_csr_tensor(torch.tensor([0, 1]), torch.tensor([10**6]), torch.tensor([1.]), size=(1, 3))
""",
    """
from collections import namedtuple
namedtuple('A', ['__array_interface__'])
""",
    """
import copy
class A:
    def __deepcopy__(self, memo): pass
""",
    """
class A:
    def f(self): return super().__setattr__('x', 1)
A().f()
""",
    "object.__getattribute__(1, 'real')",
    "torch.empty.__closure__",
    "torch.no_grad()(lambda: 0).__wrapped__",
    "torch.ones(1, requires_grad=True).mul(2).grad_fn.metadata",
    "(_getattr_ := 1)",
    "import math as _getattr_",
    """
try:
    1 / 0
except Exception as _getattr_: pass
""",
    "def f(*_getattr_): pass",
    "dict(_getattr_=1)",
    "torch.return_types.os",
]

BOMBS = [
    "sum(range(10**12))",
    "import itertools\nlist(itertools.count())",
    "import itertools\nlist(itertools.repeat(0))",
    "list(iter(int, 1))",
    "a, *b = range(10**9)",
    "print(*range(10**9))",
    "math.factorial(10**7)",
    "math.comb(10**8, 10**7)",
    "pow(9, 10**9)",
    "round(1, -10**9)",
    "'a'.ljust(10**10)",
    "'\\t'.expandtabs(10**10)",
    "'{:>{}}'.format(1, 10**9)",
    "f'{1:>{10**9}}'",
    "'%*d' % (10**9, 1)",
    "format(1, '>1000000000')",
    "s = 'a' * 10**7\ns.replace('a', s)",
    "','.join(['a' * 10**6] * 1000)",
    "l = [1]\nfor i in range(60): l.extend(l)",
    "l = [1]\nfor i in range(60): l += l",
    "l = [1]\nfor i in range(60): l = [*l, *l]",
    "s = 'a'\nfor i in range(60): s = f'{s}{s}'",
    "x = 2\nfor i in range(60): x *= x",
    "type(b'')(10**10)",
    "import operator\noperator.mul([0], 10**10)",
    "np.random.randn(10**6, 10**6)",
    "np.tile([1], 10**10)",
    "np.ones(10**5).repeat(10**6)",
    "torch.randperm(10**11)",
    "torch.cdist(torch.ones(10**6, 1), torch.ones(10**6, 1))",
    "F.interpolate(torch.ones(1, 1, 2, 2), scale_factor=1e6)",
    "nn.Linear(10**6, 10**6)",
    "torch.empty(10**11)",
    "torch.Tensor(10**11)",
    "torch.ones(1).resize_(10**11)",
    "torch.cat([torch.ones(10**6)] * 10**4)",
    "torch.ones(10**5).unfold(0, 5 * 10**4, 1).contiguous()",
]


@pytest.mark.parametrize("source", REFUSED)
def test_it_is_refused(source: str) -> None:
    trace = explorer.run(source)
    assert trace.error is not None
    assert "caught" not in trace.output


@pytest.mark.parametrize("source", BOMBS)
def test_it_is_stopped_before_it_fills_memory(source: str) -> None:
    error = explorer.run(source, max_bytes=2**30).error
    assert error is not None
    assert error.kind in ("limit", "policy", "OverflowError")


def test_no_object_of_a_program_can_name_memory() -> None:
    source = (
        f"class A:\n    def __getattr__(self, name):\n        return {ADDRESS}\n"
        f"class B(nn.ParameterDict):\n    def _key_to_attr(self, key):\n        return '__array_interface__'\n"
        f"b = B()\ntry:\n    b['x'] = {ADDRESS}\nexcept Exception as e:\n    print('refused')\n"
        f"class N(nn.Module): pass\nn = N()\nn._modules['__array_interface__'] = {ADDRESS}\n"
        "print(np.asarray(n).dtype)\n"
        "print(np.asarray(A()).dtype, np.asarray(b).size)"
    )
    trace = explorer.run(source)
    assert trace.error is None
    assert trace.output == "refused\nobject\nobject 1\n"


def test_new_memory_shows_nothing_old() -> None:
    source = (
        "print(torch.empty(3), torch.Tensor(2), torch.empty_like(torch.ones(1)), torch.ones(1).new_empty(1),"
        " torch.LongTensor(1), np.empty(2))\n"
        "print(torch.are_deterministic_algorithms_enabled())"
    )
    trace = explorer.run(source)
    assert trace.output == (
        "tensor([nan, nan, nan]) tensor([nan, nan]) tensor([nan]) tensor([nan])"
        " tensor([9223372036854775807]) [0. 0.]\nFalse\n"
    )


def test_reading_an_attribute_does_not_keep_a_program_alive() -> None:
    import gc
    import weakref

    from explorer.program.guards import program_namespace
    from explorer.program.output import Output
    from explorer.program.policy import compile_program

    names, _ = program_namespace(Output("<test>"), {})
    source = (
        "class A:\n    def __init__(self):\n        self._x = self.y = 1\n"
        "a = A()\na._x + a.y\nclass Net(nn.Module): pass\nNet().training"
    )
    exec(compile_program(source, "<test>"), names)  # noqa: S102 - the test's own text
    kinds = [weakref.ref(names["A"]), weakref.ref(names["Net"])]
    names.clear()
    gc.collect()
    assert [kind() for kind in kinds] == [None, None]
