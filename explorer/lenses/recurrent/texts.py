"""Strings and lists of strings that a program writes out: what its tokens are called."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import lru_cache

Text = str | list[str] | list[list[str]]
MOST_TEXT = 20_000
_METHODS: Mapping[str, Callable[[str], str]] = {"lower": str.lower, "upper": str.upper, "strip": str.strip}


class _NotATextError(ValueError):
    """An expression is more than the strings that are read here."""


@lru_cache(maxsize=8)
def texts_of(source: str) -> Mapping[str, tuple[int, Text]]:
    """Return the names of a program's top level that are strings, lists of them, or lists of such lists.

    Read are literals, `split`, `list`, `sorted(set(…))`, joining with `+`, and comprehensions over those.

    Args:
        source: The program's text; one that is no Python has none.

    Returns:
        By name: the line of the last assignment, and the value; in the order of those lines.
    """
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[str, tuple[int, Text]] = {}
    for node in body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            found.pop(name, None)
            try:
                value = _value(node.value, {known: text for known, (_, text) in found.items()})
            except _NotATextError:
                continue
            found[name] = (node.lineno, value)
    return found


def _value(node: ast.expr, names: Mapping[str, Text]) -> Text:
    """Return what an expression is.

    Raises:
        _NotATextError: It is no text, or made in another way than those that are read here.
    """
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value[:MOST_TEXT]
    if isinstance(node, ast.Name) and node.id in names:
        return names[node.id]
    if isinstance(node, ast.List | ast.Tuple) and node.elts:
        return _listed([_value(one, names) for one in node.elts])
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined(_value(node.left, names), _value(node.right, names))
    if isinstance(node, ast.Call) and not node.keywords:
        return _called(node, names)
    if isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
        return _listed(_each(node.elt, list(node.generators), names))
    raise _NotATextError


def _listed(values: list[Text]) -> Text:
    strings = [one for one in values if isinstance(one, str)]
    if len(strings) == len(values):
        return strings
    lists = [_strings(one) for one in values if not isinstance(one, str)]
    if len(lists) == len(values):
        return lists
    raise _NotATextError


def _strings(value: Text) -> list[str]:
    """Return the strings of a list, or the characters of a string."""
    found = [one for one in value if isinstance(one, str)]
    if len(found) != len(value):
        raise _NotATextError
    return found


def _joined(one: Text, other: Text) -> Text:
    if isinstance(one, str) and isinstance(other, str):
        return one + other
    if isinstance(one, list) and isinstance(other, list):
        return _listed([*one, *other])
    raise _NotATextError


def _called(node: ast.Call, names: Mapping[str, Text]) -> Text:
    """Return what `text.split()`, `list(text)` and `sorted(set(text))` give."""
    if isinstance(node.func, ast.Attribute):
        return _method(node, names)
    if not isinstance(node.func, ast.Name) or len(node.args) != 1:
        raise _NotATextError
    value = _value(node.args[0], names)
    if node.func.id == "list":
        return list(value) if isinstance(value, str) else value
    if node.func.id in ("sorted", "set"):
        found = _strings(value)
        return sorted(set(found) if node.func.id == "set" else found)
    raise _NotATextError


def _method(node: ast.Call, names: Mapping[str, Text]) -> Text:
    assert isinstance(node.func, ast.Attribute)  # noqa: S101 - the caller has looked
    value = _value(node.func.value, names)
    if not isinstance(value, str):
        raise _NotATextError
    arguments = [_value(one, names) for one in node.args]
    if node.func.attr == "split" and not arguments:
        return value.split()
    if node.func.attr == "split" and len(arguments) == 1 and isinstance(arguments[0], str) and arguments[0]:
        return value.split(arguments[0])
    if node.func.attr in _METHODS and not arguments:
        return _METHODS[node.func.attr](value)
    raise _NotATextError


def _each(element: ast.expr, loops: list[ast.comprehension], names: Mapping[str, Text]) -> list[Text]:
    """Return the elements of a comprehension."""
    if not loops:
        return [_value(element, names)]
    first, *rest = loops
    if first.ifs or not isinstance(first.target, ast.Name):
        raise _NotATextError
    over = _value(first.iter, names)
    return [found for one in over for found in _each(element, rest, {**names, first.target.id: one})]
