"""Remarks on operations that move, join, split or repeat elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.lenses.shapes.remarks.remark import Remark, Rule, dim_of
from explorer.lenses.tables.words import count_text, list_text

if TYPE_CHECKING:
    from explorer.lenses.tables.operation import Operation

_SEEN = "Writing into a part writes into the whole: both read one storage."
_BACKWARD = "torch has no negative strides, so reading backwards needs a copy."


def _rearranged(operation: Operation) -> Remark | None:
    """Say for each dimension of the result where it was, as far as strides and sizes tell for certain."""
    given, made = operation.inputs[0], operation.outputs[0]
    before = list(zip(given.shape, given.stride, strict=True))
    if len(set(before)) < len(before) or given.storage != made.storage:
        return None
    after = list(zip(made.shape, made.stride, strict=True))
    if sorted(before) != sorted(after) or before == after:
        return None
    order = ", ".join(str(before.index(pair)) for pair in after)
    return Remark(f"Its dimensions are dimensions {order} of the input, with their sizes and strides.")


def _unflattened(operation: Operation) -> Remark | None:
    dim = dim_of(operation)
    if dim is None:
        return None
    given, made = operation.inputs[0].shape, operation.outputs[0].shape
    parts = made[dim : dim + 1 + len(made) - len(given)]
    return Remark(
        f"Dimension {dim} of size {given[dim]} is cut into {' × '.join(map(str, parts))}.",
        "The elements keep their order: the last of the new dimensions runs fastest.",
    )


def _parts(operation: Operation) -> Remark | None:
    dim = dim_of(operation, place=2, default=0)
    if dim is None:
        return None
    sizes = [state.shape[dim] for state in operation.outputs]
    short = sizes[-1] < sizes[0]
    said = f"Size {operation.inputs[0].shape[dim]} of dimension {dim} is cut into {list_text(sizes)}."
    return Remark(f"{said} The last part is what is left over." if short else said, _SEEN)


def _unbound(operation: Operation) -> Remark | None:
    dim = dim_of(operation, default=0)
    if dim is None:
        return None
    return Remark(f"Dimension {dim} of size {operation.inputs[0].shape[dim]} is gone: one view for each index.", _SEEN)


def _windows(operation: Operation) -> Remark | None:
    dim, size, step = dim_of(operation), operation.argument(2, "size"), operation.argument(3, "step")
    if dim is None or not isinstance(size, int) or not isinstance(step, int):
        return None
    count = operation.outputs[0].shape[dim]
    said = (
        f"{count_text(count, 'window')} of {size} along dimension {dim}, each {step} further on; size {size} is last."
    )
    return Remark(said, "Windows that overlap read the same memory: no element is stored twice." if step < size else "")


def _diagonal(operation: Operation) -> Remark:
    made = operation.outputs[0]
    if made.storage != operation.inputs[0].storage:
        return Remark(f"The diagonal has {made.shape[-1]} elements.")
    return Remark(
        f"One step along the diagonal is stride {made.stride[-1]}: one step in both dimensions at once.",
        "The diagonal is a view: writing to it writes into the matrix.",
    )


def _as_strided(operation: Operation) -> Remark:
    made = operation.outputs[0]
    places = " + ".join(
        [str(made.storage_offset), *(f"{i} · {s}" for i, s in zip("ijklmn", made.stride, strict=False))]
    )
    return Remark(
        f"Element [{', '.join('ijklmn'[: len(made.shape)])}] is read from place {places} of the storage.",
        "No shape is looked at but the one given: elements may be read several times, or not at all.",
    )


def _joined(operation: Operation) -> Remark | None:
    made = operation.outputs[0]
    for dim, size in enumerate(made.shape):
        sizes = [state.shape[dim] for state in operation.inputs if len(state.shape) == len(made.shape)]
        if len(sizes) == len(operation.inputs) > 1 and sum(sizes) == size and sizes[0] != size:
            return Remark(
                f"They are laid one after the other along dimension {dim}: {' + '.join(map(str, sizes))} = {size}."
            )
    return Remark(f"They lie beside each other along a new dimension: the result has shape {made.shape}.")


def _stacked(operation: Operation) -> Remark | None:
    dim = dim_of(operation, default=0, rank=len(operation.outputs[0].shape))
    if dim is None:
        return None
    count = operation.outputs[0].shape[dim]
    return Remark(f"Dimension {dim} is new: index n there reads tensor n of {count}.", _NEW_STORAGE)


_NEW_STORAGE = "The inputs may lie anywhere in memory; the result needs one storage with regular strides."


def _repeated_each(operation: Operation) -> Remark | None:
    times = operation.argument(1, "repeats")
    if not isinstance(times, int):
        return Remark("Each element is repeated as often as its own count says.", "")
    return Remark(
        f"Each element comes {count_text(times, 'time')} in a row.",
        "`repeat` lays whole copies side by side instead.",
    )


def _repeated(operation: Operation) -> Remark:
    given, made = operation.inputs[0], operation.outputs[0]
    times = made.numel // max(given.numel, 1)
    return Remark(f"Every element is stored {count_text(times, 'time')}.")


def _flipped(operation: Operation) -> Remark:
    return Remark(f"The order of the {count_text(operation.outputs[0].numel, 'element')} is turned round.", _BACKWARD)


def _turned(operation: Operation) -> Remark:
    times = operation.argument(1, "k", default=1)
    turns = int(times) % 4 if isinstance(times, int) else 1
    return Remark(
        f"The plane of two dimensions is turned by {turns * 90}°, from the first towards the second.",
        _BACKWARD,
    )


def _rolled(operation: Operation) -> Remark:
    shifts = operation.argument(1, "shifts")
    return Remark(f"The elements move on by {shifts}; what is pushed out at one end comes in at the other.")


def _shuffled(operation: Operation) -> Remark | None:
    given, made = operation.inputs[0].shape, operation.outputs[0].shape
    factor = made[-1] // given[-1] if given[-1] else 0
    if not factor:
        return None
    return Remark(
        f"{given[-3]} channels become {made[-3]}: each of the {factor} × {factor} channels gives one of the"
        f" {factor} × {factor} pixels that a pixel turns into."
    )


def _unshuffled(operation: Operation) -> Remark | None:
    given, made = operation.inputs[0].shape, operation.outputs[0].shape
    factor = given[-1] // made[-1] if made[-1] else 0
    return Remark(f"Each block of {factor} × {factor} pixels becomes {factor * factor} channels.") if factor else None


def _padded(operation: Operation) -> Remark:
    given, made = operation.inputs[0], operation.outputs[0]
    mode = operation.argument(2, "mode", default="constant")
    value = operation.argument(3, "value", default=None)
    filled = f"the number {0 if value is None else value}" if mode == "constant" else f"its own elements ({mode})"
    added = count_text(max(made.numel - given.numel, 0), "element")
    return Remark(
        f"{given.shape} grows to {made.shape}: {added} at the edges, filled with {filled}.",
        "The list of widths counts from the last dimension: left, right, then top, bottom.",
    )


def _resized(operation: Operation) -> Remark:
    given, made = operation.inputs[0], operation.outputs[0]
    if made.storage_nbytes > given.storage_nbytes:
        more = made.storage_nbytes - given.storage_nbytes
        sizes = f"from {given.storage_nbytes:,} to {made.storage_nbytes:,} bytes"
        said = f"The storage grows {sizes}; {more:,} of them were never written to."
    else:
        said = (
            f"The storage keeps its {made.storage_nbytes:,} bytes; the tensor reads {made.numel:,} of its elements now."
        )
    return Remark(
        said, "Unlike reshape it may change how many elements there are: what is added is not zero but unknown."
    )


MOVES: dict[str, Rule] = {
    **dict.fromkeys(
        ("permute", "transpose", "swapaxes", "swapdims", "movedim", "moveaxis", "t", "T", "mT"), _rearranged
    ),
    **dict.fromkeys(("split", "chunk", "tensor_split", "split_with_sizes"), _parts),
    **dict.fromkeys(
        ("cat", "concat", "concatenate", "hstack", "vstack", "row_stack", "dstack", "column_stack"), _joined
    ),
    **dict.fromkeys(("flip", "fliplr", "flipud"), _flipped),
    **dict.fromkeys(("repeat", "tile"), _repeated),
    "unflatten": _unflattened,
    "unbind": _unbound,
    "unfold": _windows,
    "diagonal": _diagonal,
    "as_strided": _as_strided,
    "stack": _stacked,
    "repeat_interleave": _repeated_each,
    "rot90": _turned,
    "roll": _rolled,
    "pixel_shuffle": _shuffled,
    "pixel_unshuffle": _unshuffled,
    "pad": _padded,
    "resize": _resized,
}
