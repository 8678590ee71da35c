"""The operations that a chip can be.

>>> OPERATIONS["view"].render("a", {"shape": "4, 6"})
'a.view(4, 6)'
>>> OPERATIONS["stack"].render("a", {"tensors": "a, b", "dim": "0"})
'torch.stack([a, b], dim=0)'
"""

from __future__ import annotations

import ast

from explorer.program.builders import starts
from explorer.program.builders.operation import Match, Operation
from explorer.program.builders.parameters import Parameter

__all__ = ["OPERATIONS", "Match", "Operation", "match_operation"]


def _dim(name: str, label: str, text: str, default: str = "0", *, required: bool = True) -> Parameter:
    return Parameter(name, label, "dim", text, default, required)


def _pair(first: str, second: str) -> tuple[Parameter, Parameter]:
    return (
        _dim(first, "First dimension", "Changes places …"),
        _dim(second, "Second dimension", "… with this.", "1"),
    )


_SHAPE = Parameter(
    "shape",
    "Shape",
    "sizes",
    "The new sizes; -1 for one that follows from the others.",
    inferred="once",
    spread=True,
    aliases=("size",),
)
_AXIS = Parameter("dim", "Dimension", "dim", "Which dimension; -1 is the last.", "0", aliases=("axis",))
_JOINED = Parameter("tensors", "Tensors", "tensors", "What is joined, in order: names, or new tensors.")
_WHERE = Parameter("dim", "Dimension", "dim", "Along which dimension.", "0", keyword=True, aliases=("axis",))
_INDEX = Parameter("index", "Index", "index", "Numbers, slices, None, ..., lists or a mask.", "...")


_TABLE = (
    Operation(
        "view",
        "Shape",
        "The same memory read with another shape; never copies.",
        (_SHAPE,),
        start=starts.reshaped,
    ),
    Operation(
        "reshape",
        "Shape",
        "Another shape: a view where possible, else a copy.",
        (_SHAPE,),
        start=starts.reshaped,
    ),
    Operation(
        "flatten",
        "Shape",
        "Several dimensions become one.",
        (
            _dim("start_dim", "First dimension", "Where flattening starts.", "0", required=False),
            _dim("end_dim", "Last dimension", "Where it ends.", "-1", required=False),
        ),
    ),
    Operation(
        "unflatten",
        "Shape",
        "One dimension becomes several.",
        (_AXIS, Parameter("sizes", "Sizes", "sizes", "The sizes that it is split into.", inferred="once")),
        start=starts.unflattened,
        refuses=lambda shape: starts.needs(1, shape),
    ),
    Operation(
        "squeeze",
        "Shape",
        "Dimensions of size 1 go away.",
        (
            Parameter(
                "dim",
                "Dimensions",
                "dims",
                "Which ones; nothing typed: all of size 1.",
                required=False,
                aliases=("axis",),
            ),
        ),
        start=starts.squeezed,
    ),
    Operation("unsqueeze", "Shape", "A new dimension of size 1.", (_AXIS,)),
    Operation(
        "transpose",
        "Order",
        "Two dimensions change places; only the strides change.",
        _pair("dim0", "dim1"),
        start=lambda shape: starts.swapped("dim0", "dim1", shape),
    ),
    Operation(
        "permute",
        "Order",
        "All dimensions in a new order; only the strides change.",
        (Parameter("dims", "Order", "dims", "The old dimensions in their new order.", spread=True),),
        start=lambda shape: {"dims": starts.sizes(tuple(range(len(shape)))[::-1])},
    ),
    Operation(
        "t",
        "Order",
        "Rows become columns; for at most 2 dimensions.",
        refuses=lambda shape: starts.allows(2, shape),
    ),
    Operation(
        "T",
        "Order",
        "Rows become columns, written as an attribute.",
        form="attribute",
        # torch 2.13 still reverses the dimensions of others, with a warning that it will stop
        refuses=lambda shape: starts.needs(2, shape) or starts.allows(2, shape),
    ),
    Operation(
        "mT",
        "Order",
        "The last two dimensions change places: each matrix of a batch is transposed.",
        form="attribute",
        refuses=lambda shape: starts.needs(2, shape),
    ),
    Operation(
        "movedim",
        "Order",
        "Dimensions move to another place, the others keep their order.",
        (
            Parameter("source", "From", "dims", "Which dimensions move."),
            Parameter("destination", "To", "dims", "Where they stand afterwards."),
        ),
        start=lambda _: {"source": "0", "destination": "-1"},
    ),
    Operation(
        "swapaxes",
        "Order",
        "NumPy's name for transpose.",
        _pair("axis0", "axis1"),
        start=lambda shape: starts.swapped("axis0", "axis1", shape),
    ),
    Operation(
        "flip",
        "Order",
        "The order of the elements along dimensions is reversed; always a copy.",
        (Parameter("dims", "Dimensions", "dims", "Along which dimensions.", spread=True),),
        start=lambda shape: {"dims": "0" if shape else "()"},
    ),
    Operation(
        "roll",
        "Order",
        "Elements move along, and what leaves at the end comes in at the start.",
        (
            Parameter("shifts", "Shifts", "ints", "By how many places.", "1"),
            Parameter("dims", "Dimensions", "dims", "Along which ones; nothing typed: flattened.", required=False),
        ),
        start=lambda shape: {"dims": "0" if shape else ""},
    ),
    Operation(
        "expand",
        "Repeat",
        "Dimensions of size 1, or new ones, are read many times (stride 0), never copied.",
        (
            Parameter(
                "sizes",
                "Sizes",
                "sizes",
                "The sizes after it; -1 keeps one as it is.",
                inferred="any",
                spread=True,
                aliases=("size",),
            ),
        ),
        start=lambda shape: {"sizes": starts.sizes((3, *shape))},
    ),
    Operation(
        "repeat",
        "Repeat",
        "Copies are laid side by side, so often along each dimension.",
        (Parameter("repeats", "Repeats", "sizes", "How often, for each dimension.", spread=True),),
        start=lambda shape: {"repeats": starts.sizes((2,) * max(1, len(shape)))},
    ),
    Operation(
        "tile",
        "Repeat",
        "NumPy's name for repeat; fewer numbers than dimensions are fine.",
        (Parameter("dims", "Repeats", "sizes", "How often, for each dimension.", spread=True),),
        start=lambda shape: {"dims": starts.sizes((2,) * max(1, len(shape)))},
    ),
    Operation(
        "stack",
        "Join",
        "Tensors of one shape, side by side in a new dimension.",
        (_JOINED, _WHERE),
        "function",
    ),
    Operation(
        "cat",
        "Join",
        "Tensors one after another along a dimension that they have.",
        (_JOINED, _WHERE),
        "function",
        refuses=lambda shape: starts.needs(1, shape),
    ),
    Operation(
        "index",
        "Select",
        "A view for numbers and slices, a copy for lists and masks.",
        (_INDEX,),
        "index",
        start=lambda shape: {"index": "0" if shape and shape[0] else "..."},
    ),
    Operation(
        "narrow",
        "Select",
        "A stretch of one dimension, as a view.",
        (
            _AXIS,
            Parameter("start", "Start", "int", "The first index.", "0"),
            Parameter("length", "Length", "int", "How many.", "1"),
        ),
        start=starts.narrowed,
        refuses=lambda shape: starts.needs(1, shape),
    ),
    Operation(
        "select",
        "Select",
        "One index of one dimension, which goes away; a view.",
        (_AXIS, Parameter("index", "Index", "int", "Which one.", "0")),
        start=starts.selected,
        refuses=starts.selectable,
    ),
    Operation(
        "unfold",
        "Select",
        "Sliding windows along a dimension: a view that reads elements more than once.",
        (
            _dim("dimension", "Dimension", "Along which dimension.", "-1"),
            Parameter("size", "Window", "int", "Elements in a window.", "2"),
            Parameter("step", "Step", "int", "From one window to the next.", "1"),
        ),
        start=starts.unfolded,
    ),
    Operation(
        "diagonal",
        "Select",
        "The diagonal of a matrix, as a view.",
        (
            Parameter("offset", "Offset", "int", "Above (positive) or below the main one.", "0", required=False),
            _dim("dim1", "First dimension", "Rows.", "0", required=False),
            _dim("dim2", "Second dimension", "Columns.", "1", required=False),
        ),
        refuses=lambda shape: starts.needs(2, shape),
    ),
    Operation("contiguous", "Memory", "The same tensor if its elements lie in order, else a copy in order."),
    Operation("clone", "Memory", "A copy with memory of its own."),
)
OPERATIONS: dict[str, Operation] = {operation.name: operation for operation in _TABLE}


def match_operation(node: ast.expr) -> tuple[Operation, Match] | None:
    """Return the operation that an expression applies, with its fields; None where none is understood."""
    name = "index"
    if isinstance(node, ast.Attribute):
        name = node.attr
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        name = node.func.attr
    operation = OPERATIONS.get(name)
    match = operation.parse(node) if operation else None
    return (operation, match) if operation and match else None
