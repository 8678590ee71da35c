"""How many elements a torch call makes at most, judged in a microsecond: by sizes and numbers alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch

Arguments = tuple[Any, ...]
Keywords = dict[str, Any]


def most_elements(op: str, arguments: Arguments, keywords: Keywords) -> float:
    """Return a number of elements that the call's results do not exceed, or something large when that is not known.

    Args:
        op: The operation's name.
        arguments: Its positional arguments.
        keywords: Its keyword arguments.
    """
    rule = _RULES.get(op)
    if rule is not None:
        try:
            return rule(arguments, keywords)
        except (AttributeError, IndexError, TypeError):
            return math.inf  # not the arguments that the operation takes; torch says so
    return _weight(arguments) * (_weight(keywords.values()) if keywords else 1.0)


def _weight(values: Iterable[Any]) -> float:
    """Multiply the sizes of all tensors and the numbers: no shape that torch works out is larger, but for constants."""
    total = 1.0
    for value in values:
        kind = type(value)
        if kind is int or kind is float:
            size = abs(value)
            if size != 0:
                # a step of 0.001 makes as many elements as an end of 1000; a padding of 1 adds to both sides
                total *= 2 * max(size, 1 / size) + 1
        elif kind is list or kind is tuple or kind is torch.Size:
            total *= _weight(value)
        elif isinstance(value, torch.Tensor):
            total *= max(_size(value), 1)
    return total


def _size(tensor: torch.Tensor) -> int:
    try:
        return tensor.numel()
    except ValueError:
        return 0  # a parameter of a lazy layer, which has no size yet


def _nothing(arguments: Arguments, keywords: Keywords) -> float:
    """Views, and what returns no tensor."""
    del arguments, keywords
    return 0.0


def _first(arguments: Arguments, keywords: Keywords) -> float:
    """Results shaped like the first tensor, or smaller; the sum of nothing is one number."""
    del keywords
    return float(max(arguments[0].numel(), 1))


def _shape(arguments: Arguments, keywords: Keywords) -> float:
    """`zeros(2, 3)`, `zeros((2, 3))`, `full((2, 3), 7)`."""
    size: Any = arguments[0] if arguments and not isinstance(arguments[0], int) else arguments
    size = keywords.get("size", size)
    return float(math.prod(size))


def _broadcast(arguments: Arguments, keywords: Keywords) -> float:
    """Elements of the shape that the tensors broadcast to, or more."""
    del keywords
    shapes = [value.shape for value in arguments if isinstance(value, torch.Tensor)]
    if not shapes:
        return 1.0
    first = shapes[0]
    if all(shape == first for shape in shapes):
        return float(first.numel())
    rank = max(map(len, shapes))
    padded = [(1,) * (rank - len(shape)) + tuple(shape) for shape in shapes]
    return float(math.prod(max(sizes) for sizes in zip(*padded, strict=True)))


def _joined(arguments: Arguments, keywords: Keywords) -> float:
    """`cat`, `stack` and their like."""
    tensors = arguments[0] if arguments else keywords["tensors"]
    return float(sum(tensor.numel() for tensor in tensors))


def _matmul(arguments: Arguments, keywords: Keywords) -> float:
    del keywords
    left, right = arguments[0], arguments[1]
    if left.ndim > 2 and right.ndim > 2:
        return math.inf
    columns = math.prod(right.shape[:-2]) * right.shape[-1] if right.ndim > 1 else 1
    return float(math.prod(left.shape[:-1]) * columns)


def _linear(arguments: Arguments, keywords: Keywords) -> float:
    inputs, weight = arguments[0], arguments[1] if len(arguments) > 1 else keywords["weight"]
    return float(math.prod(inputs.shape[:-1]) * (weight.shape[0] if weight.ndim > 1 else 1))


def _unknown(arguments: Arguments, keywords: Keywords) -> float:
    """Results whose size grows faster than the sizes and numbers say."""
    del arguments, keywords
    return math.inf


def _convolution(arguments: Arguments, keywords: Keywords) -> float:
    inputs, weight = arguments[0], arguments[1] if len(arguments) > 1 else keywords["weight"]
    padding: Any = keywords.get("padding", arguments[4] if len(arguments) > 4 else 0)
    # "same" and "valid" make nothing longer
    widest = 0 if isinstance(padding, str) else max(padding) if isinstance(padding, tuple | list) else padding
    dimensions = weight.ndim - 2
    batch = inputs.shape[0] if inputs.ndim > dimensions + 1 else 1
    return float(batch * weight.shape[0] * math.prod(size + 2 * abs(widest) for size in inputs.shape[-dimensions:]))


def _item(arguments: Arguments, keywords: Keywords) -> float:
    """`x[index]`: a view, unless tensors or lists stand in the index."""
    del keywords
    owner, index = arguments[0], arguments[1]
    parts = index if isinstance(index, tuple) else (index,)
    chosen = [part for part in parts if isinstance(part, torch.Tensor | list)]
    if not chosen:
        return 0.0
    if len(chosen) == 1 and isinstance(chosen[0], torch.Tensor):
        if chosen[0].dtype is torch.bool:
            return float(owner.numel())
        shortest: int = max(min(owner.shape), 1)
        return float(chosen[0].numel() * owner.numel()) / shortest
    return math.inf


def _embedding(arguments: Arguments, keywords: Keywords) -> float:
    indices, weight = arguments[0], arguments[1] if len(arguments) > 1 else keywords["weight"]
    return float(indices.numel() * weight.shape[-1])


def _states(arguments: Arguments, keywords: Keywords) -> float:
    """A recurrent cell's new states: as large as those that it was given."""
    given = arguments[1] if len(arguments) > 1 else keywords["hx"]
    return float(sum(state.numel() for state in (given if isinstance(given, tuple | list) else (given,))))


_NAMES: dict[Callable[[Arguments, Keywords], float], str] = {
    _nothing: """
        item size dim numel detach detach_ view t T mT H mH transpose permute view_as unsqueeze squeeze
        unflatten expand expand_as movedim moveaxis swapaxes swapdims narrow select diagonal unbind split chunk
        zero_ fill_ requires_grad_ numpy tolist as_strided backward is_contiguous data
        shape stride storage_offset uniform_ normal_ bernoulli_ copy_ __setitem__ retain_grad register_hook
    """,
    _first: """
        softmax log_softmax relu relu_ sigmoid tanh gelu silu elu leaky_relu selu softplus exp log sqrt abs neg sin cos
        square rsqrt reciprocal sum mean amax amin prod var std norm argmax argmin cumsum cumprod clone reshape
        contiguous
        float double long int bool half flatten ravel layer_norm batch_norm instance_norm group_norm dropout round floor
        ceil sign isnan
        zeros_like ones_like rand_like randn_like empty_like full_like max_pool2d avg_pool2d max_pool1d avg_pool1d
        logsumexp sort argsort topk flip roll tril triu cross_entropy nll_loss
    """,
    _shape: "zeros ones rand randn full empty",
    _broadcast: """
        add sub mul div true_divide pow __add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __truediv__ __rtruediv__
        __pow__ __rpow__ add_ sub_ mul_ div_ pow_ addcmul addcdiv addcmul_ addcdiv_ eq ne lt le gt ge __eq__ __ne__
        __lt__ __le__ __gt__ __ge__ maximum minimum where lerp lerp_ mse_loss l1_loss smooth_l1_loss
        binary_cross_entropy binary_cross_entropy_with_logits logical_and logical_or masked_fill masked_fill_ allclose
        isclose equal fmod remainder atan2 clamp clip clamp_ __iadd__ __isub__ __imul__ __itruediv__ floor_divide
    """,
    _joined: "cat concat concatenate stack hstack vstack dstack column_stack",
    _matmul: "matmul mm mv __matmul__ __rmatmul__ dot",
    _linear: "linear",
    _convolution: "conv1d conv2d conv3d",
    _item: "__getitem__",
    _unknown: """
        eye interpolate upsample cartesian_prod vander diag diag_embed diagflat block_diag adaptive_avg_pool1d
        adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d
        conv_transpose1d conv_transpose2d conv_transpose3d cov corrcoef pdist unfold svd qr geqrf lu fold stft
        max_unpool1d max_unpool2d max_unpool3d
    """,
    _embedding: "embedding",
    _states: "lstm_cell gru_cell rnn_tanh_cell rnn_relu_cell",
}
_RULES = {name: rule for rule, names in _NAMES.items() for name in names.split()}

TIGHT = frozenset(name for name, rule in _RULES.items() if rule is not _unknown)
"""Operations whose estimate is near the truth."""
