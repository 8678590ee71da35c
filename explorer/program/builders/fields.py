"""Fields that many operations share."""

from __future__ import annotations

from explorer.program.builders.parameters import Parameter

AXIS = Parameter("dim", "Dimension", "dim", "Which dimension; -1 is the last.", "0", aliases=("axis",))
ALONG = Parameter(
    "dim", "Dimension", "dim", "Along which dimension; -1 is the last.", "0", keyword=True, aliases=("axis",)
)
JOINED = Parameter("tensors", "Tensors", "tensors", "What is joined, in order: names, or new tensors.")
KEEPDIM = Parameter(
    "keepdim",
    "keepdim",
    "bool",
    "True: the dimension stays, with size 1.",
    "False",
    required=False,
    keyword=True,
)


def dim(name: str, label: str, text: str, default: str = "0", *, required: bool = True) -> Parameter:
    """Return the field of one dimension."""
    return Parameter(name, label, "dim", text, default, required)


def pair(first: str, second: str) -> tuple[Parameter, Parameter]:
    """Return the fields of two dimensions that change places."""
    return (
        dim(first, "First dimension", "Changes places …"),
        dim(second, "Second dimension", "… with this.", "1"),
    )


def other(name: str, text: str, default: str = "") -> Parameter:
    """Return the field of another tensor."""
    return Parameter(name, "Other tensor", "tensor", f"{text} A name, or a new one such as torch.ones(3).", default)


def positions(name: str, text: str) -> Parameter:
    """Return the field of a tensor of indices."""
    return Parameter(name, "Index", "tensor", f"{text} A name, or a new one such as torch.tensor([2, 0]).")


def count(name: str, label: str, text: str, default: str) -> Parameter:
    """Return the field of one whole number."""
    return Parameter(name, label, "int", text, default)
