"""Text that is not Python: what is missing or too much, and the text with it mended."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from explorer.program.explain import indentation
from explorer.program.explain.model import Explanation
from explorer.program.explain.slips import SLIPS
from explorer.program.explain.unfinished import explain_unfinished
from explorer.program.explain.unreadable import CLOSES, Unreadable, Words
from explorer.trace.model import Fix

_MOST_FIXES = 2
_BLOCKS = ("for", "while", "if", "elif", "else", "def", "class", "with", "try", "except", "finally")


def explain_syntax(error: SyntaxError, source: str) -> Explanation:
    """Explain text that Python cannot read; each fix can be read, or fails only further down."""
    case = Unreadable(error, source)
    for pattern, explain in _TABLE:
        found = re.search(pattern, error.msg or "")
        words = explain(case, found) if found else None
        if words is not None:
            return Explanation(words.message, words.hint, _fixes(case, words))
    said = error.msg.rstrip(".?")
    return Explanation(
        f"This is not Python: {said}.", "Look at the marked place, and at the end of the line before it."
    )


def _fixes(case: Unreadable, words: Words) -> tuple[Fix, ...]:
    found: dict[str, Fix] = {}
    for label, source in words.changes:
        if source not in found and case.mends(source):
            found[source] = Fix(label, source)
        if len(found) == _MOST_FIXES:
            break
    return tuple(found.values())


def _colon(case: Unreadable, found: re.Match[str]) -> Words | None:
    del found
    word = next(iter(re.findall(r"\w+", case.text)), "")
    if word == "else" and re.match(r"\s*else\s+if\b", case.text):
        changed = case.with_line(re.sub(r"else\s+if\b", "elif", case.text, count=1))
        return Words("Python writes `else if` as one word, `elif`.", "Write elif.", [("elif", changed)])
    if word not in _BLOCKS:
        return None
    code = case.code
    label = f"{code.strip()}:" if len(code) < 40 else f"{word} …:"
    return Words(
        f"The line that starts with {word} needs a colon at its end: the indented lines below belong to it.",
        f"Write `:` at the end of line {case.line}.",
        [(label, case.with_line(f"{code}:{case.text[len(code) :]}"))],
    )


def _never_closed(case: Unreadable, found: re.Match[str]) -> Words:
    opened = found[1]
    closing = CLOSES[opened]
    line, column = case.line, case.column
    return Words(
        f"The {opened} in line {line} is never closed with {closing}, so Python reads the lines below as part of it.",
        f"Write `{closing}` where it shall end.",
        list(_closings(case, line, column)),
    )


def _closings(case: Unreadable, line: int, column: int) -> Iterator[tuple[str, str]]:
    """Yield the text with brackets closed: before a line's colon, at its end, or at the end of a line below."""
    for number in range(line, len(case.lines) + 1):
        text = case.lines[number - 1]
        code = text[: len(case.without_comment(text).rstrip())]
        start = column if number == line else 0
        open_here = case.unclosed(line, column, number)
        if not open_here:
            return
        closing = "".join(CLOSES[one] for one in reversed(open_here))
        blocks = code.endswith(":") and code.split()[:1] and re.match(r"\w+", code.strip()) is not None
        ends = [len(code) - 1, len(code)] if blocks else [len(code)]
        for end in ends:
            if end > start:
                changed = f"{code[:end]}{closing}{text[end:]}"
                yield changed.strip()[-40:], case.with_line(changed, number)


def _unmatched(case: Unreadable, found: re.Match[str]) -> Words:
    text = case.text
    return Words(
        f"The {found[1]} closes a bracket that was never opened.",
        "Take it away, or open the bracket that it shall close.",
        [(f"without {found[1]}", case.with_line(f"{text[: case.column]}{text[case.column + 1 :]}"))],
    )


def _mismatch(case: Unreadable, found: re.Match[str]) -> Words:
    wrong, opened = found[1], found[2]
    right, text, at = CLOSES[opened], case.text, case.column
    changes = []
    if text[at : at + 1] == wrong:
        changes = [
            (f"{right}{wrong}", case.with_line(f"{text[:at]}{right}{text[at:]}")),
            (right, case.with_line(f"{text[:at]}{right}{text[at + 1 :]}")),
        ]
    return Words(
        f"{opened} is closed by {wrong}; it needs {right}.", "Brackets close in the reverse order of opening.", changes
    )


def _equals(case: Unreadable, found: re.Match[str]) -> Words | None:
    del found
    word = (re.findall(r"\w+", case.text) or [""])[0]
    if word not in {"if", "elif", "while", "assert"}:
        return None
    changed = re.sub(r"(?<![=!<>:])=(?!=)", "==", case.text, count=1)
    return Words(
        f"= gives a value to a name; {word} asks a question, and the sign for equal is ==.",
        "Write `==` to compare.",
        [("==", case.with_line(changed))],
    )


def _comma(case: Unreadable, found: re.Match[str]) -> Words | None:
    del found
    stretch = case.text[case.column : case.end_column]
    gaps = [gap.start() for gap in re.finditer(r"(?<=[\w\])}\"'])\s+(?=[\w\[({\"'-])", stretch)]
    changes = []
    for gap in gaps:
        at = case.column + gap
        changed = f"{case.text[:at]},{case.text[at:]}"
        changes.append((changed.strip()[:60], case.with_line(changed)))
    if not changes:
        return None
    return Words(
        f"Two values stand side by side in `{stretch}`, with nothing between them.",
        "Values in brackets are set apart by commas.",
        changes,
    )


def _print(case: Unreadable, found: re.Match[str]) -> Words:
    name, code = found[1], case.code
    start = code.find(name, case.column)
    rest = code[start + len(name) :].strip()
    changed = f"{code[:start]}{name}({rest}){case.text[len(code) :]}"
    return Words(
        f"{name} is a function: what it shall get goes into parentheses.",
        f"Write `{name}(…)`.",
        [(f"{name}({rest})"[:60], case.with_line(changed))],
    )


def _string(case: Unreadable, found: re.Match[str]) -> Words:
    del found
    column = case.column
    quote = next((sign for sign in case.text[column:] if sign in "\"'"), '"')
    code = case.text.rstrip()
    brackets = re.search(r"[)\]}]+:?$", code)
    ends = [brackets.start(), len(code)] if brackets and brackets.start() > column else [len(code)]
    changes = [(f"… {code[max(0, end - 12) : end]}{quote}", f"{code[:end]}{quote}{code[end:]}") for end in ends]
    return Words(
        f"The string that starts with {quote} in line {case.line} has no {quote} at its end.",
        f"Close it with `{quote}`; a {quote} inside a string is written \\{quote}.",
        [(label, case.with_line(text)) for label, text in changes] + list(_apostrophes(case, quote)),
    )


def _apostrophes(case: Unreadable, quote: str) -> Iterator[tuple[str, str]]:
    """Yield the line with an apostrophe inside a string, which ended it too early, in other quotes."""
    other = '"' if quote == "'" else "'"
    first, last = case.text.find(quote), case.text.rfind(quote)
    inside = case.text[first + 1 : last]
    if first < last and quote in inside and other not in inside:
        text = f"{other}{inside}{other}"
        yield text[:60], case.with_line(f"{case.text[:first]}{text}{case.text[last + 1 :]}")


def _triple(case: Unreadable, found: re.Match[str]) -> Words:
    del found
    quote = case.text[case.column :].lstrip("rbfuRBFU")[:3]
    source = case.source.rstrip("\n")
    return Words(
        f"The string that starts with {quote} in line {case.line} has no {quote} at its end.",
        f"Close it with `{quote}`.",
        [(quote, f"{source}{quote}\n")],
    )


def _assignment(case: Unreadable, found: re.Match[str]) -> Words:
    what = found[1].removesuffix(" here")
    target, _, value = case.code.partition("=")
    dashed = re.sub(r"(?<=\w)-(?=[A-Za-z_])", "_", target)
    changes = [("==", case.with_line(f"{target}=={value}"))] if "Maybe" in found[0] else []
    if dashed != target:
        changes.insert(0, (f"{dashed.strip()} =", case.with_line(f"{dashed}={value}")))
    said = "an operation" if what == "expression" else f"a {what}"
    if what in {"True", "False", "None", "__debug__"}:
        return Words(f"{what} is a fixed word of Python and cannot be given a value.", "Choose another name.")
    return Words(
        f"Left of = stands {said}; only a name, an item like `x[0]` or an attribute can be given a value.",
        "A name consists of letters, digits and _ . To compare, write `==`.",
        changes,
    )


def _order(case: Unreadable, found: re.Match[str]) -> Words:
    del found, case
    return Words(
        "An argument without a name stands behind one with a name.",
        "Put the arguments without names first.",
    )


def _outside(case: Unreadable, found: re.Match[str]) -> Words:
    del case
    home = "a function (`def`)" if found[2] == "function" else "a loop (`for`, `while`)"
    return Words(
        f"{found[1]} stands outside of {home}, where it has no meaning.", "Check the indentation of this line."
    )


def _no_handler(case: Unreadable, found: re.Match[str]) -> Words:
    del found
    indent = case.text[: len(case.text) - len(case.text.lstrip())]
    handler = f"{indent}except Exception as error:\n{indent}    print(error)\n{case.text}"
    return Words(
        "A try needs an except (or a finally) below its block: what to do when something goes wrong there.",
        "Write an except in the column of its try, or take the try away.",
        [("except Exception as error: …", case.with_line(handler))],
    )


def _fstring(case: Unreadable, found: re.Match[str]) -> Words:
    del found
    changes, text = [], case.text
    for quote in ('"', "'"):
        at = text.rfind(quote)
        if at > 0:
            changes.append((f"}}{quote}", case.with_line(f"{text[:at]}}}{text[at:]}")))
    return Words("In this f-string a { is not closed with }.", "Write `}` behind the value.", changes)


def _decimal(case: Unreadable, found: re.Match[str]) -> Words | None:
    token = re.search(r"\d\w*", case.text[max(0, case.column - 1) :])
    if token is None:
        return None
    if found[0].startswith("leading"):
        start = case.text.find(token[0], max(0, case.column - 1))
        plain = token[0].lstrip("0") or "0"
        changed = f"{case.text[:start]}{plain}{case.text[start + len(token[0]) :]}"
        return Words(
            f"{token[0]} starts with 0, which Python does not take for a number.",
            "",
            [(plain, case.with_line(changed))],
        )
    return Words(
        f"{token[0]} is neither a number nor a name: a name cannot start with a digit.",
        "Write `2 * x` for a product; start a name with a letter or _.",
        list(_products(case, token[0])),
    )


def _products(case: Unreadable, token: str) -> Iterator[tuple[str, str]]:
    parts = re.fullmatch(r"(\d+)([A-Za-z]\w*)", token)
    if parts is not None and "=" in case.text[: case.column]:
        text = f"{parts[1]} * {parts[2]}"
        yield text, case.with_line(case.text.replace(token, text, 1))


_TABLE: tuple[tuple[str, Callable[[Unreadable, re.Match[str]], Words | None]], ...] = (
    ("", lambda case, _: next((words for slip in SLIPS if (words := slip(case)) is not None), None)),
    (r"expected ':'", _colon),
    (r"'(.)' was never closed", _never_closed),
    (r"unmatched '(.)'", _unmatched),
    (r"closing parenthesis '(.)' does not match opening parenthesis '(.)'", _mismatch),
    (r"Maybe you meant '==' or ':=' instead of '='", _equals),
    (r"Perhaps you forgot a comma", _comma),
    (r"Missing parentheses in call to '(\w+)'", _print),
    (r"unterminated string literal", _string),
    (r"unterminated triple-quoted", _triple),
    (r"unterminated f-string|f-string: expecting '}'", _fstring),
    (r"cannot assign to (.+?)(?: here\. Maybe.*)?$", _assignment),
    (r"positional argument follows keyword argument", _order),
    (r"'(\w+)' outside (function|loop)", _outside),
    (r"expected 'except' or 'finally' block", _no_handler),
    (r"invalid decimal literal|leading zeros in decimal", _decimal),
    (r"^invalid syntax$", explain_unfinished),
    (r"indent|inconsistent use of tabs", lambda case, _: indentation.explain(case)),
)
