"""Operations, traces of single calls, and brute force: what `contributors` is compared with."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - the field's name

from explorer.trace import Kind, Step, Trace
from explorer.trace.calls import Call, tensors_in
from explorer.trace.model import Graph
from explorer.trace.states import StateKeeper

Tensors = list[torch.Tensor]


def trace_of(function: Callable[..., Any], *arguments: Any, kind: Kind = "compute", **keywords: Any) -> Trace:
    """Return a trace whose only step is this call."""
    keeper = StateKeeper()
    given = list(tensors_in([arguments, keywords]))
    inputs = tuple(keeper.state(tensor) for tensor in given)
    versions = [tensor._version for tensor in given]
    result = function(*arguments, **keywords)
    written = [tensor for tensor, version in zip(given, versions, strict=True) if tensor._version != version]
    outputs = tuple(keeper.state(tensor) for tensor in list(tensors_in(result)) or written[:1])
    name = getattr(function, "__name__", type(function).__name__)
    step = Step(0, 1, 0, 1, 1, name, kind, inputs, outputs, name, 0)
    call = Call(function, arguments, keywords, result)
    return Trace("", "cpu", 0, "", None, (step,), Graph(), (), ((), ()), calls=(call,))


def results_of(function: Callable[..., Any], tensors: Tensors) -> Tensors:
    copies = [tensor.clone() for tensor in tensors]
    result = function(*copies)
    return list(tensors_in(result)) or copies[:1]


def brute_force(function: Callable[..., Any], tensors: Tensors, output: int) -> list[np.ndarray[Any, Any]]:
    """Return, for each tensor, (elements of the output) × (its elements): whether one changes with the other."""
    before = results_of(function, tensors)[output]
    masks = []
    for number, tensor in enumerate(tensors):
        mask = np.zeros((before.numel(), tensor.numel()), dtype=bool)
        for place in range(tensor.numel()):
            for value in other_values(tensors, number):
                changed = tensor.clone(memory_format=torch.contiguous_format)
                changed.view(-1)[place] = value
                replaced = [*tensors[:number], changed, *tensors[number + 1 :]]
                mask[:, place] |= change(function, replaced, output, before)
        masks.append(mask)
    return masks


def change(function: Callable[..., Any], tensors: Tensors, output: int, before: torch.Tensor) -> np.ndarray[Any, Any]:
    try:
        after = results_of(function, tensors)[output]
    except (RuntimeError, IndexError, ValueError):
        return np.zeros(before.numel(), dtype=bool)
    changed = torch.ones(before.shape, dtype=torch.bool)
    if after.dim() == before.dim():  # what is beyond the end of a shorter result has changed
        common = tuple(slice(0, min(a, b)) for a, b in zip(after.shape, before.shape, strict=True))
        changed[common] = ~torch.isclose(after[common], before[common], rtol=1e-12, atol=0, equal_nan=True)
    return np.asarray(changed.reshape(-1))


def other_values(tensors: Tensors, number: int) -> list[Any]:
    dtype = tensors[number].dtype
    if dtype == torch.bool:
        return [False, True]
    if not dtype.is_floating_point and not dtype.is_complex:
        return list(range(-14, 15))
    generator = torch.Generator().manual_seed(5)
    drawn = [
        *(torch.rand(8, generator=generator) * 9 - 4.5).tolist(),
        *(torch.randn(6, generator=generator) * 40).tolist(),
    ]
    known = [v for t in tensors if not t.is_complex() for v in t.reshape(-1).tolist() if math.isfinite(v)][:64]
    if dtype.is_complex:
        return [*drawn, complex(1, 2), complex(math.nan, 0), complex(0, math.nan), complex(-3, 50)]
    return [*drawn, *known, math.nan, math.inf, -math.inf, 0.0, 1.0, -1.0, 1e9, -1e9]


def jacobian(function: Callable[..., Any], tensors: Tensors, output: int, number: int) -> torch.Tensor:
    """Return d output / d tensor of torch.autograd.functional, shape (its elements, the tensor's)."""

    def of_one(tensor: torch.Tensor) -> torch.Tensor:
        return results_of(function, [*tensors[:number], tensor, *tensors[number + 1 :]])[output]

    rows, columns = of_one(tensors[number]).numel(), tensors[number].numel()
    if not rows * columns:
        return torch.zeros((rows, columns))
    found = torch.autograd.functional.jacobian(of_one, tensors[number])  # type: ignore[no-untyped-call]
    assert isinstance(found, torch.Tensor)
    return found.reshape(rows, columns)


@dataclass(frozen=True)
class Maker:
    """Makes tensors with few distinct values, so that ties, zeros and equal neighbours are common."""

    seed: int

    def generator(self) -> torch.Generator:
        """Return a fresh random generator."""
        return torch.Generator().manual_seed(self.seed)

    def floats(self, *shape: int) -> torch.Tensor:
        """Return float64 values."""
        generator = torch.Generator().manual_seed(self.seed + len(shape))
        whole = torch.randint(-6, 7, shape, generator=generator).double() / 2
        return whole if self.seed % 2 else torch.randn(shape, generator=generator, dtype=torch.float64)

    def positive(self, *shape: int) -> torch.Tensor:
        """Return float64 values of at least 0.25."""
        return self.floats(*shape).abs() + 0.25

    def bools(self, *shape: int) -> torch.Tensor:
        """Return both truth values."""
        return torch.randint(2, shape, generator=torch.Generator().manual_seed(self.seed + 9)).bool()

    def ints(self, *shape: int, below: int = 9, start: int = -4) -> torch.Tensor:
        """Return int64 values from `start` to below `below`."""
        return torch.randint(start, below, shape, generator=torch.Generator().manual_seed(self.seed + 3))


ONE_TENSOR: dict[str, Callable[..., Any]] = {
    "relu": torch.relu,
    "floor": torch.floor,
    "abs": torch.abs,
    "clamp": lambda x: x.clamp(-1, 1),
    "sqrt": torch.sqrt,
    "sigmoid": torch.sigmoid,
    "nan_to_num": torch.nan_to_num,
    "isnan": torch.isnan,
    "isinf": torch.isinf,
    "sign": torch.sign,
    "gelu": F.gelu,
    "greater than a number": lambda x: x > 0.5,
    "equal to a number": lambda x: x == 3,
    "times zero": lambda x: x * 0,
    "softmax": lambda x: x.softmax(-1),
    "log_softmax": lambda x: F.log_softmax(x, -1),
    "cumsum": lambda x: x.cumsum(-1),
    "cumprod": lambda x: x.cumprod(-1),
    "cummax": lambda x: x.cummax(-1),
    "max": lambda x: x.max(-1),
    "amin of all": torch.amin,
    "argmax": lambda x: x.argmax(-1),
    "median": lambda x: x.median(-1),
    "sort": lambda x: x.sort(-1),
    "topk": lambda x: x.topk(2, -1),
    "sum": torch.sum,
    "sum of a dimension": lambda x: x.sum(-1, keepdim=True),
    "prod": torch.prod,
    "std": lambda x: x.std(-1),
    "logsumexp": lambda x: x.logsumexp(-1),
    "norm": torch.linalg.vector_norm,
    "any": lambda x: (x > 0).any(),
    "flip": lambda x: x.flip(-1),
    "roll": lambda x: x.roll(1, -1),
    "tril": torch.tril,
    "diff": torch.diff,
    "split": lambda x: x.split(2, -1),
    "unbind": lambda x: x.unbind(-1),
    "repeat": lambda x: x.repeat([2] * x.dim()),
    "expand": lambda x: x.expand(2, *x.shape),
    "flatten": torch.flatten,
    "transpose": lambda x: x.transpose(0, -1),
    "nonzero": torch.nonzero,
    "unique": torch.unique,
    "layer_norm": lambda x: F.layer_norm(x, x.shape[-1:]),
    "normalize": lambda x: F.normalize(x, dim=-1),
    "in place": lambda x: x.mul_(2),
    "written slice": lambda x: x[..., :1].zero_(),
    "assigned slice": lambda x: x.__setitem__((..., slice(0, 1)), 3.0),
    "integers": lambda x: x.long(),
    "halves": lambda x: x.half(),
    "tanh, detached": lambda x: x.tanh().detach(),
    "fft": lambda x: torch.view_as_real(torch.fft.fft(x)),
}


def _images(maker: Maker, channels: int, size: int) -> torch.Tensor:
    return maker.floats(2, channels, size, size - 1)


Make = Callable[[Maker, int], Tensors]
SEVERAL_TENSORS: dict[str, tuple[Callable[..., Any], Make]] = {
    "add": (torch.add, lambda m, n: [m.floats(2, n), m.floats(n)]),
    "mul, broadcast": (torch.mul, lambda m, n: [m.floats(n, 1), m.floats(1, 3)]),
    "square by two arguments": (torch.mul, lambda m, n: [m.floats(n)] * 2),
    "div": (torch.div, lambda m, n: [m.floats(n), m.positive(n)]),
    "pow": (torch.pow, lambda m, n: [m.positive(n), m.floats(n)]),
    "atan2": (torch.atan2, lambda m, n: [m.floats(n), m.floats(2, n)]),
    "maximum": (torch.maximum, lambda m, n: [m.floats(n), m.floats(2, n)]),
    "fmax": (torch.fmax, lambda m, n: [m.floats(n), m.floats(2, n)]),
    "eq": (torch.eq, lambda m, n: [m.floats(n), m.floats(2, n)]),
    "lt": (torch.lt, lambda m, n: [m.floats(n), m.floats(2, n)]),
    "where": (torch.where, lambda m, n: [m.bools(n), m.floats(2, n), m.positive(n)]),
    "masked_fill": (lambda x, mask: x.masked_fill(mask, -1.0), lambda m, n: [m.floats(2, n), m.bools(n)]),
    "masked_select": (torch.masked_select, lambda m, n: [m.floats(n), m.bools(n)]),
    "matmul": (torch.matmul, lambda m, n: [m.floats(2, n), m.floats(n, 3)]),
    "matrix times vector": (torch.matmul, lambda m, n: [m.floats(2, n), m.floats(n)]),
    "bmm": (torch.bmm, lambda m, n: [m.floats(2, 2, n), m.floats(2, n, 1)]),
    "einsum": (lambda a, b: torch.einsum("ij,kj->ki", a, b), lambda m, n: [m.floats(2, n), m.floats(3, n)]),
    "linear": (F.linear, lambda m, n: [m.floats(2, n), m.floats(3, n), m.floats(3)]),
    "cdist": (torch.cdist, lambda m, n: [m.floats(2, n), m.floats(2, n)]),
    "cat": (lambda a, b: torch.cat([a, b], -1), lambda m, n: [m.floats(2, n), m.floats(2, 1)]),
    "stack": (lambda a, b: torch.stack((a, b)), lambda m, n: [m.floats(n), m.floats(n)]),
    "mse_loss": (F.mse_loss, lambda m, n: [m.floats(2, n), m.floats(2, n)]),
    "cross_entropy": (F.cross_entropy, lambda m, n: [m.floats(n, 3), m.ints(n, start=0, below=3)]),
    "gather": (lambda x, i: x.gather(-1, i), lambda m, n: [m.floats(2, 3), m.ints(2, n, start=0, below=3)]),
    "index": (lambda x, i: x[i], lambda m, n: [m.floats(3, 2), m.ints(n, start=-3, below=3)]),
    "index_select": (
        lambda x, i: x.index_select(0, i),
        lambda m, n: [m.floats(3, 2), m.ints(n, start=0, below=3)],
    ),
    "scatter": (
        lambda x, i, s: x.scatter(0, i, s),
        lambda m, n: [m.floats(4), torch.randperm(n, generator=m.generator()), m.floats(n)],
    ),
    "scatter_add_": (
        lambda x, i, s: x.scatter_add_(0, i, s),
        lambda m, n: [m.floats(3), m.ints(n, start=0, below=3), m.floats(n)],
    ),
    "index_put_": (
        lambda x, i, v: x.index_put_((i,), v, accumulate=True),
        lambda m, n: [m.floats(3), m.ints(n, start=0, below=3), m.floats(n)],
    ),
    "embedding": (F.embedding, lambda m, n: [m.ints(n, start=0, below=4), m.floats(4, 2)]),
    "bucketize": (torch.bucketize, lambda m, n: [m.floats(n), torch.tensor([-1.0, 0.5, 2.0]).double()]),
    "isin": (torch.isin, lambda m, n: [m.ints(n), m.ints(2)]),
    "lerp": (torch.lerp, lambda m, n: [m.floats(n), m.floats(n), m.floats(1)]),
    "clamp to tensors": (torch.clamp, lambda m, n: [m.floats(n), m.floats(n) - 1, m.floats(n) + 1]),
    "sum of integers": (lambda x: x.sum(-1), lambda m, n: [m.ints(2, n)]),
    "max of integers": (lambda x: x.max(-1), lambda m, n: [m.ints(2, n)]),
    "sort of integers": (lambda x: x.sort(-1), lambda m, n: [m.ints(2, n)]),
    "product of integers": (torch.mul, lambda m, n: [m.ints(n), m.ints(n)]),
    "division of integers": (lambda x: x // 3, lambda m, n: [m.ints(n)]),
    "remainder of integers": (lambda x: x % 3, lambda m, n: [m.ints(n)]),
    "bitwise_and": (lambda x: x & 6, lambda m, n: [m.ints(n)]),
    "logical_xor": (torch.logical_xor, lambda m, n: [m.bools(n), m.bools(n)]),
    "sum of bools": (torch.sum, lambda m, n: [m.bools(n)]),
    "all": (torch.all, lambda m, n: [m.bools(n)]),
    "one_hot": (lambda x: F.one_hot(x, 5), lambda m, n: [m.ints(n, start=0, below=5)]),
    "repeat_interleave": (
        torch.repeat_interleave,
        lambda m, n: [m.floats(n), m.ints(n, start=0, below=3)],
    ),
    "conv1d": (F.conv1d, lambda m, n: [m.floats(2, 2, n + 2), m.floats(3, 2, 3), m.floats(3)]),
    "conv2d, grouped and padded": (
        lambda x, w: F.conv2d(x, w, stride=2, padding=1, groups=2),
        lambda m, n: [_images(m, 2, n + 2)[:1], m.floats(2, 1, 2, 2)],
    ),
    "conv2d, dilated": (
        lambda x, w: F.conv2d(x, w, dilation=2),
        lambda m, n: [_images(m, 1, n + 4)[:1], m.floats(1, 1, 2, 2)],
    ),
    "conv_transpose1d": (
        lambda x, w: F.conv_transpose1d(x, w, stride=2),
        lambda m, n: [m.floats(1, 2, n + 1), m.floats(2, 1, 2)],
    ),
    "max_pool2d": (
        lambda x: F.max_pool2d(x, 2, return_indices=True),
        lambda m, n: [_images(m, 1, n + 3)],
    ),
    "avg_pool2d": (lambda x: F.avg_pool2d(x, 2, 1), lambda m, n: [_images(m, 1, n + 3)]),
    "adaptive_avg_pool1d": (lambda x: F.adaptive_avg_pool1d(x, 2), lambda m, n: [m.floats(2, n + 1)]),
    "batch_norm, training": (
        lambda x, mean, var, w: F.batch_norm(x, mean, var, w, training=True),
        lambda m, n: [m.floats(2, 2, n), m.floats(2), m.positive(2), m.positive(2)],
    ),
    "batch_norm, evaluating": (
        F.batch_norm,
        lambda m, n: [m.floats(2, 2, n), m.floats(2), m.positive(2)],
    ),
    "group_norm": (lambda x: F.group_norm(x, 2), lambda m, n: [m.floats(2, 4, n)]),
    "interpolate": (
        lambda x: F.interpolate(x, scale_factor=2, mode="linear"),
        lambda m, n: [m.floats(1, 2, n)],
    ),
    "pad, reflected": (lambda x: F.pad(x, (1, 1), mode="reflect"), lambda m, n: [m.floats(2, n + 1)]),
    "unfold": (lambda x: F.unfold(x, 2), lambda m, n: [_images(m, 1, n + 3)[:1]]),
    "complex product": (torch.mul, lambda m, n: [torch.complex(m.floats(n), m.positive(n)), m.floats(n)]),
    "scaled_dot_product_attention": (
        lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True),
        lambda m, n: [m.floats(1, 2, n), m.floats(1, 2, n), m.positive(1, 2, n)],
    ),
    "solve": (
        torch.linalg.solve,
        lambda m, n: [torch.eye(n, dtype=torch.float64) * 9 + m.floats(n, n), m.floats(n)],
    ),
}


def selected(tensor: torch.Tensor, layout: str) -> torch.Tensor:
    """Return the same values (or fewer) in another memory layout."""
    if layout == "transposed":
        return tensor.transpose(0, -1).contiguous().transpose(0, -1) if tensor.dim() else tensor
    if layout == "every second":
        return tensor.repeat_interleave(2, -1)[..., ::2] if tensor.dim() else tensor
    if layout == "expanded" and tensor.dim() and tensor.shape[0]:
        return tensor[:1].expand(tensor.shape)
    return tensor
