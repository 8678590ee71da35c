"""Derivatives of the elements of a result by those of the lines that feed them, from autograd."""

from __future__ import annotations

import numpy as np
import torch

from explorer.lenses.relations.cells import Indices, unravel
from explorer.lenses.relations.lines import Line
from explorer.lenses.relations.question import Question
from explorer.scene.relations import Array
from explorer.trace.calls import replace_tensors, tensors_in
from explorer.trace.replay import undisturbed

# Backward passes, one for each place along a line.
_MOST_PASSES = 32
_PLAIN = frozenset({"sum", "mean", "cumsum", "nansum"})
# These take an element as it is, so that it can be seen which one, also of integers.
_PICKS = frozenset(
    {"amax", "amin", "cummax", "cummin", "kthvalue", "max", "median", "min", "mode", "nanmedian", "sort", "topk"}
)


def slopes(question: Question, line: Line, elements: Indices, feeding: Indices) -> Array | None:
    """Return d result / d operand for the elements in `feeding`, in float64.

    Args:
        question: The operation; it runs along one line for each of its elements.
        line: What it runs along.
        elements: Elements of the result, shape (n,).
        feeding: Elements of the operand that feed each, shape (n, line.count).

    Returns:
        Shape (n, line.count); None where the result has no derivatives, they are the same for all elements (sums),
        there are too many places along the line, or the call is no longer what it was.
    """
    number = question.operands[0]
    held = question.value(number)
    floats = question.state.dtype.is_floating_point or line.op in _PICKS
    if held is None or held.is_complex() or line.op in _PLAIN or not floats or not feeding.size:
        return None
    leaf = held.double().requires_grad_()
    result = _again(question, number, leaf)
    if result is None or not result.requires_grad or tuple(result.shape) != question.shape:
        return None
    if line.reduces:
        [slope] = torch.autograd.grad(result.sum(), leaf)
        return np.asarray(slope.reshape(-1).numpy()[feeding])
    return _along(result, leaf, line, elements, feeding)


def _again(question: Question, number: int, leaf: torch.Tensor) -> torch.Tensor | None:
    call = question.call
    if call is None:
        return None
    original = question.tensors[number]

    def swap(tensor: torch.Tensor) -> torch.Tensor:
        # in-place calls write into their argument: not into the leaf
        return leaf.clone() if tensor is original else tensor

    keywords = {key: value for key, value in call.keywords.items() if key not in ("out", "dtype")}
    try:
        with undisturbed(), torch.enable_grad():
            result = call.function(*replace_tensors(call.arguments, swap), **replace_tensors(keywords, swap))
    except Exception:  # torch raises many kinds for a dtype that it does not take
        return None
    results = tensors_in(result)
    return results[question.output] if question.output < len(results) else None


def _along(result: torch.Tensor, leaf: torch.Tensor, line: Line, elements: Indices, feeding: Indices) -> Array | None:
    """Return the derivatives where each element has others: one backward pass for each place along the line."""
    if len(line.dims) != 1:
        return None
    [dim] = line.dims
    places = result.shape[dim]
    if places > _MOST_PASSES:
        return None
    passes = []
    for place in range(places):
        seed = torch.zeros_like(result)
        seed.select(dim, place).fill_(1)
        [slope] = torch.autograd.grad(result, leaf, seed, retain_graph=True)
        passes.append(slope.reshape(-1))
    table = torch.stack(passes).numpy()
    along = unravel(elements, tuple(result.shape))[dim]
    return np.asarray(table[along[:, None], feeding])
