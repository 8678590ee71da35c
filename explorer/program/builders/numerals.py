"""Whole numbers and numbers, as people type them."""

from __future__ import annotations

import ast
import re

from explorer.program.builders.problems import ArgumentProblem

_WHOLE = re.compile(r"[+-]?[0-9]+(_[0-9]+)*")
_NAMED = re.compile(r"([+-]?)(?:(?:torch|np|math)\.)?(nan|inf)", re.IGNORECASE)
_QUOTED = re.compile(r"""float\((["'])([+-]?(?:nan|inf))\1\)""", re.IGNORECASE)
_LARGEST = 2**63 - 1
_SHOWN = 60


def shown(text: str) -> str:
    """Return what was typed, in quotes, cut to a length that fits into a message."""
    flat = " ".join(text.split())
    return f"'{flat}'" if len(flat) <= _SHOWN else f"'{flat[: _SHOWN - 1]}…'"


def whole_number(text: str, noun: str, advice: str) -> str:
    """Return one whole number, normalised: `+04` is `4`."""
    if not _WHOLE.fullmatch(text):
        raise ArgumentProblem(f"{shown(text)} is not {noun}. {advice}")
    return _checked(text, text, noun)


def whole_numbers(text: str, noun: str, advice: str) -> list[str]:
    """Return the whole numbers of `4, 6`, `(4, 6)`, `[4, 6]`, `4 6`, `4×6` or `torch.Size([4, 6])`."""
    inner = _unwrapped(text)
    if not inner:
        return []
    items = inner.split(",") if "," in inner else re.split(r"[\s×]+", inner)
    items = [item.strip() for item in items]
    if len(items) > 1 and not items[-1]:
        items.pop()
    for item in items:
        if not item:
            raise ArgumentProblem(f"{shown(text)} is not {noun}: a comma has nothing before it. {advice}")
        if not _WHOLE.fullmatch(item):
            raise ArgumentProblem(f"{shown(text)} is not {noun}: '{item}' is not a whole number. {advice}")
    return [_checked(item, text, noun) for item in items]


def joined(items: list[str]) -> str:
    """Return items as a field shows them; no items are `()`."""
    return ", ".join(items) or "()"


def number(text: str, advice: str) -> str:
    """Return one number as Python writes it; `inf` and `nan` become `float("inf")`."""
    named = float_named(text)
    if named:
        return named
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        value = None
    if isinstance(value, bool) or not isinstance(value, int | float | complex):
        raise ArgumentProblem(f"{shown(text)} is not a number. {advice}")
    if isinstance(value, int) and abs(value) > _LARGEST:
        raise ArgumentProblem(f"{shown(text)} is too large: whole numbers end at {_LARGEST}.")
    return ast.unparse(ast.parse(text, mode="eval"))


def float_named(text: str) -> str:
    """Return `float("nan")` or `float("inf")` for its many ways of writing, else ""."""
    if quoted := _QUOTED.fullmatch(text):
        text = quoted[2]
    if not (named := _NAMED.fullmatch(text)):
        return ""
    sign = "-" if named[1] == "-" and named[2].lower() == "inf" else ""
    return f"float('{sign}{named[2].lower()}')"


def _unwrapped(text: str) -> str:
    text = text.removeprefix("torch.").removeprefix("Size").strip()
    while len(text) > 1 and (text[0], text[-1]) in {("(", ")"), ("[", "]")}:
        text = text[1:-1].strip()
    return text


def _checked(item: str, text: str, noun: str) -> str:
    # counted before int(), which refuses thousands of digits in its own words
    if len(item) > 30 or abs(int(item)) > _LARGEST:
        raise ArgumentProblem(f"{shown(text)} is not {noun}: numbers end at {_LARGEST}.")
    return str(int(item))
