"""A change of the order of dimensions, in torch's words and in NumPy's."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from explorer.lenses.tables.expressions import Expression
from explorer.lenses.tables.operation import UNKNOWN, Operation, literal
from explorer.lenses.tables.words import code_text
from explorer.scene.tables import Table

# What orders dimensions, and what takes over an array that NumPy may have ordered.
_OPERATIONS = frozenset({"permute", "transpose", "swapaxes", "swapdims", "from_numpy", "as_tensor", "tensor"})
_HEADER = ("library", "the same call", "takes")
_ALL = "the new order of all dimensions"
_TWO = "the two dimensions that change places"
_NOTE = "`torch.transpose` takes only two dimensions, which change places, as those of `np.swapaxes` do."
_LONGEST = 60


def transposed(operation: Operation) -> Table | None:
    """Return the call of the other library that orders dimensions in the same way; None for other calls."""
    if operation.op not in _OPERATIONS or not operation.outputs:
        return None
    given = _numpy_call(operation.expression)
    if given is not None:
        return _from_numpy(operation, given)
    if not operation.inputs:
        return None
    rank = len(operation.inputs[0].shape)
    node = operation.operands[0]
    name = "x" if node is None else operation.expression.segment(node)
    if operation.op == "permute":
        order = _order(operation, rank)
        return None if order is None else _table(name, order, _NOTE)
    pair = (operation.argument(1, "dim0", "axis0"), operation.argument(2, "dim1", "axis1"))
    return _swap_table(name, pair, rank) if all(type(dim) is int for dim in pair) else None


def _order(operation: Operation, rank: int) -> tuple[int, ...] | None:
    given = operation.argument(1, "dims")
    dims = given if isinstance(given, tuple | list) else operation.arguments[1:]
    return _normal(dims, rank)


def _normal(dims: Sequence[object], rank: int) -> tuple[int, ...] | None:
    numbers = [dim for dim in dims if type(dim) is int]
    order = tuple(dim % rank for dim in numbers) if rank else ()
    return order if sorted(order) == list(range(rank)) else None


def _table(name: str, order: Sequence[int], note: str) -> Table:
    array, tensor = name, name.removesuffix(".numpy()")
    written = ", ".join(map(str, order))
    dims = f"({written},)" if len(order) == 1 else f"({written})"
    rows = (
        ("torch", code_text(f"torch.permute({tensor}, {dims})", _LONGEST), _ALL),
        ("NumPy", code_text(f"np.transpose({array}, {dims})", _LONGEST), _ALL),
    )
    return Table("In torch and in NumPy", _HEADER, rows, (), note)


def _swap_table(name: str, pair: tuple[int, int], rank: int) -> Table:
    order = list(range(rank))
    if rank:
        one, other = pair[0] % rank, pair[1] % rank
        order[one], order[other] = order[other], order[one]
    rows = (
        ("torch", code_text(f"torch.transpose({name}, {pair[0]}, {pair[1]})", _LONGEST), _TWO),
        ("NumPy", code_text(f"np.swapaxes({name}, {pair[0]}, {pair[1]})", _LONGEST), _TWO),
        ("NumPy", code_text(f"np.transpose({name}, {tuple(order)})", _LONGEST), _ALL),
    )
    return Table("In torch and in NumPy", _HEADER, rows)


def _numpy_call(expression: Expression) -> ast.Call | None:
    """Return the call of `np.transpose` that an expression is, or takes over (`torch.from_numpy(np.transpose(a))`)."""
    outer = expression.node
    for node in (outer, *(outer.args[:1] if isinstance(outer, ast.Call) else ())):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="np" | "numpy"), attr="transpose")) if node.args:
                return node
    return None


def _from_numpy(operation: Operation, call: ast.Call) -> Table | None:
    array = operation.expression.segment(call.args[0])
    given = call.args[1] if len(call.args) > 1 else None
    given = next((keyword.value for keyword in call.keywords if keyword.arg == "axes"), given)
    rank = len(operation.outputs[0].shape)
    axes = tuple(reversed(range(rank))) if literal(given) is None else literal(given)
    if axes is UNKNOWN or not isinstance(axes, tuple | list):
        return None
    order = _normal(axes, rank)
    if order is None:
        return None
    note = "Without an order, `np.transpose` reverses all dimensions." if literal(given) is None else _NOTE
    return _table(array, order, note)
