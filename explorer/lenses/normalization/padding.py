"""Which cells of a text batch are padding: those whose token is the `padding_idx` of the embedding they come from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from explorer.lenses.convolution.values import tensor_of
from explorer.lenses.normalization.calls import NormCall
from explorer.trace import Step, TensorState, Trace
from explorer.trace.calls import Call

_MOST_STEPS_BACK = 40


@dataclass(frozen=True, eq=False)
class Padding:
    """The padding of a text batch.

    Attributes:
        hidden: (N, T), bool.
        token: The `padding_idx`.
    """

    hidden: torch.Tensor
    token: int


def padding_of(trace: Trace, call: NormCall, axes: tuple[str, ...]) -> Padding | None:
    """Return which positions of a call's input are padding; None where that is not known, or none is.

    Args:
        trace: The run, with its live calls.
        call: The call.
        axes: Names of the input's dimensions.
    """
    sizes = [size for axis, size in zip(axes, call.input.shape, strict=True) if axis in ("N", "T", "L")]
    for tokens, token in _embeddings(trace, call):
        if list(tokens.shape) == sizes or (len(sizes) == 1 and tokens.numel() == sizes[0]):
            hidden = tokens == token
            return Padding(hidden, token) if bool(hidden.any()) else None
    return None


def _embeddings(trace: Trace, call: NormCall) -> Iterator[tuple[torch.Tensor, int]]:
    """Yield (tokens, padding_idx) of the embeddings that a call's input was made of, the nearest first."""
    made = {state.tensor: step for step in trace.steps[: call.step + 1] for state in step.outputs}
    waiting, seen = [call.input], {call.input.tensor}
    for state in waiting:
        step = made.get(state.tensor)
        if step is None or len(seen) > _MOST_STEPS_BACK:
            continue
        yield from _looked_up(step, trace)
        for given in step.inputs:
            if given.tensor not in seen:
                seen.add(given.tensor)
                waiting.append(given)


def _looked_up(step: Step, trace: Trace) -> Iterator[tuple[torch.Tensor, int]]:
    """Yield (tokens, padding_idx) of the embeddings that a step looked up."""
    live = None if trace.calls is None else trace.calls[step.index]
    own = [(step.op, step.inputs, live)] if not step.details else []
    inner = [(detail.op, detail.inputs, detail.call) for detail in step.details]
    for op, inputs, call in (*own, *inner):
        found = _tokens(inputs, call) if op == "embedding" and call is not None else None
        if found is not None:
            yield found


def _tokens(inputs: tuple[TensorState, ...], call: Call) -> tuple[torch.Tensor, int] | None:
    """Return the tokens of one look-up and its padding_idx, counted from the front."""
    given = dict(zip(("input", "weight", "padding_idx"), call.arguments, strict=False)) | call.keywords
    token = given.get("padding_idx")
    tokens = tensor_of(inputs[0]) if inputs else None
    if not isinstance(token, int) or tokens is None or len(inputs) < 2:
        return None
    return tokens.cpu(), token % inputs[1].shape[0]
