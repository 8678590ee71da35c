"""Kernels with a name, as expressions that are spread over a weight's channels.

>>> written("Sobel x", (3, 3))
'torch.tensor([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])'
>>> written("Gaussian", (3, 3))
'torch.tensor([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16'
"""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from explorer.program.builders.layers import LAYERS
from explorer.program.builders.problems import ArgumentProblem
from explorer.program.builders.values import nested_list

_SMALL: dict[str, tuple[Any, ...]] = {
    # as in Gonzalez and Woods, Digital Image Processing; what they slide is a correlation, as torch's is
    "sharpen": ([-1, 3, -1], [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "difference": ([-1, 0, 1],),
    "Sobel x": ([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],),
    "Sobel y": ([[-1, -2, -1], [0, 0, 0], [1, 2, 1]],),
    "Laplacian": ([1, -2, 1], [[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
    "emboss": ([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],),
}
_LEAST = 3
_PLANE = 2


def presets(dims: int) -> tuple[str, ...]:
    """Return the names of the kernels that there are with so many dimensions."""
    small = [name for name, kernels in _SMALL.items() if any(np.ndim(kernel) == dims for kernel in kernels)]
    return ("identity", "box", "Gaussian", *small, *(["Gabor"] if dims == _PLANE else []))


def written(name: str, size: Sequence[int]) -> str:
    """Return a kernel as an expression.

    Args:
        name: One of `presets`.
        size: Its cells in each dimension.

    Raises:
        ArgumentProblem: The kernel has no meaning in this size.
    """
    if name not in presets(len(size)) or 0 in size:
        raise ArgumentProblem(f"There is no {name} kernel of size {_times(size)}.", "kernel_size")
    if name == "box":
        return f"torch.ones({', '.join(map(str, size))}) / {math.prod(size)}"
    if name == "Gaussian":
        # rows of Pascal's triangle: the binomial distribution is the whole numbers' bell curve
        rows = [np.array([math.comb(count - 1, place) for place in range(count)], dtype=object) for count in size]
        total = math.prod(2 ** (count - 1) for count in size)
        return f"{_tensor(_outer(rows))} / {total}"
    if name == "identity":
        return _tensor(_centred(np.ones((1,) * len(size), dtype=int), size))
    if min(size) < _LEAST:
        least = _times([_LEAST] * len(size))
        raise ArgumentProblem(
            f"{name} needs a kernel of at least {least}; this one is {_times(size)}. Choose other kernel values first.",
            "kernel_size",
        )
    if name == "Gabor":
        return _tensor(_gabor(size))
    kernel = next(np.array(kernel) for kernel in _SMALL[name] if np.ndim(kernel) == len(size))
    return _tensor(_centred(kernel, size))


def preset_of(expression: str, size: Sequence[int] | None) -> str:
    """Return the name of a kernel of a size that an expression writes, or ""."""
    for name in presets(len(size)) if size else ():
        try:
            if size and written(name, size) == expression:
                return name
        except ArgumentProblem:
            continue
    return ""


def typed(text: str, size: Sequence[int]) -> str:
    """Return typed values as an expression.

    Raises:
        ArgumentProblem: They are no values, or not those of a kernel of this size.
    """
    values = nested_list(text, "For example 0 1 0; 1 -4 1; 0 1 0, a row after each semicolon.")
    shape = np.shape(ast.literal_eval(values))
    if shape and tuple(shape[-len(size) :]) != tuple(size):
        raise ArgumentProblem(f"These values are {_times(shape)}; the kernel is {_times(size)}.")
    return f"torch.tensor({values})"


def is_written_out(expression: str) -> bool:
    """Tell whether an expression is a tensor of numbers that stand in it, `torch.tensor([[1, 2], [3, 4]])`."""
    match ast.parse(expression or "None", mode="eval").body:
        case ast.Call(func=ast.Attribute(attr="tensor"), args=[values], keywords=[]):
            try:
                ast.literal_eval(values)
            except ValueError:
                return False
            return True
    return False


def as_values(expression: str) -> str:
    """Return a preset's expression as a list of numbers, to be changed by hand."""
    match ast.parse(expression, mode="eval").body:
        case ast.BinOp(left=ast.Call() as call, right=ast.Constant(value=int(divisor))):
            pass
        case call:
            divisor = 1
    match call:
        case ast.Call(func=ast.Attribute(attr="tensor"), args=[values], keywords=[]):
            whole = np.array(ast.literal_eval(values))
        case ast.Call(func=ast.Attribute(attr="ones"), args=args):
            whole = np.ones([ast.literal_eval(argument) for argument in args])
        case _:
            return expression
    return f"torch.tensor({np.round(whole.astype(float) / divisor, 6).tolist()})"


def size_of(name: str, fields: Mapping[str, str]) -> tuple[int, ...]:
    """Return the sizes of a layer's kernel; () where it has none, or one that only a run can tell."""
    items = fields.get("kernel_size", "").split(",")
    if name not in LAYERS or not LAYERS[name].dims or not all(item.strip().isdigit() for item in items):
        return ()
    sizes = tuple(int(item) for item in items)
    return sizes * LAYERS[name].dims if len(sizes) == 1 else sizes


def _outer(rows: Sequence[Any]) -> Any:  # noqa: ANN401 - arrays of Python's whole numbers
    product = rows[0]
    for row in rows[1:]:
        product = product[..., None] * row
    return product


def _centred(kernel: Any, size: Sequence[int]) -> Any:  # noqa: ANN401
    whole = np.zeros(tuple(size), dtype=int)
    starts = [(count - small) // 2 for count, small in zip(size, kernel.shape, strict=True)]
    whole[tuple(slice(start, start + small) for start, small in zip(starts, kernel.shape, strict=True))] = kernel
    return whole


def _gabor(size: Sequence[int]) -> Any:  # noqa: ANN401
    """Return exp(−(x² + y²/4) / 2σ²)·cos(2πx/λ) with λ half the width and σ a quarter of it: upright stripes."""
    down, across = (np.arange(count) - (count - 1) / 2 for count in size)
    wave, spread = size[1] / 2, size[1] / 4
    bell = np.exp(-(across[None, :] ** 2 + down[:, None] ** 2 / 4) / (2 * spread**2))
    return np.round(bell * np.cos(2 * np.pi * across / wave), 3) + 0.0


def _tensor(values: Any) -> str:  # noqa: ANN401
    return f"torch.tensor({values.tolist()})"


def _times(size: Sequence[int]) -> str:
    return " × ".join(map(str, size))
