r"""Lines that set a gate of a recurrent layer by hand: its bias, all of it to 0, or held open or shut.

>>> program = "import torch\nfrom torch import nn\nlstm = nn.LSTM(4, 6)\noutput, (h_n, c_n) = lstm(x)\n"
>>> changed = set_bias(program, GateOf("lstm", "LSTM", "f", "6"), "2")
>>> print(changed.removeprefix("import torch\nfrom torch import nn\n").strip())
lstm = nn.LSTM(4, 6)
with torch.no_grad():
    lstm.bias_ih_l0[6:12] = 2.0
    lstm.bias_hh_l0[6:12] = 0.0
output, (h_n, c_n) = lstm(x)
>>> set_bias(changed, GateOf("lstm", "LSTM", "f", "6"), "") == program
True
"""

from __future__ import annotations

import ast
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from explorer.program.builders import numerals
from explorer.program.builders.expressions import parsed
from explorer.program.builders.links import Chip, Program, read
from explorer.program.builders.parameter_lines import (
    ParameterLine,
    additions,
    constants,
    parameter_lines,
    recounted,
    removals,
    whole,
)
from explorer.program.builders.problems import ArgumentProblem, EditProblem
from explorer.program.builders.source import Edit
from explorer.program.builders.weights import read_program

AS_MADE, ZERO, OPEN, SHUT = "unchanged", "all 0", "held open", "held shut"
OTHER = "as written"
MOST_LAYERS = 64
"""Of so many layers gates are set by fields; those above by the program's text."""
HELD = 20.0
"""The bias that holds a gate: sigmoid(20) is 1 − 2e-9."""
_HOLDS: Mapping[str, float] = {ZERO: 0.0, OPEN: HELD, SHUT: -HELD}

GATES: Mapping[str, tuple[str, ...]] = {"LSTM": ("i", "f", "g", "o"), "GRU": ("r", "z", "n"), "RNN": ("h",)}
"""By the layer's name without `Cell`: its gates in the order in which torch stacks their rows."""

ROLES: Mapping[str, str] = {
    "i": "input gate", "f": "forget gate", "g": "candidate", "o": "output gate",
    "r": "reset gate", "z": "update gate", "n": "candidate", "h": "new state",
}  # fmt: skip
_CANDIDATES = ("g", "n", "h")
_WEIGHTS, _BIASES = ("weight_ih", "weight_hh"), ("bias_ih", "bias_hh")


@dataclass(frozen=True)
class GateOf:
    """A gate of one layer and direction of a module.

    Attributes:
        path: How the program calls the module.
        layer: torch's name of it: `LSTM`, `GRUCell`.
        gate: `f`.
        hidden: hidden_size as the program writes it.
        end: How torch's names of its parameters end: `_l0`, `_l1_reverse`; "" for a cell.
        has_bias: Whether the module has biases.
    """

    path: str
    layer: str
    gate: str
    hidden: str
    end: str = "_l0"
    has_bias: bool = True

    @property
    def is_candidate(self) -> bool:
        """Whether it is no gate, but what is written: there is nothing to hold open or shut."""
        return self.gate in _CANDIDATES

    def names(self, stems: tuple[str, ...]) -> tuple[str, ...]:
        """Return torch's names of parameters: `weight_ih_l0`."""
        return tuple(f"{stem}{self.end}" for stem in stems)


def gates(layer: str) -> tuple[str, ...]:
    """Return the gates of a layer; () for one that has none."""
    return GATES.get(layer.removesuffix("Cell"), ())


def gate_of(chip: Chip, gate: str, end: str) -> GateOf:
    """Return a gate of a chip's module."""
    return GateOf(chip.path, chip.name, gate, chip.fields["hidden_size"], end, chip.fields.get("bias") != "False")


def ends(chip: Chip) -> tuple[str, ...]:
    """Return how the names of parameters of each layer (`MOST_LAYERS` at most) and direction end; ("",) for a cell."""
    if chip.name.endswith("Cell"):
        return ("",)
    layers = chip.fields.get("num_layers", "1")
    directions = ("", "_reverse") if chip.fields.get("bidirectional") == "True" else ("",)
    count = int(layers[:9]) if layers.isdigit() else 1
    # a slip of the hand asks for more layers than any list has room for
    listed = range(min(MOST_LAYERS, max(1, count)))
    return tuple(f"_l{layer}{direction}" for layer in listed for direction in directions)


def bias_of(source: str, gate: GateOf) -> str:
    """Return the bias that a program writes to a gate, as text; "" where it writes none, `OTHER` for no number."""
    found = _written(source, gate, _BIASES)
    if not found:
        return ""
    numbers = [line.number for line in found.values()]
    return OTHER if None in numbers else f"{sum(number or 0.0 for number in numbers):g}"


def set_bias(source: str, gate: GateOf, typed: str) -> str:
    """Return the program that writes a number to the bias of all units of a gate; "" takes the lines away.

    torch adds two biases: the number is the one of bias_ih, that of bias_hh is 0.

    Raises:
        ArgumentProblem: What was typed is no number.
        EditProblem: The layer has no bias, or its size is no number.
    """
    if not typed.strip():
        return _set(source, gate, dict.fromkeys(gate.names(_BIASES)))
    if not gate.has_bias:
        raise EditProblem("This layer has no bias: set bias to True first.")
    return _set(source, gate, dict(zip(gate.names(_BIASES), (_real(typed), 0.0), strict=True)))


def hold_of(source: str, gate: GateOf) -> str:
    """Return what a program does with a whole gate: AS_MADE, ZERO, OPEN, SHUT, or OTHER."""
    weights, bias = _written(source, gate, _WEIGHTS), bias_of(source, gate)
    if not weights:
        return AS_MADE
    zero = len(weights) == len(_WEIGHTS) and all(line.number == 0 for line in weights.values())
    if not zero or bias == OTHER or (gate.has_bias and not bias):
        return OTHER
    return {"": ZERO, "0": ZERO, f"{HELD:g}": OPEN, f"{-HELD:g}": SHUT}.get(bias, OTHER)


def holds(gate: GateOf) -> tuple[str, ...]:
    """Return what can be done with a gate: a candidate is neither open nor shut."""
    return (AS_MADE, ZERO) if gate.is_candidate else (AS_MADE, ZERO, OPEN, SHUT)


def set_hold(source: str, gate: GateOf, hold: str) -> str:
    """Return the program that does one of `holds` with a gate.

    What the program wrote before stands above the lines that hold the gate, and counts again without them.

    Raises:
        EditProblem: The layer has no bias that could hold it, or its size is no number.
    """
    before = hold_of(source, gate)
    held = before in _HOLDS
    if hold == before:
        return source
    if hold not in _HOLDS:
        # a bias that holds nothing was typed, and stays
        return _set(source, gate, dict.fromkeys(gate.names(_WEIGHTS + _BIASES if held else _WEIGHTS)), last=True)
    if hold != ZERO and not gate.has_bias:
        raise EditProblem("This layer has no bias that could hold a gate: set bias to True first.")
    numbers: dict[str, float | None] = dict.fromkeys(gate.names(_WEIGHTS), 0.0)
    if gate.has_bias:
        numbers |= dict(zip(gate.names(_BIASES), (_HOLDS[hold], 0.0), strict=True))
    typed = [name for name, line in _written(source, gate, _WEIGHTS).items() if line.number != 0]
    after = source if held else _set(source, gate, numbers, kept=(*typed, *gate.names(_BIASES)))
    # lines further down would have the last word over those that were added
    return after if hold_of(after, gate) == hold else _set(source, gate, numbers)


def is_written(source: str, path: str) -> bool:
    """Tell whether a program writes to parameters of a module at all."""
    program = read(source)
    return program is not None and bool(parameter_lines(program, path))


def reset(source: str, path: str) -> str:
    """Return the program without the lines that write to parameters of a module: they stay as torch makes them.

    Raises:
        EditProblem: The program has a syntax error.
    """
    program = read_program(source)
    return program.text.edited(removals(program, parameter_lines(program, path)))


def resized(program: Program, path: str, layer: str, before: str, after: str) -> list[Edit]:
    """Return the edits with which lines that write whole gates go on to, when hidden_size changes."""
    count, old, new = len(gates(layer)), _size(program, before), _size(program, after)
    edits = []
    for line in parameter_lines(program, path) if old and new else ():
        if line.rows is None or count == 1 or not old or line.rows[0] % old or line.rows[1] != line.rows[0] + old:
            continue
        target = line.node.targets[0]
        if isinstance(target, ast.Subscript):
            rows = _slice(line.rows[0] // old, after)
            edits.append(Edit(program.text.start(target.slice), program.text.end(target.slice), rows))
            edits += recounted(program, line.node.value, old, after)
    return edits


def _real(typed: str) -> float:
    advice = "Type one number, for example 2 or -2."
    text = numerals.number(typed.strip(), advice)
    value = ast.literal_eval(text) if numerals.float_named(typed.strip()) == "" else math.inf
    if isinstance(value, complex) or not math.isfinite(value):
        raise ArgumentProblem(f"{numerals.shown(typed)} is not a finite real number. {advice}")
    return float(value)


def _set(
    source: str,
    gate: GateOf,
    numbers: Mapping[str, float | None],
    *,
    kept: Collection[str] = (),
    last: bool = False,
) -> str:
    """Let a program write numbers to the rows of a gate in parameters by name; None takes lines away.

    Args:
        source: The program.
        gate: The gate.
        numbers: By the parameter's name.
        kept: Parameters whose lines stay above new ones; those of all others are changed.
        last: Whether only the last line of a parameter goes away.
    """
    program = read_program(source)
    if not _size(program, gate.hidden):
        raise EditProblem(f"hidden_size is {gate.hidden}, so the gate's rows are not known. Type a number there first.")
    lines = _lines(program, gate)
    written = {line.parameter: line for line in lines}
    gone = [line for line in (written.values() if last else lines) if numbers.get(line.parameter, 0.0) is None]
    edits = removals(program, gone)
    new = []
    for name, number in numbers.items():
        if number is None:
            continue
        if name in written and name not in kept:
            value = written[name].node.value
            edits.append(Edit(program.text.start(value), program.text.end(value), str(number)))
        else:
            new.append(f"{gate.path}.{name}[{_rows_text(gate)}] = {number}")
    return program.text.edited([*edits, *(additions(program, gate.path, new) if new else [])])


def _written(source: str, gate: GateOf, stems: tuple[str, ...]) -> dict[str, ParameterLine]:
    """Return the last line that writes to all rows of a gate, by the parameter's name."""
    program = read(source)
    known = gate.names(stems)
    lines = () if program is None else _lines(program, gate)
    return {line.parameter: line for line in lines if line.parameter in known}


def _lines(program: Program, gate: GateOf) -> tuple[ParameterLine, ...]:
    size, place, count = _size(program, gate.hidden), gates(gate.layer).index(gate.gate), len(gates(gate.layer))
    rows = [(place * size, (place + 1) * size)] + ([(0, -1)] if count == 1 else [])
    return tuple(line for line in parameter_lines(program, gate.path) if line.rows in rows)


def _size(program: Program, text: str) -> int:
    """Return a size that a program writes as a number, or as a name that it gives one; 0 for any other."""
    node = parsed(text)
    return (whole(node, constants(program)) or 0) if node is not None else 0


def _rows_text(gate: GateOf) -> str:
    return ":" if len(gates(gate.layer)) == 1 else _slice(gates(gate.layer).index(gate.gate), gate.hidden)


def _slice(place: int, hidden: str) -> str:
    """Return the rows of a block as an index: `6:12`, or `H:2 * H` where the size has a name."""
    if hidden.isdigit():
        return f"{place * int(hidden)}:{(place + 1) * int(hidden)}"
    first = {0: "0", 1: hidden}.get(place, f"{place} * {hidden}")
    return f"{first}:{hidden if place == 0 else f'{place + 1} * {hidden}'}"
