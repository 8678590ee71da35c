r"""Other recurrent layers on the same sequence: LSTM, GRU and RNN side by side.

>>> program = "from torch import nn\nlstm = nn.LSTM(4, 6)\noutput, (h_n, c_n) = lstm(x)\n"
>>> print(set_beside(program, 0, ("GRU",)).removeprefix(program).strip())
gru = nn.GRU(4, 6)
gru_output, gru_h_n = gru(x)
"""

from __future__ import annotations

import ast
from collections.abc import Collection

from explorer.program.builders import chain, names
from explorer.program.builders.additions import inserted
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.links import Chip, read
from explorer.program.builders.losses import NONE, OTHER, loss_of, set_loss
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.recurrent_calls import (
    call_lines,
    is_cell,
    last_place,
    packing,
    recurrent_call,
    same_input,
    unpacking,
)
from explorer.program.builders.truncation import over_whole, whole
from explorer.program.builders.weights import read_program

_KINDS = ("LSTM", "GRU", "RNN")


def can_stand_beside(source: str, index: int) -> tuple[str, ...]:
    """Return the kinds of layers that could go through the same sequence as that of a chip; () without one."""
    chip = chain.chips(source)[index]
    program = read(whole(source, chip.path).source)
    if program is None or not chip.path or is_cell(chip.name):
        return ()
    call = recurrent_call(program, chip.path)
    return () if call is None or call.loop is not None else tuple(kind for kind in _KINDS if kind != chip.name)


def beside(source: str, index: int) -> tuple[str, ...]:
    """Return the kinds of the other layers that go through the same sequence."""
    path = chain.chips(source)[index].path
    return tuple(chip.name for chip in _others(whole(source, path).source, path))


def set_beside(source: str, index: int, wanted: Collection[str]) -> str:
    """Return the program in which layers of these kinds, and no other, go through the same sequence.

    What the backward pass starts from is written anew: the sum over all of them.

    Raises:
        EditProblem: Lines need a layer that would go away, or nothing calls the layer of the chip.
    """
    path = chain.chips(source)[index].path
    return over_whole(source, path, lambda plain: _with_beside(plain, path, wanted))


def _with_beside(source: str, path: str, wanted: Collection[str]) -> str:
    loss = loss_of(source, path)
    changed = set_loss(source, path, NONE) if loss not in (NONE, OTHER) else source
    for other in reversed(_others(changed, path)):
        if other.name not in wanted:
            changed = chain.remove(_without_unpacking(changed, other.path), other.index)
    for kind in _KINDS:
        place = _index(changed, path)
        if kind in wanted and kind != chain.chips(changed)[place].name and kind not in beside(changed, place):
            changed = _added(changed, path, kind)
    return changed if loss in (NONE, OTHER) else set_loss(changed, path, loss)


def _others(source: str, path: str) -> tuple[Chip, ...]:
    program = read(source)
    if program is None or not path:
        return ()
    return tuple(chip for chip, call in same_input(program, path) if chip.path != path and call.loop is None)


def _added(source: str, path: str, kind: str) -> str:
    program = read_program(source)
    chip, call = program.chips[_index(source, path)], recurrent_call(program, path)
    if call is None or call.loop is not None:
        raise EditProblem("No line calls this layer on a sequence. Edit the program's text instead.")
    layer = LAYERS[kind]
    fields = layer.taken_over((), chip.fields)
    made = names.fresh(source, ast.parse(source), (layer.stem,))
    lines = [f"{made} = {layer.render(fields, kept=frozenset(fields))}"]
    [line] = call_lines(source, kind, made, program.text.segment(call.given), f"{made}_")
    if packing(program, call) is not None and unpacking(program, call) is not None:
        keyword = ", batch_first=True" if fields["batch_first"] == "True" else ""
        output = line.partition(",")[0]
        line = f"packed_{line}"
        lines += [line, f"{output}, {made}_lengths = nn.utils.rnn.pad_packed_sequence(packed_{output}{keyword})"]
    else:
        lines.append(line)
    return program.text.edited([inserted(program, last_place(program, path), lines)])


def _without_unpacking(source: str, path: str) -> str:
    """Return the program without the line that pads what a layer returned, if nothing needs it."""
    program = read_program(source)
    call = recurrent_call(program, path)
    padded = None if call is None else unpacking(program, call)
    if padded is None:
        return source
    for name in names.bound(program.body[padded[0]]):
        used = names.later_lines(program.body, padded[0], name)
        if used:
            raise EditProblem(f"{name} is still used on line {used[0]}. Change or remove that first.")
    return program.text.edited([program.text.removal(program.body, padded[0])])


def _index(source: str, path: str) -> int:
    return next(chip.index for chip in chain.chips(source) if chip.role == "layer" and chip.path == path)
