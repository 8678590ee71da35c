"""Other values to try in place of a tensor's elements: what a call's result may react to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch

# Integers are often indices, counts and sizes: larger ones could ask for more memory than there is.
INTEGER_REACH = 1 << 20
MOST_NUMBERS = 3
MOST_OTHERS = 3
# Of a tensor with few elements, more values can be tried.
FEW_ELEMENTS = 64
MOST_CONSTANTS = 64

_SEED = 0


def numbers_in(value: Any) -> Iterator[float]:  # noqa: ANN401 - arguments are of any type
    """Yield the Python numbers in the arguments of a call, going into lists, tuples and dicts."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield value
    elif isinstance(value, list | tuple):
        for item in value:
            yield from numbers_in(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from numbers_in(item)


def alternatives(
    values: Sequence[torch.Tensor], number: int, numbers: Sequence[float], baseline: torch.Tensor
) -> list[torch.Tensor]:
    """Return other values for one tensor of a call, each as a flat tensor with one value for each element.

    For floats: NaN, ±infinity, 0, some beyond all finite values of the call on either side, some between, and the
    values that comparisons may wait for: the numbers of the call, the elements of its other tensors and, where the
    result is no float, of this one (a constant inside the function is often met by one of them). For integers: those
    beyond their own values and between, the neighbours, the complement, 0, 1, the same numbers and elements, and in
    a small tensor all that may be an index. For bools: the opposite.

    Args:
        values: All tensors of the call.
        number: Which of them.
        numbers: The Python numbers among the call's arguments.
        baseline: The result; its largest dimension is how far an index may reach.
    """
    value = values[number].reshape(-1)
    generator = torch.Generator().manual_seed(_SEED + number)
    if value.dtype == torch.bool:
        # for groups of elements: with some of them the opposites cancel out in a sum
        some = [torch.randint(2, value.shape, generator=generator).bool() for _ in range(2)]
        return [~value, torch.ones_like(value), torch.zeros_like(value), *some]
    special = list(dict.fromkeys(numbers))[:MOST_NUMBERS]
    others = _others(values, number, generator)
    if value.dtype.is_complex:
        return _complex(value, generator)
    if value.dtype.is_floating_point:
        around = _range([v for v in values if v.dtype.is_floating_point], numbers)
        own = [] if baseline.dtype.is_floating_point else _own(value, generator)
        made = [*_floats(value.numel(), around, special, generator), *others, *own]
        return [flat.to(value.dtype) for flat in made]
    sweep = range(2, min(max(baseline.shape, default=1), MOST_CONSTANTS)) if value.numel() <= FEW_ELEMENTS else range(0)
    return _integers(value, [*numbers, *sweep], others, generator)


def _range(values: Sequence[torch.Tensor], numbers: Sequence[float]) -> tuple[float, float]:
    parts = [v.reshape(-1).to(torch.float64) for v in values] + [torch.tensor(list(numbers), dtype=torch.float64)]
    everything = torch.cat(parts)
    finite = everything[everything.isfinite()]
    return (float(finite.min()), float(finite.max())) if finite.numel() else (0.0, 0.0)


def _others(values: Sequence[torch.Tensor], number: int, generator: torch.Generator) -> list[torch.Tensor]:
    """Return elements of the call's other tensors: each tensor laid over this one, and each alone if they are few."""
    count, laid, known = values[number].numel(), [], []
    for other_number, other in enumerate(values):
        if other_number == number or not other.numel() or other.dtype.is_complex or other.dtype == torch.bool:
            continue
        wide = other.to(torch.float64)
        known.append(wide.reshape(-1))
        try:
            laid.append(wide.expand(values[number].shape).reshape(-1))
        except RuntimeError:
            laid.append(wide.reshape(-1)[torch.randint(other.numel(), (count,), generator=generator)])
    few = known and count <= FEW_ELEMENTS and sum(map(len, known)) <= FEW_ELEMENTS
    constants = dict.fromkeys(torch.cat(known).tolist() if few else [])
    return laid[:MOST_OTHERS] + [torch.full((count,), constant, dtype=torch.float64) for constant in constants]


def _own(value: torch.Tensor, generator: torch.Generator) -> list[torch.Tensor]:
    """Return the tensor's own elements in other places: each one everywhere if they are few, else shuffled."""
    distinct = dict.fromkeys(value.tolist()) if value.numel() <= FEW_ELEMENTS else {}
    if distinct:
        return [torch.full_like(value, own) for own in distinct]
    return [value[torch.randperm(value.numel(), generator=generator)]]


def _floats(
    count: int, around: tuple[float, float], special: Sequence[float], generator: torch.Generator
) -> list[torch.Tensor]:
    low, high = around
    span = max(high - low, 1.0)
    draws = [torch.rand(count, generator=generator, dtype=torch.float64) for _ in range(3)]
    constants = [torch.nan, torch.inf, -torch.inf, *dict.fromkeys([0.0, *map(float, special)])]
    return [
        *(torch.full((count,), constant, dtype=torch.float64) for constant in constants),
        high + span * (0.5 + draws[0]),
        low - span * (0.5 + draws[1]),
        low + span * draws[2],
    ]


def _complex(value: torch.Tensor, generator: torch.Generator) -> list[torch.Tensor]:
    wide = value.to(torch.complex128)
    finite = torch.view_as_real(wide)[torch.view_as_real(wide).isfinite()]
    span = 1.0 + (float(finite.abs().max()) if finite.numel() else 0.0)
    draws = [span * (1 + torch.rand(value.numel(), generator=generator, dtype=torch.float64)) for _ in range(2)]
    nan = torch.full((value.numel(),), torch.nan, dtype=torch.float64)
    zero = torch.zeros_like(nan)
    pairs = [(nan, nan), (draws[0], draws[1]), (-draws[1], -draws[0]), (wide.real, draws[0]), (draws[0], wide.imag)]
    return [torch.complex(real, imaginary).to(value.dtype) for real, imaginary in [*pairs, (zero, zero)]]


def _integers(
    value: torch.Tensor,
    numbers: Sequence[float],
    others: Sequence[torch.Tensor],
    generator: torch.Generator,
) -> list[torch.Tensor]:
    wide = value.to(torch.int64)
    known = [int(n) for n in dict.fromkeys(numbers) if abs(n) < INTEGER_REACH]
    ends = [*known, *(wide.aminmax() if wide.numel() else [0])]
    low, high = int(min(ends)), int(max(ends))
    limits = torch.iinfo(torch.int64)
    above, below = min(high + 1, limits.max), max(low - 1, limits.min)
    beyond = torch.randint(1, max(3, min(wide.numel(), 64)), (wide.numel(),), generator=generator)
    picked = torch.randint(max(wide.numel(), 1), (wide.numel(),), generator=generator)
    laid = [flat.nan_to_num(0).clamp(-INTEGER_REACH, INTEGER_REACH).to(torch.int64) for flat in others]
    made = [
        *(high + beyond, low - beyond, torch.full_like(wide, above), torch.full_like(wide, below)),
        *(wide + 1, wide - 1, ~wide, wide[picked], torch.zeros_like(wide), torch.ones_like(wide)),
        *(torch.full_like(wide, n) for n in known[:MOST_CONSTANTS]),
        *(flat + shift for flat in laid for shift in (0, 1, -1)),
    ]
    limits = torch.iinfo(value.dtype)
    return [flat.clamp(limits.min, min(limits.max, torch.iinfo(torch.int64).max)).to(value.dtype) for flat in made]
