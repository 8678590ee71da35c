"""A program's text and where its syntax tree lies in it (the tree counts bytes; here, characters)."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property

from explorer.program.builders.problems import EditProblem

Position = tuple[int, int, int, int]
# Line breaks of Python; str.splitlines knows more of them.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_Located = ast.expr | ast.stmt


@dataclass(frozen=True)
class Edit:
    """Characters `start` to `end` (exclusive) give way to `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Text:
    """The text of a program."""

    source: str

    @cached_property
    def _lines(self) -> list[tuple[int, str]]:
        return [(found.start(), found[0]) for found in _LINE.finditer(self.source)]

    @property
    def newline(self) -> str:
        """The line break that the program uses."""
        return "\r\n" if "\r\n" in self.source else "\n"

    def start(self, node: _Located) -> int:
        """Return the offset of a node's first character, decorators included."""
        line, column = self._start(node)
        return self._lines[line - 1][0] + column

    def end(self, node: _Located) -> int:
        """Return the offset behind a node's last character."""
        _, _, line, column = self.span(node)
        return self._lines[line - 1][0] + column

    def span(self, node: _Located) -> Position:
        """Return (line, column, end_line, end_column): lines from 1, columns from 0 in characters."""
        end_line, end_bytes = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return (*self._start(node), end_line, self._column(end_line, end_bytes))

    def segment(self, node: _Located) -> str:
        """Return a node's text."""
        return self.source[self.start(node) : self.end(node)]

    def line_start(self, offset: int) -> int:
        """Return where the line of an offset starts."""
        return max(self.source.rfind("\n", 0, offset), self.source.rfind("\r", 0, offset)) + 1

    def line_end(self, offset: int) -> int:
        """Return where the next line starts, or the end of the text."""
        found = re.compile(r"\r\n|\r|\n").search(self.source, offset)
        return found.end() if found else len(self.source)

    def edited(self, edits: list[Edit]) -> str:
        """Return the text after edits; raise EditProblem when it would no longer be a program."""
        pieces, position = [], 0
        for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
            pieces += [self.source[position : max(position, edit.start)], edit.text]
            position = max(position, edit.end)
        changed = "".join(pieces) + self.source[position:]
        if parse(changed) is None:
            raise EditProblem("This change cannot be written into the program. Edit its text instead.")
        return changed

    def removal(self, body: list[ast.stmt], index: int) -> Edit:
        """Return the edit that takes a statement away: its lines, or its part of a line with semicolons."""
        start, end = self.start(body[index]), self.end(body[index])
        if index > 0 and self.line_start(start) <= self.end(body[index - 1]):
            return Edit(self.end(body[index - 1]), end, "")
        if index + 1 < len(body) and self.start(body[index + 1]) < self.line_end(end):
            return Edit(start, self.start(body[index + 1]), "")
        return Edit(self.line_start(start), self.line_end(end), "")

    def _start(self, node: _Located) -> tuple[int, int]:
        decorators = getattr(node, "decorator_list", [])
        line = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        return line, self._column(line, node.col_offset)

    def _column(self, line: int, byte_column: int) -> int:
        text = self._lines[line - 1][1]
        if text.isascii():
            return byte_column
        return len(text.encode()[:byte_column].decode(errors="replace"))


def parse(source: str) -> ast.Module | None:
    """Return the syntax tree, or None for what is no program."""
    try:
        return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
