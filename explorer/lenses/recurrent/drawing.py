"""An open layer as data of the scene: its tensors as grids, its gates and states over time."""

from __future__ import annotations

import torch

from explorer.lenses.recurrent.cells import GATES
from explorer.lenses.recurrent.names import function_of, roles_of, state_names
from explorer.lenses.recurrent.opened import Opened
from explorer.lenses.recurrent.retention import retention_of, singular_values
from explorer.lenses.recurrent.tensors import PARTS, names_of
from explorer.lenses.values import ValueGrids
from explorer.scene.recurrent import Gate, Gradient, State, Unrolled
from explorer.scene.relations import Array
from explorer.trace.values import to_numpy

_FIELDS = ("input", "hidden", "input_bias", "hidden_bias", "projection")


def unrolled_of(layer: Opened, grids: ValueGrids, tokens: tuple[str, ...], gradient: Gradient | None) -> Unrolled:
    """Return an open layer as data of the scene.

    Args:
        layer: The layer.
        grids: Where its grids go.
        tokens: What stands at each step, or ().
        gradient: How much each step is felt, or None.
    """
    choice, settings = layer.choice, layer.sequence.settings
    weights = _weights(layer, grids)
    names = names_of(layer.sequence.first)[choice.depth][choice.reverse]
    below = f"output of layer {choice.depth - 1}" if choice.depth else "input"
    return Unrolled(
        cell=settings.kind,
        layer=choice.depth,
        reverse=bool(choice.reverse),
        item=choice.item,
        unit=choice.unit,
        steps=layer.steps,
        padded=layer.layer.given.shape[0],
        hidden_size=next(iter(layer.before.values())).shape[-1],
        input=_grid(grids, layer.given, below),
        first_hidden=_grid(grids, layer.first_hidden, "h_0"),
        first_cell=-1 if layer.first_cell is None else _grid(grids, layer.first_cell, "c_0"),
        weight_ih=weights["weight_ih"],
        weight_hh=weights["weight_hh"],
        bias_ih=weights.get("bias_ih", -1),
        bias_hh=weights.get("bias_hh", -1),
        weight_hr=weights.get("weight_hr", -1),
        names=tuple(next((name for name in names if name.startswith(part)), "") for part in PARTS),
        gates=_gates(layer),
        states=_states(layer),
        tokens=tokens,
        retention=retention_of(layer),
        gradient=gradient,
        singular=singular_values(layer),
    )


def _weights(layer: Opened, grids: ValueGrids) -> dict[str, int]:
    """Add the parameters; return their grids by what torch's names begin with."""
    names = names_of(layer.sequence.first)[layer.choice.depth][layer.choice.reverse]
    label = layer.sequence.first.label
    found = {}
    for field, part in zip(_FIELDS, PARTS, strict=True):
        value = layer.weight(field)
        name = next((name for name in names if name.startswith(part)), "")
        if value is not None:
            found[part] = _grid(grids, value, f"{label}.{name}")
    return found


def _grid(grids: ValueGrids, tensor: torch.Tensor, label: str) -> int:
    dtype = str(tensor.dtype).removeprefix("torch.")
    return grids.add(to_numpy(tensor), tuple(tensor.shape), label, 0, "compute", dtype)


def _gates(layer: Opened) -> tuple[Gate, ...]:
    kind = layer.sequence.settings.kind
    return tuple(
        Gate(
            name,
            roles_of(kind)[name],
            function_of(kind, name),
            numbers(layer.from_input[name]),
            numbers(layer.from_hidden[name]),
            numbers(layer.before[name]),
            numbers(layer.gates[name]),
        )
        for name in GATES[kind]
    )


def _states(layer: Opened) -> tuple[State, ...]:
    kind, projected = layer.sequence.settings.kind, layer.weight("projection") is not None
    values = {name: _state(layer, name) for name in state_names(kind, projected=projected)}
    return tuple(State(name, roles_of(kind)[name], value.shape[-1], numbers(value)) for name, value in values.items())


def _state(layer: Opened, name: str) -> torch.Tensor:
    """Return a state, or what one is made of, (T, ·)."""
    if name == "hn":
        return _candidate_part(layer)
    if name == "h" or layer.cell is None:
        return layer.hidden
    if name == "c":
        return layer.cell
    squashed = layer.cell.tanh()
    return layer.gates["o"] * squashed if name.startswith("o") else squashed


def _candidate_part(layer: Opened) -> torch.Tensor:
    """Return W_hn · h + b_hn of a GRU, (T, H), which the reset gate is applied to."""
    part, bias = layer.from_hidden["n"], layer.weight("hidden_bias")
    return part if bias is None else part + bias.chunk(3)[2]


def numbers(tensor: torch.Tensor) -> Array:
    """Return values as an array; of the half precisions as float32, which holds each of them."""
    half = tensor.dtype in (torch.float16, torch.bfloat16)
    return to_numpy(tensor.float() if half else tensor)
