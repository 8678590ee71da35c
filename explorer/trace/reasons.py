"""Why a tensor has no gradient, in words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import torch

from explorer.trace.ends import takes_shape_only
from explorer.trace.graph import Origin

# How the reason begins where there is a gradient, but none of its values.
WITHOUT_VALUES = "there is one: "
# How it begins while the engine has not run.
NOT_YET = "not computed yet"
_LONGEST = 40
_CUTS = frozenset({"detach", "detach_", "data"})
_GRADIENTS = frozenset({"grad", "backward"})
_SWITCHES = frozenset({"requires_grad", "requires_grad_"})


class Pass(NamedTuple):
    """One run of the engine from outside.

    Attributes:
        line: Line of the program that started it.
        accumulates: Whether it writes into `.grad`; `torch.autograd.grad` does not.
        chosen: Numbers of the tensors that it was asked for; () for all leaves.
        nodes: Numbers of the nodes that it ran.
        failed: Whether it stopped with an error.
    """

    line: int
    accumulates: bool
    chosen: tuple[int, ...]
    nodes: frozenset[int]
    failed: bool


class Wait(NamedTuple):
    """What decides why a tensor that keeps its gradient has none.

    Attributes:
        tensor: Its number.
        node: Number of its autograd node; of a leaf its AccumulateGrad; -1 when it has none.
        passes: The runs of the engine since it was first seen.
        retained_late: The run that reached it before `retain_grad()` was called, or None.
        cleared: The call that set its gradient to None, or None.
    """

    tensor: int
    node: int
    passes: tuple[Pass, ...]
    retained_late: Pass | None
    cleared: Origin | None


def without_values(gradient: torch.Tensor) -> str:
    """Describe a `.grad` that is there, but whose values are not recorded: on `meta`, or sparse."""
    shape = tuple(gradient.shape)
    if gradient.layout == torch.strided:
        return f"{WITHOUT_VALUES}a gradient of shape {shape}, without values"
    if gradient.layout != torch.sparse_coo:
        return f"{WITHOUT_VALUES}a sparse gradient of shape {shape}"
    what = "row" if gradient.dense_dim() else "element"
    count = gradient._nnz()
    return f"{WITHOUT_VALUES}a sparse gradient of shape {shape} with {count} {what}{'' if count == 1 else 's'}"


def not_a_leaf(origin: Origin) -> str:
    """Return why `.grad` is None, of a tensor that is neither a leaf nor retains its gradient."""
    made = f", made{_place(origin)}" if origin.line else ""
    return f"not a leaf{made}: only leaves keep their gradient. Call retain_grad() on it before backward."


def not_tracked(dtype: torch.dtype, origin: Origin, *, is_inference: bool, in_no_grad: bool) -> str:
    """Return why `.grad` is None, of a tensor that requires no gradient.

    Args:
        dtype: Its dtype.
        origin: The call that made it, or that changed whether it requires a gradient.
        is_inference: Whether it was made under `inference_mode`.
        in_no_grad: Whether gradients were switched off then.
    """
    if not (dtype.is_floating_point or dtype.is_complex):
        name = str(dtype).removeprefix("torch.")
        return f"{name} has no gradient: only floating-point and complex tensors can require one"
    if is_inference:
        return f"made under inference_mode{_place(origin)}: autograd does not track it"
    if origin.op in _CUTS:
        return f"cut off from the graph{_place(origin)}: no gradient flows back through it"
    if origin.op in _SWITCHES:
        return f"requires_grad was set to False{_place(origin)}: autograd does not track it"
    if origin.tracked and in_no_grad:
        return f"made under no_grad{_place(origin)}: the call was not recorded for backward"
    if origin.tracked:
        return _untracked(origin)
    if origin.end is not None:
        return (
            f"made from the result of{_named(origin.end)}: the graph ends there, and no gradient flows back through it"
        )
    return "requires_grad is False: nobody asked for its gradient, and nothing that it was made from requires one"


def _untracked(origin: Origin) -> str:
    """Return why a call that was given what requires a gradient has made something that requires none."""
    if origin.op in _GRADIENTS and "create_graph=True" in origin.text:
        return f"the gradient from{_named(origin)} depends on no tensor that requires one"
    if origin.op in _GRADIENTS:
        return f"a gradient, from{_named(origin)}: it has a graph of its own only if it is made with create_graph=True"
    if takes_shape_only(origin.op):
        return f"made{_place(origin)}, which reads the shape of its input and none of its values"
    return f"made{_place(origin)}: autograd does not track this call"


def _named(origin: Origin) -> str:
    return _place(origin).removeprefix(" by")


def not_computed(about: Wait) -> str:
    """Return why `.grad` is None, of a leaf or of a tensor that retains its gradient."""
    if about.cleared is not None:
        return f"set to None{_place(about.cleared)}, and not computed since"
    if about.retained_late is not None:
        return f"retain_grad() came after backward in line {about.retained_late.line}: call it before"
    if not about.passes:
        return f"{NOT_YET}: no backward pass has run since it was made"
    return _not_reached(about, about.passes[-1])


def _not_reached(about: Wait, last: Pass) -> str:
    where = f"in line {last.line}" if last.line else "before"
    if last.failed:
        return f"not computed: backward {where} stopped with an error before it came here"
    if not last.accumulates:
        return f"not computed: torch.autograd.grad {where} returns gradients and writes none into .grad"
    if last.chosen and about.tensor not in last.chosen:
        return f"not computed: backward {where} was asked for the gradients of other tensors (inputs=)"
    if about.node in last.nodes:
        return f"set to None after backward {where}"
    return f"not reached by backward {where}: what it started from does not depend on it, or only through a cut"


def _place(origin: Origin) -> str:
    return _place_of(origin.text, origin.line)


@lru_cache(maxsize=1024)
def _place_of(text: str, line: int) -> str:
    """Return " by `x * 2` in line 3"; as much of it as is known."""
    text = re.sub(r"\s+", " ", text)
    text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    by = f" by `{text}`" if text else ""
    return f"{by} in line {line}" if line else by
