"""Which dimension went where: the call made again on `meta`, with a size of its own for every dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from explorer.trace.calls import replace_tensors, tensors_in
from explorer.trace.kinds import REDUCTIONS
from explorer.trace.replay import undisturbed

if TYPE_CHECKING:
    from explorer.lenses.axes.carry import Names
    from explorer.trace import Step, TensorState
    from explorer.trace.calls import Call

_MOVES = frozenset({
    "permute", "transpose", "t", "mt", "h", "mh", "adjoint", "swapaxes", "swapdims", "movedim", "moveaxis", "unsqueeze",
    "squeeze", "stack",
})  # fmt: skip
_TAKES_OUT = frozenset({"select", "unbind", "std_mean", "var_mean"}) | (REDUCTIONS - {"dist", "trace"})
_FLATTENS = frozenset({"flatten"})
REARRANGES = _MOVES | _TAKES_OUT | _FLATTENS
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29)
JOINT = "·"


def through_probe(step: Step, call: Call, names: Names, output: int) -> Names:
    """Carry names through a call that moves, adds, joins or takes out whole dimensions of its first tensor."""
    state, op = step.inputs[0], step.op.strip("_").lower()
    if not names or len(names) > len(_PRIMES) or any(other.shape != state.shape for other in step.inputs):
        return ()
    sizes = _sizes(state, op, len(step.inputs))
    found = _probed(call, state, sizes, output)
    if found is None:
        return ()
    keeps = len(found) == len(names) and op in _TAKES_OUT
    return tuple(_name(size, place, sizes, names, keeps=keeps) for place, size in enumerate(found))


def _sizes(state: TensorState, op: str, count: int) -> tuple[int, ...]:
    """Return a size for each dimension that no other has; indices of the call must stay inside them."""
    if op in _FLATTENS:
        return _PRIMES[: len(state.shape)]
    first = max((*state.shape, count, 1)) + 1
    # `squeeze` takes out dimensions of size 1, so these keep theirs
    return tuple(1 if op == "squeeze" and size == 1 else first + d for d, size in enumerate(state.shape))


def _probed(call: Call, state: TensorState, sizes: tuple[int, ...], output: int) -> tuple[int, ...] | None:
    """Return the sizes of an output of the call for tensors of these sizes; None when torch refuses them."""
    with undisturbed(), torch.no_grad(), torch.device("meta"):
        probe = torch.empty(sizes, dtype=state.dtype)
        arguments, keywords = replace_tensors([call.arguments, call.keywords], lambda _: probe)
        keywords.pop("out", None)
        try:
            results = tensors_in(call.function(*arguments, **keywords))
        except Exception:  # torch raises many kinds
            return None
    return tuple(results[output].shape) if output < len(results) else None


def _name(size: int, place: int, sizes: tuple[int, ...], names: Names, *, keeps: bool) -> str:
    """Return the name of a dimension of the probe's result: by its size, or by its place where `keepdim` left a 1."""
    if size in sizes and sizes.count(size) == 1:
        return names[sizes.index(size)]
    if size == 1 and keeps:
        return names[place]
    joined = [name for prime, name in zip(sizes, names, strict=True) if prime > 1 and size % prime == 0]
    product = 1
    for prime in sizes:
        product *= prime if prime > 1 and size % prime == 0 else 1
    return JOINT.join(joined) if product == size and len(joined) > 1 and all(joined) else ""
