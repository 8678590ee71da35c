"""What one step of a program says of padding: an embedding's `padding_idx`, lengths, or a mask made of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch

from explorer.lenses.convolution.values import tensor_of
from explorer.trace import Step, TensorState, Trace
from explorer.trace.calls import Call

_MASKED = {"masked_fill": True, "masked_fill_": True, "__setitem__": True, "mul": False, "mul_": False}
"""Calls that take a mask, and whether they write where it is True, or keep what stands there."""


@dataclass(frozen=True, eq=False)
class Padding:
    """The padding of a text batch.

    Attributes:
        hidden: (N, T), or (T, N) where the step has its sequences in columns; bool.
        known: How it is known: `token 0`, `by their lengths`.
    """

    hidden: torch.Tensor
    known: str


def paddings_in(step: Step, trace: Trace) -> Iterator[Padding]:
    """Yield what a step says of padding: several where it is not known which dimension is which."""
    yield from _looked_up(step, trace)
    if step.op == "pad_sequence" and step.outputs:
        yield from _from_sequences([tensor_of(one) for one in step.inputs], tensor_of(step.outputs[0]))
    elif step.op == "pad_packed_sequence" and len(step.outputs) > 1:
        yield from _from_lengths(tensor_of(step.outputs[1]), tensor_of(step.outputs[0]))
    elif step.op in _MASKED:
        yield from _from_mask([tensor_of(one) for one in step.inputs[1:]], fills=_MASKED[step.op])


def _looked_up(step: Step, trace: Trace) -> Iterator[Padding]:
    """Yield the padding in the tokens that a step looked up in embeddings."""
    live = None if trace.calls is None else trace.calls[step.index]
    own = [(step.op, step.inputs, live)] if not step.details else []
    inner = [(detail.op, detail.inputs, detail.call) for detail in step.details]
    for op, inputs, call in (*own, *inner):
        found = _tokens(inputs, call) if op == "embedding" and call is not None else None
        if found is not None:
            tokens, token = found
            yield Padding(tokens == token, f"token {token}")


def _tokens(inputs: tuple[TensorState, ...], call: Call) -> tuple[torch.Tensor, int] | None:
    """Return the tokens of one look-up and its padding_idx, counted from the front."""
    given = dict(zip(("input", "weight", "padding_idx"), call.arguments, strict=False)) | call.keywords
    token = given.get("padding_idx")
    tokens = tensor_of(inputs[0]) if inputs else None
    if not isinstance(token, int) or tokens is None or len(inputs) < 2:
        return None
    return tokens.cpu(), token % inputs[1].shape[0]


def _from_sequences(sequences: Sequence[torch.Tensor | None], made: torch.Tensor | None) -> Iterator[Padding]:
    """Yield where `pad_sequence` put padding: the layout in which each sequence stands there as it was."""
    if made is None or not sequences:
        return
    known = [one for one in sequences if one is not None]
    if len(known) < len(sequences):
        return
    lengths = torch.tensor([len(one) for one in known])
    for in_rows, at_end in ((True, True), (False, True), (True, False), (False, False)):
        rows = made if in_rows else made.transpose(0, 1)
        hidden = _beyond(lengths, rows.shape[1], at_end=at_end)
        if rows.shape[0] == len(known) and all(
            torch.equal(row[~out], one) for row, out, one in zip(rows, hidden, known, strict=True)
        ):
            yield Padding(hidden if in_rows else hidden.T, "by their lengths")
            return


def _from_lengths(lengths: torch.Tensor | None, made: torch.Tensor | None) -> Iterator[Padding]:
    """Yield where `pad_packed_sequence` put padding: the layout in which all of it is one value."""
    if lengths is None or made is None or lengths.ndim != 1:
        return
    for in_rows in (True, False):
        rows = made if in_rows else made.transpose(0, 1)
        hidden = _beyond(lengths.cpu(), rows.shape[1], at_end=True)
        if rows.shape[0] == len(lengths) and _is_one_value(rows[hidden]):
            yield Padding(hidden if in_rows else hidden.T, "by their lengths")
            return


def _from_mask(masks: Sequence[torch.Tensor | None], *, fills: bool) -> Iterator[Padding]:
    """Yield the padding that a mask of (N, T), (N, T, 1) or (N, 1, T) marks at one end of each sequence."""
    for mask in masks:
        if mask is None or mask.dtype != torch.bool:
            continue
        flat = mask.squeeze([d for d in range(1, mask.ndim) if mask.shape[d] == 1]).cpu() if mask.ndim == 3 else mask
        if flat.ndim != 2:
            continue
        hidden = flat if fills else ~flat
        for in_rows in (True, False):
            rows = hidden if in_rows else hidden.T
            lengths = (~rows).sum(1)
            if any(torch.equal(rows, _beyond(lengths, rows.shape[1], at_end=end)) for end in (True, False)):
                yield Padding(hidden, "by their mask")
                return


def _is_one_value(cells: torch.Tensor) -> bool:
    return cells.numel() > 0 and bool((cells == cells.flatten()[0]).all())


def _beyond(lengths: torch.Tensor, size: int, *, at_end: bool) -> torch.Tensor:
    """Return which of `size` positions lie outside of sequences that begin at the start, or end at the end."""
    places = torch.arange(size)
    return (places if at_end else places.flip(0)) >= lengths[:, None]
