"""Operations that change a shape, and the order of its dimensions or elements."""

from __future__ import annotations

from explorer.program.builders import starts
from explorer.program.builders.fields import AXIS, count, dim, other, pair
from explorer.program.builders.operation import Operation
from explorer.program.builders.parameters import Parameter

SHAPE = Parameter(
    "shape",
    "Shape",
    "sizes",
    "The new sizes; -1 for one that follows from the others.",
    inferred="once",
    spread=True,
    aliases=("size",),
)

SHAPE_TABLE = (
    Operation(
        "view",
        "Shape",
        "The same memory read with another shape; never copies.",
        (SHAPE,),
        start=starts.reshaped,
        module="",
    ),
    Operation(
        "reshape",
        "Shape",
        "Another shape: a view where possible, else a copy.",
        (SHAPE,),
        start=starts.reshaped,
    ),
    Operation(
        "view_as",
        "Shape",
        "view with the shape of another tensor.",
        (other("other", "Its shape is taken."),),
        start=lambda shape: {"other": f"torch.empty({starts.tuple_text(starts.other_shape(shape))})"},
        module="",
    ),
    Operation(
        "flatten",
        "Shape",
        "Several dimensions become one.",
        (
            dim("start_dim", "First dimension", "Where flattening starts.", "0", required=False),
            dim("end_dim", "Last dimension", "Where it ends.", "-1", required=False),
        ),
    ),
    Operation(
        "unflatten",
        "Shape",
        "One dimension becomes several.",
        (AXIS, Parameter("sizes", "Sizes", "sizes", "The sizes that it is split into.", inferred="once")),
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
    Operation("unsqueeze", "Shape", "A new dimension of size 1.", (AXIS,)),
    Operation(
        "pixel_shuffle",
        "Shape",
        "Groups of r² channels become pixels: the picture grows r times in height and width.",
        (count("upscale_factor", "Factor r", "By what the height and the width grow.", "2"),),
        form="function",
        start=lambda shape: {"upscale_factor": "2" if len(shape) > 2 and shape[-3] % 4 == 0 else "1"},
        refuses=starts.shufflable,
    ),
    Operation(
        "transpose",
        "Order",
        "Two dimensions change places; only the strides change.",
        pair("dim0", "dim1"),
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
        pair("axis0", "axis1"),
        start=lambda shape: starts.swapped("axis0", "axis1", shape),
    ),
    Operation(
        "numpy_transpose",
        "Order",
        "numpy.transpose of the same memory: what permute does in torch.",
        (Parameter("axes", "Order", "dims", "The old dimensions in their new order.", spread=True),),
        form="numpy",
        start=lambda shape: {"axes": starts.sizes(tuple(range(len(shape)))[::-1])},
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
        "rot90",
        "Order",
        "Turned by quarters in the plane of two dimensions; always a copy.",
        (
            count("k", "Quarters", "How many; negative ones turn the other way.", "1"),
            Parameter("dims", "Plane", "dims", "From the first of two dimensions towards the second.", "0, 1"),
        ),
        refuses=lambda shape: starts.needs(2, shape),
    ),
)
