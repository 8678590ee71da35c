"""What a program can reach by reading attributes and items, and nothing else, whatever the object: never the machine.

The walk starts at the names that programs have and at objects of many types (`SEEDS`), reads from each everything
that Python says is there, through the guard, and goes on from what it gets.
"""

from __future__ import annotations

import builtins
import collections
import io
import os
import subprocess
import sys
import types
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch

from explorer.program.allowlist import MODULES
from explorer.program.guards import attributes
from explorer.program.guards.namespace import READ, program_namespace
from explorer.program.guards.refusals import PolicyError
from explorer.program.guards.standins import TypeStandIn
from explorer.program.output import Output
from explorer.program.policy import compile_program

DEPTH = 4
MOST_ITEMS = 40

SEEDS = """
import collections, contextlib, copy, dataclasses, fractions, functools, itertools, operator, typing, warnings
from torch.utils.data import DataLoader, TensorDataset, random_split, BatchSampler, SequentialSampler
import torch.nn.utils.parametrize as parametrize
import torch.nn.utils.parametrizations
import torch.nn.utils.prune as prune
from torch.optim import lr_scheduler, swa_utils

x = torch.arange(6.).view(2, 3).requires_grad_()
y = (x * 2).relu().sum()
y.backward()
z = torch.ones(2, 3) @ x.t() + 1

def generating():
    try:
        yield 1
    except GeneratorExit:
        raise

def plain(a, b=1, *c, d: int = 2, **e):
    '''Words.'''
    def inner():
        return a
    return inner

class Plain:
    '''Words.'''
    shared = [1]
    def __init__(self):
        self.a = 1
    @property
    def half(self):
        return self.a / 2
    @staticmethod
    def still(): pass
    @classmethod
    def made(cls): return cls()
    @functools.cached_property
    def kept(self): return 3
    def parent(self): return super()
    def __enter__(self): return self
    def __exit__(self, kind, error, trace):
        self.trace, self.error = trace, error
        return True

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Dropout())
        self.list = nn.ModuleList([nn.Linear(4, 1)])
        self.register_buffer("seen", torch.zeros(1))
    def forward(self, x):
        return self.list[0](self.body(x))
    def parent(self): return super()

class Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        contexts.append(ctx)
        ctx.save_for_backward(x)
        return x * 2
    @staticmethod
    def backward(ctx, g):
        contexts.append(ctx)
        return g * 2

@dataclasses.dataclass
class Data:
    a: int = 3
    b: list = dataclasses.field(default_factory=list)

contexts, handed = [], []
doubled = Doubled.apply(x)
doubled.sum().backward()
net, plain_object = Net(), Plain()
with plain_object:
    1 / 0
handles = [net.register_forward_hook(lambda *a: handed.append(a)), x.register_hook(lambda g: handed.append(g)),
           net.register_full_backward_hook(lambda *a: handed.append(a)), net.register_state_dict_post_hook(
               lambda *a: handed.append(a)), net.body[0].register_forward_pre_hook(lambda *a: handed.append(a))]
net(torch.ones(4, 3)).sum().backward()
state = net.state_dict()
sgd = optim.SGD(net.parameters(), lr=.1, momentum=.9)
adam = optim.Adam(net.parameters())
sgd.step(), adam.step()
schedulers = [lr_scheduler.StepLR(sgd, 1), lr_scheduler.ReduceLROnPlateau(adam), lr_scheduler.OneCycleLR(sgd, .1, 10),
              lr_scheduler.LambdaLR(sgd, lambda n: 1)]
averaged = swa_utils.AveragedModel(net)
loader = DataLoader(TensorDataset(torch.ones(4, 3)), batch_size=2, shuffle=True)
parts = random_split(TensorDataset(torch.ones(4, 3)), [2, 2])
iterating = iter(loader)
next(iterating)
normal = torch.distributions.Normal(torch.zeros(2), torch.ones(2))
mixed = torch.distributions.MixtureSameFamily(torch.distributions.Categorical(torch.ones(2)), normal)
lengthened = torch.nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))
pruned = nn.Linear(2, 2)
prune.l1_unstructured(pruned, "weight", 1)
errors = []
for attempt in (lambda: 1 / 0, lambda: {}['a'], lambda: x.undefined, lambda: torch.ones(2) @ torch.ones(3),
                lambda: undefined, lambda: next(iter([])), lambda: int('a'), lambda: net(torch.ones(1)),
                lambda: net.load_state_dict({}), lambda: b'a'.decode('no'), lambda: nn.Linear('a', 1)):
    try:
        attempt()
    except Exception as error:
        errors.append(error)

@contextlib.contextmanager
def managed():
    yield

@functools.lru_cache
def cached(a): return a

@functools.singledispatch
def dispatching(a): return a

Pair = collections.namedtuple("Pair", "a b")

class Typed(typing.NamedTuple):
    a: int

things = [
    generating(), plain, plain(1), lambda: 1, Plain, plain_object, plain_object.parent(), plain_object.made,
    Plain.still, net.parent(), net.forward, net.body.forward, Doubled, Data, Data(), dataclasses.fields(Data),
    managed(), managed,
    cached, dispatching, Pair, Pair(1, 2), Typed(1), functools.partial(plain, 1), functools.reduce,
    cached.cache_info,
    operator.itemgetter(1), operator.attrgetter('a'), operator.methodcaller('a'), itertools.count(),
    itertools.chain([1]), itertools.groupby([1]), itertools.tee([1]), iter([1]), iter({}), iter(''), {}.keys(),
    {}.items(), map(print, [1]),
    zip([1]), enumerate([1]), reversed([1]), slice(1), range(3), 1, 1.0, 1j, '', b'', None, ...,
    NotImplemented, True,
    collections.deque([1]), collections.Counter('a'), collections.OrderedDict(a=1), collections.ChainMap({}),
    collections.defaultdict(list), fractions.Fraction(1, 2), np.ones(2), np.float32(1), np.ones(2).flat,
    np.dtype('f4'),
    np.ones(2).flags, np.random.default_rng(), np.random.RandomState(0), np.vectorize(plain), np.add, np.errstate(),
    np.finfo(float), np.s_[1:2], np.ndenumerate(np.ones(2)), random.Random(), x, y, z, z.grad_fn, y.grad_fn,
    z.grad_fn.next_functions, x.storage(), x.untyped_storage(), x.shape, x.dtype, x.device, x.layout, x.data,
    x.grad,
    torch.Generator(), torch.max(x, 0), torch.linalg.svd(z), torch.finfo(torch.float32), torch.no_grad(),
    torch.inference_mode(), torch.autocast('cpu'), torch.enable_grad(),
    torch.autograd.graph.saved_tensors_hooks(plain, plain), torch.func.vmap(plain), torch.func.grad(plain),
    torch.no_grad()(plain), torch.nn.utils.rnn.pack_sequence([z]),
    nn.LSTM(1, 1), nn.TransformerEncoderLayer(4, 2), nn.MultiheadAttention(4, 2), nn.Embedding(2, 2),
    nn.LazyLinear(2),
    nn.CrossEntropyLoss(), nn.ParameterList([z]), nn.ParameterDict({'a': z}), nn.ModuleDict({'a': net}),
    nn.Flatten(),
    BatchSampler(SequentialSampler([1]), 1, True), torch.distributions.constraints.real, torch.ones(2).to_sparse(),
    torch.distributions.transforms.ExpTransform(), typing.List[int], typing.Optional[int], typing.TypeVar('T'),
    typing.NewType('N', int), list[int], int | str, type(1), type(x), type(net), type(plain), type(type), object(),
    property(plain), staticmethod(plain), classmethod(plain), super, print, getattr, warnings.catch_warnings(),
    help, dir, type, range, bytes, getattr, torch.Tensor, torch.FloatTensor, np.ndarray, copy.deepcopy,
    torch.Size([1]),
    torch.testing.assert_close, contextlib.nullcontext(), torch.random.fork_rng(), x.T, x.unbind(), state,
    net.named_modules(), net.state_dict, sgd.param_groups, sgd.state, sgd.defaults, torch.get_rng_state,
    torch.default_generator,
    parametrize.cached(), lengthened.parametrizations, lengthened.parametrizations.weight, torch.special.erf,
]
"""

MACHINE = frozenset(
    """
    os posix posixpath sys io _io subprocess importlib _frozen_importlib _frozen_importlib_external ctypes pickle
    _pickle shutil socket threading _thread multiprocessing gc inspect marshal code pathlib tempfile signal resource
    faulthandler traceback mmap runpy site zipimport
    """.split()  # noqa: SIM905 - a list of words reads better than a list of literals
)
_FORBIDDEN = {
    id(value): name
    for name, value in {
        **{name: getattr(builtins, name) for name in ("open", "eval", "exec", "compile", "input", "globals",
    "locals",
                                                      "memoryview", "bytearray", "vars", "breakpoint", "getattr",
                                                      "setattr", "delattr", "type", "range", "print", "help",
    "dir")},
        "sys.modules": sys.modules, "os.environ": os.environ, "subprocess.run": subprocess.run,
        "torch.load": torch.load, "torch.save": torch.save, "torch.from_file": torch.from_file,
        "torch.compile": torch.compile, "torch.ops": torch.ops, "torch.classes": torch.classes,
        "np.load": np.load, "np.save": np.save, "np.fromfile": np.fromfile, "np.memmap": np.memmap,
        "np.frombuffer": np.frombuffer, "np.ndarray": np.ndarray, "torch.frombuffer": torch.frombuffer,
        "UntypedStorage": torch.UntypedStorage, "TypedStorage": torch.TypedStorage, "Tensor": torch.Tensor,
        "FunctionType": types.FunctionType, "ModuleType": types.ModuleType, "CodeType": types.CodeType,
    }.items()
}  # fmt: skip
_INTERNAL = (types.CodeType, types.FrameType, types.CellType, io.IOBase)
_ALWAYS = frozenset(
    """
    __globals__ __code__ __closure__ __self__ __func__ __dict__ __class__ __bases__ __base__ __mro__ __subclasses__
    __init__ __new__ __call__ __getattribute__ __reduce__ __reduce_ex__ __builtins__ __wrapped__ __loader__ __spec__
    __file__ __path__ __traceback__ __context__ __cause__ __defaults__ __kwdefaults__ __annotations__ __module__
    __init_subclass__ __set_name__ __objclass__ __origin__ __args__ __weakref__ __getstate__ __setstate__ __enter__
    __exit__ mro gi_frame gi_code tb_frame tb_next f_back f_globals f_builtins f_locals cr_frame ag_frame func_globals
    fget fset func keywords gen _modules _parameters _buffers _hooks _forward_hooks _dict __array_interface__
    """.split()  # noqa: SIM905
)


def _start() -> dict[str, Any]:
    """Return the names that a program has, after it made the seeds."""
    filename = "<program 0>"
    namespace, _ = program_namespace(Output(filename), {})
    exec(compile_program(SEEDS, filename), namespace)  # noqa: S102 - compiled under the policy
    named = {name: value for name, value in namespace.items() if not (name.startswith("_") and name.endswith("_"))}
    own = {name: value for name, value in namespace["__builtins__"].items() if not name.startswith("__")}
    return {**own, **named, **{name: sys.modules[name] for name in MODULES if name in sys.modules}}


def _inside(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield what can be read from a value, and where it was read."""
    for name in {*dir(value), *_ALWAYS}:
        try:
            yield f".{name}", READ(value, name)
        except (Exception, PolicyError):  # noqa: S112 - most is refused; what is not is looked at
            continue
    if isinstance(value, dict):
        for key in list(value)[:MOST_ITEMS]:
            yield f"[{key!r}]", value[key]
    elif isinstance(value, list | tuple | set | frozenset | collections.deque):
        for number, item in enumerate(list(value)[:MOST_ITEMS]):
            yield f"[{number}]", item


def _what_is_wrong(value: Any) -> str:
    """Say why a program must not have a value; "" when it may."""
    if id(value) in _FORBIDDEN:
        return _FORBIDDEN[id(value)]
    if isinstance(value, types.ModuleType):
        return "" if value.__name__ in MODULES else f"the module {value.__name__}"
    if isinstance(value, type) and issubclass(value, type):
        return f"the metaclass {value.__name__}"
    if isinstance(value, _INTERNAL):
        return f"a {type(value).__name__}"
    if isinstance(value, dict) and ("__builtins__" in value or "__spec__" in value):
        return "the names of a module"
    home = str(getattr(value, "__module__", "")).partition(".")[0] if callable(value) else ""
    return f"something of {home}" if home in MACHINE else ""


# what is one number or text, however it was come by
_ENDS = (str, bytes, int, float, complex, type(None), torch.dtype, torch.device, torch.layout)


def _walk() -> tuple[list[str], int]:
    """Return what was reached and should not have been, and how many objects were looked at."""
    seen: dict[int, Any] = {}
    wrong: list[str] = []
    level = [(name, value) for name, value in _start().items()]
    for _ in range(DEPTH):
        following = []
        for path, value in level:
            if id(value) in seen or isinstance(value, _ENDS):
                continue
            seen[id(value)] = value  # kept, so that no other object gets its id
            problem = _what_is_wrong(value)
            if problem:
                wrong.append(f"{path}: {problem}")
            elif not _like_one_seen(value, seen):
                following += [(path + step, found) for step, found in _inside(value)]
        level = following
    return wrong, len(seen)


def _like_one_seen(value: Any, seen: dict[int, Any]) -> bool:
    """Tell whether looking into a value would only find what is in others: bound methods, tensors made by reading."""
    counted: collections.Counter[type] = seen.setdefault(-1, collections.Counter())
    counted[type(value)] += 1
    return counted[type(value)] > (12 if isinstance(value, torch.Tensor | np.ndarray | np.generic) else 4000)


def _refusal_without_words(*_given: object, **_more: object) -> AttributeError:
    """Stand in for the refusal whose hints take a while to find."""
    return AttributeError()


def test_no_road_of_attributes_and_items_leads_to_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attributes, "_refusal", _refusal_without_words)
    wrong, looked_at = _walk()
    assert not wrong, wrong[:20]
    assert looked_at > 5_000  # else the walk did not get anywhere


@pytest.mark.parametrize("value", [torch.load, sys, type, _walk.__code__, sys._getframe(), vars(torch), os.system])
def test_the_walk_would_notice(value: Any) -> None:
    assert _what_is_wrong(value)


def test_stand_ins_stand_for_types_that_must_not_be_called() -> None:
    for value, made in ((torch.Tensor, READ(torch, "Tensor")), (np.ndarray, READ(np, "ndarray"))):
        assert isinstance(made, TypeStandIn)
        assert made == value
