"""Operations that repeat, join, split and pad tensors."""

from __future__ import annotations

from explorer.program.builders import starts
from explorer.program.builders.fields import ALONG, JOINED, count, other
from explorer.program.builders.operation import Operation
from explorer.program.builders.parameters import Parameter

JOINING_TABLE = (
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
        module="",
    ),
    Operation(
        "expand_as",
        "Repeat",
        "expand to the shape of another tensor.",
        (other("other", "Its shape is taken."),),
        start=lambda shape: {"other": f"torch.empty({starts.tuple_text((3, *shape))})"},
        module="",
    ),
    Operation(
        "repeat",
        "Repeat",
        "Copies are laid side by side, so often along each dimension.",
        (Parameter("repeats", "Repeats", "sizes", "How often, for each dimension.", spread=True),),
        start=lambda shape: {"repeats": starts.sizes((2,) * max(1, len(shape)))},
        module="",
    ),
    Operation(
        "tile",
        "Repeat",
        "NumPy's name for repeat; fewer numbers than dimensions are fine.",
        (Parameter("dims", "Repeats", "sizes", "How often, for each dimension.", spread=True),),
        start=lambda shape: {"dims": starts.sizes((2,) * max(1, len(shape)))},
    ),
    Operation(
        "repeat_interleave",
        "Repeat",
        "Each element is copied so often, next to itself.",
        (
            count("repeats", "Repeats", "How often each element is read.", "2"),
            Parameter(
                "dim",
                "Dimension",
                "dim",
                "Along which dimension; nothing typed: flattened.",
                required=False,
                keyword=True,
            ),
        ),
        start=lambda shape: {"dim": "0" if shape else ""},
    ),
    Operation(
        "stack",
        "Join & split",
        "Tensors of one shape, side by side in a new dimension.",
        (JOINED, ALONG),
        form="join",
        start=starts.doubled,
    ),
    Operation(
        "cat",
        "Join & split",
        "Tensors one after another along a dimension that they have.",
        (JOINED, ALONG),
        form="join",
        start=starts.doubled,
        refuses=lambda shape: starts.needs(1, shape),
    ),
    Operation(
        "hstack",
        "Join & split",
        "Side by side: along dimension 1, or 0 for tensors with one dimension.",
        (JOINED,),
        form="join",
        start=starts.doubled,
    ),
    Operation(
        "vstack",
        "Join & split",
        "One below the other: along dimension 0, vectors as rows.",
        (JOINED,),
        form="join",
        start=starts.doubled,
    ),
    Operation(
        "dstack",
        "Join & split",
        "One behind the other: along dimension 2.",
        (JOINED,),
        form="join",
        start=starts.doubled,
    ),
    Operation(
        "split",
        "Join & split",
        "Views of so many indices each along a dimension; the last may be smaller.",
        (Parameter("split_size", "Sizes", "ints", "The size of every part, or of each of them.", "2"), ALONG),
        refuses=lambda shape: starts.needs(1, shape),
        results=lambda _: ("parts",),
        sequence=True,
    ),
    Operation(
        "chunk",
        "Join & split",
        "So many views of about the same size along a dimension.",
        (count("chunks", "Parts", "How many.", "2"), ALONG),
        refuses=lambda shape: starts.needs(1, shape),
        results=lambda _: ("parts",),
        sequence=True,
    ),
    Operation(
        "unbind",
        "Join & split",
        "A view for each index of a dimension, which goes away.",
        (ALONG,),
        refuses=lambda shape: starts.needs(1, shape),
        results=lambda _: ("parts",),
        sequence=True,
    ),
    Operation(
        "pad",
        "Join & split",
        "More elements at the ends of the last dimensions; a copy.",
        (
            Parameter("pad", "Padding", "ints", "Before and after the last dimension, then the one before it.", "1, 1"),
            Parameter(
                "mode",
                "Mode",
                "choice",
                "What stands there: a constant, a mirror image, the edge, or the other end.",
                "constant",
                required=False,
                choices=("constant", "reflect", "replicate", "circular"),
                keyword=True,
            ),
            Parameter("value", "Value", "number", "The constant.", "0", required=False, keyword=True),
        ),
        form="function",
        module="F",
        refuses=lambda shape: starts.needs(1, shape),
    ),
)
