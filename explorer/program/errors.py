"""Turns whatever stopped a program into a ProgramError: where, what is wrong, what to try."""

from __future__ import annotations

import ast
from types import TracebackType
from typing import TYPE_CHECKING

from explorer.program.explain import explain, explain_python_error
from explorer.program.guards.attributes import PolicyError
from explorer.program.limits import LimitError
from explorer.trace.model import Position, ProgramError
from explorer.trace.positions import SourceMap

if TYPE_CHECKING:
    from explorer.program.policy import RefusedError
    from explorer.trace.recorder import Recorder


def from_syntax_error(error: SyntaxError) -> ProgramError:
    """Describe source that is not Python."""
    line, column = error.lineno or 1, max((error.offset or 1) - 1, 0)
    end_line, end_column = error.end_lineno or line, max((error.end_offset or column + 2) - 1, column + 1)
    if end_line < line:
        end_line, end_column = line, column + 1
    return ProgramError(
        kind="syntax",
        message=f"This is not Python: {error.msg}.",
        line=line,
        column=column,
        hint="Look at the marked place, and at the end of the line before it.",
        end_line=end_line,
        end_column=end_column,
        detail=error.msg,
    )


def from_refusal(error: RefusedError, source: str) -> ProgramError:
    """Describe a program that contains what programs may not contain."""
    position = _node_position(error.node, source)
    return _at(position, "policy", error.message, error.hint)


def from_exception(error: BaseException, recorder: Recorder, source: str, filename: str) -> ProgramError:
    """Describe an exception that the running program raised."""
    position = _raised_at(error.__traceback__, SourceMap(source), filename)
    if isinstance(error, PolicyError):
        return _at(position, "policy", str(error), "")
    if isinstance(error, LimitError):
        return _at(position, "limit", str(error), "Ask for less: smaller sizes, or a smaller dtype.")
    if isinstance(error, MemoryError):
        return _at(position, "limit", "There is not enough memory for this.", "Ask for less: smaller sizes.")
    call = recorder.failed
    if call is not None and call.error is error:
        explanation = explain(call)
        position, op = Position(*call.span), call.op
        operands = tuple(recorder.states.state(tensor) for tensor in call.tensors)
    else:
        names = [name for name in recorder.namespace if not name.startswith("_")]
        explanation = explain_python_error(error, names, source, position)
        op, operands = "", ()
    return ProgramError(
        kind=type(error).__name__,
        message=explanation.message,
        line=position.line,
        column=position.column,
        hint=explanation.hint,
        end_line=position.end_line,
        end_column=position.end_column,
        detail=str(error).split("\n", 1)[0][:500],
        fixes=explanation.fixes,
        op=op,
        operands=operands,
        dimensions=explanation.dimensions,
    )


def _at(position: Position, kind: str, message: str, hint: str) -> ProgramError:
    return ProgramError(
        kind, message, position.line, position.column, hint, position.end_line, position.end_column, message
    )


def _raised_at(traceback: TracebackType | None, source_map: SourceMap, filename: str) -> Position:
    """Return where the innermost frame of the program stood."""
    position = Position(1, 0, 1, 0)
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename == filename:
            position = source_map.position(code, traceback.tb_lasti)
        traceback = traceback.tb_next
    return position


def _node_position(node: ast.AST, source: str) -> Position:
    if not hasattr(node, "lineno"):
        return Position(1, 0, 1, 0)
    lines = source.split("\n")

    def characters(line: int, column: int) -> int:
        return len(lines[line - 1].encode()[:column].decode(errors="ignore")) if line <= len(lines) else column

    first = source.split("\n")[node.lineno - 1]
    # a compound statement is marked at its first line only
    one_line = node.end_lineno is None or node.end_lineno == node.lineno  # type: ignore[attr-defined]
    end = characters(node.lineno, node.end_col_offset) if one_line else len(first)  # type: ignore[attr-defined]
    return Position(node.lineno, characters(node.lineno, node.col_offset), node.lineno, end)  # type: ignore[attr-defined]
