"""The equations of recurrent layers, step by step, with everything kept that they go through.

Sources: torch's documentation of nn.RNN, nn.LSTM and nn.GRU; Hochreiter and Schmidhuber, "Long Short-Term Memory"
(1997); Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder" (2014), whose GRU applies the reset gate
before the matrix product, while torch applies it after.

All tensors have a dimension D for the directions of a layer, which go side by side: one product of matrices a step for
both. Inside, steps are in the order in which each direction computes; what is returned has the sequence's own times.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it

from explorer.scene.recurrent import CellKind

GATES: Mapping[CellKind, tuple[str, ...]] = {
    "rnn_tanh": ("h",),
    "rnn_relu": ("h",),
    "lstm": ("i", "f", "g", "o"),
    "gru": ("r", "z", "n"),
}
"""The blocks that weight_ih, weight_hh and the biases are stacked of, in torch's order."""


@dataclass(frozen=True, eq=False)
class Weights:
    """The parameters of one layer, of all its directions.

    Attributes:
        input: weight_ih, (D, G·H, I).
        hidden: weight_hh, (D, G·H, H_out).
        input_bias, hidden_bias: (D, G·H), or None.
        projection: weight_hr, (D, H_out, H), or None.
    """

    input: torch.Tensor
    hidden: torch.Tensor
    input_bias: torch.Tensor | None = None
    hidden_bias: torch.Tensor | None = None
    projection: torch.Tensor | None = None

    @property
    def present(self) -> dict[str, torch.Tensor]:
        """Those that there are, by their names here."""
        return {name: value for name, value in vars(self).items() if value is not None}

    def changed(self, values: Iterable[torch.Tensor]) -> Weights:
        """Return others in the places of those that there are."""
        return Weights(**dict(zip(self.present, values, strict=True)))


@dataclass(frozen=True, eq=False)
class Start:
    """The states before a step: h (D, B, H_out), and of an LSTM c (D, B, H)."""

    hidden: torch.Tensor
    cell: torch.Tensor | None = None

    def apart(self) -> Start:
        """Return the states without their history."""
        return Start(self.hidden.detach(), None if self.cell is None else self.cell.detach())


@dataclass(frozen=True, eq=False)
class Passed:
    """What one layer went through; times are those of the sequence, also where it is read backwards.

    Where a sequence of a batch has ended, nothing is computed: what stands there means nothing.

    Attributes:
        before: What goes through the gates' functions, in their order, (T, D, B, G·H).
        after: The states after each step, in the order in which the layer computes: the tensors that the next step
            takes, whose gradients can be asked for.
        last: The states after the last step of each sequence of the batch.
    """

    before: torch.Tensor
    after: tuple[Start, ...]
    last: Start

    def apart(self) -> Passed:
        """Return the same numbers without their history."""
        return Passed(self.before.detach(), tuple(one.apart() for one in self.after), self.last.apart())

    @property
    def hidden(self) -> torch.Tensor:
        """h_t, (T, D, B, H_out)."""
        return in_time(torch.stack([one.hidden for one in self.after]))

    @property
    def cell(self) -> torch.Tensor | None:
        """c_t of an LSTM, (T, D, B, H), or None."""
        cells = [one.cell for one in self.after if one.cell is not None]
        return in_time(torch.stack(cells)) if cells else None

    @property
    def output(self) -> torch.Tensor:
        """The directions side by side, (T, B, D·H_out), as the layer above takes it."""
        return self.hidden.transpose(1, 2).flatten(2)


@dataclass(frozen=True, eq=False)
class _Step:
    before: torch.Tensor
    after: Start


_Cell = Callable[[torch.Tensor, Start, torch.Tensor, Weights], _Step]


def passed(
    kind: CellKind,
    given: torch.Tensor,
    start: Start,
    weights: Weights,
    lengths: torch.Tensor | None = None,
    cuts: Collection[int] = (),
) -> Passed:
    """Run one layer over a sequence.

    Args:
        kind: Which equations.
        given: (T, B, I); what stands behind the end of a sequence is not looked at.
        start: The states before the first step of each direction.
        weights: Its parameters; with D = 2, the second direction reads from the last step to the first.
        lengths: Steps of each item, (B,) whole numbers, where they differ.
        cuts: Steps before which the states' history is cut, as `detach` does; of one direction.

    Raises:
        RuntimeError: There are no steps.
    """
    forward = _from_inputs(kind, given, weights)
    steps, transposed = given.shape[0], weights.hidden.transpose(1, 2)
    alive = None if lengths is None else _alive(lengths, steps, forward.shape[1])
    state, made, after = start, [], []
    for t, inputs in enumerate(forward.unbind()):
        state = state.apart() if t in cuts else state
        step = _CELLS[kind](inputs, state, transposed, weights)
        state = step.after if alive is None else _kept(alive[t], step.after, state)
        made.append(step.before)
        after.append(step.after)
    return Passed(in_time(torch.stack(made)), tuple(after), state)


def _from_inputs(kind: CellKind, given: torch.Tensor, weights: Weights) -> torch.Tensor:
    """Return what the input adds to each step, with the biases that do not go through a gate, (T, D, B, G·H)."""
    bias = weights.input_bias
    if bias is not None and weights.hidden_bias is not None and kind != "gru":
        bias = bias + weights.hidden_bias
    each = zip(weights.input.unbind(), [None] * len(weights.input) if bias is None else bias.unbind(), strict=True)
    return in_time(torch.stack([F.linear(given, weight, own) for weight, own in each], 1))


def in_time(steps: torch.Tensor) -> torch.Tensor:
    """Turn the second direction of (T, D, …) round; doing so twice changes nothing."""
    if steps.shape[1] < 2:
        return steps
    return torch.stack((steps[:, 0], steps[:, 1].flip(0)), 1)


def _alive(lengths: torch.Tensor, steps: int, directions: int) -> torch.Tensor:
    """Return which items go on at each step of each direction, (T, D, B, 1)."""
    found = (torch.arange(steps)[:, None] < lengths)[:, None, :, None]
    return in_time(found.expand(-1, directions, -1, -1))


def _rnn(activation: Callable[[torch.Tensor], torch.Tensor]) -> _Cell:
    def step(inputs: torch.Tensor, state: Start, hidden: torch.Tensor, _: Weights) -> _Step:
        before = torch.baddbmm(inputs, state.hidden, hidden)
        return _Step(before, Start(activation(before)))

    return step


def _lstm(inputs: torch.Tensor, state: Start, hidden: torch.Tensor, weights: Weights) -> _Step:
    before = torch.baddbmm(inputs, state.hidden, hidden)
    size = before.shape[-1] // 4
    # one call for all gates: σ of g's part is not used
    i, f, _, o = before.sigmoid().chunk(4, -1)
    assert state.cell is not None  # noqa: S101 - an LSTM starts with one; this is for the type checker
    cell = torch.addcmul(f * state.cell, i, before.narrow(-1, 2 * size, size).tanh())
    h = o * cell.tanh()
    if weights.projection is not None:
        h = h @ weights.projection.transpose(1, 2)
    return _Step(before, Start(h, cell))


def _gru(inputs: torch.Tensor, state: Start, hidden: torch.Tensor, weights: Weights) -> _Step:
    size = state.hidden.shape[-1]
    own = state.hidden @ hidden
    if weights.hidden_bias is not None:
        own = own + weights.hidden_bias[:, None]
    gates = inputs.narrow(-1, 0, 2 * size) + own.narrow(-1, 0, 2 * size)
    r, z = gates.sigmoid().chunk(2, -1)
    candidate = torch.addcmul(inputs.narrow(-1, 2 * size, size), r, own.narrow(-1, 2 * size, size))
    n = candidate.tanh()
    return _Step(torch.cat((gates, candidate), -1), Start(n + z * (state.hidden - n)))


_CELLS: Mapping[CellKind, _Cell] = {
    "rnn_tanh": _rnn(torch.tanh),
    "rnn_relu": _rnn(torch.relu),
    "lstm": _lstm,
    "gru": _gru,
}


def _kept(alive: torch.Tensor, after: Start, before: Start) -> Start:
    """Return the states where a sequence goes on, and the old ones where it has ended or not begun."""
    hidden = torch.where(alive, after.hidden, before.hidden)
    if after.cell is None or before.cell is None:
        return Start(hidden)
    return Start(hidden, torch.where(alive, after.cell, before.cell))
