"""Names close to one that does not exist."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from explorer.program.explain.text import list_text

if TYPE_CHECKING:
    from collections.abc import Iterable

_OTHER_NAMES = {
    "astype": "to",
    "copy": "clone",
    "concatenate": "cat",
    "concat": "cat",
    "length": "numel",
    "len": "numel",
    "rank": "dim",
    "power": "pow",
    "product": "prod",
    "average": "mean",
    "array": "tensor",
}

# what other libraries, or other layers, call an argument: the first of these that there is
_OTHER_ARGUMENTS = {
    **dict.fromkeys(("kernel", "ksize", "k", "filter_size", "kernel_shape", "pool_size", "window"), ("kernel_size",)),
    **dict.fromkeys(
        ("size", "output_shape", "target_size", "out_size"), ("output_size", "kernel_size", "scale_factor")
    ),
    **dict.fromkeys(
        ("filters", "num_filters", "n_filters", "units", "output_channels", "output_dim", "out_features", "out_dim"),
        ("out_channels", "out_features", "hidden_size", "embedding_dim"),
    ),
    **dict.fromkeys(
        ("input_channels", "input_dim", "in_features", "in_dim", "input_size", "n_in"),
        ("in_channels", "in_features", "input_size", "num_embeddings"),
    ),
    **dict.fromkeys(("scale", "factor", "scale_factors"), ("scale_factor", "upscale_factor", "downscale_factor")),
    **dict.fromkeys(("pad", "border_mode", "pads"), ("padding",)),
    **dict.fromkeys(("mode", "pad_mode"), ("padding_mode",)),
    **dict.fromkeys(("rate", "drop_rate", "dropout", "prob", "drop_prob"), ("p",)),
    **dict.fromkeys(("axis", "dims"), ("dim", "start_dim", "normalized_shape")),
    **dict.fromkeys(("channels", "num_channels"), ("num_features", "num_channels", "in_channels")),
    "dilation_rate": ("dilation",),
    "use_bias": ("bias",),
    "has_bias": ("bias",),
    "epsilon": ("eps",),
    "groups": ("num_groups",),
}


def close_arguments(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return up to three known arguments that are close to `name`, or what other libraries call so; best first."""
    names = list(known)
    other = next((one for one in _OTHER_ARGUMENTS.get(name, ()) if one in names), None)
    return tuple(dict.fromkeys([*([other] if other else []), *close_names(name, names)]))[:3]


def close_names(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return up to three known names that are close to `name`, best first."""
    names = sorted({one for one in known if not one.startswith("_")})
    lowered: dict[str, str] = {}
    for one in names:
        lowered.setdefault(one.lower(), one)
    # a name two letters longer or shorter is another word: floor is not meant by foo
    lowered = {low: one for low, one in lowered.items() if abs(len(low) - len(name)) < 2}
    found = difflib.get_close_matches(name.lower(), list(lowered), n=3, cutoff=0.7)
    other = [_OTHER_NAMES[name]] if _OTHER_NAMES.get(name) in names else []
    return tuple(dict.fromkeys([*other, *(lowered[one] for one in found)]))[:3]


def did_you_mean(names: Iterable[str]) -> str:
    """Return the names as a question, or ""."""
    return f"Did you mean {list_text([f'`{name}`' for name in names], 'or')}?" if names else ""
