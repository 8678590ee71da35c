"""The loops of a program's text, and which pass of each a frame is in."""

from __future__ import annotations

import ast
import sys
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from explorer.trace.model import Iteration

if TYPE_CHECKING:
    from types import CodeType

_COMPREHENSIONS = {
    ast.ListComp: "<listcomp>",
    ast.SetComp: "<setcomp>",
    ast.DictComp: "<dictcomp>",
    ast.GeneratorExp: "<genexpr>",
}
# since Python 3.12 comprehensions, other than generator expressions, run in the frame around them
_INLINED = sys.version_info >= (3, 12)
_Scope = tuple[str, int]


@dataclass(frozen=True)
class Loop:
    """Lines of a loop: of its `for` or `while`, of its body, and the last one."""

    header: int
    body: int
    end: int


@dataclass(frozen=True)
class Progress:
    """How far a running program is.

    Attributes:
        line: The line of its outermost frame; 0 before the first.
        step: The pass of the outermost loop that is running, counted from 1; 0 outside loops.
        total: How many passes that loop makes; 0 where nobody knows.
    """

    line: int
    step: int = 0
    total: int = 0

    @property
    def text(self) -> str:
        """The step as people say it; "" outside loops."""
        if not self.step:
            return ""
        return f"step {self.step:,} of {self.total:,}" if self.total else f"step {self.step:,}"


@lru_cache(maxsize=8)
def loop_table(source: str) -> LoopTable:
    """Return the loops of a program; a cell of a notebook is recorded again and again."""
    return LoopTable(source)


class LoopTable:
    """Finds the loops of each function of a program.

    Args:
        source: The program's text; one that is no Python has no loops.
    """

    def __init__(self, source: str) -> None:
        self._scopes: dict[_Scope, list[Loop]] = {}
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return
        waiting: list[tuple[ast.AST, _Scope]] = [(tree, ("<module>", 0))]
        while waiting:
            node, scope = waiting.pop()
            inner = self._enter(node, scope)
            waiting.extend((child, inner) for child in ast.iter_child_nodes(node))

    def loops(self, code: CodeType) -> tuple[Loop, ...]:
        """Return the loops that stand directly in `code`, outer ones first."""
        first = 0 if code.co_name == "<module>" else code.co_firstlineno
        found = self._scopes.get((code.co_name, first), [])
        return tuple(sorted(found, key=lambda loop: (loop.header, -loop.end)))

    def _enter(self, node: ast.AST, scope: _Scope) -> _Scope:
        """Note the loop that `node` is, if it is one, and return the scope of what it holds."""
        if isinstance(node, ast.For | ast.While):
            header = node.iter.lineno if isinstance(node, ast.For) else node.test.lineno
            last = node.body[-1].end_lineno or header
            self._note(scope, Loop(header, node.body[0].lineno, last))
        elif isinstance(node, ast.FunctionDef | ast.Lambda):
            return _function_scope(node)
        elif isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            own = scope if _INLINED and not isinstance(node, ast.GeneratorExp) else _comprehension_scope(node)
            element = node.key if isinstance(node, ast.DictComp) else node.elt
            self._note(own, Loop(node.generators[0].iter.lineno, element.lineno, node.end_lineno or node.lineno))
            return own
        return scope

    def _note(self, scope: _Scope, loop: Loop) -> None:
        self._scopes.setdefault(scope, []).append(loop)


def _function_scope(node: ast.FunctionDef | ast.Lambda) -> _Scope:
    if isinstance(node, ast.Lambda):
        return ("<lambda>", node.lineno)
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return (node.name, first)


def _comprehension_scope(node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> _Scope:
    return (_COMPREHENSIONS[type(node)], node.lineno)


class Passes:
    """Counts the passes of the loops of one frame, from the lines that it comes by.

    Python reports the header's line when a loop is entered and again before each further pass. `line` is the last
    that was reported.
    """

    def __init__(self, loops: tuple[Loop, ...]) -> None:
        self._loops = loops
        self._headers = {loop.header: loop for loop in reversed(loops)}
        self._counts = dict.fromkeys(loops, 0)
        self._totals: dict[Loop, int] = {}
        self.line = 0

    def come_by(self, line: int) -> None:
        """Note that the frame is about to run `line`."""
        loop = self._headers.get(line)
        if loop is not None:
            again = self.line == line or loop.body <= self.line <= loop.end
            self._counts[loop] = self._counts[loop] + 1 if again else 0
        self.line = line

    def expect(self, line: int, total: int) -> None:
        """Note how many passes the loop whose header is `line` will make, now that it begins; 0: nobody knows."""
        loop = self._headers.get(line)
        if loop is not None:
            self._totals[loop] = total

    def outermost(self) -> tuple[int, int] | None:
        """Return the pass (counted from 1) of the outermost loop around the last line, and how many it makes.

        The second number is 0 where nobody knows; None: there is no loop around that line.
        """
        for loop, count in self._counts.items():
            if loop.header == self.line or loop.body <= self.line <= loop.end:
                total = self._totals.get(loop, 0)
                return min(count + 1, total or count + 1), total
        return None

    def at(self, line: int) -> tuple[Iteration, ...]:
        """Return the loops around `line` and the pass that each is in, outermost first."""
        return tuple(
            Iteration(loop.header, count)
            for loop, count in self._counts.items()
            if loop.header <= line <= loop.end or loop.body <= line <= loop.end
        )
