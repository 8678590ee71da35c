r"""The mode of a layer, train or eval, as lines of the program.

>>> program = "bn = nn.BatchNorm2d(4)\ny = bn(x)\n"
>>> print(set_mode(program, "bn", "eval").strip())
bn = nn.BatchNorm2d(4)
bn.eval()
y = bn(x)
>>> set_mode(set_mode(program, "bn", "eval"), "bn", "train") == program
True
"""

from __future__ import annotations

import ast

from explorer.program.builders.additions import inserted
from explorer.program.builders.applied import ModeCall, applications, mode_call, top_level_nodes
from explorer.program.builders.links import Program, read
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.source import Edit
from explorer.program.builders.weights import bound_at, expression, read_program


def mode_of(source: str, path: str) -> str:
    """Return the mode in which a layer is called last: `train` or `eval`."""
    program = read(source)
    found = None if program is None else _governing(program, path)
    return "train" if found is None else found.mode


def named(source: str, label: str) -> str:
    """Return how a program calls a module of its picture: `net.bn1` for `bn1` of a class; "" where it has no name."""
    program = read(source)
    if program is None or not label:
        return ""
    try:
        path = expression(label, program)
        bound_at(program, path)
    except EditProblem:
        return ""
    return path


def set_mode(source: str, path: str, mode: str) -> str:
    """Return the program in which a layer is called last in another mode.

    Args:
        source: The program.
        path: How the program calls the layer: `bn`, `net[1]`.
        mode: `train` or `eval`.

    Raises:
        EditProblem: The program has a syntax error, or gives nothing this name.
    """
    if mode_of(source, path) == mode:
        return source
    program = read_program(source)
    governing = _governing(program, path)
    if governing is None or ast.unparse(governing.owner) != path:
        return program.text.edited([inserted(program, _before(program, path), [f"{path}.{mode}()"])])
    without = program.text.edited([_removal(program, governing)])
    if mode_of(without, path) == mode:
        return without
    start, end = program.text.start(governing.node), program.text.end(governing.node)
    return program.text.edited([Edit(start, end, f"{path}.{mode}()")])


def _governing(program: Program, path: str) -> ModeCall | None:
    """Return the call that sets the mode last before the layer is called last."""
    calls = applications(program, path)
    end = program.text.end(calls[-1].node) if calls else len(program.text.source)
    found = [call for _, node in top_level_nodes(program) if (call := mode_call(node, path)) is not None]
    before = [call for call in found if program.text.end(call.node) <= end]
    return max(before, key=lambda call: program.text.end(call.node), default=None)


def _before(program: Program, path: str) -> int:
    """Return the place of the statement after which a line stands that is to rule the last call."""
    calls = applications(program, path)
    return calls[-1].place - 1 if calls else bound_at(program, path)


def _removal(program: Program, call: ModeCall) -> Edit:
    """Return the edit that takes a call of `eval` away: its line, or what follows the module in `bn.eval()(x)`."""
    for place, statement in enumerate(program.body):
        if isinstance(statement, ast.Expr) and statement.value is call.node:
            return program.text.removal(program.body, place)
    return Edit(program.text.end(call.owner), program.text.end(call.node), "")
