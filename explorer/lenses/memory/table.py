"""The table of the names: which object each one is, and which storage it looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.lenses.memory.names import arrays_of, rebindings
from explorer.lenses.memory.notes import note_of
from explorer.lenses.memory.sharing import sharing_of
from explorer.scene import Table

if TYPE_CHECKING:
    from explorer.lenses.shapes.panels import Panels
    from explorer.lenses.shapes.timeline import Moment
    from explorer.trace import Binding, Step, Trace
    from explorer.trace.model import ArrayBinding

MAX_ROWS = 12
MAX_TABLES = 60
MAX_LOOKED_AT = 300
TITLE = "Who shares memory"
HEADER = ("name", "object", "storage", "offset", "strides", "bytes")
_OBJECT, _STORAGE = 1, 2
# Calls that are about memory: a program that makes one asks who shares it with whom.
_ABOUT_MEMORY = frozenset(
    {"numpy", "from_numpy", "detach", "data", "clone", "resize_", "untyped_storage", "data_ptr", "empty"}
)


def tables_of(moment: Moment, panels: Panels, trace: Trace) -> tuple[Table, ...]:
    """Return the table of who shares memory after a moment, for programs that write in place or ask about memory."""
    if moment.frame >= MAX_TABLES or not moment.names or not _asks(trace):
        return ()

    def letter(storage: int) -> str:
        return panels.storages[storage].letter

    names = _chosen(moment)
    rows = [_row(binding, names[:place], moment, letter(binding.state.storage)) for place, binding in enumerate(names)]
    rows += [_array_row(array, panels) for array in arrays_of(moment, trace)[:MAX_ROWS]]
    note = note_of(moment, trace, letter)
    if len(names) < len(moment.names):
        note += f" {len(moment.names) - len(names):,} more names are not in this table."
    return (Table(TITLE, HEADER, tuple(rows), _marks(names, moment, trace), note),)


def _asks(trace: Trace) -> bool:
    """Tell whether the program itself writes in place, or calls what is about memory."""
    return any(
        (step.kind == "inplace" and not step.details) or step.op in _ABOUT_MEMORY
        for step in trace.steps[:MAX_LOOKED_AT]
    )


def _chosen(moment: Moment) -> tuple[Binding, ...]:
    """Return the names that are shown: of many, first those that look at the storages of the step."""
    if len(moment.names) <= MAX_ROWS:
        return moment.names
    step = moment.step
    touched = {state.storage for state in (*step.outputs, *step.inputs)} if step else set()
    ranked = sorted(moment.names, key=lambda binding: binding.state.storage not in touched)[:MAX_ROWS]
    return tuple(binding for binding in moment.names if binding in ranked)


def _row(binding: Binding, above: tuple[Binding, ...], moment: Moment, letter: str) -> tuple[str, ...]:
    state = binding.state
    same = any(other.state.storage == state.storage for other in above)
    size = f"{state.storage_nbytes:,}"
    if same:
        size = f"the same {size}"
    elif _allocated(moment.step, state.storage):
        size = f"{size}, new"
    return (
        f"`{binding.name}`", f"#{state.tensor}", letter, str(state.storage_offset), str(tuple(state.stride)), size,
    )  # fmt: skip


def _array_row(array: ArrayBinding, panels: Panels) -> tuple[str, ...]:
    """Return the row of a NumPy array, which shares a storage or has memory of its own."""
    storage = None if array.storage is None else panels.storages.get(array.storage)
    where = "its own" if storage is None else storage.letter
    size = f"{array.nbytes:,}" if storage is None else f"the same {storage.nbytes:,}"
    return (f"`{array.name}`", "NumPy", where, str(array.storage_offset), str(array.stride), size)


def _allocated(step: Step | None, storage: int) -> bool:
    """Tell whether the step allocated the storage, or a larger place for it."""
    if step is None or not step.bytes_new:
        return False
    before = {state.storage: state.storage_nbytes for state in step.inputs}
    return any(out.storage == storage and out.storage_nbytes > before.get(storage, 0) for out in step.outputs)


def _marks(names: tuple[Binding, ...], moment: Moment, trace: Trace) -> tuple[tuple[int, int], ...]:
    """Mark the storages of the names that saw the write, and the objects of those that were bound anew."""
    step = moment.step
    seen = sharing_of(step, names).seen if step is not None and step.kind == "inplace" else ()
    anew = {change.name for change in rebindings(moment, trace)}
    marks = [(row, _STORAGE) for row, binding in enumerate(names) if binding.name in seen]
    return (*marks, *((row, _OBJECT) for row, binding in enumerate(names) if binding.name in anew))
