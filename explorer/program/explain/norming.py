"""What normalises: a layer or a function, with its settings, and the program with other ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import torch
from torch import nn

from explorer.program.explain.constructors import made_with, with_arguments, written_anew
from explorer.program.explain.layer import Layer
from explorer.program.explain.text import sentence, shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

Kind = Literal["batch", "instance", "layer", "rms", "group", "response"]
_KINDS: Final[tuple[tuple[type[nn.Module], Kind], ...]] = (
    (nn.modules.instancenorm._InstanceNorm, "instance"),
    (nn.modules.batchnorm._NormBase, "batch"),
    (nn.LayerNorm, "layer"),
    (nn.RMSNorm, "rms"),
    (nn.GroupNorm, "group"),
    (nn.LocalResponseNorm, "response"),
)
_SETTINGS: Final = ("num_features", "normalized_shape", "num_groups", "num_channels", "eps", "momentum", "size")
# what each function takes after its input, in order
_RUNNING: Final = ("running_mean", "running_var", "weight", "bias")
_TAKES: Final[Mapping[str, tuple[Kind, tuple[str, ...]]]] = {
    "batch_norm": ("batch", (*_RUNNING, "training", "momentum", "eps")),
    "instance_norm": ("instance", (*_RUNNING, "use_input_stats", "momentum", "eps")),
    "layer_norm": ("layer", ("normalized_shape", "weight", "bias", "eps")),
    "rms_norm": ("rms", ("normalized_shape", "weight", "eps")),
    "group_norm": ("group", ("num_groups", "weight", "bias", "eps")),
    "local_response_norm": ("response", ("size", "alpha", "beta", "k")),
}


@dataclass(frozen=True, eq=False)
class Norming:
    """A layer or a function that normalises, and raised.

    Attributes:
        fault: The exception.
        title: `bn (BatchNorm2d(4))`, `F.batch_norm`.
        name: The layer's class or the function's name.
        kind: What it takes a mean over.
        settings: What it got, by the names of torch's parameters.
        shape: Sizes of its input; () when that is not known.
        input_name: Its input, by its name in the program.
        change: Yields the program with other settings, given as text.
        with_input: Yields the program with methods called on the input.
        layer: The layer; None for a function.
    """

    fault: Fault
    title: str
    name: str
    kind: Kind
    settings: Mapping[str, object]
    shape: tuple[int, ...]
    input_name: str
    change: Callable[[Mapping[str, str]], Iterator[Change]]
    with_input: Callable[..., Iterator[Change]]
    layer: Layer | None = None

    def has_shape(self) -> str:
        """Return `x has shape (4, 6)`, as the start of a sentence."""
        return f"{sentence(self.input_name)} has shape {shape_text(self.shape)}"

    @property
    def channel_dim(self) -> int:
        """Which dimension of the input counts channels: 0 for InstanceNorm without a batch."""
        dims = next((int(letter) for letter in self.name if letter.isdigit()), 0)
        return 0 if self.kind == "instance" and dims and len(self.shape) == dims + 1 else 1

    @property
    def channels(self) -> int:
        """How many channels the input has; 0 where it has no dimension for them."""
        return self.shape[self.channel_dim] if len(self.shape) > self.channel_dim else 0

    def number(self, name: str) -> int | None:
        """Return a setting that is one whole number, else None."""
        value = self.settings.get(name)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


def norming_layer(layer: Layer) -> Norming | None:
    """Return a layer that normalises, while it is made or when it is called; else None."""
    kind = next((kind for cls, kind in _KINDS if isinstance(layer.module, cls)), None)
    if kind is None:
        return None
    made = made_with(layer)
    known = {name: made[name] if name in made else getattr(layer.module, name, None) for name in _SETTINGS}
    name = type(layer.module).__name__
    return Norming(
        layer.fault,
        name if made else layer.title,
        name,
        kind,
        known,
        layer.shape,
        layer.input_name,
        lambda wanted: with_arguments(layer, wanted),
        layer.with_input,
        layer,
    )


def norming_function(fault: Fault) -> Norming | None:
    """Return a call of `F.batch_norm` and its like; else None."""
    name = fault.failed.op if fault.failed is not None else ""
    if fault.failed is None or fault.call is None or name not in _TAKES:
        return None
    kind, takes = _TAKES[name]
    given = dict(zip(("input", *takes), fault.failed.arguments, strict=False)) | dict(fault.failed.keywords)
    data = given.get("input")
    if not isinstance(data, torch.Tensor):
        return None
    written = fault.argument(0, "input")
    return Norming(
        fault,
        fault.text.text(fault.call.func),
        name,
        kind,
        given,
        tuple(data.shape),
        fault.name(written, "the input"),
        lambda wanted: _with_arguments(fault, takes, wanted),
        lambda *methods: fault.with_methods(written, *methods),
    )


def _with_arguments(fault: Fault, takes: tuple[str, ...], wanted: Mapping[str, str]) -> Iterator[Change]:
    """Yield the program with other arguments of the failing call."""
    if fault.call is not None and set(wanted) <= set(takes):
        written = {name: fault.argument(takes.index(name) + 1, name) for name in wanted}
        yield written_anew(fault.text, fault.call, wanted, written)
