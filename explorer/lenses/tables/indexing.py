"""An index read part by part: what it keeps, picks, removes and adds, and whether the result is a view."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from explorer.lenses.shapes.panels import Panels
from explorer.lenses.tables.index_parts import IndexArray, Part, Resolved, resolve
from explorer.lenses.tables.operation import UNKNOWN, Operation, recorded
from explorer.lenses.tables.words import code_text, count_text, dims_text, list_text, shape_text
from explorer.scene.tables import Table, Tone
from explorer.trace import TensorState

_HEADER = ("part", "what it does", "applies to", "size before", "size after")
_BEFORE, _AFTER = 3, 4
_REST = "(not written)"
_MISFIT = "What is written must have the selected shape, or broadcast to it."


class UnreadableError(ValueError):
    """A part of an index is of a kind that is not told here, or its values are gone."""


def indexed(operation: Operation, panels: Panels) -> tuple[Table, ...]:
    """Return the table of an index between brackets; none where the parts cannot be told.

    Args:
        operation: The call.
        panels: What is drawn, for the letter of the storage that a view reads.
    """
    if operation.op not in ("getitem", "setitem") or len(operation.arguments) < 2 or not operation.inputs:
        return ()
    index = operation.arguments[1]
    given = index if isinstance(index, tuple) else (index,)
    shape = operation.inputs[0].shape
    try:
        resolved = resolve(shape, _values(operation, given))
    except UnreadableError:
        return ()
    misfit = _misfit(operation, resolved)
    if (resolved.wrong or misfit) != (operation.error is not None) or not _as_torch_did(operation, resolved):
        return ()
    texts = [*_texts(operation, given), _REST]
    rows, marks = _rows(texts, resolved), () if misfit else _marks(resolved)
    if not resolved.wrong:
        rows.append(("all", "", "", shape_text(shape), shape_text(resolved.shape)))
    rows += _assigned(operation, resolved)
    if misfit:
        marks = ((len(rows) - 1, _BEFORE), (len(rows) - 1, _AFTER))
    note = _note(operation, resolved, panels) if not misfit else _MISFIT
    tone: Tone = "error" if operation.error is not None else "plain"
    return (Table("The index, part by part", _HEADER, tuple(rows), marks, note, tone),)


def _misfit(operation: Operation, resolved: Resolved) -> bool:
    """Tell whether a tensor that shall be written through the index does not broadcast to what it selects."""
    value = _written(operation)
    if value is None or resolved.wrong:
        return False
    sizes, places = value.shape, resolved.shape
    while len(sizes) > len(places) and sizes[0] == 1:
        sizes = sizes[1:]
    return len(sizes) > len(places) or any(
        size not in (1, place) for size, place in zip(reversed(sizes), reversed(places), strict=False)
    )


def _written(operation: Operation) -> TensorState | None:
    """Return the tensor that is written through the index; None when a number is."""
    if operation.op != "setitem" or len(operation.arguments) < 3:
        return None
    value = operation.arguments[2]
    told = value is UNKNOWN and operation.operands[-1] is operation.expression.parts[-1]
    return operation.inputs[-1] if told or isinstance(value, torch.Tensor) else None


def _as_torch_did(operation: Operation, resolved: Resolved) -> bool:
    """Tell whether a result has the shape that was worked out; torch's special cases are left out."""
    if operation.op != "getitem" or operation.error is not None:
        return True
    return bool(operation.outputs) and operation.outputs[0].shape == resolved.shape


def _values(operation: Operation, given: Sequence[Any]) -> list[Any]:
    """Return the parts of an index as `resolve` takes them.

    Raises:
        UnreadableError: One of them is of another kind, or its values are gone.
    """
    states = iter(operation.inputs[1:])
    values = [_value(value, states) for value in given]
    masks = [place for place, value in enumerate(values) if isinstance(value, IndexArray)]
    if len(masks) == 1 and values[masks[0]].is_mask and values[masks[0]].trues is None and operation.outputs:
        values[masks[0]] = _counted(operation, values, masks[0])
    return values


def _value(value: Any, states: Iterator[TensorState]) -> Any:  # noqa: ANN401 - any part of an index
    if isinstance(value, torch.Tensor) or value is UNKNOWN:
        state = next(states, None)
        if state is None:
            raise UnreadableError
        return _of_state(state)
    if isinstance(value, list | np.ndarray | range):
        return _of_list(value)
    if isinstance(value, bool) or not (
        value is None or value is Ellipsis or isinstance(value, int | np.integer | slice)
    ):
        raise UnreadableError
    return _plain_slice(value) if isinstance(value, slice) else value


def _plain_slice(value: slice) -> slice:
    """Return a slice of plain integers: its bounds may be tensors."""
    try:
        bounds = [None if bound is None else operator.index(bound) for bound in (value.start, value.stop, value.step)]
    except TypeError as error:
        raise UnreadableError from error
    return slice(*bounds)


def _of_state(state: TensorState) -> IndexArray | int:
    values = recorded(state)
    is_mask = state.dtype in (torch.bool, torch.uint8)
    if not state.shape:
        if values is None or is_mask or state.dtype.is_floating_point or state.dtype.is_complex:
            raise UnreadableError
        return int(values.item())
    if not is_mask:
        return IndexArray(state.shape, is_mask=False, values=values)
    trues = None if values is None else int(values.bool().sum())
    return IndexArray(state.shape, is_mask=True, values=None, trues=trues)


def _of_list(value: Any) -> IndexArray:  # noqa: ANN401 - a list, array or range
    try:
        values = torch.as_tensor(np.asarray(value))
    except (TypeError, ValueError, RuntimeError) as error:
        raise UnreadableError from error
    if values.numel() == 0:
        values = values.long()
    if values.dtype == torch.bool:
        return IndexArray(tuple(values.shape), is_mask=True, values=None, trues=int(values.sum()))
    if values.is_floating_point() or not values.dim():
        raise UnreadableError
    return IndexArray(tuple(values.shape), is_mask=False, values=values)


def _counted(operation: Operation, values: Sequence[Any], place: int) -> IndexArray:
    """Return a mask too large to be kept with the number of its True values, from the size of the result."""
    mask: IndexArray = values[place]
    one = [*values[:place], replace(mask, trues=1), *values[place + 1 :]]
    each = math.prod(resolve(operation.inputs[0].shape, one).shape)
    if operation.op != "getitem" or not each:
        raise UnreadableError
    return replace(mask, trues=operation.outputs[0].numel // each)


def _texts(operation: Operation, given: Sequence[Any]) -> list[str]:
    """Return the text of each part; its values where the program does not write the parts one by one."""
    node = operation.expression.node
    target = node.targets[0] if isinstance(node, ast.Assign) else node
    target = target.target if isinstance(target, ast.AugAssign) else target
    if isinstance(target, ast.Subscript):
        written = target.slice.elts if isinstance(target.slice, ast.Tuple) else [target.slice]
        if len(written) == len(given):
            return [code_text(operation.expression.segment(part)) for part in written]
    return [_shown(value) for value in given]


def _shown(value: object) -> str:
    if value is Ellipsis:
        return "`...`"
    if isinstance(value, slice):
        start, stop = ("" if bound is None else str(bound) for bound in (value.start, value.stop))
        return f"`{start}:{stop}" + ("`" if value.step is None else f":{value.step}`")
    return "a tensor" if isinstance(value, torch.Tensor) else code_text(str(value))


def _rows(texts: Sequence[str], resolved: Resolved) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    told = False
    for text, part in zip(texts, resolved.parts, strict=False):
        rows.append((text, part.what, _dims(part), _sizes(part.before), _after(part, resolved, told=told)))
        told = told or part.joins
    return rows


def _dims(part: Part) -> str:
    return dims_text(part.dims) if part.dims else "–"


def _sizes(sizes: Sequence[int]) -> str:
    return ", ".join(map(str, sizes)) if sizes else "–"


def _after(part: Part, resolved: Resolved, *, told: bool) -> str:
    if part.wrong:
        return "–"
    if not part.joins:
        return _sizes(part.after) if part.kind != "pick" else "gone"
    if resolved.joint is None:
        return "do not broadcast"
    return "together with the above" if told else _sizes(resolved.joint)


def _marks(resolved: Resolved) -> tuple[tuple[int, int], ...]:
    if resolved.joint is None:
        return tuple((row, _AFTER) for row, part in enumerate(resolved.parts) if part.joins)
    if resolved.wrong:
        return tuple((row, _BEFORE) for row, part in enumerate(resolved.parts) if part.wrong)
    return tuple((row, _AFTER) for row, part in enumerate(resolved.parts) if part.before != part.after)


def _assigned(operation: Operation, resolved: Resolved) -> list[tuple[str, ...]]:
    """Return a row for the tensor that is written through the index."""
    value = _written(operation)
    if value is None or resolved.wrong:
        return []
    what = "is written there" if value.shape == resolved.shape else "is broadcast and written there"
    what = what if operation.error is None else "does not fit there"
    name = operation.name(len(operation.inputs) - 1)
    return [(name, what, "–", shape_text(value.shape), shape_text(resolved.shape))]


def _note(operation: Operation, resolved: Resolved, panels: Panels) -> str:
    if resolved.joint is None:
        return f"The shapes of the index tensors, {_shapes(resolved)}, do not broadcast."
    if resolved.wrong:
        return ""
    notes = []
    if len(resolved.arrays) > 1:
        joint = shape_text(resolved.joint)
        notes.append(f"The index tensors are broadcast together: {_shapes(resolved)} give {joint}.")
    if resolved.in_front:
        notes.append("Something that stays stands between them, so their dimensions come first in the result.")
    return " ".join([*notes, _memory(operation, resolved, panels)])


def _shapes(resolved: Resolved) -> str:
    return list_text(shape_text(shape) for shape in resolved.arrays)


def _memory(operation: Operation, resolved: Resolved, panels: Panels) -> str:
    storage = panels.storages.get(operation.inputs[0].storage)
    where = "" if storage is None else f" {storage.letter}"
    if operation.op == "setitem":
        return f"Written into storage{where}: {count_text(math.prod(resolved.shape), 'element')}."
    if operation.kind == "view":
        return f"The result is a view of storage{where}: nothing is copied."
    nbytes = operation.outputs[0].numel * operation.outputs[0].itemsize
    return f"Tensors and lists in the index make the result a copy: {nbytes:,} bytes."
