"""Gradients computed in other ways than the backward engine computed them: by differences, by torch.func."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from explorer.trace.function_of import Function, in_double
from explorer.trace.replay import CannotReplayError

# The step of torch.autograd.gradcheck; its square root of the precision of float64 is 1.5e-8.
STEP = 1e-6
# Roundings of a value, in units of its precision, that a difference is made of when nothing else is known.
_ROUNDINGS = 10


@dataclass(frozen=True, eq=False)
class Differences:
    """Finite differences of vᵀ · f by some elements of a leaf.

    Attributes:
        elements: Flat numbers of the elements, rising; int64, shape (n,).
        central: (f(x + h) − f(x − h)) / 2h, float64, shape (n,).
        left, right: (f(x) − f(x − h)) / h and (f(x + h) − f(x)) / h, float64, shape (n,); they differ at a kink.
        noise: What rounding the function's value may make of a difference of 0.
    """

    elements: torch.Tensor
    central: torch.Tensor
    left: torch.Tensor
    right: torch.Tensor
    noise: float


def differences(function: Function, leaf: int, seed: torch.Tensor, most: int, seconds: float) -> Differences:
    """Return finite differences of the sum of `seed` × the function's value.

    Args:
        function: The function.
        leaf: Which of its leaves is moved.
        seed: What backward was started with, shaped as the function's value.
        most: How many elements are moved; of more, as many at equal distances.
        seconds: Processor time that it may take; where one evaluation says that it will not do, fewer are moved.

    Raises:
        CannotReplayError: The function does not run with moved leaves.
    """
    start = function.start[leaf]
    with in_double(), torch.no_grad():
        begin = time.thread_time()
        weighted = function(list(function.start)) * seed
        middle, size = float(weighted.sum()), float(weighted.abs().sum())
        affordable = int(seconds / (2 * max(time.thread_time() - begin, 1e-6)))
        count = min(start.numel(), most, max(affordable, 1))
        chosen = torch.arange(count) * start.numel() // max(count, 1)
        rows = []
        for element in chosen.tolist():
            up, down = (_moved(function, leaf, element, step, seed) for step in (STEP, -STEP))
            rows.append(((up - down) / (2 * STEP), (middle - down) / STEP, (up - middle) / STEP))
    found = torch.tensor(rows, dtype=torch.float64).reshape(-1, 3)
    noise = _ROUNDINGS * torch.finfo(torch.float64).eps * size / STEP
    return Differences(chosen, found[:, 0], found[:, 1], found[:, 2], noise)


def _moved(function: Function, leaf: int, element: int, step: float, seed: torch.Tensor) -> float:
    values = [value.clone() for value in function.start]
    values[leaf].view(-1)[element] += step
    return _weighted(function, values, seed)


def _weighted(function: Function, values: Sequence[torch.Tensor], seed: torch.Tensor) -> float:
    return float((function(list(values)) * seed).sum())


def gradients(function: Function, seed: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
    """Return what torch.autograd says of each leaf in double precision; None where no path leads there.

    Raises:
        CannotReplayError: It refuses.
    """
    leaves = [value.clone().requires_grad_() for value in function.start]
    try:
        with in_double(), torch.enable_grad():
            value = function(leaves)
            return torch.autograd.grad(value, leaves, seed, allow_unused=True)
    except RuntimeError as error:
        raise CannotReplayError("autograd refuses it in double precision") from error


def jacobian(function: Function, leaf: int) -> torch.Tensor:
    """Return d value / d leaf from `torch.func.jacrev`, flattened to (elements of the value, elements of the leaf).

    Raises:
        CannotReplayError: torch.func does not take the function.
    """
    found = _by_torch_func(torch.func.jacrev, function, leaf)
    return found.reshape(function.value.numel(), function.start[leaf].numel())


def hessian(function: Function, leaf: int) -> torch.Tensor:
    """Return the second derivatives of a scalar from `torch.func.hessian`, flattened to (n, n).

    Raises:
        CannotReplayError: torch.func does not take the function.
    """
    count = function.start[leaf].numel()
    return _by_torch_func(torch.func.hessian, function, leaf).reshape(count, count)


def _by_torch_func(
    transform: Callable[..., Callable[..., torch.Tensor]], function: Function, leaf: int
) -> torch.Tensor:
    def of_leaf(value: torch.Tensor) -> torch.Tensor:
        return function([*function.start[:leaf], value, *function.start[leaf + 1 :]])

    if function.differentiates:
        raise CannotReplayError("it computes gradients itself, which torch.func does not look into")
    try:
        with in_double():
            return transform(of_leaf)(function.start[leaf]).detach()
    except CannotReplayError as error:
        cause = error.__cause__
        raise CannotReplayError("torch.func does not take the function") from cause
    except RuntimeError as error:
        raise CannotReplayError("torch.func does not take the function") from error
