"""Describes a torch call as a Step: what went in, what came out, what it did to memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.swift import swift
from explorer.trace.kinds import ELEMENTS_ONLY, kind_of
from explorer.trace.model import Detail, Step
from explorer.trace.values import storage_bytes

if TYPE_CHECKING:
    import torch

    from explorer.trace.model import Position, Site, TensorState
    from explorer.trace.states import StateKeeper


@swift
@dataclass(frozen=True, eq=False)
class Before:
    """The tensor arguments of a call, and their states before it."""

    tensors: tuple[torch.Tensor, ...]
    states: tuple[TensorState, ...]

    @classmethod
    def of(cls, states: StateKeeper, tensors: Iterable[torch.Tensor]) -> Before:
        """Record the states of `tensors` as they are now."""
        given = tuple(tensors)
        return cls(given, states.before(given))


@swift
@dataclass(frozen=True, eq=False)
class Made:
    """What a call did: its name and results, and whether it wrote into memory that existed before.

    `fresh` are storages known to be new, by number, beside those that are seen to be new from the results; `updated`
    are running statistics after it.
    """

    op: str
    results: tuple[torch.Tensor, ...]
    written: bool
    seconds: float | None = None
    details: tuple[Detail, ...] = ()
    module: str = ""
    module_class: str = ""
    fresh: frozenset[int] = frozenset()
    updated: tuple[TensorState, ...] = ()


@swift
@dataclass(frozen=True)
class Place:
    """Where a step stands: its span, the text there, and where each of the program's frames stood."""

    position: Position
    expression: str
    sites: tuple[Site, ...]


def written_by(op: str, before: Before, states: StateKeeper) -> tuple[torch.Tensor, ...]:
    """Return the arguments that a call wrote to, by torch's version counter, and note the writes."""
    if op.endswith("_") and op not in ELEMENTS_ONLY:
        states.note_rearrangement()
    pairs = zip(before.tensors, before.states, strict=True)
    changed = tuple([one for one, state in pairs if not one.is_inference() and one._version != state.version])
    for tensor in changed:
        states.note_write(tensor)
    return changed


def step_of(
    made: Made,
    before: Before,
    states: StateKeeper,
    index: int,
    place: Place,
) -> Step:
    """Return the step for a call that has ended."""
    position = place.position
    numbers, fresh = _storages(made, states)
    known = {state.storage for state in before.states} | (numbers - fresh.keys())
    outputs = tuple([states.state(tensor) for tensor in made.results])
    bytes_new = sum(fresh.values()) + _grown(before.states, outputs)
    return Step(
        index=index,
        line=position.line,
        column=position.column,
        end_line=position.end_line,
        end_column=position.end_column,
        op=made.op,
        kind=kind_of(made.op, before.states, outputs, known, written=made.written),
        inputs=before.states,
        outputs=outputs,
        expression=place.expression,
        bytes_new=bytes_new,
        stack=place.sites,
        details=made.details,
        module=made.module,
        module_class=made.module_class,
        seconds=made.seconds if _moved(made.op, before.states, outputs) else None,
        updated=made.updated,
    )


def _storages(made: Made, states: StateKeeper) -> tuple[set[int], dict[int, int]]:
    """Return the numbers of the results' storages, and of those that the call made the bytes."""
    numbers: set[int] = set()
    sizes: dict[int, int] = {}
    for tensor in made.results:
        known = states.storages.knows(tensor)
        number = states.storages.number(tensor)
        numbers.add(number)
        if not known or number in made.fresh:
            sizes[number] = storage_bytes(tensor)
    return numbers, sizes


def _grown(before: tuple[TensorState, ...], outputs: tuple[TensorState, ...]) -> int:
    """Return the bytes of the storages that were moved to a larger place: `resize_` allocates them anew."""
    sizes = {state.storage: state.storage_nbytes for state in before}
    grown = {
        state.storage: state.storage_nbytes
        for state in outputs
        if state.storage_nbytes > sizes.get(state.storage, state.storage_nbytes)
    }
    return sum(grown.values())


def _moved(op: str, inputs: tuple[TensorState, ...], outputs: tuple[TensorState, ...]) -> bool:
    """Tell whether the result is on another device than what was copied."""
    if not inputs or not outputs:
        return False
    source = inputs[-1] if op == "copy_" else inputs[0]
    return source.device != outputs[0].device
