"""The program's text: places of syntax tree nodes in it, and changes of it."""

from __future__ import annotations

import ast
from functools import cached_property
from types import UnionType

from explorer.program.builders.source import Text

Span = tuple[int, int]


class SourceText:
    """Character offsets of syntax tree positions, whose columns count bytes."""

    def __init__(self, source: str) -> None:
        self.source = source
        # not splitlines(): Python's parser does not end a line at a form feed or U+2028
        self.lines = source.split("\n")
        self._starts = [0]
        for line in self.lines:
            self._starts.append(self._starts[-1] + len(line) + 1)

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree.

        Raises:
            SyntaxError: The text is not Python.
        """
        return ast.parse(self.source)

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The node around each node."""
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def offset(self, line: int, column: int) -> int:
        """Return the place of a (line, column in characters)."""
        return self._starts[line - 1] + column

    def line_column(self, offset: int) -> tuple[int, int]:
        """Return the line (from 1) and the column of a place."""
        before = self.source[:offset]
        return before.count("\n") + 1, offset - (before.rfind("\n") + 1)

    def span(self, node: ast.AST) -> Span:
        """Return where a node's text starts and ends."""
        line: int = node.lineno  # type: ignore[attr-defined]
        end_line = getattr(node, "end_lineno", None) or line
        return self._place(line, node.col_offset), self._place(end_line, node.end_col_offset or 0)  # type: ignore[attr-defined]

    def _place(self, line: int, column: int) -> int:
        before = self.lines[line - 1].encode()[:column]
        return self.offset(line, len(before.decode(errors="ignore")))

    def text(self, node: ast.AST) -> str:
        """Return a node's text."""
        return self.source[slice(*self.span(node))]

    def operand(self, node: ast.expr, bounds: Span) -> Span:
        """Return an operand's span with the parentheses around it, within `bounds`."""
        start, end = self.span(node)
        while True:
            before, after = self.source[bounds[0] : start].rstrip(), self.source[end : bounds[1]]
            if not (before.endswith("(") and after.lstrip().startswith(")")):
                return start, end
            start = bounds[0] + len(before) - 1
            end += after.index(")") + 1

    def around(self, node: ast.AST, kind: type[ast.AST] | UnionType) -> ast.AST | None:
        """Return the innermost node of a kind that holds `node`, or is it; None without one."""
        at: ast.AST | None = node
        while at is not None and not isinstance(at, kind):
            at = self.parents.get(at)
        return at

    def replaced(self, *changes: tuple[Span, str]) -> str:
        """Return the program with some stretches replaced; they must not overlap."""
        source = self.source
        for (start, end), text in sorted(changes, reverse=True):
            source = source[:start] + text + source[end:]
        return source

    def before(self, statement: ast.stmt) -> str:
        """Return what stands before a statement in its line: its indentation, unless another one stands there too."""
        return self.source[self.offset(statement.lineno, 0) : self.span(statement)[0]]

    def with_line_before(self, statement: ast.stmt, line: str) -> str:
        """Return the program with a line before a statement, indented as the statement is."""
        start = self.span(statement)[0]
        indent = self.before(statement)
        if indent.strip():
            return self.replaced(((start, start), f"{line}; "))
        return self.replaced(((start, start), f"{line}\n{indent}"))

    def without(self, statement: ast.stmt) -> str:
        """Return the program without a statement; where a block would be left empty, `pass` stands for it."""
        start, end = self.span(statement)
        body = body_of(self, statement)
        if len(body) < 2:
            return self.replaced(((start, end), "pass"))
        text = Text(self.source)
        return text.edited([text.removal(body, body.index(statement))])

    def with_argument(self, call: ast.Call, argument: str) -> str:
        """Return the program with one more argument at the end of a call."""
        end = self.span(call)[1] - 1
        inside = self.source[self.span(call.func)[1] : end].rstrip()
        start = end - len(self.source[self.span(call.func)[1] : end]) + len(inside)
        joint = "" if inside.endswith("(") else " " if inside.endswith(",") else ", "
        return self.replaced(((start, start), f"{joint}{argument}"))

    def with_import(self, line: str) -> str:
        """Return the program with an import at its head, behind a docstring and `__future__` imports."""
        for statement in self.tree.body:
            future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
            if not future and not _is_docstring(statement):
                return self.with_line_before(statement, line)
        return f"{line}\n{self.source}"


def body_of(text: SourceText, statement: ast.stmt) -> list[ast.stmt]:
    """Return the statements of the block that a statement stands in, itself among them."""
    return next((body for body in _bodies(text.parents.get(statement)) if statement in body), [])


def _bodies(node: ast.AST | None) -> list[list[ast.stmt]]:
    """Return the lists of statements that a node holds."""
    return [part for name in ("body", "orelse", "finalbody") if isinstance(part := getattr(node, name, None), list)]


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def parenthesised(text: str, node: ast.expr) -> str:
    """Return a node's text as something that `.method()` may follow."""
    primary = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.List, ast.Dict, ast.ListComp)
    return text if isinstance(node, primary) or text.startswith("(") else f"({text})"
