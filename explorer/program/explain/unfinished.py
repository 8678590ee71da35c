"""Lines of which Python says no more than "invalid syntax"."""

from __future__ import annotations

import keyword
import re

from explorer.program.explain.unreadable import CLOSES, Unreadable, Words


def explain_unfinished(case: Unreadable, found: re.Match[str]) -> Words | None:
    """Explain `invalid syntax`, as far as the place says more: a word of Python's, an end too early, two statements."""
    del found
    return _fixed_word(case) or _open_block(case) or _alone(case) or _ends_early(case) or _two_statements(case)


def _fixed_word(case: Unreadable) -> Words | None:
    mark = re.match(r"\s*(\w+)\s*=(?!=)", case.text)
    if mark is None or not keyword.iskeyword(mark[1]):
        return None
    renamed = re.sub(rf"\b{mark[1]}\b", f"{mark[1]}_", case.text, count=1)
    return Words(
        f"{mark[1]} is a word of Python's own and cannot be a name.",
        "Choose another name, such as the same with _ at its end.",
        [(f"{mark[1]}_ =", case.with_line(renamed))],
    )


def _open_block(case: Unreadable) -> Words | None:
    """Explain a colon inside of brackets that were not closed: `if (x == 3:`."""
    code = case.code
    opened = case.unclosed(case.line, 0, case.line)
    if not opened or not code.endswith(":") or opened[-1] == "{":
        return None
    closing = "".join(CLOSES[sign] for sign in reversed(opened))
    return Words(
        f"The {opened[0]} in line {case.line} is not closed before the colon.",
        f"Write `{closing}` before the colon.",
        [(f"{closing}:", case.with_line(f"{code[:-1]}{closing}:{case.text[len(code) :]}"))],
    )


def _alone(case: Unreadable) -> Words | None:
    word = re.match(r"\s*(else|elif|except|finally)\b", case.text)
    if word is None:
        return None
    partner = "if" if word[1] in {"else", "elif"} else "try"
    return Words(
        f"This {word[1]} has no {partner} above it in the same column.",
        f"Indent it like its {partner}, with nothing but the {partner}'s block between.",
    )


def _ends_early(case: Unreadable) -> Words | None:
    if case.column < len(case.code) or not case.code:
        return None
    last = re.search(r"(\w+|[^\w\s]+)\s*$", case.code)
    return Words(
        f"The line ends after `{last[1] if last else case.code[-1]}`, and something must follow.",
        "Complete the line, or put brackets around an expression that goes on in the next line.",
    )


def _two_statements(case: Unreadable) -> Words | None:
    rest = case.text[case.column :]
    before = case.text[: case.column].rstrip()
    if not before or not re.match(r"[A-Za-z_]", rest) or not re.search(r"[\w\])}\"']$", before):
        return None
    indent = case.text[: len(case.text) - len(case.text.lstrip())]
    return Words(
        f"`{rest.split()[0]}` follows with nothing between it and what stands before.",
        "Each statement has a line of its own; a product needs `*`.",
        [("in two lines", case.with_line(f"{before}\n{indent}{rest}"))],
    )
