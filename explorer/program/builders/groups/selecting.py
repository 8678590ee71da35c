"""Operations that select elements by index, gather and scatter them, and write to tensors."""

from __future__ import annotations

from explorer.program.builders import starts
from explorer.program.builders.fields import AXIS, dim, other, positions
from explorer.program.builders.operation import RECEIVER, Operation
from explorer.program.builders.parameters import Parameter

INDEX = Parameter("index", "Index", "index", "Numbers, slices, None, ..., lists or a mask.", "...")
VALUE = Parameter("value", "Value", "operand", "A number, or a tensor that can be stretched to fit.", "0")

SELECTING_TABLE = (
    Operation(
        "index",
        "Select",
        "A view for numbers and slices, a copy for lists and masks.",
        (INDEX,),
        "index",
        start=lambda shape: {"index": "0" if shape and shape[0] else "..."},
    ),
    Operation(
        "select",
        "Select",
        "One index of one dimension, which goes away; a view.",
        (AXIS, Parameter("index", "Index", "int", "Which one.", "0")),
        start=starts.selected,
        refuses=starts.selectable,
    ),
    Operation(
        "narrow",
        "Select",
        "A stretch of one dimension, as a view.",
        (
            AXIS,
            Parameter("start", "Start", "int", "The first index.", "0"),
            Parameter("length", "Length", "int", "How many.", "1"),
        ),
        start=starts.narrowed,
        refuses=lambda shape: starts.needs(1, shape),
    ),
    Operation(
        "unfold",
        "Select",
        "Sliding windows along a dimension: a view that reads elements more than once.",
        (
            dim("dimension", "Dimension", "Along which dimension.", "-1"),
            Parameter("size", "Window", "int", "Elements in a window.", "2"),
            Parameter("step", "Step", "int", "From one window to the next.", "1"),
        ),
        start=starts.unfolded,
        module="",
    ),
    Operation(
        "diagonal",
        "Select",
        "The diagonal of a matrix, as a view.",
        (
            Parameter("offset", "Offset", "int", "Above (positive) or below the main one.", "0", required=False),
            dim("dim1", "First dimension", "Rows.", "0", required=False),
            dim("dim2", "Second dimension", "Columns.", "1", required=False),
        ),
        refuses=lambda shape: starts.needs(2, shape),
    ),
    Operation(
        "as_strided",
        "Select",
        "Any walk through the storage: sizes and steps are yours; a view.",
        (
            Parameter("size", "Sizes", "sizes", "The sizes of the view."),
            Parameter("stride", "Strides", "sizes", "Steps in the storage from one index to the next, for each size."),
            Parameter(
                "storage_offset",
                "Offset",
                "int",
                "Where it starts in the storage; nothing typed: where the tensor does.",
                required=False,
            ),
        ),
        start=starts.strided,
    ),
    Operation(
        "index_select",
        "Select",
        "Whole slices of one dimension, in any order and more than once; a copy.",
        (AXIS, positions("index", "Which indices, in order.")),
        start=lambda shape: {"dim": "0", "index": starts.some_indices(shape)},
    ),
    Operation(
        "masked_select",
        "Select",
        "The elements where a mask is True, in one row; a copy.",
        (other("mask", "Truth values of a shape that fits."),),
        start=lambda _: {"mask": f"{RECEIVER} > 2"},
    ),
    Operation("nonzero", "Select", "The index of each element that is not 0, one a row."),
    Operation(
        "where",
        "Select",
        "This tensor's elements where a condition holds, other ones elsewhere.",
        (
            other("condition", "Truth values of a shape that fits."),
            Parameter("other", "Otherwise", "operand", "A number, or a tensor of a shape that fits.", "0"),
        ),
        form="function",
        start=lambda _: {"condition": f"{RECEIVER} > 2"},
        place=1,
    ),
    Operation(
        "gather",
        "Gather & scatter",
        "Each cell of the index picks along one dimension, in its own row or column.",
        (AXIS, positions("index", "As many dimensions as the tensor.")),
        start=lambda shape: {"index": starts.index_literal(shape)},
    ),
    Operation(
        "take_along_dim",
        "Gather & scatter",
        "gather with an index that may be stretched; fits what argsort and argmax return.",
        (
            positions("indices", "As many dimensions as the tensor."),
            dim("dim", "Dimension", "Along which dimension.", "0"),
        ),
        start=lambda _: {"indices": f"{RECEIVER}.argsort(0)"},
        refuses=lambda shape: starts.needs(1, shape),
    ),
    Operation(
        "take",
        "Gather & scatter",
        "Picks by the number that an element has when all are counted through.",
        (positions("index", "Numbers from 0 to before the count of elements."),),
        start=lambda _: {"index": "torch.tensor([0, -1])"},
        refuses=starts.filled,
    ),
    Operation(
        "scatter",
        "Gather & scatter",
        "A copy into which each cell of the index writes along one dimension: gather backwards.",
        (
            AXIS,
            positions("index", "As many dimensions as the tensor."),
            Parameter("src", "Source", "operand", "A number, or a tensor at least as large as the index.", "9"),
        ),
        start=lambda shape: {"index": starts.index_literal(shape)},
    ),
    Operation(
        "scatter_add",
        "Gather & scatter",
        "scatter that adds to what is there.",
        (
            AXIS,
            positions("index", "As many dimensions as the tensor."),
            other("src", "What is added: at least as large as the index, of the tensor's dtype."),
        ),
        start=starts.scattered,
    ),
    Operation(
        "index_add",
        "Gather & scatter",
        "Whole slices are added to the slices that the index names.",
        (
            AXIS,
            positions("index", "Where each slice of the source goes."),
            other("source", "The slices, of the tensor's dtype."),
        ),
        start=starts.slices_added,
        refuses=lambda shape: starts.needs(1, shape),
    ),
    Operation(
        "assign",
        "Write",
        "Writes through an index: every tensor with the same memory sees it.",
        (INDEX, VALUE),
        form="write",
        start=lambda shape: {"index": "0" if shape and shape[0] else "..."},
    ),
    Operation(
        "update",
        "Write",
        "Calculates in place: the memory stays, its values change.",
        (
            Parameter(
                "operator",
                "Operator",
                "choice",
                "What is done with the value.",
                "+=",
                choices=("+=", "-=", "*=", "/=", "//=", "%=", "**="),
            ),
            Parameter("value", "Value", "operand", "A number, or a tensor that can be stretched to fit.", "1"),
        ),
        form="write",
    ),
    Operation(
        "resize_",
        "Write",
        "Another shape in place; what is new is memory that nobody has written yet.",
        (Parameter("size", "Shape", "sizes", "The new sizes, in the order of the storage.", spread=True),),
        start=lambda shape: {"size": starts.sizes((shape[0] + 1, *shape[1:]) if shape else (2,))},
        module="",
    ),
    Operation("contiguous", "Memory", "The same tensor if its elements lie in order, else a copy in order.", module=""),
    Operation("clone", "Memory", "A copy with memory of its own."),
    Operation("detach", "Memory", "The same memory, unknown to autograd."),
    Operation(
        "data", "Memory", "The same memory, unknown to autograd, which does not even see writes.", form="attribute"
    ),
    Operation("float", "Memory", "The same numbers as float32.", module=""),
    Operation(
        "to",
        "Memory",
        "The same numbers in another dtype.",
        (Parameter("dtype", "dtype", "dtype", "How each element is stored.", "float32"),),
        module="",
    ),
)
