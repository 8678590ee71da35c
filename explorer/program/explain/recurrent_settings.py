"""Settings of recurrent layers that cannot be: sizes, a probability, a projection, a nonlinearity."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from torch import nn

from explorer.program.amounts import amount_text
from explorer.program.explain.constructors import with_arguments
from explorer.program.explain.layer import Layer, layer_of
from explorer.program.explain.model import Explanation
from explorer.program.explain.text import sentence
from explorer.program.recurrent_sizes import RecurrentSizes, refusal, sizes_from

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change, Fault

_SIZES: Final = ("input_size", "hidden_size", "num_layers")
_SETTINGS: Final = (*_SIZES, "dropout", "proj_size", "bidirectional", "bias", "dtype")
_PERCENT = 100
_MANY = 20


@dataclass(frozen=True, eq=False)
class Making:
    """A constructor of a recurrent layer that raised.

    Attributes:
        layer: The layer.
        name: `LSTM`.
        settings: What the constructor got, as far as it came.
    """

    layer: Layer
    name: str
    settings: Mapping[str, object]

    def fixes(self, *wanted: Mapping[str, str]) -> Callable[[], Iterator[Change]]:
        """Return what yields the program with each of some other settings."""

        def changes() -> Iterator[Change]:
            for one in wanted:
                yield from with_arguments(self.layer, one)

        return changes


def explain_making(layer: Layer) -> Explanation | None:
    """Explain why nn.RNN, nn.LSTM, nn.GRU or one of their cells could not be made; None for anything else."""
    making = _making(layer)
    return next((words for explain in _EXPLAINERS if making and (words := explain(making)) is not None), None)


def _making(layer: Layer) -> Making | None:
    module = layer.module
    frames = [frame for frame in layer.fault.frames[1:] if frame.get("self") is module]
    if not isinstance(module, nn.RNNBase | nn.RNNCellBase):
        return None
    settings: dict[str, object] = {}
    for frame in frames:
        named = frame.get("kwargs")
        settings.update(named if isinstance(named, dict) else {})
        settings.update({name: frame[name] for name in _SETTINGS if name in frame})
    return Making(layer, type(module).__name__, settings)


def _no_size(making: Making) -> Explanation | None:
    name = next((one for one in _SIZES if one in making.settings and not _is_size(making.settings[one])), "")
    if not name:
        return None
    value = making.settings[name]
    return Explanation(
        f"{making.name} gets {name}={value!r}. It must be a whole number from 1 on.",
        "",
        making.layer.fault.fixes(making.fixes({name: str(_nearest_size(value))})),
    )


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _nearest_size(value: object) -> int:
    """Return the size that was probably meant: 6 for 6.0, -6 and "6"."""
    try:
        number = float(value) if isinstance(value, int | float | str) else 1.0
    except ValueError:
        number = 1.0
    return max(1, abs(round(number))) if math.isfinite(number) else 1


def _dropout(making: Making) -> Explanation | None:
    value = making.settings.get("dropout", 0.0)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and isinstance(value, int | float) and 0 <= value <= 1:
        return None
    percent = isinstance(value, int | float) and number and 1 < value <= _PERCENT and value == int(value)
    meant = f"{value / _PERCENT:g}" if percent and isinstance(value, int | float) else "0.5"
    return Explanation(
        f"{making.name} gets dropout={value!r}. It is the probability with which a number between two layers becomes "
        "0: from 0 to 1.",
        "dropout=0 leaves all as they are; with one layer there is nothing to drop.",
        making.layer.fault.fixes(making.fixes({"dropout": meant}, {"dropout": "0.0"})),
    )


def _projection_of_others(making: Making) -> Explanation | None:
    if not making.layer.fault.matches("proj_size argument is only supported for LSTM"):
        return None
    fault = making.layer.fault

    def changes() -> Iterator[Change]:
        call = fault.call
        key = next((one for one in call.keywords if one.arg == "proj_size"), None) if call is not None else None
        if key is not None:
            start, end = fault.text.span(key)
            before = fault.source[:start].rstrip().removesuffix(",").rstrip()
            yield "without proj_size", before + fault.source[end:]

    return Explanation(
        f"{making.name} gets proj_size={making.settings.get('proj_size')!r}. Only an LSTM can make its h shorter than "
        "its cell state; RNN and GRU have one state, and nothing to project.",
        "Leave it out, or use nn.LSTM.",
        fault.fixes(changes),
    )


def _projection(making: Making) -> Explanation | None:
    value, hidden = making.settings.get("proj_size", 0), making.settings.get("hidden_size")
    if making.name != "LSTM" or not isinstance(hidden, int) or _fits(value, hidden):
        return None
    return Explanation(
        f"LSTM gets proj_size={value!r} and hidden_size={hidden}. weight_hr makes h of the {hidden} numbers of "
        f"o · tanh(c), and h must be shorter: proj_size is from 1 to {hidden - 1}, or 0 for no projection.",
        "",
        making.layer.fault.fixes(making.fixes({"proj_size": str(max(hidden // 2, 0))}, {"proj_size": "0"})),
    )


def _fits(value: object, hidden: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < hidden


def _nonlinearity(making: Making) -> Explanation | None:
    found = making.layer.fault.matches("Unknown nonlinearity")
    if found is None:
        return None
    value = getattr(making.layer.module, "nonlinearity", None)
    return Explanation(
        f"{making.name} gets nonlinearity={value!r}. It must be 'tanh' or 'relu'.",
        "",
        making.layer.fault.fixes(making.fixes({"nonlinearity": '"tanh"'}, {"nonlinearity": '"relu"'})),
    )


_EXPLAINERS = (_nonlinearity, _projection_of_others, _no_size, _dropout, _projection)


def explain_recurrent_memory(fault: Fault) -> Explanation | None:
    """Explain a layer with more layers or larger weights than a program may have, from the error of the limit."""
    layer = layer_of(fault)
    making = _making(layer) if layer is not None else None
    sizes = sizes_from(making.name, making.settings) if making is not None else None
    if making is None or sizes is None:
        return None
    name, size = ("input_size", sizes.inputs) if sizes.inputs > sizes.hidden else ("hidden_size", sizes.hidden)
    refused = refusal(sizes)
    if refused is not None:
        few = {"num_layers": "2"} if "num_layers" in refused[1] else {name: "16"}
        return Explanation(*refused, fault.fixes(making.fixes(few)))
    held = str(fault.error).partition("; ")[2]
    return Explanation(
        f"{_counted(sizes)}, {amount_text(sizes.parameters * sizes.nbytes)}. {sentence(held)}",
        f"Use a smaller {name}: {size:,} is the largest of its sizes.",
        fault.fixes(making.fixes({name: "16", **({"num_layers": "2"} if sizes.layers > _MANY else {})})),
    )


def _counted(sizes: RecurrentSizes) -> str:
    """Return `LSTM(4, 6000) would have 4 · 6000 · (4 + 6000 + 2) = 144,144,000 parameters`, layer by layer."""
    made = f"{sizes.name}({sizes.inputs}, {sizes.hidden})"
    first = _product(sizes, sizes.inputs)
    if sizes.layers == 1:
        return f"{made} would have {first} = {sizes.parameters:,} parameters"
    read = sizes.state * sizes.directions
    others = sizes.layers - 1
    return (
        f"{made} would have {first} parameters in its first layer and {_product(sizes, read)} in "
        f"{'the other one' if others == 1 else f'each of the {others:,} others'}: {sizes.parameters:,} parameters"
    )


def _product(sizes: RecurrentSizes, inputs: int) -> str:
    """Return how the parameters of a layer that reads so many features are counted: `4 · 6 · (3 + 6 + 2)`."""
    times = "".join(f"{number} · " for number in (sizes.directions, sizes.blocks) if number > 1)
    biases = f" + {sizes.biases}" if sizes.biases else ""
    projection = f" + {'2 · ' if sizes.directions > 1 else ''}{sizes.projected} · {sizes.hidden}"
    return f"{times}{sizes.hidden} · ({inputs} + {sizes.state}{biases}){projection if sizes.projected else ''}"
