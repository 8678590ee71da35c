"""How much what a gradient starts from feels the states of each time step."""

from __future__ import annotations

from collections.abc import Sequence as Several
from dataclasses import dataclass, replace

import torch

from explorer.lenses.recurrent.arrived import Arrived
from explorer.lenses.recurrent.cells import Start, Weights, in_time
from explorer.lenses.recurrent.opened import Choice
from explorer.lenses.recurrent.passes import Layer, layers_of
from explorer.lenses.recurrent.sequences import Sequence
from explorer.lenses.recurrent.tensors import Tensors, in_call_order, over_time


@dataclass(frozen=True, eq=False)
class Felt:
    """Gradients of the states of one layer and direction, of one item.

    Attributes:
        hidden: ∂root/∂h_t, (T, H_out).
        cell: ∂root/∂c_t, (T, H), or None.
        weights: Of all layers, the gradients of the parameters over all items, where those are known; () else.
        layers: What all items went through on the way, without its history; () where not all did.
    """

    hidden: torch.Tensor
    cell: torch.Tensor | None
    weights: tuple[Weights, ...] = ()
    layers: tuple[Layer, ...] = ()


def from_step(sequence: Sequence, tensors: Tensors, choice: Choice, step: int) -> Felt:
    """Return the gradient of the sum of all units of output[step] of the item, through all layers and directions.

    Args:
        sequence: The calls.
        tensors: What they took.
        choice: Of which layer, direction and item.
        step: Time step of the output, within the item.
    """
    alone = _only(tensors, choice.item)
    with torch.enable_grad():
        layers = layers_of(sequence, _alive(alone))
        last = layers[-1].passed.after
        parts = [last[step].hidden[0].sum()]
        if sequence.settings.directions > 1:
            parts.append(last[len(last) - 1 - step].hidden[1].sum())
        return _felt(torch.stack(parts).sum(), layers, replace(choice, item=0))


def from_backward(sequence: Sequence, tensors: Tensors, choice: Choice, arrived: Several[Arrived]) -> Felt:
    """Return what the program's own backward pass brought to each state, inside of the modules' calls too.

    What came to output, h_n and c_n of each call goes on through the equations of all layers and directions.

    Args:
        sequence: The calls, of a module.
        tensors: What they took.
        choice: Of which layer, direction and item.
        arrived: What came to each call.
    """
    with torch.enable_grad():
        live = _alive(tensors)
        layers = layers_of(sequence, live, cut=True)
        parts = [part for number in range(len(arrived)) for part in _products(sequence, live, layers, arrived, number)]
        total = torch.stack(parts).sum()
        felt = _felt(total, layers, choice, live.weights)
    length = None if tensors.lengths is None else int(tensors.lengths[choice.item])
    return replace(
        felt,
        hidden=felt.hidden[:length],
        cell=None if felt.cell is None else felt.cell[:length],
        layers=tuple(layer.apart() for layer in layers),
    )


def of_cells(sequence: Sequence, tensors: Tensors, item: int, arrived: Several[Arrived]) -> Felt:
    """Return what the program's own backward pass brought to h and c of each call of a cell.

    Args:
        sequence: The calls, of a cell.
        tensors: What they took.
        item: Of which item.
        arrived: What came to each call.
    """
    like = tensors.starts[0]
    hidden = torch.stack([_or_zeros(one.output, like.hidden[0])[item] for one in arrived])
    if like.cell is None:
        return Felt(hidden, None)
    cell = torch.stack([_or_zeros(one.cell, like.cell[0])[item] for one in arrived])
    if any(one.fused for one in arrived):
        through = _through_hidden(sequence, tensors, item, hidden)
        cell = cell + torch.where(torch.tensor([[one.fused] for one in arrived]), through, 0)
    return Felt(hidden, cell)


def _through_hidden(sequence: Sequence, tensors: Tensors, item: int, hidden: torch.Tensor) -> torch.Tensor:
    """Return what c of each call feels through h = o · tanh(c) of the same call: ∂L/∂h · o · (1 − tanh²(c))."""
    [layer] = layers_of(sequence, tensors)
    cell = layer.passed.cell
    assert cell is not None  # noqa: S101 - of an LSTM; this is for the type checker
    o = layer.passed.before[:, 0, item].chunk(4, -1)[3].sigmoid()
    return hidden * o * (1 - cell[:, 0, item].tanh().square())


def _or_zeros(gradient: torch.Tensor | None, like: torch.Tensor) -> torch.Tensor:
    return torch.zeros_like(like) if gradient is None else gradient


def _only(tensors: Tensors, item: int) -> Tensors:
    """Return one item of a batch, without its padding."""
    length = None if tensors.lengths is None else int(tensors.lengths[item])
    return Tensors(
        input=tensors.input[:length, item : item + 1],
        lengths=None,
        starts=tuple(
            Start(one.hidden[:, item : item + 1], None if one.cell is None else one.cell[:, item : item + 1])
            for one in tensors.starts
        ),
        weights=tensors.weights,
        output=None,
        last=None,
        noise=tuple(one[:length, item : item + 1] for one in tensors.noise),
    )


def _alive(tensors: Tensors) -> Tensors:
    """Return the tensors with parameters that gradients can be asked of: states follow from them."""
    return replace(tensors, weights=tuple(_fresh(weights) for weights in tensors.weights))


def _fresh(weights: Weights) -> Weights:
    return weights.changed(value.detach().clone().requires_grad_() for value in weights.present.values())


def _products(
    sequence: Sequence, tensors: Tensors, layers: tuple[Layer, ...], arrived: Several[Arrived], number: int
) -> list[torch.Tensor]:
    """Return what came to one call's results times those results, whose gradient is that of the root."""
    call, own = sequence.calls[number], arrived[number]
    end = sequence.ends[number]
    found = []
    if own.output is not None:
        made = layers[-1].passed.output[end - call.steps : end]
        arriving = over_time(call, own.output)
        found.append((_valid(made, tensors) * arriving).sum())
    if own.hidden is not None:
        states = torch.cat([_end(layer, sequence, number).hidden for layer in layers])
        found.append((states * in_call_order(call, own.hidden)).sum())
    if own.cell is not None:
        cells = [_end(layer, sequence, number).cell for layer in layers]
        every = torch.cat([one for one in cells if one is not None])
        found.append((every * in_call_order(call, own.cell)).sum())
    return found


def _valid(output: torch.Tensor, tensors: Tensors) -> torch.Tensor:
    return output if tensors.valid is None else torch.where(tensors.valid, output, 0)


def _end(layer: Layer, sequence: Sequence, number: int) -> Start:
    """Return the states of a layer after one of the calls."""
    return layer.passed.last if len(sequence.calls) == 1 else layer.passed.after[sequence.ends[number] - 1]


def _felt(total: torch.Tensor, layers: tuple[Layer, ...], choice: Choice, weights: tuple[Weights, ...] = ()) -> Felt:
    """Return the gradients of the states of one layer, direction and item, and of parameters."""
    after = layers[choice.depth].passed.after
    hidden = [one.hidden for one in after]
    states = [*hidden, *(one.cell for one in after if one.cell is not None)]
    asked = [*states, *(value for one in weights for value in one.present.values())]
    found = torch.autograd.grad(total, asked, allow_unused=True)
    whole = [_or_zeros(own, one) for own, one in zip(found, asked, strict=True)]
    rest = iter(whole[len(states) :])
    return Felt(
        _chosen(whole[: len(hidden)], choice),
        _chosen(whole[len(hidden) : len(states)], choice) if len(states) > len(hidden) else None,
        tuple(one.changed([next(rest) for _ in one.present]) for one in weights),
    )


def _chosen(steps: list[torch.Tensor], choice: Choice) -> torch.Tensor:
    """Return (T, ·) of one direction and item, of (D, B, ·) for each step in the order in which the layer computes."""
    return in_time(torch.stack(steps))[:, choice.reverse, choice.item]
