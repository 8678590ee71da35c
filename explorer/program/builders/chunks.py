"""A call of a recurrent layer in chunks: the state goes on from one to the next, its history does not.

The lines are those that `written` returns; a call that stands in other lines is left as it is.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass

from explorer.program.builders.links import Program
from explorer.program.builders.problems import EditProblem
from explorer.program.builders.recurrent_calls import fresh
from explorer.program.builders.source import Edit

_LINES = 3
_PLAIN = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)


@dataclass(frozen=True, eq=False)
class Chunked:
    """A layer that is called in chunks.

    Attributes:
        place: Index of the first of its three statements at the top level.
        path: How the program calls the layer.
        size: The number of steps of a chunk.
        given: What is cut into chunks.
        start: The first state; None where torch takes zeros.
        target: What the results are assigned to.
    """

    place: int
    path: str
    size: ast.Constant
    given: ast.expr
    start: ast.expr | None
    target: ast.expr


def chunked(program: Program) -> tuple[Chunked, ...]:
    """Return the layers that a program calls in chunks."""
    body = program.body
    found = (_chunked(body[place : place + _LINES], place) for place in range(len(body) - _LINES + 1))
    return tuple(one for one in found if one is not None)


def together(program: Program, found: Chunked) -> Edit:
    """Return the edit with which a layer is called on its whole sequence again."""
    text = program.text
    given = text.segment(found.given)
    start = "" if found.start is None else f", {text.segment(found.start)}"
    call = f"{text.segment(found.target)} = {found.path}({given}{start})"
    last = program.body[found.place + _LINES - 1]
    return Edit(text.start(program.body[found.place]), text.end(last), call)


def cut(program: Program, place: int, size: str, *, cell_state: bool, first: bool) -> Edit:
    """Return the edit with which a layer is called in chunks.

    Args:
        program: The program.
        place: Index of the statement at the top level that assigns the results of the call.
        size: The number of steps of a chunk.
        cell_state: Whether its state has two parts.
        first: Whether the batch comes before time.

    Raises:
        EditProblem: The statement shares its line, or is not one that assigns the results of a call.
    """
    text, node = program.text, program.body[place]
    begin, end = text.start(node), text.end(node)
    rest = text.source[end : text.line_end(end)].partition("#")[0]
    match node:
        case ast.Assign(targets=[target], value=ast.Call(args=[given, *state], keywords=[]) as call) if (
            begin == text.line_start(begin) and not rest.strip()
        ):
            start = text.segment(state[0]) if state else "None"
            whole = text.segment(given) if isinstance(given, _PLAIN) else f"({text.segment(given)})"
            own = _Names.of(text.source, target)
            pieces = own.written(text.segment(call.func), whole, start, size, cell_state=cell_state, first=first)
            lines = [*pieces, f"{text.segment(target)} = {own.joined(first=first)}, {own.state}"]
            return Edit(begin, end, text.newline.join(lines))
    raise EditProblem(f"Line {node.lineno} does not stand alone. Give the call a line of its own first.")


@dataclass(frozen=True)
class _Names:
    outputs: str
    state: str
    chunk: str
    part: str

    @classmethod
    def of(cls, source: str, target: ast.expr) -> _Names:
        """Return names that a program does not use, those of the results after that of the output."""
        bound = [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]
        prefix = bound[0].removesuffix("output") if bound and bound[0].endswith("output") else ""
        return cls(*(fresh(source, stem) for stem in (f"{prefix}outputs", f"{prefix}state", "chunk", "part")))

    def written(self, path: str, given: str, start: str, size: str, *, cell_state: bool, first: bool) -> list[str]:
        return [
            f"{self.outputs}, {self.state} = [], {start}",
            f"for {self.chunk} in {given}.split({size}{', dim=1' if first else ''}):",
            f"    if {self.outputs}:",
            f"        {self.state} = {detached(self.state, cell_state=cell_state)}",
            f"    {self.part}, {self.state} = {path}({self.chunk}, {self.state})",
            f"    {self.outputs}.append({self.part})",
        ]

    def joined(self, *, first: bool) -> str:
        return f"torch.cat({self.outputs}{', dim=1' if first else ''})"


def detached(state: str, *, cell_state: bool) -> str:
    """Return the expression of a state without its history: one tensor, or h and c."""
    return f"{state}[0].detach(), {state}[1].detach()" if cell_state else f"{state}.detach()"


def _chunked(lines: list[ast.stmt], place: int) -> Chunked | None:
    """Return what three statements do, if they are those that `cut` writes."""
    match lines:
        case [
            ast.Assign(
                targets=[ast.Tuple(elts=[ast.Name(id=outputs), ast.Name(id=state)])],
                value=ast.Tuple(elts=[ast.List(elts=[]), start]),
            ),
            ast.For(
                target=ast.Name(id=chunk),
                iter=ast.Call(func=ast.Attribute(value=given), args=[ast.Constant(value=int()) as size]) as split,
                body=[_, ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id=part), _])], value=ast.Call(func=path)), _],
                orelse=[],
            ) as loop,
            ast.Assign(targets=[target]) as last,
        ]:
            own, called = _Names(outputs, state, chunk, part), ast.unparse(path)
            for cell_state in (False, True):
                first = bool(split.keywords)
                head = ast.unparse(start)
                rows = own.written(called, _wrapped(given), head, str(size.value), cell_state=cell_state, first=first)
                wanted = [*rows, f"{ast.unparse(target)} = {own.joined(first=first)}, {state}"]
                if _same("\n".join(wanted), [lines[0], loop, last]):
                    none = isinstance(start, ast.Constant) and start.value is None
                    return Chunked(place, called, size, given, None if none else start, target)
    return None


def _wrapped(node: ast.expr) -> str:
    return ast.unparse(node) if isinstance(node, _PLAIN) else f"({ast.unparse(node)})"


def _same(written: str, lines: list[ast.stmt]) -> bool:
    """Tell whether statements are those of a text."""
    return ast.unparse(ast.parse(written)) == "\n".join(ast.unparse(line) for line in lines)
