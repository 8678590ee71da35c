"""Lines that start at the wrong column."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from explorer.program.explain.text import count_text
from explorer.program.explain.unreadable import Unreadable, Words

_STEP = 4


def explain(case: Unreadable) -> Words:
    """Explain an indentation that Python cannot follow."""
    said = case.error.msg or ""
    if isinstance(case.error, TabError):
        return Words(
            f"Line {case.line} mixes tabs and spaces, and their widths cannot be compared.",
            "Indent with spaces only, four for each level.",
            [("tabs to spaces", case.source.expandtabs(_STEP)), ("tabs to 8 spaces", case.source.expandtabs(8))],
        )
    expected = re.search(r"expected an indented block after (.*) on line (\d+)", said)
    if expected is not None:
        return _missing_block(case, expected[1].replace("'", ""), int(expected[2]))
    if "unindent does not match" in said:
        return Words(
            f"Line {case.line} is indented by {_spaces(case.text)}, which fits none of the lines above: "
            f"they are indented by {_above(case)}.",
            "Start it in the column of the lines that it belongs to.",
            list(_realigned(case)),
        )
    return Words(
        f"Line {case.line} is indented by {_spaces(case.text)}, but no line above opens a block (with a colon).",
        "Start it in the column of the line above.",
        list(_unexpected(case)),
    )


def _width(text: str) -> int:
    return len(text) - len(text.lstrip())


def _spaces(text: str) -> str:
    return count_text(_width(text), "space")


def _levels(case: Unreadable) -> list[int]:
    """Return the indentations of the blocks that are open above the line, the innermost first."""
    found: list[int] = []
    for text in reversed(case.lines[: case.line - 1]):
        width = _width(text)
        if text.strip() and (not found or width < found[-1]):
            found.append(width)
    return found


def _above(case: Unreadable) -> str:
    return " or ".join(map(str, sorted(_levels(case))))


def _moved(case: Unreadable, first: int, width: int) -> str:
    """Return the text with the block that starts at line `first` moved to column `width`."""
    last, old = first, _width(case.lines[first - 1])
    while last < len(case.lines) and (not case.lines[last].strip() or _width(case.lines[last]) >= max(old, 1)):
        last += 1
    block = "\n".join(case.lines[first - 1 : last])
    moved = textwrap.indent(textwrap.dedent(block), " " * width)
    return "\n".join([*case.lines[: first - 1], moved, *case.lines[last:]])


def _realigned(case: Unreadable) -> Iterator[tuple[str, str]]:
    here = _width(case.text)
    for width in sorted(_levels(case), key=lambda level: abs(level - here)):
        yield f"indent by {width}", _moved(case, case.line, width)


def _unexpected(case: Unreadable) -> Iterator[tuple[str, str]]:
    levels = _levels(case)
    yield f"indent by {levels[0] if levels else 0}", _moved(case, case.line, levels[0] if levels else 0)
    yield "indent all by 0", textwrap.dedent(case.source)


def _missing_block(case: Unreadable, what: str, line: int) -> Words:
    opener = case.lines[line - 1]
    width = _width(opener) + _STEP
    word = re.sub(r" statement$", "", what)
    follows = case.line > line and case.text.strip() and not case.text.lstrip().startswith("#")
    changes = []
    if follows and _width(case.text) <= _width(opener):
        last = case.line
        single = "\n".join([*case.lines[: last - 1], " " * width + case.text.strip(), *case.lines[last:]])
        changes.append((f"indent line {case.line}", single))
    inserted = "\n".join([*case.lines[:line], " " * width + "pass", *case.lines[line:]])
    changes.append(("pass", inserted))
    return Words(
        f"The {word} in line {line} has no body: the lines that belong to it must be indented.",
        "Indent them by four spaces; `pass` stands for a body that does nothing.",
        changes,
    )
