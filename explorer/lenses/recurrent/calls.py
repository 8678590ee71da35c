"""The recurrent layers of a run: calls of nn.RNN, nn.LSTM and nn.GRU, and runs of calls of a cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from explorer.lenses.convolution.calls import label_of, module_of
from explorer.lenses.recurrent.cells import CellKind
from explorer.scene import Span
from explorer.trace import Step, TensorState, Trace
from explorer.trace.calls import Call
from explorer.trace.model import Detail

KINDS: dict[str, CellKind] = {"lstm": "lstm", "gru": "gru", "rnn_tanh": "rnn_tanh", "rnn_relu": "rnn_relu"}
CELLS: dict[str, CellKind] = {f"{name}_cell": kind for name, kind in KINDS.items()}


@dataclass(frozen=True)
class Settings:
    """What a recurrent layer is: sizes, layers, directions, and how its input lies."""

    kind: CellKind
    layers: int
    directions: int
    bias: bool
    batch_first: bool
    dropout: float
    training: bool


@dataclass(frozen=True, eq=False)
class RecurrentCall:
    """One call of a recurrent module.

    Attributes:
        step: Index of its step in `Trace.steps`.
        label: What people call it.
        module: The live module, or None.
        settings: What it is.
        input: As torch's own function took it: (T, N, I), (N, T, I), (T, I), or of a packed batch (all steps, I).
        batch_sizes: Of a packed batch how many sequences go on at each step, else None.
        hidden, cell: h_0 and c_0, (layers · directions, N, ·).
        weights: The parameters, in torch's order.
        output, last_hidden, last_cell: What it returned.
        span: The program's expression.
    """

    step: int
    label: str
    module: torch.nn.Module | None
    settings: Settings
    input: TensorState
    batch_sizes: TensorState | None
    hidden: TensorState
    cell: TensorState | None
    weights: tuple[TensorState, ...]
    output: TensorState
    last_hidden: TensorState
    last_cell: TensorState | None
    span: Span

    @property
    def packed(self) -> bool:
        """Whether its input is a packed batch."""
        return self.batch_sizes is not None


def recurrent_calls(trace: Trace) -> tuple[RecurrentCall, ...]:
    """Return the calls of recurrent modules in the order in which they ran.

    Args:
        trace: A trace with its live calls; of one without, none are found.
    """
    return tuple(found for step in trace.steps for found in _calls_of(step, trace))


def _calls_of(step: Step, trace: Trace) -> Iterator[RecurrentCall]:
    for detail in step.details:
        if detail.op in KINDS and detail.call is not None and len(detail.outputs) > 1:
            yield _recurrent_call(step, detail, detail.call, trace)


def _recurrent_call(step: Step, detail: Detail, call: Call, trace: Trace) -> RecurrentCall:
    kind = KINDS[detail.op]
    packed = isinstance(call.arguments[1], torch.Tensor) and not isinstance(call.arguments[3], bool)
    states = list(detail.inputs)
    given = states.pop(0)
    sizes = states.pop(0) if packed else None
    hidden = states.pop(0)
    cell = states.pop(0) if kind == "lstm" else None
    made = detail.outputs
    return RecurrentCall(
        step=step.index,
        label=label_of(step, detail.module),
        module=module_of(step, detail.module, trace),
        settings=_settings(kind, call, packed=packed),
        input=given,
        batch_sizes=sizes,
        hidden=hidden,
        cell=cell,
        weights=tuple(states),
        output=made[0],
        last_hidden=made[1],
        last_cell=made[2] if kind == "lstm" else None,
        span=Span(step.line, step.column, step.end_line, step.end_column),
    )


def _settings(kind: CellKind, call: Call, *, packed: bool) -> Settings:
    """Return what a call says: `(…, has_biases, num_layers, dropout, train, bidirectional[, batch_first])`."""
    rest: tuple[Any, ...] = call.arguments[4 if packed else 3 :]
    bias, layers, dropout, training, both, *first = rest
    return Settings(kind, layers, 2 if both else 1, bias, bool(first and first[0]), dropout, training)
