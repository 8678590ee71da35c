"""Reading operations from a syntax tree, a function for each way in which they are written."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from explorer.program.builders.calls import Style, read_arguments, torch_function
from explorer.program.builders.expressions import index_text
from explorer.program.builders.operation import Match, Operation

if TYPE_CHECKING:
    from collections.abc import Callable

    from explorer.program.builders.parameters import Parameter

BINARY: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.MatMult: "@",
}  # fmt: skip
COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}  # fmt: skip


def parse(operation: Operation, node: ast.expr | ast.stmt) -> Match | None:
    """Read an operation from a tree; None where it is another one, or a form not understood."""
    return _READERS[operation.form](operation, node)


def _call(operation: Operation, node: ast.AST) -> Match | None:
    """Read `x.reshape(3, 8)` or `torch.reshape(x, (3, 8))`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr != operation.name:
        return None
    if torch_function(node) or torch_function(node, "F"):
        return _function(operation, node)
    receiver = node.func.value
    if not _is_tensor(receiver):
        return None
    spread = any(parameter.spread for parameter in operation.parameters)
    fields = read_arguments(operation.parameters, node.args, node.keywords, spread=spread)
    return None if fields is None else Match(fields, receiver, "method")


def _function(operation: Operation, node: ast.AST) -> Match | None:
    """Read `torch.where(mask, x, 0)`: what it is applied to is its input, wherever that stands."""
    if not isinstance(node, ast.Call) or torch_function(node, operation.module) != operation.name:
        return None
    arguments, keywords = list(node.args), list(node.keywords)
    named = next((keyword for keyword in keywords if keyword.arg == "input"), None)
    if named is not None:
        keywords.remove(named)
        receiver = named.value
    elif len(arguments) > operation.place:
        receiver = arguments.pop(operation.place)
    else:
        return None
    fields = read_arguments(operation.parameters, arguments, keywords)
    return None if fields is None else Match(fields, receiver, "function")


def _join(operation: Operation, node: ast.AST) -> Match | None:
    """Read `torch.stack([a, b])` or `torch.einsum("i,i->", a, b)`: it is applied to the first of its tensors."""
    if not isinstance(node, ast.Call) or torch_function(node) != operation.name:
        return None
    arguments = _gathered(operation.parameters, node.args)
    fields = read_arguments(operation.parameters, arguments, node.keywords)
    if not fields:
        return None
    place = next(place for place, parameter in enumerate(operation.parameters) if parameter.kind == "tensors")
    joined = arguments[place] if place < len(arguments) else node.keywords[0].value
    first = joined.elts[0] if isinstance(joined, ast.List | ast.Tuple) else None
    return Match(fields, first, "join") if first else None


def _gathered(parameters: tuple[Parameter, ...], arguments: list[ast.expr]) -> list[ast.expr]:
    """Return the arguments with tensors that stand one by one gathered in a list."""
    for place, parameter in enumerate(parameters):
        if parameter.kind == "tensors" and parameter.spread:
            return [*arguments[:place], ast.List(arguments[place:], ast.Load())]
    return list(arguments)


def _subscript(operation: Operation, node: ast.AST) -> Match | None:
    """Read `x[0, 1:3]`."""
    if not isinstance(node, ast.Subscript) or not _is_tensor(node.value):
        return None
    text = index_text(node)
    return Match({"index": text}, node.value, "index") if operation.parameters[0].accepts(text) else None


def _attribute(operation: Operation, node: ast.AST) -> Match | None:
    """Read `x.T`."""
    if not isinstance(node, ast.Attribute) or node.attr != operation.name or not _is_tensor(node.value):
        return None
    return Match({}, node.value, "attribute")


def _operator(operation: Operation, node: ast.AST) -> Match | None:
    """Read `x + y` or `x > 0`."""
    if isinstance(node, ast.BinOp):
        sign, left, right = BINARY.get(type(node.op), ""), node.left, node.right
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        sign, left, right = COMPARISONS.get(type(node.ops[0]), ""), node.left, node.comparators[0]
    else:
        return None
    signs = operation.parameters[0].choices or (operation.name,)
    if sign not in signs or not _is_tensor(left):
        return None
    return _with_value(operation, sign, left, right, "operator")


def _write(operation: Operation, node: ast.AST) -> Match | None:
    """Read the statements `x[0] = 9` and `x += 1`."""
    if isinstance(node, ast.AugAssign) and operation.name == "update":
        return _write_to(operation, f"{BINARY.get(type(node.op), '')}=", node.target, node.value)
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and operation.name == "assign":
        target = node.targets[0]
        if isinstance(target, ast.Subscript):
            return _write_to(operation, index_text(target), target.value, node.value)
    return None


def _write_to(operation: Operation, first: str, target: ast.expr, value: ast.expr) -> Match | None:
    if not isinstance(target, ast.Name) or not operation.parameters[0].accepts(first):
        return None
    return _with_value(operation, first, target, value, "write")


def _with_value(operation: Operation, first: str, receiver: ast.expr, value: ast.expr, style: Style) -> Match | None:
    """Return the match of what has a second operand; its other field, if there is one, is `first`."""
    *others, last = operation.parameters
    text = ast.unparse(value)
    if not last.accepts(text):
        return None
    return Match({**{parameter.name: first for parameter in others}, last.name: text}, receiver, style)


def _numpy(operation: Operation, node: ast.AST) -> Match | None:
    """Read `torch.from_numpy(x.numpy().transpose(1, 0))`."""
    if torch_function(node) != "from_numpy" or not isinstance(node, ast.Call) or len(node.args) != 1:
        return None
    match node.args[0]:
        case ast.Call(
            func=ast.Attribute(
                value=ast.Call(func=ast.Attribute(value=receiver, attr="numpy"), args=[], keywords=[]),
                attr="transpose",
            ),
            args=arguments,
            keywords=keywords,
        ) if _is_tensor(receiver):
            fields = read_arguments(operation.parameters, arguments, keywords, spread=True)
            return None if fields is None else Match(fields, receiver, "numpy")
    return None


def _is_tensor(node: ast.expr) -> bool:
    """Tell a value from a literal list or text, which `x[0]` may also stand behind."""
    return not isinstance(node, ast.List | ast.Tuple | ast.Dict | ast.Set | ast.Constant | ast.JoinedStr)


_READERS: dict[Style, Callable[[Operation, ast.AST], Match | None]] = {
    "method": _call,
    "function": _function,
    "join": _join,
    "index": _subscript,
    "attribute": _attribute,
    "operator": _operator,
    "write": _write,
    "numpy": _numpy,
}
