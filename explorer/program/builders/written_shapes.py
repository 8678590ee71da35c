r"""The shape of a tensor as far as a program's text says it; nothing is run for it.

>>> from explorer.program.builders.links import read
>>> program = read("T = 24\nseries = torch.sin(torch.arange(T) / 2)[:, None]\nx = series[None]\nprint(x)\n")
>>> shape_of(program, program.body[-1].value.args[0], 3)
(1, 24, 1)
"""

from __future__ import annotations

import ast
from itertools import zip_longest

from explorer.program.builders import names
from explorer.program.builders.creations import match_creation
from explorer.program.builders.expressions import parsed
from explorer.program.builders.links import Program
from explorer.program.builders.recurrent_input import definition

Shape = tuple[int | None, ...]
"""Sizes; None for one that the text does not say."""

_DEEPEST = 24  # names and calls that are followed
_SIZES = ("shape", "size")
_FUNCTIONS = frozenset({"sin", "cos", "tanh", "sigmoid", "relu", "exp", "abs", "sqrt", "neg"})
_METHODS = _FUNCTIONS | {
    "float", "double", "half", "to", "clone", "contiguous", "detach", "requires_grad_", "clamp", "cumsum", "cpu",
}  # fmt: skip
_MODULES = ("torch", "F")
_MOVES = {"unsqueeze": 1, "transpose": 2}  # with how many dimensions
_VIEWS = frozenset({"view", "reshape"})
_RESHAPED_IN_PLACE = frozenset(
    {"resize_", "resize_as_", "unsqueeze_", "squeeze_", "transpose_", "t_", "swapaxes_", "swapdims_", "set_", "data"}
)


def shape_of(program: Program, node: ast.expr, before: int, depth: int = _DEEPEST) -> Shape | None:
    """Return the shape of what an expression gives, of a number `()`; None where the text does not say it.

    Args:
        program: The program.
        node: The expression.
        before: Index of the statement at the top level in which it stands.
        depth: How many names and calls may still be followed.
    """
    if depth == 0:
        return None
    match node:
        case ast.Constant(value=int() | float()):
            return ()
        case ast.Name(id=name):
            found = _value(program, name, before)
            return None if found is None else shape_of(program, found[1], found[0], depth - 1)
        case ast.BinOp(left=left, op=operator, right=right) if not isinstance(operator, ast.MatMult):
            return _together(*(shape_of(program, side, before, depth - 1) for side in (left, right)))
        case ast.Call(func=ast.Attribute() as called):
            return _called(program, node, called, (before, depth - 1))
        case ast.UnaryOp(operand=inner) | ast.Attribute(value=inner, attr="T") | ast.Subscript(value=inner):
            shape = shape_of(program, inner, before, depth - 1)
            return None if shape is None else _taken(shape, node)
    return None


def _called(program: Program, node: ast.Call, called: ast.Attribute, at: tuple[int, int]) -> Shape | None:
    """Return the shape of what a call gives, of what `at` says as `shape_of` takes it: before and depth."""
    created = _created(program, node, at[0])
    if created is not None:
        return created
    owner, name = called.value, called.attr
    if isinstance(owner, ast.Name) and owner.id in _MODULES:
        return shape_of(program, node.args[0], *at) if name in _FUNCTIONS and len(node.args) == 1 else None
    if name in _VIEWS:
        return _viewed(program, node.args, at[0])
    shape = shape_of(program, owner, *at) if name in _METHODS or name in _MOVES else None
    if shape is None or name in _METHODS:
        return shape
    return _moved(list(shape), name, [whole_number(program, one, at[0]) for one in node.args])


def _moved(shape: list[int | None], name: str, dims: list[int | None]) -> Shape | None:
    """Return the shape after `unsqueeze(dim)` or `transpose(dim0, dim1)`, with dims that count from the front."""
    known = [dim for dim in dims if dim is not None and 0 <= dim < len(shape) + (name == "unsqueeze")]
    if len(known) != len(dims) or len(dims) != _MOVES[name]:
        return None
    if name == "unsqueeze":
        shape.insert(known[0], 1)
    else:
        shape[known[0]], shape[known[1]] = shape[known[1]], shape[known[0]]
    return tuple(shape)


def _taken(shape: Shape, node: ast.expr) -> Shape | None:
    """Return the shape after a sign, `.T` or brackets."""
    if isinstance(node, ast.Subscript):
        return _indexed(shape, node.slice)
    return shape[::-1] if isinstance(node, ast.Attribute) else shape


def whole_number(program: Program, node: ast.expr | None, before: int) -> int | None:
    """Return the whole number that an expression is, or whose name it is; None for anything else."""
    if isinstance(node, ast.Name):
        found = _value(program, node.id, before)
        node = None if found is None else found[1]
    match node:
        case ast.Constant(value=int() as number) if not isinstance(number, bool):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as number)):
            return -number
    return None


def _value(program: Program, name: str, before: int) -> tuple[int, ast.expr] | None:
    """Return what a name was given last, and where; None where something else may have changed its shape since."""
    statement = program.body[before] if before < len(program.body) else None
    if isinstance(statement, ast.For | ast.While | ast.With | ast.If | ast.Try) and name in names.bound(statement):
        return None
    found = definition(program, name, before)
    if found is None:
        return None
    given = program.body[found[0]]
    alone = isinstance(given, ast.Assign) and all(isinstance(target, ast.Name) for target in given.targets)
    later = (node for line in program.body[found[0] : before] for node in ast.walk(line))
    return found if alone and not any(_reshapes(node, name) for node in later) else None


def _reshapes(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Attribute(value=ast.Name(id=owner), attr=method):
            return owner == name and method in _RESHAPED_IN_PLACE
    return False


def _created(program: Program, node: ast.Call, before: int) -> Shape | None:
    """Return the shape of a tensor that is made: of sizes, of a list, of a range."""
    found = match_creation(node)
    if found is None:
        return None
    creation, fields = found
    if creation.name == "arange":
        ends = [whole_number(program, parsed(fields[one]), before) for one in ("start", "end", "step")]
        known = [end for end in ends if end is not None]
        return (len(range(*known)),) if len(known) == len(ends) and known[-1] else (None,)
    if creation.name == "values":
        return _nested(parsed(fields["data"]))
    text = next((fields[one] for one in _SIZES if one in fields), "")
    written = parsed(f"({text},)") if text and text != "()" else None
    return _sizes(program, written.elts, before) if isinstance(written, ast.Tuple) else None


def _sizes(program: Program, written: list[ast.expr], before: int) -> Shape | None:
    found = tuple(whole_number(program, one, before) for one in written)
    # one name alone may be that of a whole shape, and so may what has a star
    unclear = any(isinstance(one, ast.Starred) for one in written) or found == (None,)
    return None if unclear else found


def _nested(node: ast.expr | None) -> Shape | None:
    """Return the shape of numbers in lists within lists."""
    match node:
        case ast.List(elts=items) if items:
            inner = [_nested(item) for item in items]
            first = inner[0]
            return (len(items), *first) if first is not None and all(one == first for one in inner) else None
        case ast.Constant(value=int() | float()) | ast.UnaryOp(operand=ast.Constant()):
            return ()
    return None


def _viewed(program: Program, args: list[ast.expr], before: int) -> Shape | None:
    match args:
        case [ast.Tuple(elts=items)] | [ast.List(elts=items)]:
            args = items
    sizes = _sizes(program, args, before)
    return None if sizes is None else tuple(None if size == -1 else size for size in sizes)


def _indexed(shape: Shape, index: ast.expr) -> Shape | None:
    """Return the shape after brackets that hold `:`, `…`, None and whole numbers."""
    items = index.elts if isinstance(index, ast.Tuple) else [index]
    taken = sum(not _is(item, None) and not _is(item, ...) for item in items)
    rest, found = list(shape), list[int | None]()
    if taken > len(rest) or sum(_is(item, ...) for item in items) > 1:
        return None
    for item in items:
        match item:
            case ast.Constant(value=None):
                found.append(1)
            case ast.Constant(value=value) if value is ...:
                found += [rest.pop(0) for _ in range(len(shape) - taken)]
            case ast.Slice(lower=None, upper=None, step=None):
                found.append(rest.pop(0))
            case ast.Slice():
                rest.pop(0)
                found.append(None)
            case ast.Constant(value=int()) | ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int())):
                rest.pop(0)
            case _:
                return None
    return (*found, *rest)


def _is(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _together(left: Shape | None, right: Shape | None) -> Shape | None:
    """Return the shape of a calculation with two tensors."""
    if left is None or right is None:
        return None
    pairs = zip_longest(reversed(left), reversed(right), fillvalue=1)
    sizes = [one if other == 1 else other if one == 1 else one if one == other else None for one, other in pairs]
    return tuple(reversed(sizes))
