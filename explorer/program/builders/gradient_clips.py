r"""The line that clips the gradients of a recurrent layer to a norm, right after the backward pass.

>>> program = "from torch import nn\nlstm = nn.LSTM(4, 6)\noutput, (h_n, c_n) = lstm(x)\noutput.sum().backward()\n"
>>> print(set_clip(program, "lstm", "1").splitlines()[-1])
nn.utils.clip_grad_norm_(lstm.parameters(), 1.0)
>>> clip_of(set_clip(program, "lstm", "1"), "lstm")
'1.0'
>>> set_clip(set_clip(program, "lstm", "1"), "lstm", "") == program
True
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from dataclasses import dataclass

from explorer.program.builders import names, numerals
from explorer.program.builders.additions import imports
from explorer.program.builders.links import Program, read
from explorer.program.builders.problems import ArgumentProblem, EditProblem
from explorer.program.builders.source import Edit, Text
from explorer.program.builders.weights import read_program

_CLIPPER = "clip_grad_norm_"
_ADVICE = "Type one number above 0, for example 1, or nothing."


@dataclass(frozen=True, eq=False)
class _Line:
    """A statement of a program: number `place` of a block, which may be that of a loop."""

    block: list[ast.stmt]
    place: int

    @property
    def node(self) -> ast.stmt:
        return self.block[self.place]


def clip_of(source: str, path: str) -> str:
    """Return the norm that a layer's gradients are clipped to: `1.0`; "" where they are not."""
    program = read(source)
    clips = [] if program is None else _clips(program, path)
    return ast.unparse(_limit(clips[0].node)) if clips else ""


def can_clip(source: str, path: str) -> bool:
    """Tell whether there is one backward pass, after which a layer's gradients can be clipped, or they are clipped."""
    program = read(source)
    return program is not None and bool(path) and (len(_clips(program, path)) == 1 or len(_passes(program)) == 1)


def set_clip(source: str, path: str, typed: str) -> str:
    """Return the program that clips the gradients of a layer to a norm after its backward pass; "" clips none.

    Raises:
        ArgumentProblem: What was typed is no norm.
        EditProblem: There is no backward pass, there are several, or the norm that clipping returns is used.
    """
    limit = _typed(typed)
    if not limit:
        return without_clips(source, path)
    program = read_program(source)
    clips, passes, text = _clips(program, path), _passes(program), program.text
    if len(clips) == 1:
        node = _limit(clips[0].node)
        return text.edited([Edit(text.start(node), text.end(node), limit)])
    if clips or len(passes) != 1:
        raise EditProblem("Gradients are clipped after one backward pass. Edit the program's text instead.")
    line = f"nn.utils.{_CLIPPER}({path}.parameters(), {limit})"
    return text.edited([*imports(program, line), _after(text, passes[0], line)])


def without_clips(source: str, path: str) -> str:
    """Return the program without the lines that clip a layer's gradients.

    Raises:
        EditProblem: The norm that clipping returns is used.
    """
    program = read_program(source)
    clips = _clips(program, path)
    for clip in clips:
        for name in names.bound(clip.node):
            lines = names.later_lines(clip.block, clip.place, name) or names.later_lines(program.body, -1, name)
            if lines:
                raise EditProblem(f"{name} is still used on line {lines[0]}. Change or remove that first.")
    return program.text.edited([program.text.removal(clip.block, clip.place) for clip in clips]) if clips else source


def is_backward(node: ast.stmt) -> bool:
    """Tell a line that is a backward pass: `loss.backward()`."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="backward"))):
            return True
    return False


def _typed(typed: str) -> str:
    if not typed.strip():
        return ""
    found = numerals.number(typed.strip(), _ADVICE)
    value = math.nan if numerals.float_named(typed.strip()) else ast.literal_eval(found)
    if isinstance(value, complex) or not 0 < value < math.inf:
        raise ArgumentProblem(f"{numerals.shown(typed)} is no norm that gradients can have. {_ADVICE}")
    return repr(float(value))


def _lines(body: list[ast.stmt]) -> Iterator[_Line]:
    """Yield the statements of a block and of the loops and blocks in it; not of functions."""
    for place, node in enumerate(body):
        yield _Line(body, place)
        if isinstance(node, ast.For | ast.While | ast.With | ast.If):
            yield from _lines(node.body)


def _passes(program: Program) -> list[_Line]:
    return [line for line in _lines(program.body) if is_backward(line.node)]


def _clips(program: Program, path: str) -> list[_Line]:
    """Return the lines that clip the gradients of a layer, also together with others."""
    found = []
    for line in _lines(program.body):
        match line.node:
            case (
                ast.Expr(value=ast.Call(func=ast.Attribute(attr=name), args=[given, ast.Constant()]))
                | ast.Assign(value=ast.Call(func=ast.Attribute(attr=name), args=[given, ast.Constant()]))
            ) if name == _CLIPPER and _has_parameters(given, path):
                found.append(line)
    return found


def _has_parameters(given: ast.expr, path: str) -> bool:
    wanted = f"{path}.parameters()"
    return any(isinstance(node, ast.Call) and ast.unparse(node) == wanted for node in ast.walk(given))


def _limit(node: ast.stmt) -> ast.expr:
    """Return the norm in a line of `_clips`."""
    assert isinstance(node, ast.Expr | ast.Assign)  # noqa: S101 - for the type checker
    assert isinstance(node.value, ast.Call)  # noqa: S101 - as above
    return node.value.args[1]


def _after(text: Text, line: _Line, written: str) -> Edit:
    """Return the edit that writes a line after another, in the same block."""
    start, end = text.start(line.node), text.end(line.node)
    indent = text.source[text.line_start(start) : start]
    follows = line.place + 1 < len(line.block) and text.start(line.block[line.place + 1]) < text.line_end(end)
    if indent.strip() or follows:
        return Edit(end, end, f"; {written}")
    at = text.line_end(end)
    is_open = text.source[at - 1] not in "\r\n"
    return Edit(at, at, (text.newline if is_open else "") + indent + written + text.newline)
