"""The sequences of a run as entries of the list that the picture offers."""

from __future__ import annotations

from explorer.lenses.convolution.values import tensor_of
from explorer.lenses.recurrent.cells import GATES
from explorer.lenses.recurrent.names import layer_text
from explorer.lenses.recurrent.sequences import Sequence
from explorer.lenses.recurrent.tensors import lengths_of
from explorer.scene.recurrent import RecurrentStop


def stops_of(sequences: tuple[Sequence, ...]) -> tuple[RecurrentStop, ...]:
    """Return the sequences as entries of a list, in their order."""
    return tuple(_stop(one) for one in sequences)


def default_stop(sequences: tuple[Sequence, ...]) -> int:
    """Return the number of the last sequence of the module that is called first; -1 of none.

    After a training loop that is the one that went through the trained weights.
    """
    same = [number for number, one in enumerate(sequences) if is_same_module(one, sequences[0])]
    return same[-1] if same else -1


def is_same_module(one: Sequence, other: Sequence) -> bool:
    """Tell whether two sequences went through one module."""
    return one.first.module is not None and one.first.module is other.first.module


def _stop(sequence: Sequence) -> RecurrentStop:
    first, settings = sequence.first, sequence.settings
    return RecurrentStop(
        label=first.label,
        layer=layer_text(sequence),
        cell=settings.kind,
        steps=sequence.steps,
        layers=settings.layers,
        directions=settings.directions,
        batch=first.batch,
        lengths=_lengths(sequence),
        hidden_size=first.weights[0].shape[0] // len(GATES[settings.kind]),
        training=settings.training,
        span=first.span,
    )


def _lengths(sequence: Sequence) -> tuple[int, ...]:
    """Return the steps of each item of a packed batch where they differ; () else."""
    first = sequence.first
    known = first.batch_sizes is not None and tensor_of(first.batch_sizes) is not None
    found = lengths_of(first) if known else None
    lengths = () if found is None else tuple(found.tolist())
    return lengths if len(set(lengths)) > 1 else ()
