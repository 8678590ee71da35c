"""Layers that normalise: over the batch, over a sample, over channels in groups, over neighbouring channels."""

from __future__ import annotations

from explorer.program.builders.calls import Fields
from explorer.program.builders.groups.convolutions import channels_of, count, switch
from explorer.program.builders.layer import NORMALISATION, LayerType
from explorer.program.builders.parameters import Parameter
from explorer.program.builders.starts import Shape, sizes

_MOST_GROUPS = 2
_MINOR = ("track_running_stats", "bias")
_NEIGHBOURS = 5


def _number(name: str, text: str, default: str, *, none: bool = False) -> Parameter:
    return Parameter(name, name, "number", text, default, required=False, keyword=True, none=none)


def _eps(default: str = "1e-05", *, none: bool = False) -> Parameter:
    return _number("eps", "Added under the root, so that nothing is divided by 0.", default, none=none)


def _tracked(*, affine: str, tracks: str) -> tuple[Parameter, ...]:
    """Return what BatchNorm and InstanceNorm have in common, with the defaults of one of them."""
    return (
        _eps(),
        _number(
            "momentum",
            "Weight of the new value in the running statistics; None: all batches count the same.",
            "0.1",
            none=True,
        ),
        switch("affine", "Whether a weight and a bias for each channel are learned.", affine),
        Parameter(
            "track_running_stats", "track_running_stats", "bool",
            "Whether a running mean and variance are kept, which eval mode then uses.",
            tracks, required=False, keyword=True,
        ),
        switch("bias", "Whether a bias is learned beside the weight, where affine is True.", "True"),
    )  # fmt: skip


_BATCH = _tracked(affine="True", tracks="True")
_INSTANCE = _tracked(affine="False", tracks="False")
_CHANNELS = count("num_features", "channels", "Channels of the input: the size of dimension 1.")


def _batch(dims: int) -> LayerType:
    return LayerType(
        f"BatchNorm{dims}d",
        NORMALISATION,
        "Each channel minus its mean over the batch, divided by its standard deviation.",
        (_CHANNELS, *_BATCH),
        lambda shape: {"num_features": str(_channels(shape, dims))},
        "bn",
        ("num_features",),
        dims,
        _MINOR,
    )


def _lazy(dims: int) -> LayerType:
    return LayerType(
        f"LazyBatchNorm{dims}d",
        NORMALISATION,
        "BatchNorm that takes the number of channels from its first input.",
        _BATCH,
        lambda _: {},
        "bn",
        dims=dims,
        minor=_MINOR,
    )


def _instance(dims: int) -> LayerType:
    return LayerType(
        f"InstanceNorm{dims}d",
        NORMALISATION,
        "Each channel of each sample minus its own mean, divided by its standard deviation.",
        (_CHANNELS, *_INSTANCE),
        lambda shape: {"num_features": str(channels_of(shape, dims))},
        "inorm",
        ("num_features",),
        dims,
        _MINOR,
    )


def _channels(shape: Shape, dims: int) -> int:
    """Return the channels of an input of BatchNorm, which in one dimension may be N × C."""
    plain = dims == 1 and len(shape) == dims + 1
    return shape[-1] if plain else channels_of(shape, dims)


def _normalized_shape() -> Parameter:
    return Parameter(
        "normalized_shape", "normalized_shape", "extents",
        "The last sizes of the input, such as 4, 3, 3: over these the mean is taken.", "1", count=0,
    )  # fmt: skip


def _trailing(shape: Shape) -> Fields:
    """Start for LayerNorm: over all of a picture, over the last dimension of anything else."""
    picture = len(shape) > len(("N", "T", "E"))
    kept = shape[1:] if picture else shape[-1:]
    return {"normalized_shape": sizes(kept) if kept else "1"}


def _grouped(shape: Shape) -> Fields:
    channels = shape[1] if len(shape) > 1 else 1
    return {
        "num_groups": str(_MOST_GROUPS if channels % _MOST_GROUPS == 0 and channels else 1),
        "num_channels": str(channels),
    }


_ELEMENTWISE = switch("elementwise_affine", "Whether a weight for each element of that shape is learned.", "True")
NORMALIZATION_TABLE = (
    *(_batch(dims) for dims in (1, 2, 3)),
    LayerType(
        "LayerNorm",
        NORMALISATION,
        "Each sample (or each position of it) minus its own mean, divided by its standard deviation.",
        (
            _normalized_shape(),
            _eps(),
            _ELEMENTWISE,
            switch("bias", "Whether a bias is learned beside the weight, where elementwise_affine is True.", "True"),
        ),
        _trailing,
        "ln",
        minor=_MINOR,
    ),
    *(_instance(dims) for dims in (1, 2, 3)),
    LayerType(
        "GroupNorm",
        NORMALISATION,
        "Each group of channels of each sample minus its own mean, divided by its standard deviation.",
        (
            count("num_groups", "groups", "How many groups; it must divide the channels."),
            count("num_channels", "channels", "Channels of the input: the size of dimension 1."),
            _eps(),
            switch("affine", "Whether a weight and a bias for each channel are learned.", "True"),
            switch("bias", "Whether a bias is learned beside the weight, where affine is True.", "True"),
        ),
        _grouped,
        "gn",
        minor=_MINOR,
    ),
    LayerType(
        "RMSNorm",
        NORMALISATION,
        "Divided by the root of the mean square; nothing is subtracted.",
        (_normalized_shape(), _eps("None", none=True), _ELEMENTWISE),
        _trailing,
        "rms",
    ),
    LayerType(
        "LocalResponseNorm",
        NORMALISATION,
        "Each cell divided by a power of the squares of its neighbours among the channels.",
        (
            count("size", "size", "How many neighbouring channels count.", str(_NEIGHBOURS)),
            _number("alpha", "Weight of the mean of their squares.", "0.0001"),
            _number("beta", "The power.", "0.75"),
            _number("k", "Added before the power is taken.", "1.0"),
        ),
        lambda _: {},
        "lrn",
    ),
    *(_lazy(dims) for dims in (1, 2, 3)),
)
