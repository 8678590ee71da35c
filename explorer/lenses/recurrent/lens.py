"""Puts the scene together."""

from __future__ import annotations

from dataclasses import replace

import torch

from explorer.lenses.recurrent.calls import recurrent_calls
from explorer.lenses.recurrent.checks import checks_of
from explorer.lenses.recurrent.drawing import unrolled_of
from explorer.lenses.recurrent.felt import Backward, through_time
from explorer.lenses.recurrent.opened import Choice, Opened
from explorer.lenses.recurrent.parameters import parameters_text
from explorer.lenses.recurrent.passes import layers_of
from explorer.lenses.recurrent.sequences import Sequence, sequences_of
from explorer.lenses.recurrent.shapes import shapes_of
from explorer.lenses.recurrent.stops import default_stop, stops_of
from explorer.lenses.recurrent.tensors import NotKnownError, tensors_of
from explorer.lenses.recurrent.tokens import tokens_of
from explorer.lenses.shapes import shapes
from explorer.lenses.values import ValueGrids
from explorer.scene import Scene
from explorer.scene.collection import uncollected
from explorer.scene.recurrent import Recurrent
from explorer.trace import Trace

MAX_CELLS = 262_144


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
    """
    with uncollected(), torch.no_grad():
        sequences = sequences_of(recurrent_calls(trace))
        scene = shapes(trace, title, cells=False, last=bool(sequences))
        if not sequences:
            return replace(scene, lens="recurrent", recurrent=Recurrent(()))
        number = default_stop(sequences) if layer < 0 else min(layer, len(sequences) - 1)
        chosen = Choice(depth, reverse, item, unit)
        return _with_recurrent(trace, scene, sequences, number, chosen, root)


def _with_recurrent(
    trace: Trace, scene: Scene, sequences: tuple[Sequence, ...], number: int, chosen: Choice, root: int
) -> Scene:
    sequence = sequences[number]
    values = ValueGrids(len(scene.grids), len(scene.buffers), scene.element_count, MAX_CELLS)
    found = Recurrent(stops_of(sequences), number, shapes_of(sequence), parameters_text(sequence))
    try:
        found = _opened(trace, found, sequence, chosen.inside(sequence), root, values)
    except NotKnownError as why:
        found = replace(found, reason=str(why))
    return replace(
        scene,
        lens="recurrent",
        buffers=(*scene.buffers, *values.buffers),
        grids=(*scene.grids, *values.grids),
        element_count=values.element_count,
        recurrent=found,
    )


def _opened(
    trace: Trace, found: Recurrent, sequence: Sequence, choice: Choice, root: int, values: ValueGrids
) -> Recurrent:
    tensors = tensors_of(sequence)
    layers = layers_of(sequence, tensors)
    layer = Opened(sequence, tensors, layers[choice.depth], choice)
    felt = through_time(Backward.of(trace), sequence, tensors, choice, root)
    return replace(
        found,
        unrolled=unrolled_of(layer, values, tokens_of(trace, layer), felt.gradient),
        checks=(*checks_of(sequence, tensors, layers), *felt.checks),
    )
