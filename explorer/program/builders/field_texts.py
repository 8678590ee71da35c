"""The text that a field shows for an argument that stands in a program."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from explorer.program.builders.parameters import LISTS, QUOTED

if TYPE_CHECKING:
    from explorer.program.builders.parameters import Parameter

_NORMALISED = QUOTED | {"dtype", "values", "padding"}


def field_text(parameter: Parameter, value: ast.expr | list[ast.expr]) -> str | None:
    """Return the field's text for an argument that stands in a program, or None where no field can show it.

    Expressions that a field would refuse when typed (`n` among the sizes) are shown as they stand.
    """
    word = isinstance(value, ast.Constant) and isinstance(value.value, str)
    if isinstance(value, list) or (parameter.kind in LISTS and not word):
        return _list_text(parameter, value)
    if parameter.kind == "tensors":
        return _tensors_text(value)
    if isinstance(value, ast.Constant) and value.value is None:
        return "None" if parameter.none else parameter.default if not parameter.required else None
    text = ast.unparse(value)
    if parameter.kind in QUOTED and not word:
        return None
    if parameter.accepts(text):
        return parameter.parse(text) if parameter.kind in _NORMALISED else text
    free = parameter.kind in ("dim", "int", "number") and not _is_literal(value)
    return text if free else None


def _list_text(parameter: Parameter, value: ast.expr | list[ast.expr]) -> str | None:
    if isinstance(value, ast.Tuple | ast.List):
        value = value.elts
    if not isinstance(value, list):
        if isinstance(value, ast.Constant) and value.value is None:
            return parameter.default if not parameter.required else None
        value = [value]
    texts = [ast.unparse(item) for item in value]
    literal = all(_is_literal(item) for item in value)
    if any(isinstance(item, ast.Starred | ast.Tuple | ast.List) for item in value):
        return None
    if not texts:
        return "()"
    known = parameter.accepts(", ".join(texts)) if literal else not any(map(_is_dtype, value))
    return ", ".join(texts) if known else None


def _tensors_text(value: ast.expr) -> str | None:
    if not isinstance(value, ast.List | ast.Tuple) or not value.elts:
        return None
    if any(isinstance(item, ast.Starred) for item in value.elts):
        return None
    return ", ".join(ast.unparse(item) for item in value.elts)


def _is_literal(value: ast.expr) -> bool:
    return isinstance(value.operand if isinstance(value, ast.UnaryOp) else value, ast.Constant)


def _is_dtype(value: ast.expr) -> bool:
    # x.view(torch.int32) reads the same bytes as another dtype: its argument is no size
    return isinstance(value, ast.Attribute) and ast.unparse(value.value) == "torch"
