"""Convolutions, transposed convolutions, and their taking apart: unfold and fold."""

from __future__ import annotations

from explorer.program.builders.calls import Fields
from explorer.program.builders.layer import LayerType
from explorer.program.builders.parameters import Parameter
from explorer.program.builders.starts import Shape, factors

GROUP = "Convolution"
_PADDING_MODES = ("zeros", "reflect", "replicate", "circular")
_OUT = 4
_MINOR = ("groups", "bias")


def extent(name: str, label: str, text: str, dims: int, default: str = "1", *, required: bool = False) -> Parameter:
    """Return the field of a number for each spatial dimension, or of one for all of them."""
    return Parameter(name, label, "extents", text, default, required, keyword=not required, count=dims)


def switch(name: str, text: str, default: str = "False") -> Parameter:
    """Return the field of a truth value that is written by its keyword."""
    return Parameter(name, name, "bool", text, default, required=False, keyword=True)


def count(name: str, label: str, text: str, default: str = "1") -> Parameter:
    """Return the field of one whole number that has to be written."""
    return Parameter(name, label, "int", text, default)


def spatial(shape: Shape, dims: int) -> Shape:
    """Return the spatial sizes of an input."""
    return shape[-dims:] if len(shape) >= dims else shape


def channels_of(shape: Shape, dims: int) -> int:
    """Return the channels of an input; 1 where it has no dimension for them."""
    return shape[-dims - 1] if len(shape) > dims else 1


def _kernel(dims: int) -> Parameter:
    return extent(
        "kernel_size", "kernel", "Cells of the window: one number, or one a dimension.", dims, "3", required=True
    )


def _channels() -> tuple[Parameter, Parameter]:
    return (
        count("in_channels", "in", "Channels of the input."),
        count("out_channels", "out", "Channels of the result: as many kernels.", str(_OUT)),
    )


def _convolved(dims: int) -> tuple[Parameter, ...]:
    return (
        *_channels(),
        _kernel(dims),
        extent("stride", "stride", "How far the window moves.", dims),
        Parameter(
            "padding", "padding", "padding",
            "Cells added at both ends; same: as large as the input; valid: none.",
            "0", required=False, choices=("same", "valid"), keyword=True, count=dims,
        ),
        extent("dilation", "dilation", "Distance of the cells that the window takes.", dims),
        count_of_groups(),
        switch("bias", "Whether one number is added to each output channel.", "True"),
        Parameter(
            "padding_mode", "padding_mode", "word", "What stands in the padding.", "zeros",
            required=False, choices=_PADDING_MODES, keyword=True,
        ),
    )  # fmt: skip


def count_of_groups() -> Parameter:
    """Return the field of the groups that channels are divided into."""
    return Parameter(
        "groups", "groups", "int", "Channels meet only those of their group; as many as channels: depthwise.", "1",
        required=False, keyword=True,
    )  # fmt: skip


def _transposed(dims: int) -> tuple[Parameter, ...]:
    return (
        *_channels(),
        _kernel(dims),
        extent("stride", "stride", "How far the stamps of neighbouring input cells lie apart.", dims),
        extent("padding", "padding", "Cells cut off at both ends of the result.", dims, "0"),
        extent("output_padding", "output_padding", "Cells more at the end of the result.", dims, "0"),
        count_of_groups(),
        switch("bias", "Whether one number is added to each output channel.", "True"),
        extent("dilation", "dilation", "Distance of the cells that a stamp writes.", dims),
    )


def _convolution_start(shape: Shape, dims: int) -> Fields:
    smallest = min(spatial(shape, dims), default=3)
    return {"in_channels": str(channels_of(shape, dims)), "kernel_size": str(max(1, min(3, smallest)))}


def _transposed_start(shape: Shape, dims: int) -> Fields:
    channels = channels_of(shape, dims)
    return {"in_channels": str(channels), "out_channels": str(max(1, channels // 2)), "kernel_size": "2", "stride": "2"}


def _convolution(dims: int) -> LayerType:
    return LayerType(
        f"Conv{dims}d",
        GROUP,
        "Each output cell is the sum of a window of all input channels times a kernel, plus a bias.",
        _convolved(dims),
        lambda shape: _convolution_start(shape, dims),
        "conv",
        ("in_channels", "out_channels"),
        dims,
        _MINOR,
    )


def _transposed_convolution(dims: int) -> LayerType:
    return LayerType(
        f"ConvTranspose{dims}d",
        GROUP,
        "Each input cell stamps the kernel, times its value, onto the result.",
        _transposed(dims),
        lambda shape: _transposed_start(shape, dims),
        "up",
        ("in_channels", "out_channels"),
        dims,
        _MINOR,
    )


_SLIDING = (
    _kernel(2),
    extent("dilation", "dilation", "Distance of the cells that the window takes.", 2),
    extent("padding", "padding", "Zeros at both ends.", 2, "0"),
    extent("stride", "stride", "How far the window moves.", 2),
)


def _folded(shape: Shape) -> Fields:
    """Start for fold: a picture with as many windows as there are columns."""
    rows, columns = factors(shape[-1] if shape else 1)
    channels = shape[-2] if len(shape) > 1 else 1
    kernel = next((size for size in (3, 2) if channels % size**2 == 0), 1)
    return {"output_size": f"{rows + kernel - 1}, {columns + kernel - 1}", "kernel_size": str(kernel)}


def _unfolded(shape: Shape) -> Fields:
    return {"kernel_size": str(max(1, min(3, *spatial(shape, 2), 3)))}


CONVOLUTION_TABLE = (
    *(_convolution(dims) for dims in (1, 2, 3)),
    *(_transposed_convolution(dims) for dims in (1, 2)),
    LayerType("Unfold", GROUP, "Each window becomes a column (im2col).", _SLIDING, _unfolded, "unfold", dims=2),
    LayerType(
        "Fold",
        GROUP,
        "Each column becomes a window again; where windows overlap they are added.",
        (extent("output_size", "output size", "Height and width of the result.", 2, "4", required=True), *_SLIDING),
        _folded,
        "fold",
        dims=2,
    ),
)
