"""What comes along when code is copied, and what other languages write: prompts, curly quotes, `&&`, `x++`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from explorer.program.explain.unreadable import Unreadable, Words

_PROMPT = re.compile(r"^[ \t]*(?:>>>|\.\.\.|In ?\[\d*\]:|Out ?\[\d*\]:)(?: |$)", re.MULTILINE)
_ASCII: Final = {
    "“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": "'", "´": "'", "（": "(", "）": ")", "，": ",", "：": ":",
    "；": ";", "［": "[", "］": "]", "＝": "=", "×": "*", "·": "*", "÷": "/", "−": "-", "–": "-", "—": "-", "≤": "<=",
    "≥": ">=", "≠": "!=", "→": "->", "…": "...", "\u00a0": " ", "\u2009": " ", "\u3000": " ", "\u200b": "",
    "\u200c": "", "\u200d": "", "\ufeff": "", "\u2028": "\n",
}  # fmt: skip
_NAMES: Final = {
    "\u00a0": "a no-break space", "\u2009": "a thin space", "\u3000": "a wide space", "\u200b": "an invisible space",
    "\u200c": "an invisible sign", "\u200d": "an invisible sign", "\ufeff": "an invisible sign",
    "\u2028": "a line separator",
}  # fmt: skip
_FOREIGN = (("&&", " and "), ("||", " or "), ("<>", " != "), ("=>", " >= "), ("!", " not "))


def without_prompts(source: str) -> str:
    """Return the text without the prompts of a console or notebook, and without the output between them."""
    if not _PROMPT.search(source):
        return source
    lines = source.split("\n")
    console = any(line.lstrip().startswith(">>>") for line in lines)
    kept = [line for line in lines if not console or _PROMPT.match(line) or line.lstrip().startswith("#")]
    kept = [line for line in kept if not re.match(r"\s*Out ?\[", line)]
    return "\n".join(_PROMPT.sub("", line) for line in kept)


def _prompts(case: Unreadable) -> Words | None:
    mark = re.match(r"\s*(>>>|\.\.\.|In ?\[\d*\]:)", case.text)
    if mark is None:
        return None
    return Words(
        f"`{mark[1]}` is the prompt of a console or notebook, not part of the program.",
        "Remove the prompts, and the output between them.",
        [("without prompts", without_prompts(case.source))],
    )


def _fence(case: Unreadable) -> Words | None:
    if not case.text.lstrip().startswith("```"):
        return None
    kept = "\n".join(line for line in case.lines if not line.lstrip().startswith("```"))
    return Words(
        "``` marks code in a text; it is not part of the program.", "Remove these lines.", [("without ```", kept)]
    )


def _notebook_command(case: Unreadable) -> Words | None:
    mark = re.match(r"\s*([!%]{1,2})\w", case.text)
    if mark is None:
        return None
    kept = "\n".join(line for line in case.lines if not re.match(r"\s*[!%]{1,2}\w", line))
    return Words(
        f"A line that starts with {mark[1]} is a command of a notebook, not Python.",
        "Remove it: torch and NumPy are here already.",
        [(f"without {mark[1]}", kept)],
    )


def _sign(case: Unreadable) -> Words | None:
    found = re.search(r"invalid (?:non-printable )?character (?:'(.)' )?\(?U\+([0-9A-F]+)", case.error.msg or "")
    if found is None:
        return None
    sign = chr(int(found[2], 16))
    shown = _NAMES.get(sign, sign)
    instead = _ASCII.get(sign)
    if instead is None:
        return Words(
            f"{shown} (U+{found[2]}) is no sign of Python's.",
            "Remove it, or put it into a string.",
            [(f"without {shown}", case.source.replace(sign, ""))],
        )
    plain = "".join(_ASCII.get(one, one) for one in case.source)
    meant = f"Python writes {instead.strip()} for it." if instead.strip() else "Python reads plain spaces only."
    label = f"{sign} to {instead}" if instead.strip() and sign not in _NAMES else "plain signs"
    return Words(
        f"{shown} (U+{found[2]}) is not a sign of Python's. It often comes with code copied from a text. {meant}",
        "Write the plain sign.",
        [(label, case.with_line("".join(_ASCII.get(one, one) for one in case.text))), ("all plain signs", plain)],
    )


def _increment(case: Unreadable) -> Words | None:
    found = re.search(r"([\w.]+)(\+\+|--)", case.text)
    if found is None or not case.code.rstrip().endswith(found[2]):
        return None
    sign = found[2][0]
    changed = f"{case.text[: found.start()]}{found[1]} {sign}= 1{case.text[found.end() :]}"
    return Words(
        f"Python has no {found[2]}.", f"Write `{sign}= 1`.", [(f"{found[1]} {sign}= 1", case.with_line(changed))]
    )


def _foreign(case: Unreadable) -> Words | None:
    near = case.text[max(case.column - 2, 0) : case.column + 3]
    for foreign, python in _FOREIGN:
        if foreign in near and not (foreign == "!" and "!=" in near):
            text = re.sub(rf"\s*{re.escape(foreign)}\s*", python, case.text)
            text = re.sub(r"(=|\() +not", r"\1 not" if "= " in case.text else r"\1not", text)
            return Words(
                f"{foreign} is not an operator of Python's; it writes {python.strip()}.",
                "For tensors, `&`, `|` and `~` work element by element.",
                [(python.strip(), case.with_line(text))],
            )
    return None


def _block_in_braces(case: Unreadable) -> Words | None:
    if not re.match(r"\s*(function|func|public|const|let|var)\s+\w", case.text):
        return None
    return Words(
        f"`{case.text.split()[0]}` is a word of another language.",
        "Python writes `def name(x):` for a function and `name = value` for a variable.",
    )


SLIPS: tuple[Callable[[Unreadable], Words | None], ...] = (
    _prompts, _fence, _notebook_command, _sign, _increment, _foreign, _block_in_braces,
)  # fmt: skip
