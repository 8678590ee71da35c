"""What programs get in place of some functions of torch, NumPy and the standard library."""

from __future__ import annotations

import collections
import contextlib
import copy
import dataclasses
import functools
import itertools
import math
import operator
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.utils.data import dataloader

from explorer.program.guards.arithmetic import BINARY, binary
from explorer.program.guards.attributes import AttributeGuard, named
from explorer.program.guards.bounds import bounded, check_bits
from explorer.program.guards.classes import program_function, program_type, register
from explorer.program.guards.filling import filled
from explorer.program.guards.numpy_sizes import NUMPY_SIZES, bounded_numpy
from explorer.program.guards.recording import recorded
from explorer.program.guards.refusals import PolicyError
from explorer.program.guards.standins import TypeStandIn, real_type
from explorer.program.guards.types_of import NDARRAY, STAND_INS

LONGEST_SLEEP = 1.0
_MERSENNE_WORDS = 624
_ENDLESS = ("count", "cycle", "repeat", "product", "permutations", "combinations", "combinations_with_replacement")
_FILLED = ("empty", "empty_like", "empty_strided", "empty_permuted")
_LEGACY = ("FloatTensor", "DoubleTensor", "HalfTensor", "BFloat16Tensor", "ByteTensor", "CharTensor", "ShortTensor",
           "IntTensor", "LongTensor", "BoolTensor")  # fmt: skip


def _named(function: Callable[..., Any], like: Any) -> Callable[..., Any]:  # noqa: ANN401
    """Give a function the name and description of the one that it stands for, and nothing that leads to it."""
    function.__name__ = function.__qualname__ = like.__name__
    function.__doc__ = like.__doc__
    function.__module__ = like.__module__
    return function


class ParameterDict(torch.nn.ParameterDict):
    """torch's, but without keys that would replace an object's machinery: torch makes an attribute of each key."""

    def _key_to_attr(self, key: str) -> str:
        if isinstance(key, str) and key.startswith("_"):
            raise PolicyError("keys of a ParameterDict cannot begin with an underscore here.")
        return super()._key_to_attr(key)


class DataLoader(dataloader.DataLoader[Any]):
    """torch's, but always in this process: `num_workers` is taken and changes nothing of what comes out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        if len(args) > 5:
            args = (*args[:5], 0, *args[6:])
        for name in ("multiprocessing_context", "prefetch_factor", "persistent_workers", "timeout", "worker_init_fn"):
            kwargs.pop(name, None)
        super().__init__(*args, **{**kwargs, "num_workers": 0} if len(args) <= 5 else kwargs)

    def _get_iterator(self) -> Any:  # noqa: ANN401
        return dataloader._SingleProcessDataLoaderIter(self)


for _kind, _home in ((ParameterDict, "torch.nn.modules.container"), (DataLoader, "torch.utils.data.dataloader")):
    _kind.__module__ = _home


def _tensor_type(kind: type) -> TypeStandIn:
    def make(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        return recorded(_construct(kind), *args, **kwargs)

    return TypeStandIn(kind, make)


@functools.cache
def _construct(kind: type) -> Callable[..., Any]:
    def construct(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        return filled(kind, *args, **kwargs)

    return _named(construct, kind)


TENSOR = _tensor_type(torch.Tensor)
STAND_INS[torch.Tensor] = TENSOR


def _calling(wrapper: Callable[..., Any], function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        return wrapper(function, *args, **kwargs)

    return _named(call, function)


def _checked_invariants(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
    return function(*args, **{**kwargs, "check_invariants": True})


def _asarray(function: Callable[..., Any], /, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401
    if isinstance(data, bytes):
        raise PolicyError("torch.asarray would write into Python's constants; use torch.tensor(list(data)).")
    return function(data, **kwargs)


def _torch() -> dict[tuple[str, str], Any]:
    table: dict[tuple[str, str], Any] = {("torch", name): _calling(filled, getattr(torch, name)) for name in _FILLED}
    for name in ("sparse_coo_tensor", "sparse_csr_tensor", "sparse_csc_tensor"):
        table["torch", name] = _calling(_checked_invariants, getattr(torch, name))
    table |= {("torch", name): _tensor_type(getattr(torch, name)) for name in _LEGACY}
    table["torch", "asarray"] = _calling(_asarray, torch.asarray)
    table["torch", "from_numpy"] = _calling(recorded, torch.from_numpy)
    table |= {(module, "DataLoader"): DataLoader for module in ("torch.utils.data", "torch.utils.data.dataloader")}
    table["torch.nn", "ParameterDict"] = ParameterDict
    homes = ("torch", "torch.nn.init", "torch.nn.functional", "torch.special", "torch.optim.lr_scheduler", "torch.fft",
             "torch.nn.utils.rnn", "torch.nn.utils.parametrize", "torch.optim.swa_utils",
             "torch.nn.utils.parametrizations",
             "torch.distributions.transforms")  # fmt: skip
    return table | {(home, "Tensor"): TENSOR for home in homes}


def _set_numpy_state(function: Callable[..., Any], /, state: Any) -> None:  # noqa: ANN401
    """Set NumPy's random state with its position inside the table: NumPy reads wherever it points."""
    parts = dict(state) if type(state) is dict else dict(enumerate(state))
    inner = dict(parts["state"]) if "state" in parts else parts
    place = "pos" if "state" in parts else 2
    inner[place] = int(inner[place])
    if not 0 <= inner[place] <= _MERSENNE_WORDS:
        raise ValueError(f"the position in the random state must be in 0 to {_MERSENNE_WORDS}")
    function({**parts, "state": inner} if "state" in parts else tuple(inner.values()))


def _numpy() -> dict[tuple[str, str], Any]:
    table: dict[tuple[str, str], Any] = {("numpy", "ndarray"): NDARRAY}
    for (module, name), size in NUMPY_SIZES.items():
        home = {"numpy": np, "numpy.random": np.random}[module]
        table[module, name] = bounded_numpy(getattr(home, name), size)
    table["numpy.random", "set_state"] = _calling(_set_numpy_state, np.random.set_state)
    for name, maker in (("empty", "zeros"), ("empty_like", "zeros_like")):
        table["numpy", name] = table["numpy", maker]
    return table


def _count(start: Any = 0, step: Any = 1) -> Any:  # noqa: ANN401
    return bounded(itertools.count(start, step))


def _endless(function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
    return bounded(function(*(bounded(a) if hasattr(a, "__next__") else a for a in args), **kwargs))


def _whole(bits: Callable[..., float]) -> Callable[..., Any]:
    def check(function: Callable[..., Any], /, *args: Any) -> Any:  # noqa: ANN401
        if all(isinstance(value, int) for value in args):
            check_bits("the result", bits(*map(int, args)))
        return function(*args)

    return check


def _factorial_bits(n: int) -> float:
    return n * math.log2(max(n, 2))


def _choices_bits(n: int, k: int | None = None) -> float:
    return (n if k is None else min(max(k, 0), n)) * math.log2(max(n, 2))


def _sleep(seconds: float) -> None:
    time.sleep(min(max(seconds, 0), LONGEST_SLEEP))


def _namedtuple(typename: str, field_names: Any, *, rename: bool = False, defaults: Any = None) -> type:  # noqa: ANN401
    return register(collections.namedtuple(typename, field_names, rename=rename, defaults=defaults))


def _dataclass(kind: type | None = None, /, **options: bool) -> Any:  # noqa: ANN401
    def decorate(one: type) -> type:
        return register(dataclasses.dataclass(**options)(program_type(one, "dataclass")))

    return decorate if kind is None else decorate(kind)


def _total_ordering(kind: type) -> type:
    return functools.total_ordering(program_type(kind, "total_ordering"))


def _wraps(wrapped: Any, /) -> Callable[[Any], Any]:  # noqa: ANN401
    """Do what `functools.wraps` does: its other arguments would copy any attribute from anything."""

    def decorate(wrapper: Any) -> Any:  # noqa: ANN401
        for name in ("__name__", "__qualname__", "__doc__", "__module__"):
            if hasattr(wrapped, name) and program_function(wrapper):
                setattr(wrapper, name, getattr(wrapped, name))
        return wrapper

    return decorate


class Dispatcher:
    """`functools.singledispatch`, but for types that are given: it would evaluate annotations."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._dispatch = functools.singledispatch(function)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        """Call the function for the type of the first argument."""
        return self._dispatch(*args, **kwargs)

    def register(self, kind: Any, function: Callable[..., Any] | None = None) -> Any:  # noqa: ANN401
        """Use a function for a type; as a decorator when `function` is None."""
        if not isinstance(real_type(kind), type):
            kind, function = next(iter(getattr(kind, "__annotations__", {}).values()), None), kind
        if not isinstance(real_type(kind), type):
            raise PolicyError("register() needs the type here: @f.register(int).")
        if function is None:
            return lambda one: self.register(kind, one)
        return self._dispatch.register(real_type(kind), function)


def _attribute_getter(read: AttributeGuard) -> Callable[..., Any]:
    def get_one(owner: Any, name: str) -> Any:  # noqa: ANN401
        return named(read, owner, name)

    def attrgetter(*paths: str) -> Callable[[Any], Any]:
        def get(owner: Any) -> Any:  # noqa: ANN401
            found = tuple(functools.reduce(get_one, str.split(path, "."), owner) for path in paths)
            return found if len(found) > 1 else found[0]

        return get

    return attrgetter


def _method_caller(read: AttributeGuard) -> Callable[..., Any]:
    def methodcaller(name: str, /, *args: Any, **kwargs: Any) -> Callable[[Any], Any]:  # noqa: ANN401
        return lambda owner: named(read, owner, name)(*args, **kwargs)

    return methodcaller


def _silent(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401
    """Do nothing: warnings are not shown."""
    del args, kwargs


_OPERATORS = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**",
              "matmul": "@", "lshift": "<<", "rshift": ">>", "concat": "+"}  # fmt: skip


def _operator(symbol: str, name: str) -> Callable[..., Any]:
    assert symbol in BINARY  # noqa: S101 - the table above is ours

    def apply(left: Any, right: Any, /) -> Any:  # noqa: ANN401
        return binary(symbol, left, right)

    return _named(apply, getattr(operator, name))


def _deepcopy(value: Any) -> Any:  # noqa: ANN401
    return copy.deepcopy(value)


def _contextmanager(function: Callable[..., Any]) -> Callable[..., Any]:
    return _named(contextlib.contextmanager(function), function)


def replacements(read: AttributeGuard) -> dict[tuple[str, str], Any]:
    """Return all of them, by module and name; `read` is the guard for attributes."""
    table = {**_torch(), **_numpy()}
    table |= {("itertools", name): _calling(_endless, getattr(itertools, name)) for name in _ENDLESS}
    table |= {("operator", name): _operator(symbol, name) for name, symbol in _OPERATORS.items()}
    table["itertools", "count"] = _count
    table["math", "factorial"] = _calling(_whole(_factorial_bits), math.factorial)
    table["math", "comb"] = _calling(_whole(_choices_bits), math.comb)
    table["math", "perm"] = _calling(_whole(_choices_bits), math.perm)
    table["time", "sleep"] = _sleep
    table["collections", "namedtuple"] = _namedtuple
    table["dataclasses", "dataclass"] = _dataclass
    table["functools", "wraps"] = _wraps
    table["functools", "total_ordering"] = _total_ordering
    table["functools", "singledispatch"] = Dispatcher
    table["operator", "attrgetter"] = _attribute_getter(read)
    table["operator", "methodcaller"] = _method_caller(read)
    table["copy", "deepcopy"] = _deepcopy
    table["contextlib", "contextmanager"] = _contextmanager
    return table | {("warnings", name): _silent for name in ("filterwarnings", "simplefilter", "warn")}
