"""Python expressions in fields: an index, a list of tensors, a NumPy expression, a name.

All of them are parsed, never run, and written back from the parsed tree: what was typed cannot reach beyond
the place that it is written to.
"""

from __future__ import annotations

import ast
import keyword

from explorer.program.builders.numerals import shown
from explorer.program.builders.problems import ArgumentProblem

_TENSORS = ast.Name | ast.Call | ast.Attribute | ast.Subscript | ast.BinOp | ast.UnaryOp | ast.Compare
_PRIMARIES = ast.Name | ast.Call | ast.Attribute | ast.Subscript | ast.List | ast.ListComp


def parsed(text: str) -> ast.expr | None:
    """Return the one expression that the text is, or None."""
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def index(text: str, advice: str) -> str:
    """Return what stands between the brackets of `x[…]`."""
    flat = " ".join(text.split())
    if flat.startswith("[") and flat.endswith("]") and _is_bracketed_index(flat):
        flat = flat[1:-1].strip()
    tree = parsed(f"x[{flat}]")
    if not isinstance(tree, ast.Subscript) or not isinstance(tree.value, ast.Name):
        raise ArgumentProblem(f"{shown(text)} is not an index. {advice}")
    items = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
    for item in items:
        if reason := _index_problem(item):
            raise ArgumentProblem(f"{shown(text)} is not an index: {reason}. {advice}")
    if sum(_is_constant(item, ...) for item in items) > 1:
        raise ArgumentProblem(f"{shown(text)} has '...' twice: it may stand only once.")
    return index_text(tree)


def index_text(tree: ast.Subscript) -> str:
    """Return what stands between the brackets, as `ast.unparse` writes it."""
    # a slice can be written only within a subscript
    subscript = ast.Subscript(ast.Name("x", ast.Load()), tree.slice, ast.Load())
    return ast.unparse(subscript)[2:-1]


def _is_bracketed_index(text: str) -> bool:
    """Tell `[0, 1:3]`, pasted with its brackets, from the list of indices `[0, 2]`."""
    return parsed(text) is None and parsed(f"x{text}") is not None


def _index_problem(item: ast.expr) -> str:
    if isinstance(item, ast.Slice):
        if item.step is not None and ast.unparse(item.step).startswith("-"):
            return "torch slices go forwards only; flip reverses a dimension"
        bounds = [bound for bound in (item.lower, item.upper, item.step) if bound is not None]
        return next((reason for reason in map(_index_problem, bounds) if reason), "")
    if isinstance(item, ast.List | ast.Tuple):
        return next((reason for reason in map(_index_problem, item.elts) if reason), "")
    if isinstance(item, ast.Starred | ast.Lambda | ast.NamedExpr | ast.Dict | ast.Set | ast.JoinedStr):
        return f"{shown(ast.unparse(item))} cannot stand there"
    if isinstance(item, ast.Constant) and isinstance(item.value, str | bytes | float | complex):
        return f"{shown(ast.unparse(item))} is not a whole number"
    return ""


def tensors(text: str, advice: str) -> str:
    """Return a list of tensors without its brackets: names, or expressions that make one."""
    tree = parsed(f"[{text}]")
    items = tree.elts if isinstance(tree, ast.List) else []
    if len(items) == 1 and isinstance(items[0], ast.List | ast.Tuple):
        items = items[0].elts
    if not items:
        raise ArgumentProblem(f"{shown(text)} is not a list of tensors. {advice}")
    for item in items:
        if not isinstance(item, _TENSORS):
            raise ArgumentProblem(
                f"{shown(text)} is not a list of tensors: {shown(ast.unparse(item))} is no tensor. {advice}"
            )
    return ", ".join(ast.unparse(item) for item in items)


def tensor(text: str, advice: str) -> str:
    """Return one expression that makes a tensor."""
    tree = parsed(text)
    if not isinstance(tree, _TENSORS) or is_number(tree):
        raise ArgumentProblem(f"{shown(text)} is not a tensor. {advice}")
    return ast.unparse(tree)


def operand(text: str, advice: str) -> str:
    """Return one number, or one expression that makes a tensor."""
    tree = parsed(text)
    if tree is None or not (isinstance(tree, _TENSORS) or is_number(tree)):
        raise ArgumentProblem(f"{shown(text)} is neither a number nor a tensor. {advice}")
    return ast.unparse(tree)


def is_number(tree: ast.expr) -> bool:
    """Tell whether an expression is one literal number or truth value, with a sign or without."""
    value = tree.operand if isinstance(tree, ast.UnaryOp) else tree
    return isinstance(value, ast.Constant) and isinstance(value.value, bool | int | float | complex)


def expression(text: str, advice: str) -> str:
    """Return any one expression."""
    tree = parsed(text)
    if tree is None or isinstance(tree, ast.Constant):
        raise ArgumentProblem(f"{shown(text)} is not an expression that makes an array. {advice}")
    return ast.unparse(tree)


def name(text: str, advice: str) -> str:
    """Return one name."""
    if not text.isidentifier() or keyword.iskeyword(text):
        raise ArgumentProblem(f"{shown(text)} is not a name. {advice}")
    return text


def primary(text: str) -> str:
    """Return an expression that `.t()` may follow: in parentheses where it needs them."""
    tree = parsed(f"({text}\n)")
    enclosed = text.startswith("(") and tree is not None and (tree.lineno, tree.col_offset) != (1, 1)
    return text if isinstance(tree, _PRIMARIES) or enclosed else f"({text})"


def operand_text(text: str) -> str:
    """Return an expression as it stands beside an operator: in parentheses where it needs them."""
    tree = parsed(text)
    return text if tree is not None and is_number(tree) else primary(text)


def _is_constant(item: ast.expr, value: object) -> bool:
    return isinstance(item, ast.Constant) and item.value is value
