"""How names of dimensions travel through operations; what is not known for certain gets no name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from explorer.lenses.axes.indices import through_index
from explorer.lenses.axes.operations import (
    JOINS,
    POINTWISE,
    PRODUCTS,
    REPEATS,
    RESHAPES,
    SAME_DIMENSIONS,
    SAME_LAYERS,
)
from explorer.lenses.axes.probes import REARRANGES, through_probe
from explorer.lenses.axes.reshapes import through_reshape

if TYPE_CHECKING:
    from explorer.trace import Step
    from explorer.trace.calls import Call

Names = tuple[str, ...]


def carried(step: Step, call: Call | None, given: Sequence[Names]) -> tuple[Names, ...]:
    """Return the names of the dimensions of each output; () for an output of which none is known.

    Args:
        step: The step.
        call: Its live call; without it, operations whose arguments matter carry nothing.
        given: The names of the dimensions of each of `step.inputs`.
    """
    if step.module_class:
        return _through_layer(step, given)
    found = tuple(_of_output(step, call, given, number) for number in range(len(step.outputs)))
    return tuple(
        names if len(names) == len(output.shape) else () for names, output in zip(found, step.outputs, strict=True)
    )


def _of_output(step: Step, call: Call | None, given: Sequence[Names], number: int) -> Names:
    op = step.op.strip("_").lower()
    shape = step.outputs[number].shape
    simple = next((rule for ops, rule in _BY_SHAPE if op in ops), None)
    if simple is not None:
        return simple(step, given, shape)
    if call is None:
        return ()
    if op in REARRANGES:
        return through_probe(step, call, _agreed(given), number)
    return through_index(call, given[0]) if op == "getitem" else ()


def _lined_up(step: Step, given: Sequence[Names], shape: tuple[int, ...]) -> Names:
    """Carry names through broadcasting: of a stretched dimension, that of the operand that is not stretched counts."""
    rows = []
    for state, names in zip(step.inputs, given, strict=True):
        if len(state.shape) > len(shape):
            return ()
        own = [
            name if size == want else ""
            for name, size, want in zip(names, state.shape, shape[len(shape) - len(names) :], strict=True)
        ]
        rows.append((*("",) * (len(shape) - len(names)), *own))
    return _agreed(rows)


def _agreed(rows: Sequence[Names]) -> Names:
    """Return for each dimension the name on which all that have one agree."""
    if not rows or any(len(row) != len(rows[0]) for row in rows):
        return ()
    columns = [{name for name in column if name} for column in zip(*rows, strict=True)]
    return tuple(next(iter(names)) if len(names) == 1 else "" for names in columns)


def _through_product(step: Step, given: Sequence[Names], shape: tuple[int, ...]) -> Names:
    """Carry names through a matrix product: the rows of the first operand, the columns of the second."""
    if len(given) != 2:
        return ()
    first, second = given if step.op.strip("_") != "rmatmul" else (given[1], given[0])
    rows, columns = first[-2:-1], second[-1:] if len(second) > 1 else ()
    depth = len(shape) - len(rows) - len(columns)
    batches = [(*("",) * (depth - len(names[:-2])), *names[:-2]) for names in (first, second)]
    if depth < 0 or any(len(batch) != depth for batch in batches):
        return ()
    return (*_agreed(batches), *rows, *columns) if depth else (*rows, *columns)


def _through_layer(step: Step, given: Sequence[Names]) -> tuple[Names, ...]:
    """Carry names through a layer that keeps the number and the meaning of the dimensions."""
    kind = step.module_class.lower()
    first = given[0] if given else ()
    rank = len(step.outputs[0].shape)
    if kind == "linear" and first:
        return ((*first[:-1], "features"),)
    if kind == "embedding" and first:
        return ((*first, "E"),)
    if kind == "flatten" or not any(part in kind for part in SAME_LAYERS):
        return ()
    return (first,) if rank == len(first) else ()


def _repeated(step: Step, given: Sequence[Names], shape: tuple[int, ...]) -> Names:
    del step
    return (*("",) * (len(shape) - len(given[0])), *given[0])


def _reshaped(step: Step, given: Sequence[Names], shape: tuple[int, ...]) -> Names:
    return through_reshape(step.inputs[0].shape, shape, given[0])


def _kept(step: Step, given: Sequence[Names], shape: tuple[int, ...]) -> Names:
    del step
    return given[0] if len(shape) == len(given[0]) else ()


def _joined(step: Step, given: Sequence[Names], shape: tuple[int, ...]) -> Names:
    del step, shape
    return _agreed(given)


def _projected(step: Step, given: Sequence[Names], shape: tuple[int, ...]) -> Names:
    del step, shape
    return (*given[0][:-1], "features") if given[0] else ()


_Rule = Callable[["Step", "Sequence[Names]", tuple[int, ...]], Names]
# What follows from the shapes and the names alone.
_BY_SHAPE: tuple[tuple[frozenset[str], _Rule], ...] = (
    (POINTWISE, _lined_up),
    (SAME_DIMENSIONS, _kept),
    (PRODUCTS, _through_product),
    (RESHAPES, _reshaped),
    (REPEATS, _repeated),
    (JOINS, _joined),
    (frozenset({"linear"}), _projected),
)
