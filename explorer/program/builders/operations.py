"""The operations that a chip can be.

>>> OPERATIONS["view"].render("a", {"shape": "4, 6"})
'a.view(4, 6)'
>>> OPERATIONS["stack"].render("a", {"tensors": "a, b", "dim": "0"})
'torch.stack([a, b], dim=0)'
>>> OPERATIONS["elementwise"].render("a + 1", {"operator": "*", "other": "b - 2"})
'(a + 1) * (b - 2)'
"""

from __future__ import annotations

import ast

from explorer.program.builders import forms
from explorer.program.builders.groups.arithmetic import ARITHMETIC_TABLE
from explorer.program.builders.groups.autograd import AUTOGRAD_TABLE
from explorer.program.builders.groups.functions import FUNCTIONS_TABLE
from explorer.program.builders.groups.joining import JOINING_TABLE
from explorer.program.builders.groups.reducing import REDUCING_TABLE
from explorer.program.builders.groups.selecting import SELECTING_TABLE
from explorer.program.builders.groups.shape import SHAPE_TABLE
from explorer.program.builders.operation import Match, Operation

__all__ = ["OPERATIONS", "Match", "Operation", "match_operation"]

_TABLE = (
    *SHAPE_TABLE,
    *JOINING_TABLE,
    *SELECTING_TABLE,
    *ARITHMETIC_TABLE,
    *FUNCTIONS_TABLE,
    *REDUCING_TABLE,
    *AUTOGRAD_TABLE,
)
OPERATIONS: dict[str, Operation] = {operation.name: operation for operation in _TABLE}
# How the syntax tree shows an operation whose name does not stand in the program.
_UNNAMED: dict[type[ast.AST], tuple[str, ...]] = {
    ast.Subscript: ("index",),
    ast.BinOp: ("@", "elementwise"),
    ast.Compare: ("elementwise",),
    ast.Assign: ("assign",),
    ast.AugAssign: ("update",),
}


def match_operation(node: ast.expr | ast.stmt) -> tuple[Operation, Match] | None:
    """Return the operation that an expression, or a statement that writes, applies; None where none is understood."""
    for name in _candidates(node):
        operation = OPERATIONS.get(name)
        match = forms.parse(operation, node) if operation else None
        if operation and match:
            return operation, match
    return None


def _candidates(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.Attribute):
        return (node.attr,)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return ("numpy_transpose",) if node.func.attr == "from_numpy" else (node.func.attr,)
    return _UNNAMED.get(type(node), ())
