r"""Where a program calls a recurrent layer, and how such calls are written.

>>> call_lines("x = torch.randn(5, 1, 4)\n", "GRU", "gru", "x")
['output, h_n = gru(x)']
>>> print("\n".join(call_lines("x = torch.randn(5, 1, 4)\n", "LSTMCell", "cell", "x")))
state = None
for x_t in x:
    state = cell(x_t, state)
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from explorer.program.builders import names
from explorer.program.builders.applied import applications
from explorer.program.builders.layers import LAYERS
from explorer.program.builders.links import Chip, Program
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.source import Edit

_WITH_CELL_STATE = ("LSTM", "LSTMCell")
_UNPACKED = "pad_packed_sequence"
PACKERS = ("pack_padded_sequence", "pack_sequence")
"""Functions of `torch.nn.utils.rnn` that pack a batch of sequences."""


@dataclass(frozen=True, eq=False)
class RecurrentCall:
    """The last call of a recurrent layer.

    Attributes:
        place: Index of its statement at the top level.
        node: The call.
        given: The sequence, or the step of one.
        state: The state that it starts from; None where torch takes zeros.
        output: Name of the first result, or "".
        states: Names of h_n, and of c_n where it has a name of its own.
        loop: The loop that it stands in, or None.
    """

    place: int
    node: ast.Call
    given: ast.expr
    state: ast.expr | None
    output: str = ""
    states: tuple[str, ...] = ()
    loop: ast.For | None = None

    @property
    def sequence(self) -> ast.expr:
        """What the layer goes through: of a cell in a loop over it, what the loop goes through."""
        match self.loop, self.given:
            case ast.For(target=ast.Name(id=step), iter=sequence), ast.Name(id=given) if step == given:
                return sequence
        return self.given

    @property
    def results(self) -> tuple[str, ...]:
        """All names that the call gives to its results."""
        return tuple(name for name in (self.output, *self.states) if name)


def is_cell(name: str) -> bool:
    """Tell a layer that takes one step from one that goes through a sequence."""
    return name.endswith("Cell")


def has_cell_state(name: str) -> bool:
    """Tell whether a layer has a cell state beside h."""
    return name in _WITH_CELL_STATE


def recurrent_call(program: Program, path: str) -> RecurrentCall | None:
    """Return the last call of a layer outside of functions and classes; None where there is none."""
    calls = [call for call in applications(program, path) if call.whole and call.given is not None]
    if not calls or calls[-1].given is None:
        return None
    last, statement = calls[-1], program.body[calls[-1].place]
    state = last.node.args[1] if len(last.node.args) > 1 else None
    output, states = _results(statement, last.node)
    loop = statement if isinstance(statement, ast.For) else None
    return RecurrentCall(last.place, last.node, calls[-1].given, state, output, states, loop)


def same_input(program: Program, path: str) -> tuple[tuple[Chip, RecurrentCall], ...]:
    """Return the recurrent layers that go through what the layer at a path goes through, that one included."""
    own = recurrent_call(program, path)
    if own is None:
        return ()
    layers = [chip for chip in program.chips if chip.role == "layer" and LAYERS[chip.name].is_recurrent]
    calls = [(chip, call) for chip in layers if chip.path and (call := recurrent_call(program, chip.path))]
    wanted = ast.unparse(own.sequence)
    return tuple((chip, call) for chip, call in calls if ast.unparse(call.sequence) == wanted)


def call_lines(source: str, name: str, path: str, given: str, prefix: str = "") -> list[str]:
    """Return the lines that call a layer on a sequence, with names for its results that the program does not use.

    Args:
        source: The program.
        name: torch's name of the layer.
        path: How the program calls it.
        given: The sequence.
        prefix: What the names of the results begin with.
    """
    if is_cell(name):
        step, state = (fresh(source, stem) for stem in ("x_t", f"{prefix}state"))
        return [f"{state} = None", f"for {step} in {given}:\n    {state} = {path}({step}, {state})"]
    output, hidden = (fresh(source, f"{prefix}{stem}") for stem in ("output", "h_n"))
    states = f"({hidden}, {fresh(source, f'{prefix}c_n')})" if has_cell_state(name) else hidden
    return [f"{output}, {states} = {path}({given})"]


def fresh(source: str, stem: str) -> str:
    """Return a name that a program does not use: `output`, else `output1` and so on."""
    return names.fresh(source, ast.parse(source), (stem,))


def assigned_call(node: ast.AST, functions: tuple[str, ...]) -> ast.Call | None:
    """Return the call that a statement assigns the result of, if it calls one of these functions of a module."""
    return called(node.value, functions) if isinstance(node, ast.Assign) else None


def called(node: ast.expr, functions: tuple[str, ...]) -> ast.Call | None:
    """Return an expression that calls one of these functions of a module; None for any other."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)) if name in functions:
            return node
    return None


def packing(program: Program, call: RecurrentCall) -> tuple[int, ast.Call] | None:
    """Return the statement that packs what a layer is called on, by its index, and the call in it."""
    for place in range(call.place - 1, -1, -1):
        node = program.body[place]
        if isinstance(call.given, ast.Name) and call.given.id in names.bound(node):
            packed = assigned_call(node, PACKERS)
            return None if packed is None else (place, packed)
    return None


def unpacking(program: Program, call: RecurrentCall) -> tuple[int, ast.Call] | None:
    """Return the statement that pads what a layer returned, by its index, and the call in it."""
    for place in range(call.place + 1, len(program.body)):
        found = assigned_call(program.body[place], (_UNPACKED,))
        if found is not None and found.args and call.output and ast.unparse(found.args[0]) == call.output:
            return place, found
    return None


def padded_output(program: Program, call: RecurrentCall) -> str:
    """Return the name of a layer's output as a tensor: that of the padded one where it is packed."""
    found = unpacking(program, call)
    if found is not None:
        match program.body[found[0]]:
            case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id=name), *_])]):
                return name
    return "" if packing(program, call) is not None else call.output


def last_place(program: Program, path: str) -> int:
    """Return the place of the last statement in which layers go through a sequence, or their results are padded."""
    places = []
    for _, call in same_input(program, path):
        padded = unpacking(program, call)
        places.append(call.place if padded is None else padded[0])
    return max(places)


def replaced(program: Program, call: RecurrentCall, lines: list[str]) -> list[Edit]:
    """Return the edits that write other lines in the place of a call's statement, and of the loop's first state."""
    text, newline = program.text, program.text.newline
    node = program.body[call.place]
    written = newline.join(lines).replace("\n", newline) if newline != "\n" else "\n".join(lines)
    edits = [Edit(text.start(node), text.end(node), written)]
    start = first_state(program, call)
    return edits if start is None else [text.removal(program.body, start), *edits]


def first_state(program: Program, call: RecurrentCall) -> int | None:
    """Return the index of `state = None` before the loop that the page writes; None for any other loop."""
    match call.loop:
        case ast.For(
            target=ast.Name(id=step),
            body=[
                ast.Assign(targets=[ast.Name(id=state)], value=ast.Call(args=[ast.Name(id=given), ast.Name(id=old)]))
            ],
            orelse=[],
        ) if given == step and old == state:
            for place in range(call.place - 1, -1, -1):
                match program.body[place]:
                    case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=None)) if name == state:
                        return place
    return None


def check_results_unused(program: Program, call: RecurrentCall) -> None:
    """Raise EditProblem if a later line uses a result of a call."""
    last = call.place
    for name in call.results:
        lines = names.later_lines(program.body, last, name)
        if lines:
            raise EditProblem(f"{name} is still used on line {lines[0]}. Change or remove that first.")


def _results(statement: ast.stmt, call: ast.Call) -> tuple[str, tuple[str, ...]]:
    match statement:
        case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id=output), ast.Tuple(elts=states)])], value=value):
            found = output, tuple(state.id for state in states if isinstance(state, ast.Name))
        case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id=output), ast.Name(id=state)])], value=value):
            found = output, (state,)
        case ast.Assign(targets=[ast.Name(id=output)], value=value):
            found = output, ()
        case _:
            return "", ()
    return found if value is call else ("", ())
