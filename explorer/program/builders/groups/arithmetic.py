"""Operations between two tensors: element by element, and products of matrices and vectors."""

from __future__ import annotations

from explorer.program.builders import starts
from explorer.program.builders.fields import JOINED, other
from explorer.program.builders.operation import RECEIVER, Operation
from explorer.program.builders.parameters import Parameter

_OPERATORS = ("+", "-", "*", "/", "//", "%", "**", "==", "!=", "<", "<=", ">", ">=", "&", "|", "^")
_TENSORS = Parameter("tensors", "Tensors", "tensors", JOINED.help, spread=True)

ARITHMETIC_TABLE = (
    Operation(
        "elementwise",
        "Elementwise",
        "Calculates or compares element by element; shapes that differ are stretched.",
        (
            Parameter("operator", "Operator", "choice", "What is done with the two.", "+", choices=_OPERATORS),
            Parameter("other", "Other", "operand", "A number, a tensor, or a new one such as torch.ones(3).", "1"),
        ),
        form="operator",
    ),
    Operation(
        "@",
        "Products",
        "Row times column, for tensors with any number of dimensions; the same as matmul.",
        (other("other", "The right factor."),),
        form="operator",
        start=starts.multiplied,
        refuses=lambda shape: starts.needs(1, shape),
    ),
    Operation(
        "matmul",
        "Products",
        "Row times column; batches of matrices are stretched to fit.",
        (other("other", "The right factor."),),
        start=starts.multiplied,
        refuses=lambda shape: starts.needs(1, shape),
    ),
    Operation(
        "mm",
        "Products",
        "Matrix times matrix; both have 2 dimensions.",
        (other("mat2", "The right matrix."),),
        start=lambda _: {"mat2": f"{RECEIVER}.t()"},
        refuses=lambda shape: starts.exactly(2, shape),
    ),
    Operation(
        "bmm",
        "Products",
        "One product of matrices for each slab of a batch; both have 3 dimensions.",
        (other("mat2", "The right matrices."),),
        start=lambda _: {"mat2": f"{RECEIVER}.mT"},
        refuses=lambda shape: starts.exactly(3, shape),
    ),
    Operation(
        "mv",
        "Products",
        "Matrix times vector.",
        (other("vec", "As many elements as a row."),),
        start=starts.one_row,
        refuses=lambda shape: starts.exactly(2, shape),
    ),
    Operation(
        "dot",
        "Products",
        "The sum of the products of two vectors.",
        (other("tensor", "As many elements."),),
        start=lambda _: {"tensor": RECEIVER},
        refuses=lambda shape: starts.exactly(1, shape),
    ),
    Operation(
        "outer",
        "Products",
        "Each element of one vector times each of another.",
        (other("vec2", "The columns."),),
        start=lambda _: {"vec2": RECEIVER},
        refuses=lambda shape: starts.exactly(1, shape),
    ),
    Operation(
        "einsum",
        "Products",
        "Letters name the dimensions: equal ones are multiplied, those missing on the right are summed.",
        (
            Parameter("equation", "Equation", "equation", "Letters for each tensor's dimensions, -> those that stay."),
            _TENSORS,
        ),
        form="join",
        start=starts.summed,
    ),
)
