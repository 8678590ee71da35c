"""Pooling: a window without weights."""

from __future__ import annotations

from explorer.program.builders.calls import Fields
from explorer.program.builders.groups.convolutions import extent, spatial, switch
from explorer.program.builders.layer import LayerType
from explorer.program.builders.parameters import Parameter
from explorer.program.builders.starts import Shape

GROUP = "Pooling"
_CEIL = switch("ceil_mode", "True: a window that reaches beyond the end counts, too.")
_INDICES = switch("return_indices", "True: also where each maximum was taken, as a second result.")


def _window(dims: int) -> tuple[Parameter, Parameter]:
    return (
        extent("kernel_size", "kernel", "Cells of the window.", dims, "2", required=True),
        extent("stride", "stride", "How far the window moves; nothing typed: by its own size.", dims, ""),
    )


def _padding(dims: int, what: str) -> Parameter:
    return extent("padding", "padding", f"{what} at both ends; at most half of the kernel.", dims, "0")


def _pool_start(shape: Shape, dims: int) -> Fields:
    return {"kernel_size": str(max(1, min(2, *spatial(shape, dims), 2)))}


def _adaptive_start(shape: Shape, dims: int) -> Fields:
    sizes = [str(max(1, (size + 1) // 2)) for size in spatial(shape, dims)]
    return {"output_size": ", ".join(sizes if len(sizes) == dims else ["1"] * dims)}


def _pool(name: str, dims: int, summary: str, parameters: tuple[Parameter, ...]) -> LayerType:
    return LayerType(
        f"{name}{dims}d", GROUP, summary, parameters, lambda shape: _pool_start(shape, dims), "pool", dims=dims
    )


def _maximum(dims: int) -> LayerType:
    dilation = extent("dilation", "dilation", "Distance of the cells that the window takes.", dims)
    parameters = (*_window(dims), _padding(dims, "Minus infinity"), dilation, _INDICES, _CEIL)
    return _pool("MaxPool", dims, "The largest cell of each window.", parameters)


def _mean(dims: int) -> LayerType:
    included = switch("count_include_pad", "Whether zeros of the padding count when the sum is divided.", "True")
    divisor = Parameter(
        "divisor_override", "divisor", "int", "What sums are divided by; nothing typed: by their cells.",
        required=False, keyword=True,
    )  # fmt: skip
    parameters = (*_window(dims), _padding(dims, "Zeros"), _CEIL, included, *([divisor] if dims > 1 else []))
    return _pool("AvgPool", dims, "The mean of each window.", parameters)


def _power(dims: int) -> LayerType:
    norm = Parameter("norm_type", "p", "number", "1: the sum; the larger, the nearer to the maximum.", "2")
    return _pool("LPPool", dims, "The p-th root of the sum of p-th powers.", (norm, *_window(dims), _CEIL))


def _adaptive(name: str, dims: int, summary: str, *more: Parameter) -> LayerType:
    size = extent("output_size", "output size", "Sizes of the result, whatever the input's.", dims, "1", required=True)
    return LayerType(
        f"Adaptive{name}Pool{dims}d",
        GROUP,
        summary,
        (size, *more),
        lambda shape: _adaptive_start(shape, dims),
        "pool",
        dims=dims,
    )


POOL_TABLE = tuple(
    layer
    for dims in (1, 2)
    for layer in (
        _maximum(dims),
        _mean(dims),
        _adaptive("Avg", dims, "Means of windows that are chosen so that the result has the wanted size."),
        _adaptive("Max", dims, "Maxima of windows that are chosen so that the result has the wanted size.", _INDICES),
        _power(dims),
    )
)
