r"""Truncated backpropagation through time: the state of a recurrent layer goes on, its history is cut every k steps.

>>> program = "import torch\nlstm = nn.LSTM(4, 6)\noutput, (h_n, c_n) = lstm(x)\n"
>>> print(set_detach(program, "lstm", "8").strip())
import torch
lstm = nn.LSTM(4, 6)
outputs, state = [], None
for chunk in x.split(8):
    if outputs:
        state = state[0].detach(), state[1].detach()
    part, state = lstm(chunk, state)
    outputs.append(part)
output, (h_n, c_n) = torch.cat(outputs), state
>>> set_detach(set_detach(program, "lstm", "8"), "lstm", "") == program
True
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass

from explorer.program.builders import numerals
from explorer.program.builders.additions import imports
from explorer.program.builders.cell_cuts import CellCut, cell_cut, with_cut, without_cut
from explorer.program.builders.chunks import Chunked, chunked, cut, together
from explorer.program.builders.links import Chip, Program, read
from explorer.program.builders.problems import ArgumentProblem, EditProblem
from explorer.program.builders.recurrent_calls import (
    PACKERS,
    RecurrentCall,
    has_cell_state,
    is_cell,
    packing,
    recurrent_call,
    same_input,
)
from explorer.program.builders.sequence_sizes import counted, layer_size
from explorer.program.builders.source import Edit
from explorer.program.builders.weights import read_program

MOST_STEPS = 512
_ADVICE = f"Type one whole number from 1 to {MOST_STEPS}, or nothing."
_NOTHING = "Leave the field empty."


@dataclass(frozen=True)
class Whole:
    """A program whose layers go through their sequences in one piece.

    Attributes:
        source: The program.
        every: After how many steps the history was cut before; "" where it was not.
    """

    source: str
    every: str = ""


def whole(source: str, path: str) -> Whole:
    """Return the program without the lines that cut the history of a layer, and of others on the same sequence."""
    every = detach_of(source, path)
    return Whole(_without(source, path), every) if every else Whole(source)


def detach_of(source: str, path: str) -> str:
    """Return after how many steps the history of a layer's state is cut: `8`; "" where it is not."""
    program = read(source)
    if program is None:
        return ""
    cuts = _cuts(program, path)
    return str(cuts[0].size.value) if cuts else ""


def can_detach(source: str, path: str) -> bool:
    """Tell whether the history of a layer's state can be cut: one call, of one direction, of what is not packed."""
    if detach_of(source, path):
        return True
    program = read(source)
    found = None if program is None else _refused(program, path)
    return program is not None and not found


def set_detach(source: str, path: str, typed: str) -> str:
    """Return the program that cuts the history of a layer's state every so many steps; "" cuts it nowhere.

    Other layers that go through the same sequence do so, too.

    Raises:
        ArgumentProblem: What was typed is no number of steps, or as many as the sequence has.
        EditProblem: The layer reads in both directions, or is called in a way that cannot be cut.
    """
    size = typed.strip() and numerals.whole_number(typed.strip(), "a number of time steps", _ADVICE)
    if size and not 1 <= int(size) <= MOST_STEPS:
        raise ArgumentProblem(f"The history cannot be cut every {size} steps. {_ADVICE}")
    if size:
        _check_cuts(read_program(whole(source, path).source), path, int(size))
    return cut_again(source, path, size)


def _check_cuts(program: Program, path: str, size: int) -> None:
    """Raise ArgumentProblem where the text of a program in one piece says that chunks of this size cut nothing."""
    found = layer_size(program, path)
    if found.steps is None or size < found.steps or _refused(program, path):
        return
    if found.steps <= 1:
        raise ArgumentProblem(f"{found.title} has {counted(found.steps, 'step')}: there is nothing to cut. {_NOTHING}")
    most = found.steps - 1
    wanted = "Type 1" if most == 1 else f"Type a number from 1 to {min(most, MOST_STEPS)}"
    raise ArgumentProblem(
        f"{found.title} has {counted(found.steps, 'step')}: chunks of {size} cut nothing. {wanted}, or nothing."
    )


def cut_again(source: str, path: str, size: str) -> str:
    """Return the program that cuts the history every so many steps, however many the sequence has.

    After an edit that leaves fewer steps than a chunk has, the lines stay as they were.

    Raises:
        EditProblem: The layer reads in both directions, or is called in a way that cannot be cut.
    """
    program = read_program(source)
    cuts = _cuts(program, path)
    if cuts and size:
        text = program.text
        return text.edited([Edit(text.start(one.size), text.end(one.size), size) for one in cuts])
    if cuts or not size:
        return _without(source, path)
    refused = _refused(program, path)
    if refused:
        raise EditProblem(refused)
    for one in _together(program, path):
        source = _cut(source, one, size)
    return source


def over_whole(source: str, path: str, change: Callable[[str], str]) -> str:
    """Return a program after a change that knows calls in one piece only; where its history was cut, it is again.

    Args:
        source: The program.
        path: How it calls the layer.
        change: From program to program.

    Raises:
        EditProblem: After the change the history cannot be cut.
    """
    before = whole(source, path)
    changed = change(before.source)
    return cut_again(changed, path, before.every) if before.every else changed


def _cut(source: str, path: str, size: str) -> str:
    program = read_program(source)
    chip, call = _chip(program, path), recurrent_call(program, path)
    if chip is None or call is None:
        raise EditProblem(f"No line calls {path} on a sequence.")
    both = has_cell_state(chip.name)
    loop = _loop(call, chip)
    if loop is not None:
        return program.text.edited(with_cut(program, call, loop, size, cell_state=both))
    edit = cut(program, call.place, size, cell_state=both, first=chip.fields.get("batch_first") == "True")
    return program.text.edited([*imports(program, edit.text), edit])


def _without(source: str, path: str) -> str:
    """Return the program in which nothing cuts the history of a layer, and of others on the same sequence."""
    program = read(source)
    if program is None:
        return source
    edits: list[Edit] = []
    for one in _cuts(program, path):
        edits += [together(program, one)] if isinstance(one, Chunked) else without_cut(program, one)
    return program.text.edited(edits) if edits else source


def _cuts(program: Program, path: str) -> tuple[Chunked | CellCut, ...]:
    """Return where the history of a layer's state is cut, and of others on the same sequence; its own first."""
    every = chunked(program)
    own = next((one for one in every if one.path == path), None)
    if own is not None:
        given = ast.unparse(own.given)
        return (own, *(one for one in every if one is not own and ast.unparse(one.given) == given))
    loop = _loop(recurrent_call(program, path), _chip(program, path))
    found = None if loop is None else cell_cut(loop)
    return () if found is None else (found,)


def _together(program: Program, path: str) -> list[str]:
    """Return the paths of the layers whose history is cut together: on the same sequence, in the same order of axes."""
    layers = same_input(program, path)
    first = {chip.path: chip.fields.get("batch_first", "False") for chip, _ in layers}
    same = [chip.path for chip, call in layers if first[chip.path] == first[path] and call.loop is None]
    return [path, *(one for one in same if one != path and not _refused(program, one))]


def _chip(program: Program, path: str) -> Chip | None:
    return next((chip for chip in program.chips if chip.role == "layer" and path and chip.path == path), None)


def _loop(call: RecurrentCall | None, chip: Chip | None) -> ast.For | None:
    """Return the loop at the top level that calls a cell for each step."""
    return call.loop if call is not None and chip is not None and is_cell(chip.name) else None


def _refused(program: Program, path: str) -> str:
    """Return why the history of a layer's state cannot be cut, or ""."""
    chip, call = _chip(program, path), recurrent_call(program, path)
    if chip is None or call is None:
        return "No line calls this layer on a sequence."
    if chip.fields.get("bidirectional", "False") != "False":
        return (
            "This layer reads in both directions: the reverse one starts at the last step, so its sequence cannot go "
            "through in chunks (detach every)."
        )
    if packing(program, call) is not None or any(name in ast.unparse(call.given) for name in PACKERS):
        return "The sequence is packed. Take the lengths away first."
    node = program.body[call.place]
    if not is_cell(chip.name) and not (isinstance(node, ast.Assign) and node.value is call.node):
        return f"Line {node.lineno} calls {path} in lines of its own. Edit the program's text instead."
    if is_cell(chip.name) and call.loop is None:
        return f"Line {node.lineno} calls {path} for one step."
    return ""
