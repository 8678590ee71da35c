"""Layers and functions that normalise: channels, groups and last sizes that do not fit their input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from explorer.program.explain.alignment import broadcast_lines
from explorer.program.explain.model import Explanation
from explorer.program.explain.norming import Norming
from explorer.program.explain.text import count_text, list_text, shape_text

if TYPE_CHECKING:
    from explorer.program.explain.fault import Change

_COUNTED = r"(running_mean|running_var|weight|bias) should contain (\d+) elements not (\d+)"
_FEATURES = r"size at dim=1 to match num_features \(\d+\)"
_PARTS = r"must be divisible by num_groups|to be divisible by num_groups"


def explain_channels(norming: Norming) -> Explanation | None:
    """Explain a layer that has numbers for other channels than its input."""
    found = norming.fault.matches(_COUNTED)
    if norming.layer is None and found is not None:
        return _counted(norming, found[1], norming.channels)
    wanted = norming.number("num_features")
    if wanted is None or not norming.shape or not (found or norming.fault.matches(_FEATURES)):
        return None
    dim, got = norming.channel_dim, norming.channels
    keeps = getattr(norming.layer and norming.layer.module, "track_running_stats", False)

    def changes() -> Iterator[Change]:
        if wanted in norming.shape[2:]:
            yield from norming.with_input(f".movedim({norming.shape.index(wanted, 2)}, 1)")
        yield from norming.change({"num_features": str(got)})

    return Explanation(
        f"{norming.title} {'keeps a mean and a variance' if keeps else 'has a weight and a bias'} for "
        f"{count_text(wanted, 'channel')}, and dimension {dim} of its input counts them. {norming.has_shape()}: "
        f"{count_text(got, 'channel')}.",
        f"num_features must be the size of dimension {dim}; here that is {got}.",
        norming.fault.fixes(changes),
        ((0, dim),),
    )


def _counted(norming: Norming, name: str, channels: int) -> Explanation:
    """Explain a function that gets running statistics or weights for other channels than its input has."""
    sizes = _sizes_of(norming, name)
    both = ("running_mean", "running_var") if name == "running_mean" else (name,)
    wanted = {one: _filled(one, (channels,)) for one in both if _sizes_of(norming, one) != (channels,)}
    return Explanation(
        f"{norming.title} needs one number of {name} for each channel, and dimension {norming.channel_dim} of its "
        f"input counts them. {norming.has_shape()}: {count_text(channels, 'channel')}; {name} has shape "
        f"{shape_text(sizes)}.",
        f"{name} must have shape ({channels},).",
        norming.fault.fixes(lambda: norming.change(wanted)),
        ((0, norming.channel_dim),),
    )


def _sizes_of(norming: Norming, name: str) -> tuple[int, ...]:
    return tuple(getattr(norming.settings.get(name), "shape", ()))


def _filled(name: str, sizes: tuple[int, ...]) -> str:
    """Return what changes nothing, as code: a variance or a weight of 1, a mean or a bias of 0."""
    maker = "ones" if name in ("running_var", "weight") else "zeros"
    return f"torch.{maker}({', '.join(map(str, sizes))})"


def explain_affine(norming: Norming) -> Explanation | None:
    """Explain a weight or bias of `F.layer_norm` that has not the shape of normalized_shape."""
    found = norming.fault.matches(r"Expected (weight|bias) to be of same shape as normalized_shape")
    wanted = norming.settings.get("normalized_shape")
    if found is None or not isinstance(wanted, tuple | list):
        return None
    name, sizes = found[1], tuple(int(size) for size in wanted)
    return Explanation(
        f"{norming.title} multiplies and shifts each place of normalized_shape={shape_text(sizes)} by a number of its "
        f"own, and {name} has shape {shape_text(_sizes_of(norming, name))}.",
        f"{name} must have shape {shape_text(sizes)}.",
        norming.fault.fixes(lambda: norming.change({name: _filled(name, sizes)})),
    )


def explain_normalized_shape(norming: Norming) -> Explanation | None:
    """Explain a normalized_shape that is not the last sizes of the input."""
    wanted = norming.settings.get("normalized_shape")
    if not norming.fault.matches("Given normalized_shape") or not isinstance(wanted, tuple | list):
        return None
    sizes = tuple(int(size) for size in wanted)
    last = norming.shape[max(len(norming.shape) - len(sizes), 0) :]
    bad = _unequal(norming.shape, sizes)

    if not norming.shape:
        return _no_sizes(norming, sizes)

    def changes() -> Iterator[Change]:
        if last:
            yield from norming.change({"normalized_shape": _size_text(last, one=norming.layer is not None)})
        yield from _moved(norming, sizes)

    return Explanation(
        f"{norming.title} normalises over the last sizes of its input, which must be {shape_text(sizes)}. "
        f"{norming.has_shape()}: there they are {shape_text(last)}.",
        f"normalized_shape must be the last sizes of the input; here {_size_text(last, one=True)}.",
        norming.fault.fixes(changes),
        tuple((0, first) for first, _ in bad if first >= 0),
        broadcast_lines((norming.input_name, "normalized_shape"), (norming.shape, sizes), bad),
    )


def _no_sizes(norming: Norming, sizes: tuple[int, ...]) -> Explanation:
    """Explain an input that is a single number."""
    return Explanation(
        f"{norming.title} normalises over the last sizes of its input, which must be {shape_text(sizes)}. "
        f"{norming.has_shape()}: a single number, without any size.",
        "`.unsqueeze(…)` adds a dimension of size 1; but one number is its own mean, so the result is always 0.",
        norming.fault.fixes(lambda: norming.with_input(".unsqueeze(0)")),
    )


def _unequal(shape: tuple[int, ...], sizes: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return the pairs of dimensions, of the input and of normalized_shape, whose sizes differ, lined up at the end."""
    shift = len(shape) - len(sizes)
    places = ((place + shift, place) for place in range(len(sizes)))
    return [(d, place) for d, place in places if d < 0 or shape[d] != sizes[place]]


def _moved(norming: Norming, sizes: tuple[int, ...]) -> Iterator[Change]:
    """Yield the program whose input has the wanted sizes at its end, where they stand together elsewhere."""
    shape, count = norming.shape, len(sizes)
    starts = [start for start in range(len(shape) - count + 1) if shape[start : start + count] == sizes]
    for start in starts[:1]:
        dims = tuple(range(start, start + count))
        ends = tuple(range(-count, 0))
        yield from norming.with_input(f".movedim({dims}, {ends})" if count > 1 else f".movedim({start}, -1)")


def _size_text(sizes: tuple[int, ...], *, one: bool) -> str:
    return str(sizes[0]) if one and len(sizes) == 1 else str(tuple(sizes))


def explain_groups(norming: Norming) -> Explanation | None:
    """Explain channels that cannot be divided into groups, and numbers of groups that are none."""
    groups = norming.number("num_groups")
    if norming.kind != "group" or groups is None:
        return None
    channels = norming.channels if norming.shape else norming.number("num_channels") or 0
    divisors = [count for count in range(1, channels + 1) if channels % count == 0]
    if groups < 1:
        wrong = f"{norming.title} gets num_groups={groups}. There must be at least one group."
    elif norming.fault.matches(_PARTS) and channels:
        wrong = (
            f"{norming.title} gets num_groups={groups}, and {count_text(channels, 'channel')} cannot be divided into "
            f"{groups} groups of equal size: {channels} / {groups} leaves {channels % groups}."
        )
    else:
        return None
    nearest = sorted(divisors, key=lambda count: (abs(count - groups), count))

    def changes() -> Iterator[Change]:
        for count in nearest[:2]:
            yield from norming.change({"num_groups": str(count)})
        if norming.layer is not None and not norming.shape and groups > 0:
            yield from norming.change({"num_channels": str(-(-channels // groups) * groups)})

    return Explanation(
        wrong,
        f"num_groups must divide {channels}: {list_text(divisors, 'or')}." if divisors else "",
        norming.fault.fixes(changes),
        ((0, 1),) if norming.shape else (),
    )


def explain_group_channels(norming: Norming) -> Explanation | None:
    """Explain a GroupNorm with weights for other channels than its input has."""
    wanted, groups = norming.number("num_channels"), norming.number("num_groups")
    got = norming.channels
    weighted = norming.layer is not None and getattr(norming.layer.module, "weight", None) is not None
    other = weighted and norming.fault.matches(_PARTS) and got and got != wanted
    if norming.kind != "group" or not (other or norming.fault.matches("Expected weight to be a vector")):
        return None
    if wanted is None or groups is None:
        return _counted(norming, "weight", got)

    def changes() -> Iterator[Change]:
        whole = {} if got % groups == 0 else {"num_groups": "1"}
        yield from norming.change({**whole, "num_channels": str(got)})

    return Explanation(
        f"{norming.title} has a weight for {count_text(wanted, 'channel')}, and dimension 1 of its input counts them. "
        f"{norming.has_shape()}: {count_text(got, 'channel')}.",
        f"num_channels must be {got}, and num_groups must divide it.",
        norming.fault.fixes(changes),
        ((0, 1),),
    )


FITTING_NORMS = (explain_channels, explain_normalized_shape, explain_affine, explain_group_channels, explain_groups)
"""What explains settings that do not fit the input."""
