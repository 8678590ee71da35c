"""Where in the program's text a torch call stands: from the Python frames, without rewriting the program."""

from __future__ import annotations

import ast
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import RestrictedPython
import torch

from explorer.trace.model import Position

if TYPE_CHECKING:
    from types import CodeType, FrameType, TracebackType

_OVERRIDES = torch.overrides.__file__
# Frames of these files stand between the program and a torch call that the program itself makes:
# Tensor's own Python methods (`__iter__`) and the guards that the policy puts around attribute access and the like.
_TRANSPARENT = (
    torch._tensor.__file__,
    str(Path(RestrictedPython.__file__).parent),
    str(Path(__file__).parents[1] / "program" / "guards"),
)
_known_files: dict[str, bool] = {}
_Span = tuple[int, int, int, int]


def is_transparent(filename: str) -> bool:
    """Tell whether calls made by code of this file count as made by its caller."""
    known = _known_files.get(filename)
    if known is None:
        known = _known_files[filename] = filename.startswith(_TRANSPARENT)
    return known


def is_foreign(filename: str, own: str) -> bool:
    """Tell whether calls made by code of this file are never the program's own; `own` is the program's filename."""
    return filename not in (own, _OVERRIDES) and not is_transparent(filename)


def calling_frame(frame: FrameType | None, filename: str) -> tuple[FrameType | None, bool]:
    """Return the program's frame behind a torch call, and whether the call is the program's own.

    A call made inside a library function (a module's `forward`) is not the program's own.

    Args:
        frame: The frame that torch dispatched the call from.
        filename: The filename that the program was compiled with.
    """
    if frame is not None and frame.f_code.co_filename == _OVERRIDES:
        # handle_torch_function was called by the Python function that the program called (`torch.split`)
        frame = frame.f_back.f_back if frame.f_back else None
    own = True
    while frame is not None and frame.f_code.co_filename != filename:
        if own and not is_transparent(frame.f_code.co_filename):
            own = False
        frame = frame.f_back
    return frame, own


class SourceMap:
    """Turns instruction offsets of a program into positions in its text.

    Assignments into an index or attribute (`x[0] = 9`) are reported as the whole statement, of which Python reports
    only the target; the next item of a `for` loop as what it runs over, where Python reports the whole loop.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self._lines = source.split("\n")
        self._statements = _stores(source)
        self._codes: dict[int, tuple[CodeType, list[_Span]]] = {}
        self._found: dict[_Span, Position] = {}
        self._callees: dict[Position, str] = {}
        self._texts: dict[_Span, str] = {}

    def position(self, code: CodeType, offset: int) -> Position:
        """Return the position of the instruction at byte `offset` of `code`."""
        known = self._codes.get(id(code))
        if known is None:
            # the code object is kept, so that its id stays its own
            known = self._codes[id(code)] = (code, [_whole(span) for span in code.co_positions()])
        span = known[1][max(offset, 0) // 2]
        found = self._found.get(span)
        if found is None:
            line, column, end_line, end_column = self._statements.get(span, span)
            found = Position(line, self._characters(line, column), end_line, self._characters(end_line, end_column))
            self._found[span] = found
        return found

    def statement(self, line: int) -> Position:
        """Return the span of the statement that `line` belongs to; of a compound one, of its first line."""
        first, column, last, end_column = _statement(self.source, line)
        return Position(first, self._characters(first, column), last, self._characters(last, end_column))

    def text(self, position: Position) -> str:
        """Return the text that `position` covers."""
        span = (position.line, position.column, position.end_line, position.end_column)
        known = self._texts.get(span)
        if known is None:
            known = self._texts[span] = _cut(self._lines[position.line - 1 : position.end_line], position)
        return known

    def callee(self, position: Position) -> str:
        """Return the name of the function that the expression at `position` calls; "" when it is no plain call."""
        if position not in self._callees:
            self._callees[position] = _callee(self.text(position))
        return self._callees[position]

    def _characters(self, line: int, column: int) -> int:
        """Turn a column in UTF-8 bytes, as Python counts, into one in characters."""
        if not 0 < line <= len(self._lines):
            return column
        return len(self._lines[line - 1].encode()[:column].decode(errors="ignore"))


def raised_at(traceback: TracebackType | None, source_map: SourceMap, filename: str) -> Position:
    """Return where the program's innermost frame stood when an exception was raised; its first line if nowhere."""
    position = Position(1, 0, 1, 0)
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename == filename:
            position = source_map.position(code, traceback.tb_lasti)
        traceback = traceback.tb_next
    return position


def _cut(lines: list[str], position: Position) -> str:
    """Return what `position` covers of its lines."""
    if not lines:
        return ""
    lines[-1] = lines[-1][: position.end_column]
    lines[0] = lines[0][position.column :]
    return "\n".join(lines)


def _whole(span: tuple[int | None, int | None, int | None, int | None]) -> _Span:
    line, end_line, column, end_column = span
    return (line or 1, column or 0, end_line or line or 1, end_column or 0)


def _span(node: ast.AST) -> _Span:
    return (node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]


def _callee(expression: str) -> str:
    try:
        node = ast.parse(f"({expression})", mode="eval").body
    except SyntaxError:
        return ""
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(function, ast.Call):  # what a function such as `vmap` returned is called by its name
        function = function.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.AugAssign):
        return [node.target]
    return node.targets if isinstance(node, ast.Assign) else []


@lru_cache(maxsize=256)
def _statement(source: str, line: int) -> _Span:
    found = [
        _span(node)
        for node in ast.walk(_parsed(source))
        if isinstance(node, ast.stmt) and not hasattr(node, "body") and node.lineno <= line <= (node.end_lineno or line)
    ]
    if found:
        return max(found)
    text = source.split("\n")[line - 1]
    return (line, len(text) - len(text.lstrip()), line, len(text.encode()))


@lru_cache(maxsize=8)
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)


@lru_cache(maxsize=8)  # a cell of a notebook is recorded again and again
def _stores(source: str) -> dict[_Span, _Span]:
    """Map spans that Python reports to those that say more.

    An assignment's target that is an item or attribute becomes the whole statement, a whole loop what it runs over.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.For):
            found[_span(node)] = _span(node.iter)
        for target in _targets(node):
            if isinstance(target, ast.Subscript | ast.Attribute):
                found[_span(target)] = _span(node)
    return found
