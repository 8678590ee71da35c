r"""Lines that write rows of a module's parameters, at the top level or in a block `with torch.no_grad():`.

>>> from explorer.program.builders.weights import read_program
>>> source = "lstm = nn.LSTM(4, 6)\nwith torch.no_grad():\n    lstm.bias_ih_l0[6:12] = 2.0\n"
>>> [(line.parameter, line.rows, line.number) for line in parameter_lines(read_program(source), "lstm")]
[('bias_ih_l0', (6, 12), 2.0)]
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from explorer.program.builders.additions import imports, inserted
from explorer.program.builders.links import Program
from explorer.program.builders.source import Edit
from explorer.program.builders.weights import bound_at, is_no_grad

_WHOLE = (0, -1)
# which argument of a creation says how many numbers it makes
_COUNTED = {"linspace": 2, "logspace": 2, **dict.fromkeys(("arange", "full", "ones", "rand", "randn", "zeros"), 0)}


@dataclass(frozen=True, eq=False)
class ParameterLine:
    """A line that writes to a parameter.

    Attributes:
        node: The line.
        block: The `with` that it stands in, or None.
        parameter: `weight_ih_l0`.
        rows: First row and the one after the last; (0, -1) for all; None for any other index.
    """

    node: ast.Assign
    block: ast.With | None
    parameter: str
    rows: tuple[int, int] | None

    @property
    def number(self) -> float | None:
        """The number that it writes; None where it writes anything else."""
        return _number(self.node.value)


def parameter_lines(program: Program, owner: str) -> tuple[ParameterLine, ...]:
    """Return the lines that write to parameters of a module, in their order.

    Args:
        program: The program.
        owner: How the program calls the module: `lstm`.
    """
    known = constants(program)
    return tuple(line for node, block in _assignments(program) if (line := _line(node, block, owner, known)))


def constants(program: Program) -> dict[str, int]:
    """Return the names to which a program gives a whole number: `H = 16`."""
    found = {}
    for node in program.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int() as value)):
                found[name] = value
    return found


def whole(node: ast.expr, known: Mapping[str, int]) -> int | None:
    """Return the whole number that an expression of numbers, known names, + and * is; None for any other."""
    match node:
        case ast.Constant(value=int() as value):
            return value
        case ast.Name(id=name):
            return known.get(name)
        case ast.BinOp(left=left, op=ast.Mult() | ast.Add() as op, right=right):
            one, other = whole(left, known), whole(right, known)
            if one is None or other is None:
                return None
            return one * other if isinstance(op, ast.Mult) else one + other
    return None


def recounted(program: Program, value: ast.expr, before: int, after: str) -> list[Edit]:
    """Return the edit with which a creation of `before` numbers makes `after`: the 6 of `torch.linspace(5, -3, 6)`.

    Args:
        program: The program.
        value: What a line writes.
        before: How many numbers it has to have.
        after: How many others, as an expression.
    """
    match value:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="torch"), attr=name)) if name in _COUNTED:
            named = [keyword.value for keyword in value.keywords if keyword.arg in ("steps", "size")]
            counts = named or value.args[_COUNTED[name] : _COUNTED[name] + 1]
        case _:
            return []
    for count in counts:
        inside = count.elts[0] if isinstance(count, ast.Tuple | ast.List) and len(count.elts) == 1 else count
        if isinstance(inside, ast.Constant) and inside.value == before:
            return [Edit(program.text.start(inside), program.text.end(inside), after)]
    return []


def removals(program: Program, lines: Sequence[ParameterLine]) -> list[Edit]:
    """Return the edits that take lines away, with a block of which nothing is left."""
    gone, edits, blocks = [line.node for line in lines], [], []
    for line in lines:
        if line.block is None:
            edits.append(program.text.removal(program.body, program.body.index(line.node)))
        elif all(node in gone for node in line.block.body):
            if line.block not in blocks:
                blocks.append(line.block)
                edits.append(program.text.removal(program.body, program.body.index(line.block)))
        else:
            edits.append(program.text.removal(line.block.body, line.block.body.index(line.node)))
    return edits


def additions(program: Program, owner: str, written: Sequence[str]) -> list[Edit]:
    """Return the edits that write lines into the block right behind a module, or into a new one.

    Raises:
        EditProblem: The program gives nothing this name.
    """
    place, text = bound_at(program, owner), program.text
    following = program.body[place + 1] if place + 1 < len(program.body) else None
    if isinstance(following, ast.With) and _is_own(following, owner):
        start = text.start(following.body[0])
        indent = text.source[text.line_start(start) : start]
        if not indent.strip():
            end = text.line_end(text.end(following.body[-1]))
            first = "" if text.source[end - 1] in "\r\n" else text.newline
            return [Edit(end, end, first + "".join(f"{indent}{line}{text.newline}" for line in written))]
    block = text.newline.join(["with torch.no_grad():", *(f"    {line}" for line in written)])
    return [*imports(program, "torch"), inserted(program, place, [block])]


def _is_own(block: ast.With, owner: str) -> bool:
    """Tell a block whose lines all write to parameters of one module."""
    return is_no_grad(block) and all(_line(node, block, owner, {}) is not None for node in block.body)


def _assignments(program: Program) -> Iterator[tuple[ast.stmt, ast.With | None]]:
    for node in program.body:
        if isinstance(node, ast.With) and is_no_grad(node):
            yield from ((inner, node) for inner in node.body)
        else:
            yield node, None


def _line(node: ast.stmt, block: ast.With | None, owner: str, known: Mapping[str, int]) -> ParameterLine | None:
    match node:
        case ast.Assign(targets=[ast.Subscript(value=target, slice=index)]):
            path = ast.unparse(target).removesuffix(".data")
            parameter = path.removeprefix(f"{owner}.")
            if path != parameter and parameter.isidentifier():
                return ParameterLine(node, block, parameter, _rows(index, known))
    return None


def _rows(index: ast.expr, known: Mapping[str, int]) -> tuple[int, int] | None:
    match index:
        case ast.Slice(lower=None, upper=None, step=None):
            return _WHOLE
        case ast.Slice(lower=lower, upper=ast.expr() as upper, step=None):
            first, last = 0 if lower is None else whole(lower, known), whole(upper, known)
            return None if first is None or last is None else (first, last)
    return None


def _number(node: ast.expr) -> float | None:
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -float(value)
    return None
