"""Layers and functions that normalise: too few values, an epsilon or sizes that are none, dimensions, dtypes."""

from __future__ import annotations

import ast
import math
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch

from explorer.program.explain.fault import Fault
from explorer.program.explain.layer import layer_of
from explorer.program.explain.model import Explanation
from explorer.program.explain.normalizations import FITTING_NORMS
from explorer.program.explain.norming import Norming, norming_function, norming_layer
from explorer.program.explain.text import count_text, dtype_text, sentence, shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change

_ONE = r"Expected more than 1 (value per channel|spatial element) when training"
_EPS = r"eps must be positive|'<=' not supported between instances of"
_SIZES = ("num_features", "normalized_shape", "num_channels", "size")
_DEFAULT_EPS = "1e-5"
_SHORTEST = {"response": 3, "group": 2}
_RANK = r"Expected 3D or higher dimensionality|Expected at least 2 dimensions for input tensor"
_PLAIN = 2
_LAYOUTS: defaultdict[str, dict[str, str]] = defaultdict(
    dict,
    batch={"1d": "3-D N×C×L or 2-D N×C", "2d": "4-D N×C×H×W", "3d": "5-D N×C×D×H×W"},
    instance={
        "1d": "3-D N×C×L or 2-D C×L",
        "2d": "4-D N×C×H×W or 3-D C×H×W",
        "3d": "5-D N×C×D×H×W or 4-D C×D×H×W",
    },
)


def explain_one_value(norming: Norming) -> Explanation | None:
    """Explain groups of one value, which have no variance."""
    found = norming.fault.matches(_ONE)
    if found is None or not norming.shape:
        return None
    if norming.kind != "batch":
        return _alone(norming)
    return Explanation(
        f"In training, {norming.title} takes the mean and variance of each channel over the batch. "
        f"{norming.has_shape()}: one value for each channel, which has no variance.",
        "Use a batch of two or more, or "
        + ("switch the model to evaluation with `.eval()`" if norming.layer is not None else "pass training=False")
        + ", which takes the running statistics.",
        norming.fault.fixes(lambda: _in_evaluation(norming)),
    )


def _alone(norming: Norming) -> Explanation:
    """Explain a mean over each sample's own values where there is one of them."""
    groups = norming.number("num_groups")
    over = "each group of channels" if groups else "each channel"
    fewer = [count for count in range(1, norming.channels) if norming.channels % count == 0]
    return Explanation(
        f"{norming.title} takes the mean and variance of {over} in each sample. {norming.has_shape()}: one value "
        "for each, which has no variance: it would always become 0.",
        f"It needs more than one value in each sample: {'fewer groups, or ' if groups else ''}larger pictures.",
        norming.fault.fixes(lambda: norming.change({"num_groups": str(fewer[-1])}) if groups and fewer else iter(())),
    )


def _in_evaluation(norming: Norming) -> Iterator[Change]:
    fault = norming.fault
    if norming.layer is None:
        yield from norming.change({"training": "False"})
    elif fault.call is not None:
        code = fault.text.text(fault.call.func)
        yield f"{code}.eval()", fault.text.replaced((fault.text.span(fault.call.func), f"{code}.eval()"))


def explain_epsilon(norming: Norming) -> Explanation | None:
    """Explain an epsilon that is no positive number."""
    eps = norming.settings.get("eps")
    if not norming.fault.matches(_EPS) or (isinstance(eps, int | float) and eps > 0):
        return None
    return Explanation(
        f"{norming.title} gets eps={eps!r}. It is added to the variance under the root, so that nothing is divided "
        "by 0: it must be a number above 0.",
        f"torch's own value is {_DEFAULT_EPS}.",
        norming.fault.fixes(lambda: norming.change({"eps": _DEFAULT_EPS})),
    )


def explain_sizes(norming: Norming) -> Explanation | None:
    """Explain channels, a normalized_shape or a number of neighbours that is no size."""
    name = next((name for name in _SIZES if norming.settings.get(name) is not None), "")
    value = norming.settings.get(name)
    numbers = list(value) if isinstance(value, tuple | list) else [value]
    if not name or (numbers and all(isinstance(number, int) and number > 0 for number in numbers)):
        return None
    fixed = [max(1, abs(round(number))) for number in numbers if isinstance(number, int | float)] or [1]
    fitting = {"num_features": norming.channels, "num_channels": norming.channels}.get(name) or fixed[0]
    text = str(fitting) if len(fixed) == 1 else str(tuple(fixed))
    if name == "normalized_shape" and not numbers and norming.shape:
        text = str(norming.shape[-1])
    return Explanation(
        f"{norming.title} gets {name}={value!r}. "
        + (
            "It says over which of the last sizes the mean is taken, and needs at least one."
            if not numbers
            else f"It must be {'a whole number' if len(numbers) == 1 else 'made of whole numbers'} from 1 on."
        ),
        "",
        norming.fault.fixes(lambda: norming.change({name: text})),
    )


def explain_plain_size(norming: Norming) -> Explanation | None:
    """Explain `F.layer_norm(x, 3)`: only the layers make a tuple of one number."""
    fault = norming.fault
    if norming.layer is not None or not fault.matches(r"'normalized_shape' \(position 2\) must be tuple of ints"):
        return None
    written = fault.argument(1, "normalized_shape")
    size = norming.settings.get("normalized_shape")
    if written is None or not isinstance(size, int):
        return None

    def changes() -> Iterator[Change]:
        yield from norming.change({"normalized_shape": f"({fault.text.text(written)},)"})
        yield from norming.change({"normalized_shape": f"({norming.shape[-1]},)"})

    layer = "nn.LayerNorm" if norming.kind == "layer" else "nn.RMSNorm"
    return Explanation(
        f"{norming.title} gets normalized_shape={size}. The function takes the last sizes of its input as a tuple, "
        f"also where it is one; only the layer, {layer}({size}), takes a plain number. {norming.has_shape()}.",
        f"Write a comma behind it: `({fault.text.text(written)},)`.",
        fault.fixes(changes),
    )


def explain_lazy(norming: Norming) -> Explanation | None:
    """Explain a layer that takes its number of channels from its first input, which has no dimension for them."""
    if norming.layer is None or not norming.name.startswith("Lazy") or len(norming.shape) > 1:
        return None
    if not norming.fault.matches("index out of range"):
        return None

    def changes() -> Iterator[Change]:
        for dim in (1, 0) if norming.name.endswith("1d") and norming.shape else ():
            yield from norming.with_input(f".unsqueeze({dim})")

    return Explanation(
        f"{norming.name} takes its number of channels from dimension 1 of its first input. {norming.has_shape()}: "
        f"{count_text(len(norming.shape), 'dimension')}, none of them for channels.",
        "`.unsqueeze(…)` adds a dimension of size 1.",
        norming.fault.fixes(changes),
    )


def explain_rank(norming: Norming) -> Explanation | None:
    """Explain an input with too few dimensions for channels."""
    least = _SHORTEST.get(norming.kind, 0)
    if not norming.fault.matches(_RANK) or len(norming.shape) >= least:
        return None
    layout = "N×C, with any dimensions behind" if least == _PLAIN else "N×C×L, with any dimensions behind"
    missing = least - len(norming.shape)
    return Explanation(
        f"{norming.title} expects {layout}: N is the batch, C the channels. {norming.has_shape()}: "
        f"{count_text(len(norming.shape), 'dimension')}.",
        "`.unsqueeze(…)` adds a dimension of size 1.",
        norming.fault.fixes(lambda: norming.with_input(*([".unsqueeze(-1)"] if missing == 1 else []), ".unsqueeze(0)")),
    )


def explain_other_rank(norming: Norming) -> Explanation | None:
    """Offer BatchNorm1d where BatchNorm2d gets three dimensions, and the like; None where none fits."""
    if norming.layer is None or not norming.fault.matches(r"xpected \dD (or \dD )?input \(got \dD input\)"):
        return None
    family = norming.name.rstrip("d").rstrip("0123456789")
    given = len(norming.shape)
    wanted = f"{family}{max(1, given - _PLAIN)}d"
    takes = next((text for ending, text in _LAYOUTS[norming.kind].items() if norming.name.endswith(ending)), "")
    if not takes or not 1 < given <= len("NCDHW") or wanted == norming.name:
        return None
    fixes = norming.fault.fixes(lambda: _renamed(norming, wanted))
    return Explanation(
        f"{norming.title} expects {takes} input, got shape {shape_text(norming.shape)}: "
        f"{count_text(given, 'dimension')}. {wanted} takes these.",
        "N is the batch, C the channels; the digit of the name counts the dimensions behind them.",
        fixes,
    ) if fixes else None  # fmt: skip


def _renamed(norming: Norming, wanted: str) -> Iterator[Change]:
    for call in norming.layer.constructors() if norming.layer is not None else []:
        _, end = norming.fault.text.span(call.func)
        name = call.func.attr if isinstance(call.func, ast.Attribute) else norming.name
        yield wanted, norming.fault.text.replaced(((end - len(name), end), wanted))


def explain_input_dtype(norming: Norming) -> Explanation | None:
    """Explain whole numbers and complex ones, which have no mean of their own dtype."""
    data = norming.layer.given if norming.layer is not None else norming.fault.root
    if data is None or data.is_floating_point() or not norming.fault.matches(r"not implemented for '\w+'"):
        return None
    method = ".abs()" if data.is_complex() else ".float()"
    return Explanation(
        f"{norming.title} takes floating-point numbers, since means and roots are seldom whole. "
        f"{sentence(norming.input_name)} has dtype {dtype_text(data)}.",
        f"Convert it first, with `{method}`.",
        norming.fault.fixes(lambda: norming.with_input(method)),
    )


def explain_statistics(norming: Norming) -> Explanation | None:
    """Explain `F.batch_norm` without running statistics that is not told to train."""
    if norming.layer is not None or not norming.fault.matches("running_mean must be defined in evaluation mode"):
        return None
    return Explanation(
        f"{norming.title} gets no running_mean, and training is False: there is neither a mean of its own to "
        "subtract nor leave to take that of this batch.",
        "training=True takes mean and variance of this batch; else running_mean and running_var are needed.",
        norming.fault.fixes(lambda: norming.change({"training": "True"})),
    )


def explain_weight_norm(fault: Fault) -> Explanation | None:
    """Explain weight_norm of a module that has no weight."""
    called = fault.text.text(fault.call.func) if fault.call is not None else ""
    if not called.endswith("weight_norm") or not fault.matches(r"does not have a parameter|has no attribute 'weight'"):
        return None
    module = fault.value(fault.argument(0, "module"))
    kind = type(module).__name__ if isinstance(module, torch.nn.Module) else "This module"
    return Explanation(
        f"weight_norm takes a layer's weight apart, into its length and its direction. {kind} has no weight.",
        "Layers such as nn.Linear and nn.Conv2d have one.",
    )


def explain_norm_memory(fault: Fault) -> Explanation | None:
    """Explain a layer with more channels than a program may hold numbers, from the error of the limit."""
    layer = layer_of(fault)
    norming = norming_layer(layer) if layer is not None else None
    name = next((name for name in _SIZES if norming and norming.settings.get(name) is not None), "")
    value = norming.settings[name] if norming is not None and name else None
    sizes = value if isinstance(value, tuple | list) else [value]
    if norming is None or not all(isinstance(size, int) for size in sizes):
        return None
    count = math.prod(size for size in sizes if isinstance(size, int))
    return Explanation(
        f"{norming.title} gets {name}={value}: it would hold {count:,} numbers for each of its parameters. That is "
        "more than a program may hold.",
        f"{name} is a size of the input; use a smaller one.",
    )


_SETTINGS = (
    explain_plain_size, explain_lazy,
    explain_one_value, explain_epsilon, explain_rank, explain_other_rank, explain_input_dtype, explain_statistics,
)  # fmt: skip


def explain_norming(norming: Norming | None) -> Explanation | None:
    """Explain what a layer or a function that normalises could not do; None for what is neither."""
    explainers = (*FITTING_NORMS, *_SETTINGS, explain_sizes) if norming is not None else ()
    return next((words for explain in explainers if norming and (words := explain(norming)) is not None), None)


def explain_norm_function(fault: Fault) -> Explanation | None:
    """Explain an error of `F.batch_norm`, `F.layer_norm` and their like, and of weight_norm."""
    return explain_norming(norming_function(fault)) or explain_weight_norm(fault)
