"""Puts the scene together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

from explorer.lenses.recurrent.blank import blank_unrolled
from explorer.lenses.recurrent.calls import recurrent_calls
from explorer.lenses.recurrent.charts import Beside, gradient_charts, same_input
from explorer.lenses.recurrent.checks import checks_of
from explorer.lenses.recurrent.drawing import unrolled_of
from explorer.lenses.recurrent.felt import Backward, through_time
from explorer.lenses.recurrent.opened import Choice, Opened
from explorer.lenses.recurrent.parameters import parameters_text
from explorer.lenses.recurrent.passes import layers_of
from explorer.lenses.recurrent.places import grids_by_name
from explorer.lenses.recurrent.remarks import Case, remarks_of
from explorer.lenses.recurrent.sequences import Sequence, sequences_of
from explorer.lenses.recurrent.shapes import shapes_of, with_grids
from explorer.lenses.recurrent.stops import default_stop, stops_of
from explorer.lenses.recurrent.tables import last_states_table
from explorer.lenses.recurrent.tensors import NotKnownError, tensors_of
from explorer.lenses.recurrent.tokens import tokens_of
from explorer.lenses.shapes import shapes
from explorer.lenses.values import ValueGrids
from explorer.scene import Scene
from explorer.scene.charts import Chart
from explorer.scene.collection import uncollected
from explorer.scene.recurrent import Gradient, Recurrent, Unrolled
from explorer.scene.tables import Table
from explorer.scene.windows import Check
from explorer.trace import Step, Trace

MAX_CELLS = 262_144
MODULES = frozenset({"RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell"})


def recurrent(  # noqa: PLR0913 - the options of a link
    trace: Trace,
    title: str = "Recurrent",
    *,
    layer: int = -1,
    depth: int = 0,
    reverse: int = 0,
    item: int = 0,
    unit: int = 0,
    root: int = -1,
    charts: bool = True,
) -> Scene:
    """Look at recurrent layers: every gate at every time step, what is kept, and the gradient through time.

    What lies outside of the program's calls, layers, items or units is brought to the nearest value inside.

    Args:
        trace: A trace with its live tensors, as `explorer.run` returns it.
        title: Heading for a page of its own.
        layer: Number of the stop to open; -1 for the last one of the module that is called first: after a training
            loop that is the one with the trained weights.
        depth: Which of its num_layers.
        reverse: 1 for the direction that reads from the last step to the first.
        item: Which item of the batch.
        unit: The unit in focus, whose retention is made.
        root: Where the gradient starts: a time step t, for the sum over all units of output[t] of this item; -1 for
            what the program's own backward pass started from.
        charts: Whether charts are made.
    """
    with uncollected(), torch.no_grad():
        sequences = sequences_of(recurrent_calls(trace))
        if not sequences:
            scene = shapes(_to_the_point(trace), title, cells=False)
            return replace(scene, lens="recurrent", recurrent=Recurrent(()))
        scene = shapes(trace, title, cells=False, last=True)
        number = default_stop(sequences) if layer < 0 else min(layer, len(sequences) - 1)
        chosen = Choice(depth, reverse, item, unit).inside(sequences[number])
        return _with_recurrent(trace, scene, sequences, number, _Looked(chosen, root, charts))


def _to_the_point(trace: Trace) -> Trace:
    """Return a run that failed without the parameters of its layers, which would stand between what does not fit."""
    about = {state.storage for state in trace.error.operands} if trace.error is not None else set()
    if not about:
        return trace
    return replace(
        trace, steps=tuple(replace(step, outputs=()) if _is_beside(step, about) else step for step in trace.steps)
    )


def _is_beside(step: Step, about: set[int]) -> bool:
    """Tell a step that made a recurrent layer of which no parameter is among what a failure is about."""
    return step.op in MODULES and not about & {state.storage for state in step.outputs}


@dataclass(frozen=True)
class _Looked:
    """How the open sequence is looked at: `root` and `charts` as the parameters of `recurrent`."""

    choice: Choice
    root: int
    charts: bool


def _with_recurrent(trace: Trace, scene: Scene, sequences: tuple[Sequence, ...], number: int, looked: _Looked) -> Scene:
    sequence = sequences[number]
    values = ValueGrids(len(scene.grids), len(scene.buffers), scene.element_count, MAX_CELLS)
    found = Recurrent(stops_of(sequences), number, shapes_of(sequence), parameters_text(sequence))
    shown = _shown(trace, sequences, number, looked, values)
    tables = range(len(scene.tables), len(scene.tables) + len(shown.tables))
    return replace(
        scene,
        lens="recurrent",
        buffers=(*scene.buffers, *values.buffers),
        grids=(*scene.grids, *values.grids),
        element_count=values.element_count,
        tables=(*scene.tables, *shown.tables),
        charts=(*scene.charts, *shown.charts),
        recurrent=replace(
            found,
            shapes=with_grids(found.shapes, grids_by_name(trace, scene, sequence, shown.unrolled)),
            unrolled=shown.unrolled,
            reason=shown.reason,
            checks=shown.checks,
            remarks=shown.remarks,
            tables=tuple(tables),
        ),
    )


@dataclass(frozen=True, eq=False)
class _Shown:
    """What is shown of the open sequence, as in `Recurrent`, with its tables and charts."""

    unrolled: Unrolled | None = None
    reason: str = ""
    checks: tuple[Check, ...] = ()
    remarks: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()


def _shown(trace: Trace, sequences: tuple[Sequence, ...], number: int, looked: _Looked, values: ValueGrids) -> _Shown:
    sequence, choice = sequences[number], looked.choice
    if sequence.first.input.device.type == "meta":
        blank = blank_unrolled(sequence, choice, values, MAX_CELLS)
        return _Shown(blank, remarks=("On meta there are no values: the shapes are those of the real layer.",))
    try:
        tensors = tensors_of(sequence)
    except NotKnownError as why:
        return _Shown(reason=str(why))
    backward = Backward.of(trace)
    time = through_time(backward, sequence, tensors, choice, looked.root)
    with torch.inference_mode():  # the loop over steps is a fifth faster
        layers = time.layers or layers_of(sequence, tensors)
    layer = Opened(sequence, tensors, layers[choice.depth], choice)
    table = last_states_table(trace, sequence, tensors)
    return _Shown(
        unrolled=unrolled_of(layer, values, tokens_of(trace, layer), time.gradient),
        checks=(*checks_of(sequence, tensors, layers), *time.checks),
        remarks=remarks_of(Case(trace, layer, time)),
        tables=() if table is None else (table,),
        charts=_charts(backward, sequences, number, time.gradient, looked) if looked.charts else (),
    )


def _charts(
    backward: Backward,
    sequences: tuple[Sequence, ...],
    number: int,
    gradient: Gradient | None,
    looked: _Looked,
) -> tuple[Chart, ...]:
    """Return the gradient through time beside that of other layers that took the same sequence."""
    if gradient is None:
        return ()
    shown = [Beside(sequences[number], gradient)]
    for other in same_input(sequences, number):
        try:
            tensors = tensors_of(other)
        except NotKnownError:
            continue
        found = through_time(backward, other, tensors, looked.choice.inside(other), looked.root).gradient
        if found is not None:
            shown.append(Beside(other, found))
    return gradient_charts(shown)
