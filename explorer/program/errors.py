"""Turns whatever stopped a program into a ProgramError: where, what is wrong, what to try."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from explorer.program.explain import Fault, Inputs, Rerun, explain, explain_limit, explain_syntax
from explorer.program.explain.text import plain_words
from explorer.program.guards.attributes import PolicyError
from explorer.program.limits import InterruptedByHandError, LimitError
from explorer.trace.faults import Fix
from explorer.trace.model import Position, ProgramError
from explorer.trace.positions import SourceMap

if TYPE_CHECKING:
    from explorer.program.policy import RefusedError
    from explorer.trace.recorder import Recorder

INTERRUPTED = "interrupted"
"""Kind of the error of a program that somebody stopped, with what it did until then."""
RUN_AGAIN = "Run it again"


def from_syntax_error(error: SyntaxError, source: str) -> ProgramError:
    """Describe source that is not Python."""
    line, column = error.lineno or 1, max((error.offset or 1) - 1, 0)
    end_line, end_column = error.end_lineno or line, max((error.end_offset or column + 2) - 1, column + 1)
    if end_line < line or end_column <= column:
        end_line, end_column = line, column + 1
    explanation = explain_syntax(error, source)
    return ProgramError(
        kind="syntax",
        message=explanation.message,
        line=line,
        column=column,
        hint=explanation.hint,
        end_line=end_line,
        end_column=end_column,
        detail=error.msg,
        fixes=explanation.fixes,
    )


def from_refusal(error: RefusedError, source: str) -> ProgramError:
    """Describe a program that contains what programs may not contain."""
    position = _node_position(error.node, source)
    return _at(position, "policy", error.message, error.hint)


def from_exception(
    error: BaseException,
    recorder: Recorder,
    source: str,
    filename: str,
    inputs: Inputs | None = None,
) -> ProgramError:
    """Describe an exception that the running program raised.

    Args:
        error: The exception, with its traceback.
        recorder: What recorded the run.
        source: The program's text.
        filename: What the program was compiled with.
        inputs: What the program started from; None offers no fixes that need a run of the changed program.
    """
    position = _raised_at(error, SourceMap(source), filename)
    if isinstance(error, PolicyError):
        return _at(position, "policy", str(error), "")
    if isinstance(error, InterruptedByHandError):
        return replace(_at(position, INTERRUPTED, str(error), error.hint), fixes=(Fix(RUN_AGAIN, source),))
    rerun = _rerun(position, recorder, source, inputs) if inputs is not None else None
    if isinstance(error, LimitError):
        words = explain_limit(Fault(error, source, position, filename, rerun=rerun))
        plain = _at(position, "limit", str(error), error.hint)
        return plain if words is None else replace(plain, message=words.message, hint=words.hint, fixes=words.fixes)
    if isinstance(error, MemoryError):
        return _at(position, "limit", "There is not enough memory for this.", "Ask for less: smaller sizes.")
    call = recorder.failed
    # a program's own backward or hook may have raised inside a call: then that call is not what failed
    if call is not None and (call.error is not error or Position(*call.span) != position):
        call = None
    known = tuple(name for name in recorder.namespace if not name.startswith("_"))
    explanation = explain(Fault(error, source, position, filename, known, rerun, recorder, call))
    return ProgramError(
        kind=type(error).__name__,
        message=explanation.message,
        line=position.line,
        column=position.column,
        hint=explanation.hint,
        end_line=position.end_line,
        end_column=position.end_column,
        detail=plain_words(error),
        fixes=explanation.fixes,
        op=call.op if call is not None else "",
        operands=tuple(map(recorder.states.state, explanation.operands if call is None else call.tensors)),
        dimensions=explanation.dimensions,
        alignment=explanation.alignment,
    )


def _rerun(position: Position, recorder: Recorder, source: str, inputs: Inputs) -> Rerun:
    passed = sum(step.line == position.line and step.column == position.column for step in recorder.steps)
    return Rerun(inputs, position.line, source.count("\n"), passed)


def _at(position: Position, kind: str, message: str, hint: str) -> ProgramError:
    return ProgramError(
        kind, message, position.line, position.column, hint, position.end_line, position.end_column, message
    )


def _raised_at(error: BaseException, source_map: SourceMap, filename: str) -> Position:
    """Return where the innermost frame of the program stood."""
    places, traceback = [], error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename == filename:
            places.append((code, traceback.tb_lasti))
        traceback = traceback.tb_next
    if isinstance(error, RecursionError) and len(places) > 1:
        # the last call stopped before its first line: what called it is meant
        places.pop()
    return source_map.position(*places[-1]) if places else Position(1, 0, 1, 0)


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
