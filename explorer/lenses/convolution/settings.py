"""How a layer slides its window: the parameters of its call, one value a spatial dimension."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from explorer.scene.windows import Operation

_CONVOLUTION = ("input", "weight", "bias", "stride", "padding", "dilation", "groups")
_TRANSPOSED = ("input", "weight", "bias", "stride", "padding", "output_padding", "groups", "dilation")
_MAX = ("input", "kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")
_MEAN = ("input", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override")
_POWER = ("input", "norm_type", "kernel_size", "stride", "ceil_mode")
_ADAPTIVE = ("input", "output_size", "return_indices")
_UNFOLD = ("input", "kernel_size", "dilation", "padding", "stride")
_FOLD = ("input", "output_size", "kernel_size", "dilation", "padding", "stride")


@dataclass(frozen=True)
class Signature:
    """A function of torch that slides a window: what it does, in how many dimensions, and its parameters' names."""

    operation: Operation
    rank: int
    names: tuple[str, ...]

    @property
    def adaptive(self) -> bool:
        """Whether the result's size is given, and the windows follow from it."""
        return self.names is _ADAPTIVE


def _signatures() -> dict[str, Signature]:
    found: dict[str, Signature] = {"unfold": Signature("unfold", 2, _UNFOLD), "fold": Signature("fold", 2, _FOLD)}
    for rank in (1, 2, 3):
        found[f"conv{rank}d"] = Signature("convolution", rank, _CONVOLUTION)
        found[f"conv_transpose{rank}d"] = Signature("transposed", rank, _TRANSPOSED)
        found[f"avg_pool{rank}d"] = Signature("mean", rank, _MEAN)
        found[f"lp_pool{rank}d"] = Signature("power", rank, _POWER)
        found[f"adaptive_avg_pool{rank}d"] = Signature("mean", rank, _ADAPTIVE)
        for ending in ("", "_with_indices"):
            found[f"max_pool{rank}d{ending}"] = Signature("max", rank, _MAX)
            found[f"adaptive_max_pool{rank}d{ending}"] = Signature("max", rank, _ADAPTIVE)
    return found


SIGNATURES = _signatures()
"""The functions of torch that slide a window, by name."""


@dataclass(frozen=True)
class Settings:
    """The parameters of one call; tuples have a value for each spatial dimension.

    Attributes:
        kernel: Sizes of the window; () for adaptive pooling.
        stride: Steps between windows.
        padding: Before and after.
        dilation: Distance between the cells of a window.
        output_padding: Of a transposed convolution.
        groups: Groups of channels.
        ceil_mode: Whether a last window may reach beyond the padding.
        count_include_pad: Whether a mean counts the cells of the padding.
        divisor_override: What a mean is divided by, whatever its window holds; or None.
        norm: p of LPPool, else 0.
        output_size: Of adaptive pooling and of fold, else ().
        padding_mode: `zeros`, `reflect`, `replicate`, `circular`.
    """

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    output_padding: tuple[int, ...] = ()
    groups: int = 1
    ceil_mode: bool = False
    count_include_pad: bool = True
    divisor_override: int | None = None
    norm: float = 0.0
    output_size: tuple[int, ...] = ()
    padding_mode: str = "zeros"


def bound(signature: Signature, arguments: Sequence[Any], keywords: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call by name; what was not given is missing."""
    return {**dict(zip(signature.names, arguments, strict=False)), **keywords}


def settings_of(signature: Signature, given: dict[str, Any], sizes: tuple[int, ...]) -> Settings:
    """Return the parameters of a call.

    Args:
        signature: What was called.
        given: Its arguments by name.
        sizes: Spatial sizes of its input.
    """
    rank = signature.rank
    kernel = tuple(given["weight"].shape[2:]) if "weight" in given else _each(given.get("kernel_size", ()), rank)
    stride = given.get("stride")
    if stride in (None, (), []):
        stride = kernel if "kernel_size" in given and signature.operation in ("max", "mean", "power") else 1
    dilation = _each(given.get("dilation", 1), rank)
    wanted = given.get("output_size")
    return Settings(
        kernel=kernel,
        stride=_each(stride, rank),
        padding=_padding(given.get("padding", 0), kernel, dilation, rank),
        dilation=dilation,
        output_padding=_each(given.get("output_padding", 0), rank),
        groups=int(given.get("groups", 1)),
        ceil_mode=bool(given.get("ceil_mode", False)),
        count_include_pad=bool(given.get("count_include_pad", True)),
        divisor_override=given.get("divisor_override"),
        norm=float(given.get("norm_type", 0.0)),
        output_size=() if wanted is None else _wanted(wanted, sizes, rank),
    )


def _each(value: int | Sequence[int], rank: int) -> tuple[int, ...]:
    """Return one value for each dimension: torch takes a number, or a list of one or of all."""
    values = tuple(int(one) for one in value) if isinstance(value, Sequence) else (int(value),)
    return values * rank if len(values) == 1 else values


def _padding(
    value: str | int | Sequence[int], kernel: tuple[int, ...], dilation: tuple[int, ...], rank: int
) -> tuple[tuple[int, int], ...]:
    """Return the padding before and after; `same` puts the odd one after, as torch does."""
    if value == "same":
        totals = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
        return tuple((total // 2, total - total // 2) for total in totals)
    return tuple((one, one) for one in _each(0 if isinstance(value, str) else value, rank))


def _wanted(value: int | Sequence[int | None], sizes: tuple[int, ...], rank: int) -> tuple[int, ...]:
    """Return the sizes that a result shall have; None stands for the input's own."""
    values = tuple(value) if isinstance(value, Sequence) else (value,)
    values = values * rank if len(values) == 1 else values
    return tuple(size if one is None else int(one) for one, size in zip(values, sizes, strict=True))
