"""What happened and why it matters, in a sentence each, with the numbers of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.lenses.shapes.transfers import transfer_of, transfer_reason, transfer_sentence
from explorer.trace import Step, TensorState
from explorer.trace.kinds import NUMPY_WRITE
from explorer.trace.strides import conflict_sentence, view_conflict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from explorer.lenses.shapes.panels import Panels
    from explorer.lenses.shapes.timeline import Moment
    from explorer.trace.model import Omission


def describe(step: Step, moment: Moment, panels: Panels) -> str:
    """Say in one sentence what a step did."""
    if not step.outputs:
        return _describe_array(step, panels) if step.op == "numpy" else f"{_call(step)} ran."
    output = step.outputs[0]
    letter = panels.storages[output.storage].letter
    many = len(step.outputs) > 1
    transfer = transfer_of(step)
    if transfer is not None:
        return transfer_sentence(transfer, _call(step))
    if step.kind == "view":
        return _describe_view(step, letter, many=many)
    if step.kind == "inplace":
        return _describe_write(step, letter, moment)
    size = f"{_count(output.numel, 'element')} of {_dtype(output)}, {step.bytes_new:,} bytes"
    if step.kind == "create":
        return f"{_call(step)} allocates storage {letter}: {size}."
    if step.kind == "copy":
        return _describe_copy(step, letter, size)
    if step.kind == "reduce":
        given = step.inputs[0]
        return f"{_call(step)} reduces shape {given.shape} to {output.shape}, into the new storage {letter}."
    return f"{_call(step)} computes {_count(output.numel, 'new element')} into the new storage {letter}."


def explain(step: Step) -> str:
    """Say why it matters; "" when there is nothing worth saying."""
    if not step.outputs or not step.inputs:
        return ""
    given, output = step.inputs[0], step.outputs[0]
    transfer = transfer_of(step)
    if transfer is not None:
        return transfer_reason(transfer)
    if step.kind == "view":
        return _explain_view(given, output)
    if step.kind == "copy":
        return _explain_copy(step, given, output)
    if step.kind == "inplace" and 0 in output.stride:
        return "A dimension with stride 0 reads one stored element many times, so one write shows in many cells."
    return ""


def omission_notes(omitted: Sequence[Omission]) -> tuple[str, ...]:
    """Say what a long run left out of its trace."""
    if not omitted:
        return ()
    total = sum(omission.count for omission in omitted)
    most = sorted(omitted, key=lambda omission: -omission.count)[:3]
    examples = ", ".join(f"{omission.op} on line {omission.line} ({omission.count:,} times)" for omission in most)
    return (f"The run was too long to keep whole: {total:,} more calls ran and are not shown, such as {examples}.",)


def _describe_view(step: Step, letter: str, *, many: bool) -> str:
    output = step.outputs[0]
    if not step.inputs:
        return f"{_call(step)} is a tensor on the memory of a NumPy array, storage {letter}; nothing is copied."
    if many:
        return f"{_call(step)} makes {len(step.outputs)} views of storage {letter}; nothing is copied."
    if any(given.tensor == output.tensor for given in step.inputs):
        return f"{_call(step)} returns the very same tensor; nothing is copied."
    offset = f", offset {output.storage_offset}" if output.storage_offset else ""
    return (
        f"{_call(step)} is a view of storage {letter}: shape {output.shape}, strides {output.stride}{offset};"
        " nothing is copied."
    )


def _describe_copy(step: Step, letter: str, size: str) -> str:
    output = step.outputs[0]
    if output.dtype != step.inputs[0].dtype:
        return f"{_call(step)} converts each element to {_dtype(output)}, into the new storage {letter} ({size})."
    return f"{_call(step)} copies into the new storage {letter}: {size}."


def _describe_write(step: Step, letter: str, moment: Moment) -> str:
    readers = [b.name for b in moment.names if b.state.storage == step.outputs[0].storage]
    seen = f" and is seen through {_and(readers)}" if len(readers) > 1 else ""
    if step.op in ("resize_", "resize_as_"):
        return f"{_call(step)} gives the tensor the shape {step.outputs[0].shape} in storage {letter}."
    through = " through a NumPy array, which torch does not notice," if step.op == NUMPY_WRITE else ""
    return f"{_call(step)} writes{through} into storage {letter}{seen}."


def _describe_array(step: Step, panels: Panels) -> str:
    given = step.inputs[0]
    letter = panels.storages[given.storage].letter
    return f"{_call(step)} is a NumPy array that looks at storage {letter}; nothing is copied."


def _explain_view(given: TensorState, output: TensorState) -> str:
    repeated = [d for d, (size, step) in enumerate(zip(output.shape, output.stride, strict=True)) if size > 1 > step]
    if repeated:
        copied = output.numel * output.itemsize
        dims = _and([str(d) for d in repeated])
        return (
            f"Stride 0 in dimension {dims}: its index does not move in memory, the same elements are read again."
            f" A real copy would take {copied:,} bytes."
        )
    if given.is_contiguous and not output.is_contiguous and output.numel > 1:
        return (
            "Only shape, strides and offset are new. Neighbours in the last dimension no longer lie side by side"
            " in memory: the tensor is not contiguous."
        )
    return ""


def _explain_copy(step: Step, given: TensorState, output: TensorState) -> str:
    op = step.op.strip("_")
    if op in ("reshape", "flatten", "view", "reshape_as", "ravel") and len(step.inputs) == 1:
        conflict = view_conflict(given.shape, given.stride, output.shape)
        return "" if conflict is None else conflict_sentence(conflict, _receiver(step), _asked(step))
    if op == "contiguous":
        return (
            f"The input's strides {given.stride} are not those of a contiguous {given.shape} tensor, so it is copied."
        )
    if op in ("repeat", "tile") and output.numel > given.numel:
        return "Unlike expand, each repetition gets memory of its own: writing to one leaves the others alone."
    if op in ("stack", "cat", "concat", "concatenate", "hstack", "vstack", "dstack"):
        return "The inputs may lie anywhere in memory; the result needs one storage with regular strides."
    if op == "getitem":
        return "An index made of tensors or lists picks elements at irregular places, which no strides can describe."
    return ""


def _call(step: Step) -> str:
    text = " ".join(step.expression.split())
    return text if len(text) <= 60 else text[:57] + "…"


def _receiver(step: Step) -> str:
    """Return the name that the operation was called on, as the program writes it; "The input" for an expression."""
    name = step.expression.partition(".")[0]
    return name if name.isidentifier() and name != "torch" else "The input"


def _asked(step: Step) -> str:
    """Return the call without its receiver: `reshape(3, 8)`."""
    start = step.expression.rfind(f"{step.op}(")
    return " ".join(step.expression[start:].split()) if start >= 0 else step.op


def _dtype(state: TensorState) -> str:
    return str(state.dtype).removeprefix("torch.")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
