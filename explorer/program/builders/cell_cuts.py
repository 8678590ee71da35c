"""Lines in a loop over a recurrent cell that cut the history of its state every so many steps."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from explorer.program.builders.chunks import detached
from explorer.program.builders.links import Program
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.recurrent_calls import RecurrentCall, fresh
from explorer.program.builders.source import Edit

_ADVICE = "Edit the program's text instead."


@dataclass(frozen=True, eq=False)
class CellCut:
    """A line `if t % 8 == 0:` that cuts the history.

    Attributes:
        loop: The loop.
        node: The line, in the loop's body.
        size: The number of steps.
    """

    loop: ast.For
    node: ast.If
    size: ast.Constant


def cell_cut(loop: ast.For) -> CellCut | None:
    """Return the line in a loop that cuts the history of states every so many passes; None without one."""
    for node in loop.body:
        if isinstance(node, ast.If) and ".detach()" in ast.unparse(node):
            for part in ast.walk(node.test):
                match part:
                    case ast.BinOp(op=ast.Mod(), right=ast.Constant(value=int()) as size):
                        return CellCut(loop, node, size)
    return None


def without_cut(program: Program, found: CellCut) -> list[Edit]:
    """Return the edits that take the line away, and the counter that nothing else in the loop needs."""
    text, loop = program.text, found.loop
    edits = [text.removal(loop.body, loop.body.index(found.node))]
    match loop:
        case ast.For(
            target=ast.Tuple(elts=[ast.Name(id=counter), step]) as target,
            iter=ast.Call(func=ast.Name(id="enumerate"), args=[sequence]) as every,
        ):
            rest = [node for line in loop.body if line is not found.node for node in ast.walk(line)]
            if not any(isinstance(node, ast.Name) and node.id == counter for node in rest):
                edits.append(Edit(text.start(target), text.end(target), text.segment(step)))
                edits.append(Edit(text.start(every), text.end(every), text.segment(sequence)))
    return edits


def with_cut(program: Program, call: RecurrentCall, loop: ast.For, size: str, *, cell_state: bool) -> list[Edit]:
    """Return the edits with which the history of a cell's state is cut every so many passes of its loop.

    Raises:
        EditProblem: The loop does not count from 0, stands on one line, or its state has no name.
    """
    text, edits = program.text, []
    state = _detaching(call.state, cell_state=cell_state)
    counter = _counter(loop)
    if not counter:
        counter = fresh(text.source, "t")
        head = (text.segment(loop.target), text.segment(loop.iter))
        edits.append(Edit(text.start(loop.target), text.end(loop.target), f"{counter}, {head[0]}"))
        edits.append(Edit(text.start(loop.iter), text.end(loop.iter), f"enumerate({head[1]})"))
    start = text.start(loop.body[0])
    indent = text.source[text.line_start(start) : start]
    if indent.strip() or not indent:
        raise EditProblem(f"The loop on line {loop.lineno} stands on one line. {_ADVICE}")
    lines = [f"if {counter} > 0 and {counter} % {size} == 0:", f"{indent}    {state}", indent]
    return [*edits, Edit(start, start, text.newline.join(lines))]


def _counter(loop: ast.For) -> str:
    """Return the name that counts the passes of a loop from 0; "" where it goes through something else."""
    match loop:
        case ast.For(target=ast.Name(id=counter), iter=ast.Call(func=ast.Name(id="range"), args=[_], keywords=[])):
            return counter
        case ast.For(
            target=ast.Tuple(elts=[ast.Name(id=counter), _]),
            iter=ast.Call(func=ast.Name(id="enumerate"), args=[_], keywords=[]),
        ):
            return counter
        case ast.For(iter=ast.Call(func=ast.Name(id="range" | "enumerate"))):
            raise EditProblem(f"The loop on line {loop.lineno} does not count from 0. {_ADVICE}")
        case ast.For(target=ast.Name()):
            return ""
    raise EditProblem(f"The loop on line {loop.lineno} goes through several things at once. {_ADVICE}")


def _detaching(state: ast.expr | None, *, cell_state: bool) -> str:
    match state:
        case ast.Name(id=name):
            return f"{name} = {detached(name, cell_state=cell_state)}"
        case ast.Tuple(elts=[ast.Name(id=hidden), ast.Name(id=cell)]) if cell_state:
            return f"{hidden}, {cell} = {hidden}.detach(), {cell}.detach()"
    raise EditProblem(f"The state that the cell is called with has no name. {_ADVICE}")
