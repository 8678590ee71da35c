"""Where a failing call stands in the program's text, and how its text can be changed piece by piece."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Path = tuple[str | int, ...]
Form = Literal["method", "function", "operator", "subscript", "setitem", "augmented", "condition", "unknown"]

UNKNOWN: Final = object()
_HOLE = re.compile(r"__h(\d+)__(?=([.\[])?)")


@dataclass(frozen=True, eq=False)
class Part:
    """A piece of the call's text that stands for one value.

    Attributes:
        hole: The placeholder that stands for it in templates.
        path: Where it belongs: `("receiver",)`, `("arg", 0)`, in a list `("arg", 0, 1)`, `("key", "dim")`.
        text: The program's text.
        name: The text if it is a plain or dotted name, else "".
        primary: Whether `.method()` may follow the text directly.
        value: The live value, or `UNKNOWN`.
    """

    hole: str
    path: Path
    text: str
    name: str
    primary: bool
    value: object


@dataclass(frozen=True, eq=False)
class Site:
    """The failing call's text as a template: `__h0__.view(__h1__, __h2__)`, with a part for each hole.

    Attributes:
        source: The program's text.
        start, end: Where the call's text stands in it.
        form: How the call is written.
        template: Its text with holes.
        parts: What the holes stand for.
        statement: Whether the call is a statement by itself.
    """

    source: str
    start: int
    end: int
    form: Form
    template: str
    parts: tuple[Part, ...]
    statement: bool

    def part(self, *path: str | int) -> Part | None:
        """Return the part at `path`."""
        return next((part for part in self.parts if part.path == path), None)

    def changed(self, changes: Mapping[str, str]) -> str:
        """Return the template with some holes replaced by other code."""
        return _HOLE.sub(lambda found: changes.get(f"__h{found[1]}__", f"__h{found[1]}__"), self.template)

    def render(self, template: str) -> str:
        """Return program text for a template: every hole filled with what stands there."""

        def text(found: re.Match[str]) -> str:
            part = self.parts[int(found[1])]
            return f"({part.text})" if found[2] and not part.primary else part.text

        return _HOLE.sub(text, template)

    def program(self, text: str) -> str:
        """Return the whole program with the call replaced by `text`."""
        return self.source[: self.start] + text + self.source[self.end :]
