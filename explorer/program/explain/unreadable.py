"""A text that Python could not read, as the explanations of syntax errors see it."""

from __future__ import annotations

import io
import tokenize
from dataclasses import dataclass, field
from functools import cached_property

CLOSES = {"(": ")", "[": "]", "{": "}"}
"""Brackets and what closes them."""


@dataclass(frozen=True)
class Words:
    """An explanation before its changes were tried: (label, program) pairs, best first."""

    message: str
    hint: str = ""
    changes: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Unreadable:
    """A program's text and Python's complaint about it."""

    error: SyntaxError
    source: str

    @cached_property
    def lines(self) -> list[str]:
        """The text's lines."""
        return self.source.split("\n")

    @property
    def line(self) -> int:
        """The line complained about, from 1."""
        return min(max(self.error.lineno or 1, 1), len(self.lines))

    @property
    def column(self) -> int:
        """The first column complained about, from 0."""
        return max((self.error.offset or 1) - 1, 0)

    @property
    def end_column(self) -> int:
        """The column behind the last one complained about."""
        end = (self.error.end_offset or 0) - 1
        same_line = self.error.end_lineno in {None, self.error.lineno}
        return end if same_line and end > self.column else self.column + 1

    @property
    def text(self) -> str:
        """The line complained about."""
        return self.lines[self.line - 1]

    @property
    def code(self) -> str:
        """That line without a comment and the space before it."""
        return self.without_comment(self.text).rstrip()

    def with_line(self, text: str, line: int = 0) -> str:
        """Return the program with another text for a line (0: the one complained about)."""
        at = (line or self.line) - 1
        return "\n".join([*self.lines[:at], text, *self.lines[at + 1 :]])

    def mends(self, source: str) -> bool:
        """Whether Python reads this text, or at least gets further in it: two lines may lack their colon."""
        if source == self.source:
            return False
        try:
            compile(source, "<changed>", "exec", dont_inherit=True)
        except SyntaxError as error:
            return (error.lineno or 0) - (source.count("\n") - self.source.count("\n")) > self.line
        except (ValueError, RecursionError, MemoryError):
            return False
        return True

    @staticmethod
    def without_comment(text: str) -> str:
        """Return a line without its comment; a # inside of a string stays."""
        try:
            for token in tokenize.generate_tokens(io.StringIO(text.strip()).readline):
                if token.type == tokenize.COMMENT:
                    return text[: len(text) - len(text.lstrip()) + token.start[1]]
        except (tokenize.TokenError, IndentationError, SyntaxError):
            pass
        return text

    def unclosed(self, line: int, column: int, last: int) -> str:
        """Return the brackets opened from (line, column) on that are open at the end of line `last`."""
        opened = ""
        stretch = [self.without_comment(text) for text in self.lines[line - 1 : last]]
        stretch[0] = stretch[0][column:]
        for sign in _outside_strings("\n".join(stretch)):
            if sign in CLOSES:
                opened += sign
            elif sign in CLOSES.values() and opened:
                opened = opened[:-1]
        return opened


def _outside_strings(text: str) -> str:
    kept, quote = "", ""
    for sign in text:
        if quote:
            quote = "" if sign in {quote, "\n"} else quote
        elif sign in "\"'":
            quote = sign
        else:
            kept += sign
    return kept
