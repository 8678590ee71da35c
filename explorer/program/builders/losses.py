r"""The line with which a program's backward pass starts from what a recurrent layer returns.

>>> program = "lstm = nn.LSTM(4, 6)\noutput, (h_n, c_n) = lstm(x)\n"
>>> print(set_loss(program, "lstm", LAST).strip())
lstm = nn.LSTM(4, 6)
output, (h_n, c_n) = lstm(x)
output[-1].sum().backward()
"""

from __future__ import annotations

import ast

from explorer.program.builders.additions import inserted
from explorer.program.builders.gradient_clips import is_backward
from explorer.program.builders.links import Chip, Program, read
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.recurrent_calls import (
    RecurrentCall,
    has_cell_state,
    is_cell,
    last_place,
    padded_output,
    recurrent_call,
    same_input,
)
from explorer.program.builders.source import Edit
from explorer.program.builders.truncation import over_whole, whole
from explorer.program.builders.weights import read_program

NONE, LAST, ALL, STATE = "none", "last output", "all outputs", "last state h_n"
OTHER = "as written"


def losses(source: str, path: str) -> tuple[str, ...]:
    """Return what a backward pass can start from: what a layer's call gives a name."""
    program = read(whole(source, path).source)
    call = None if program is None else recurrent_call(program, path)
    if program is None or call is None:
        return ()
    terms = {LAST: _cell_terms(program, path)} if call.loop is not None else _terms(program, path)
    return (NONE, *(kind for kind, term in terms.items() if term))


def loss_of(source: str, path: str) -> str:
    """Return what a program's backward pass starts from: one of `losses`, or OTHER."""
    program = read(whole(source, path).source)
    passes = [] if program is None else _passes(program)
    if program is None or not passes:
        return NONE
    started = _started(passes)
    return next((kind for kind in (LAST, ALL, STATE) if started and started == _written(program, path, kind)), OTHER)


def set_loss(source: str, path: str, kind: str) -> str:
    """Return the program whose backward pass starts from something else; NONE takes it away.

    Layers that go through the same sequence are added up: they share what the sequence was made from.

    Raises:
        EditProblem: The program has several backward passes, one in a loop, or no name for what is asked for.
    """
    return over_whole(source, path, lambda plain: _with_loss(plain, path, kind))


def _with_loss(source: str, path: str, kind: str) -> str:
    program = read_program(source)
    passes = _passes(program)
    if len(passes) > 1 or len(passes) != len(_all_passes(program)):
        raise EditProblem("This program has backward passes of its own. Edit its text instead.")
    if kind == NONE:
        return program.text.edited([program.text.removal(program.body, program.body.index(node)) for node in passes])
    line = _written(program, path, kind)
    if not line:
        raise EditProblem(f"The call of {path} gives no name to what this is about. Edit the program's text instead.")
    if passes:
        return program.text.edited([Edit(program.text.start(passes[0]), program.text.end(passes[0]), line)])
    return program.text.edited([inserted(program, last_place(program, path), [line])])


def _written(program: Program, path: str, kind: str) -> str:
    """Return the line that starts a backward pass, or "" where a name is missing."""
    call = recurrent_call(program, path)
    if call is None:
        return ""
    if call.loop is not None:
        terms = [_cell_terms(program, path)] if kind == LAST else [""]
    else:
        terms = [_term(program, *found, kind) for found in same_input(program, path) if found[1].loop is None]
    if not all(terms):
        return ""
    line = f"{terms[0]}.backward()" if len(terms) == 1 else f"({' + '.join(terms)}).backward()"
    return ast.unparse(ast.parse(line))


def _terms(program: Program, path: str) -> dict[str, str]:
    chip, call = next((chip, call) for chip, call in same_input(program, path) if chip.path == path)
    return {kind: _term(program, chip, call, kind) for kind in (LAST, ALL, STATE)}


def _term(program: Program, chip: Chip, call: RecurrentCall, kind: str) -> str:
    output = padded_output(program, call)
    if kind == STATE:
        return f"{call.states[0]}.sum()" if call.states else ""
    index = {ALL: "", LAST: "[:, -1]" if chip.fields.get("batch_first") == "True" else "[-1]"}[kind]
    return f"{output}{index}.sum()" if output else ""


def _cell_terms(program: Program, path: str) -> str:
    """Return the sum of the state after the loop that the page writes around a cell, or ""."""
    chip = next((chip for chip in program.chips if chip.path == path), None)
    call = recurrent_call(program, path)
    match call.loop if call is not None else None:
        case ast.For(body=[ast.Assign(targets=[ast.Name(id=state)])]) if chip is not None and is_cell(chip.name):
            return f"{state}[0].sum()" if has_cell_state(chip.name) else f"{state}.sum()"
        case ast.For(body=[*_, ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id=hidden), *_])])]):
            return f"{hidden}.sum()"
    return ""


def _passes(program: Program) -> list[ast.stmt]:
    """Return the lines at the top level that are a backward pass."""
    return [node for node in program.body if is_backward(node)]


def _all_passes(program: Program) -> list[ast.stmt]:
    """Return the lines that are a backward pass, those in loops and functions among them."""
    nodes = [node for line in program.body for node in ast.walk(line)]
    return [node for node in nodes if isinstance(node, ast.stmt) and is_backward(node)]


def _started(passes: list[ast.stmt]) -> str:
    """Return the text of the only pass; "" where there are several."""
    return ast.unparse(passes[0]) if len(passes) == 1 else ""
