"""The calls of recurrent modules and of recurrent cells, in the order in which they ran."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch

from explorer.lenses.calls import label_of, module_of
from explorer.scene import Span
from explorer.scene.recurrent import CellKind
from explorer.trace import Step, TensorState, Trace
from explorer.trace.calls import Call
from explorer.trace.model import Detail

KINDS: dict[str, CellKind] = {"lstm": "lstm", "gru": "gru", "rnn_tanh": "rnn_tanh", "rnn_relu": "rnn_relu"}
CELLS: dict[str, CellKind] = {f"{name}_cell": kind for name, kind in KINDS.items()}


@dataclass(frozen=True)
class Settings:
    """What a recurrent layer is: sizes, layers, directions, and how its input lies.

    Attributes:
        kind: Which equations.
        layers: num_layers.
        directions: 1 or 2.
        bias: Whether it has biases.
        batch_first: Whether the batch comes before time.
        dropout: Chance of each cell between layers to become 0 in training mode.
        training: Whether it is in training mode.
        cell: Whether it is a cell, which is called for each step.
    """

    kind: CellKind
    layers: int
    directions: int
    bias: bool
    batch_first: bool
    dropout: float
    training: bool
    cell: bool = False

    @property
    def drops(self) -> bool:
        """Whether cells between layers become 0."""
        return self.training and self.dropout > 0 and self.layers > 1


@dataclass(frozen=True, eq=False)
class RecurrentCall:
    """One call of a recurrent module, or of a cell.

    Attributes:
        step: Index of its step in `Trace.steps`.
        label: What people call it.
        module: The live module, or None.
        call: The live call of torch's own function.
        settings: What it is.
        input: As torch's own function took it: (T, N, I) or (N, T, I); of a packed batch (all steps, I), of a cell
            (N, I).
        batch_sizes: Of a packed batch how many sequences go on at each step, else None.
        order: Of a packed batch the place of each of the caller's items among the packed ones; None where they are the
            same.
        batched: Whether the program's own tensors have a dimension for the batch.
        hidden, cell: h_0 and c_0, (layers · directions, N, ·); of a cell (N, ·).
        weights: The parameters, in torch's order.
        output: What it returned: as `input`, with H_out; of a cell h, (N, H).
        last_hidden, last_cell: As `hidden` and `cell`.
        generator: State of the random generator before a call that draws, else None.
        span: The program's expression.
    """

    step: int
    label: str
    module: torch.nn.Module | None
    call: Call
    settings: Settings
    input: TensorState
    batch_sizes: TensorState | None
    order: TensorState | None
    batched: bool
    hidden: TensorState
    cell: TensorState | None
    weights: tuple[TensorState, ...]
    output: TensorState
    last_hidden: TensorState
    last_cell: TensorState | None
    generator: torch.Tensor | None
    span: Span

    @property
    def steps(self) -> int:
        """T."""
        if self.settings.cell:
            return 1
        if self.batch_sizes is not None:
            return self.batch_sizes.shape[0]
        return self.input.shape[1 if self.settings.batch_first else 0]

    @property
    def batch(self) -> int:
        """N."""
        return self.hidden.shape[-2]


def recurrent_calls(trace: Trace) -> tuple[RecurrentCall, ...]:
    """Return the calls of recurrent modules and cells in the order in which they ran.

    Args:
        trace: A trace with its live calls; of one without, none are found.
    """
    return tuple(found for step in trace.steps for found in _calls_of(step, trace))


def _calls_of(step: Step, trace: Trace) -> Iterator[RecurrentCall]:
    for number, detail in enumerate(step.details):
        if detail.call is None:
            continue
        if detail.op in KINDS and len(detail.outputs) > 1:
            yield _module_call(step, number, detail.call, trace)
        elif detail.op in CELLS and detail.outputs:
            yield _cell_call(step, number, detail.call, trace)


def _module_call(step: Step, number: int, call: Call, trace: Trace) -> RecurrentCall:
    detail = step.details[number]
    kind, module = KINDS[detail.op], module_of(step, detail.module, trace)
    packed = isinstance(call.arguments[1], torch.Tensor) and not isinstance(call.arguments[3], bool)
    own = _own_inputs(step, number)
    states = list(detail.inputs)
    given = states.pop(0)
    sizes = states.pop(0) if packed else None
    hidden = states.pop(0)
    cell = states.pop(0) if kind == "lstm" else None
    made = detail.outputs
    return RecurrentCall(
        step=step.index,
        label=label_of(step, detail.module),
        module=module,
        call=call,
        settings=_settings(kind, call, module, packed=packed),
        input=given,
        batch_sizes=sizes,
        order=_order(own, sizes),
        batched=not own or own[0].shape == given.shape,
        hidden=hidden,
        cell=cell,
        weights=tuple(states),
        output=made[0],
        last_hidden=made[1],
        last_cell=made[2] if kind == "lstm" else None,
        generator=_generator(step, detail, trace),
        span=_span(step),
    )


def _cell_call(step: Step, number: int, call: Call, trace: Trace) -> RecurrentCall:
    detail = step.details[number]
    kind, module = CELLS[detail.op], module_of(step, detail.module, trace)
    given, hidden, *states = detail.inputs
    cell = states.pop(0) if kind == "lstm" else None
    own = _own_inputs(step, number)
    settings = Settings(kind, 1, 1, len(states) > 2, batch_first=False, dropout=0.0, training=False, cell=True)
    return RecurrentCall(
        step=step.index,
        label=label_of(step, detail.module),
        module=module,
        call=call,
        settings=settings,
        input=given,
        batch_sizes=None,
        order=None,
        batched=not own or own[0].shape == given.shape,
        hidden=hidden,
        cell=cell,
        weights=tuple(states),
        output=detail.outputs[0],
        last_hidden=detail.outputs[0],
        last_cell=detail.outputs[1] if kind == "lstm" else None,
        generator=None,
        span=_span(step),
    )


def _span(step: Step) -> Span:
    return Span(step.line, step.column, step.end_line, step.end_column)


def _own_inputs(step: Step, number: int) -> tuple[TensorState, ...]:
    """Return what the module itself was given: its call comes after those that it makes; () where it is not known."""
    path = step.details[number].module
    if step.module_class and path == step.module:
        return step.inputs
    for detail in step.details[number + 1 :]:
        if detail.is_module and detail.module == path:
            return detail.inputs
    return ()


def _order(own: tuple[TensorState, ...], sizes: TensorState | None) -> TensorState | None:
    """Return `unsorted_indices` of a packed batch: data, batch_sizes, sorted_indices and unsorted_indices in order."""
    if sizes is None or len(own) < 4 or own[3].dtype != torch.int64 or len(own[3].shape) != 1:
        return None
    return own[3]


def _generator(step: Step, detail: Detail, trace: Trace) -> torch.Tensor | None:
    """Return the state of the random generator before the call, where nothing else of the same step draws before it."""
    live = None if trace.calls is None else trace.calls[step.index]
    return live.generator if live is not None and detail.module == step.module else None


def _settings(kind: CellKind, call: Call, module: torch.nn.Module | None, *, packed: bool) -> Settings:
    """Return what a call says: `(…, has_biases, num_layers, dropout, train, bidirectional[, batch_first])`.

    Of a packed batch only the module knows whether the batch comes first when it is padded.
    """
    rest: tuple[Any, ...] = call.arguments[4 if packed else 3 :]
    bias, layers, dropout, training, both, *first = rest
    ahead = first[0] if first else getattr(module, "batch_first", False)
    return Settings(kind, layers, 2 if both else 1, bias, bool(ahead), dropout, training)
