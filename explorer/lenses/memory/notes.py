"""What a step means for who shares memory with whom, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.lenses.memory.names import Rebinding, arrays_of, code_list, named, rebindings, sharing_with
from explorer.lenses.memory.sharing import Sharing, sharing_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from explorer.lenses.shapes.timeline import Moment
    from explorer.trace import Step, Trace

MAX_NAMED = 3
_ALL = {2: "both read", 3: "all three read"}


def note_of(moment: Moment, trace: Trace, letter: Callable[[int], str]) -> str:
    """Say who sees what the step did.

    Args:
        moment: The moment.
        trace: The run that it belongs to.
        letter: Gives the letter of a storage.
    """
    step = moment.step
    if step is None:
        return "Nothing was written by the line that failed."
    arrays = tuple(array.name for array in arrays_of(moment, trace) if array.storage in _touched(step))
    said = [_of_kind(step, moment, letter), _arrays(step, arrays)]
    said += [_rebound(change, letter) for change in rebindings(moment, trace)[:MAX_NAMED]]
    return " ".join([*filter(None, said), _bytes(step, moment, trace)])


def _of_kind(step: Step, moment: Moment, letter: Callable[[int], str]) -> str:
    if not step.outputs:
        return ""
    if step.kind == "inplace" and not step.op.startswith("resize_"):
        return _write(sharing_of(step, moment.names), letter(step.outputs[0].storage), moment, letter)
    if step.kind == "view":
        return _view(step, moment, letter)
    if step.kind == "copy":
        return _copy(step, moment, letter)
    return ""


def _write(sharing: Sharing, storage: str, moment: Moment, letter: Callable[[int], str]) -> str:
    if not sharing.changed:
        return f"Every value that was written to storage {storage} is the one that was there before."
    said = [_seen(sharing, storage)]
    if sharing.beside:
        one = len(sharing.beside) == 1
        said.append(
            f"{code_list(sharing.beside)} {'looks' if one else 'look'} at storage {storage} too, but at other elements."
        )
    if 0 < len(sharing.apart) <= MAX_NAMED:
        own = [letter(b.state.storage) for b in moment.names if b.name in sharing.apart]
        one = len(sharing.apart) == 1
        said.append(
            f"{code_list(sharing.apart)} {'keeps its values: it reads' if one else 'keep their values: they read'}"
            f" {_storages(own)}."
        )
    return " ".join(said)


def _seen(sharing: Sharing, storage: str) -> str:
    count = len(sharing.seen)
    if not count:
        return "No name reads what was written."
    if count == 1:
        return f"Of the tensors only {code_list(sharing.seen)} reads what was written to storage {storage}."
    return f"{code_list(sharing.seen)} see the write, since {_ALL.get(count, f'all {count} read')} storage {storage}."


def _view(step: Step, moment: Moment, letter: Callable[[int], str]) -> str:
    output = step.outputs[0]
    own, others = named(output, moment.names), sharing_with(output, moment.names)
    storage = letter(output.storage)
    if len(own) > 1:
        return f"{code_list(own)} are names of one object, #{output.tensor}."
    if not others:
        return ""
    who = code_list(own) if own else "The result"
    said = f"{who} reads storage {storage}, as {code_list(others)} {'does' if len(others) == 1 else 'do'}:"
    said += (
        " a write through one is seen through the others." if len(others) > 1 else " each sees what the other writes."
    )
    if step.op == "detach":
        said += " Autograd does not follow it, but the memory is the same."
    if step.op == "data":
        said += " Autograd does not even notice a write through .data; detach() is the safe way."
    return said


def _copy(step: Step, moment: Moment, letter: Callable[[int], str]) -> str:
    output = step.outputs[0]
    own = named(output, moment.names)
    if not own:
        return ""
    return (
        f"{code_list(own)} has memory of its own, storage {letter(output.storage)}: writes elsewhere do not reach it."
    )


def _rebound(change: Rebinding, letter: Callable[[int], str]) -> str:
    said = (
        f"`{change.name}` is another object now, #{change.now.tensor} in storage {letter(change.now.storage)};"
        f" nothing was written to #{change.before.tensor}"
    )
    if not change.kept:
        return f"{said}, which no name holds any more."
    return f"{said}, which {code_list(change.kept)} still {'holds' if len(change.kept) == 1 else 'hold'}."


def _touched(step: Step) -> set[int]:
    """Return the storages that a step wrote to or gave to NumPy."""
    return {state.storage for state in (step.outputs or step.inputs)}


def _arrays(step: Step, arrays: tuple[str, ...]) -> str:
    """Say which NumPy arrays look at the memory that the step is about."""
    if not arrays:
        return ""
    one = len(arrays) == 1
    whose = f"The NumPy array{'' if one else 's'} {code_list(arrays)}"
    if step.kind == "inplace":
        return f"{whose} {'looks' if one else 'look'} at this memory too."
    if step.op in ("numpy", "__array__") or step.kind == "view":
        return f"{whose} and the tensor are two looks at one memory: each sees what is written through the other."
    return ""


def _bytes(step: Step, moment: Moment, trace: Trace) -> str:
    """Say what the step allocated, what all steps did, and what the names hold."""
    total = sum(earlier.bytes_new for earlier in trace.steps[: step.index + 1])
    sizes = {b.state.storage: b.state.storage_nbytes for b in moment.names if b.state.device.type != "meta"}
    new = f"{step.bytes_new:,} bytes are new" if step.bytes_new else "No memory is new"
    return f"{new}; torch has allocated {total:,} bytes so far, the names hold {sum(sizes.values()):,}."


def _storages(letters: list[str]) -> str:
    distinct = list(dict.fromkeys(letters))
    if len(distinct) == 1:
        return f"storage {distinct[0]}"
    return f"storages {', '.join(distinct[:-1])} and {distinct[-1]}"
