"""The tensors of a sequence, as they were when it ran, in one form for modules, packed batches and cells."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it
from torch.nn.utils.rnn import PackedSequence, pad_packed_sequence

from explorer.lenses.convolution.values import tensor_of
from explorer.lenses.recurrent.calls import RecurrentCall
from explorer.lenses.recurrent.cells import Start, Weights
from explorer.lenses.recurrent.sequences import Sequence
from explorer.trace import TensorState

MOST_CELLS = 8_388_608
MOST_STEPS = 8_192
PARTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr")


@dataclass(frozen=True, eq=False)
class Tensors:
    """Tensors of one sequence, detached, on the CPU, time first, items in the caller's order.

    Attributes:
        input: (T, B, I).
        lengths: Steps of each item, (B,), where they differ; else None.
        starts: h_0 and c_0 of each layer, (D, B, ·).
        weights: Parameters of each layer.
        output: What the module returned, (T, B, D·H_out); None where it is not known any more.
        last: h_n and c_n of each layer; None where they are not known any more.
        noise: Of dropout, what the output of each layer but the last was multiplied with, (T, B, D·H_out); () where
            there is none.
    """

    input: torch.Tensor
    lengths: torch.Tensor | None
    starts: tuple[Start, ...]
    weights: tuple[Weights, ...]
    output: torch.Tensor | None
    last: tuple[Start, ...] | None
    noise: tuple[torch.Tensor, ...]

    @property
    def valid(self) -> torch.Tensor | None:
        """Which steps are no padding, (T, B, 1), where there is any."""
        if self.lengths is None:
            return None
        return (torch.arange(self.input.shape[0])[:, None] < self.lengths)[..., None]


class NotKnownError(ValueError):
    """A sequence cannot be gone through again; the message says why."""


def tensors_of(sequence: Sequence) -> Tensors:
    """Return the tensors of a sequence.

    Raises:
        NotKnownError: There are no values, not any more, or too many.
    """
    first, settings = sequence.first, sequence.settings
    _assert_affordable(sequence)
    inputs = [over_time(call, _needed(call.input, "input")) for call in sequence.calls]
    given = torch.cat(inputs)
    outputs = [_maybe_over_time(call) for call in sequence.calls]
    known = [one for one in outputs if one is not None]
    return Tensors(
        input=given,
        lengths=lengths_of(first),
        starts=_starts(first, _needed(first.hidden, "h_0"), None if first.cell is None else _needed(first.cell, "c_0")),
        weights=_weights(first),
        output=torch.cat(known) if len(known) == len(outputs) else None,
        last=_last(sequence.last),
        noise=noise_of(sequence) if settings.drops else (),
    )


def _assert_affordable(sequence: Sequence) -> None:
    first = sequence.first
    if not first.batch:
        raise NotKnownError("The batch has no items: there is nothing to look at but shapes.")
    cells = sequence.steps * first.batch * first.weights[0].shape[0]
    if cells * first.settings.directions > MOST_CELLS or sequence.steps * first.settings.layers > MOST_STEPS:
        raise NotKnownError(
            f"{sequence.steps:,} steps × {first.batch:,} items × {first.weights[0].shape[0]:,} rows of weights are too "
            "many to be gone through again: the shapes are shown."
        )


def _needed(state: TensorState, name: str) -> torch.Tensor:
    found = tensor_of(state)
    if found is None:
        raise NotKnownError(
            f"The values of {name} are not known any more, as after a write into a large tensor: the shapes are shown."
        )
    return found.cpu()


def _maybe_over_time(call: RecurrentCall) -> torch.Tensor | None:
    found = tensor_of(call.output)
    return None if found is None else over_time(call, found.cpu())


def over_time(call: RecurrentCall, found: torch.Tensor) -> torch.Tensor:
    """Return an input or output as (T, B, ·), items in the caller's order."""
    if call.settings.cell:
        return found[None]
    if call.batch_sizes is not None:
        sizes = _needed(call.batch_sizes, "batch_sizes")
        order = None if call.order is None else _needed(call.order, "unsorted_indices")
        return pad_packed_sequence(PackedSequence(found, sizes, None, order))[0]
    return found.transpose(0, 1) if call.settings.batch_first else found


def in_call_order(call: RecurrentCall, states: torch.Tensor) -> torch.Tensor:
    """Return states, (layers · D, B, ·) or a cell's (B, ·), as (layers · D, B, ·) with items in the caller's order."""
    return in_order(call, states.reshape(-1, *states.shape[-2:]))


def in_order(call: RecurrentCall, found: torch.Tensor) -> torch.Tensor:
    """Return (·, B, ·) with the items of a packed batch in the caller's order."""
    return found if call.order is None else found.index_select(1, _needed(call.order, "unsorted_indices"))


def lengths_of(call: RecurrentCall) -> torch.Tensor | None:
    """Return how many steps each item has, in the caller's order, of a packed batch."""
    if call.batch_sizes is None:
        return None
    sizes = _needed(call.batch_sizes, "batch_sizes")
    found = (sizes[:, None] > torch.arange(int(sizes[0]))).sum(0)
    return in_order(call, found[None])[0]


def _starts(call: RecurrentCall, hidden: torch.Tensor, cell: torch.Tensor | None) -> tuple[Start, ...]:
    """Return the states of each layer, (D, B, ·) each, from (layers · D, B, ·) or a cell's (B, ·)."""
    hiddens = _by_layer(call, hidden)
    cells = [None] * len(hiddens) if cell is None else _by_layer(call, cell)
    return tuple(Start(one, other) for one, other in zip(hiddens, cells, strict=True))


def _by_layer(call: RecurrentCall, states: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Return the states of each layer, (D, B, ·)."""
    every = in_call_order(call, states)
    return torch.split(every, call.settings.directions)


def _last(call: RecurrentCall) -> tuple[Start, ...] | None:
    hidden = tensor_of(call.last_hidden)
    cell = None if call.last_cell is None else tensor_of(call.last_cell)
    if hidden is None or (cell is None and call.last_cell is not None):
        return None
    return _starts(call, hidden.cpu(), None if cell is None else cell.cpu())


def names_of(call: RecurrentCall) -> tuple[tuple[tuple[str, ...], ...], ...]:
    """Return torch's names of the parameters, by layer and direction: `weight_ih_l0_reverse`; of a cell `weight_ih`."""
    settings = call.settings
    kept = [name for name in PARTS if name != "weight_hr" and (settings.bias or not name.startswith("bias"))]
    if len(call.weights) == (len(kept) + 1) * settings.layers * settings.directions:
        kept.append("weight_hr")
    return tuple(
        tuple(
            tuple(name if settings.cell else f"{name}_l{layer}{'_reverse' * direction}" for name in kept)
            for direction in range(settings.directions)
        )
        for layer in range(settings.layers)
    )


def states_by_name(call: RecurrentCall) -> dict[str, TensorState]:
    """Return the parameters by torch's names."""
    names = [name for layer in names_of(call) for direction in layer for name in direction]
    return dict(zip(names, call.weights, strict=True))


def _weights(call: RecurrentCall) -> tuple[Weights, ...]:
    """Return the parameters of each layer, its directions stacked."""
    states = states_by_name(call)
    found = []
    for layer in names_of(call):
        parts: dict[str, torch.Tensor] = {}
        for same in zip(*layer, strict=True):
            parts[same[0].partition("_l")[0]] = torch.stack([_needed(states[name], name) for name in same])
        found.append(
            Weights(
                parts["weight_ih"],
                parts["weight_hh"],
                parts.get("bias_ih"),
                parts.get("bias_hh"),
                parts.get("weight_hr"),
            )
        )
    return tuple(found)


def noise_of(sequence: Sequence) -> tuple[torch.Tensor, ...]:
    """Return what dropout multiplied the output of each layer but the last with, (T, B, D·H_out).

    Dropout is made once more from the recorded state of the random generator, in torch's own order: layer by layer, on
    tensors of the same sizes.

    Raises:
        NotKnownError: The state of the generator was not recorded.
    """
    found = [_noise(call) for call in sequence.calls]
    return tuple(torch.cat(same) for same in zip(*found, strict=True))


def _noise(call: RecurrentCall) -> list[torch.Tensor]:
    if call.generator is None or call.input.device.type != "cpu":
        raise NotKnownError(
            f"Dropout sets cells between the layers to 0 (p = {call.settings.dropout:g}), and which ones is not known "
            "inside of another module and on accelerators: in eval mode, or with the layer called by the program "
            "itself, on the CPU, it is."
        )
    shape = _noise_shape(call)
    before = torch.get_rng_state()
    torch.set_rng_state(call.generator)
    try:
        every = [
            F.dropout(torch.ones(shape, dtype=call.output.dtype), call.settings.dropout)
            for _ in range(call.settings.layers - 1)
        ]
    finally:
        torch.set_rng_state(before)
    return [over_time(call, one) if call.batch_sizes is not None else one for one in every]


def _noise_shape(call: RecurrentCall) -> tuple[int, ...]:
    """Return the sizes of a layer's output as torch computes it: time first, or the steps of a packed batch."""
    width = call.output.shape[-1]
    return (call.input.shape[0], width) if call.batch_sizes is not None else (call.steps, call.batch, width)
