"""What a call makes of memory that nothing was written to: the call made again with other garbage there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch

from explorer.trace.replay import CannotReplayError, replay_of, undisturbed
from explorer.trace.values import has_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from explorer.trace import Step
    from explorer.trace.calls import Call
    from explorer.trace.replay import Replay

Mask = npt.NDArray[np.bool_]

MAX_ELEMENTS = 16_384


@dataclass(frozen=True, eq=False)
class Garbage:
    """The elements of one argument that hold garbage, and the storage positions of all of them, in its shape.

    Positions are in elements: two arguments that read one position read the same garbage.
    """

    mask: Mask
    positions: npt.NDArray[np.int64]


def depends_on_garbage(step: Step, call: Call, given: Sequence[Garbage], output: int) -> Mask | None:
    """Tell which elements of an output depend on the garbage in the arguments.

    The call is made with several fillings of garbage; an element that is another one with another filling depends
    on it.

    Args:
        step: The step.
        call: Its live call.
        given: The garbage of each of `step.inputs`.
        output: Which of the step's outputs.

    Returns:
        A mask in the output's shape; None when the call cannot be made again.
    """
    state = step.outputs[output]
    if state.numel > MAX_ELEMENTS or any(one.mask.size > MAX_ELEMENTS for one in given):
        return None
    try:
        replay = replay_of(step, call, output)
        with undisturbed(), torch.no_grad():
            results = list(_results(replay, given))
    except CannotReplayError:
        return None
    if len(results) < 2 or not all(has_values(result) for result in results):
        return None
    if any(result.shape != results[0].shape for result in results):
        return np.ones(state.shape, dtype=np.bool_)
    if tuple(results[0].shape) != state.shape:
        return None
    differ = np.zeros(state.shape, dtype=np.bool_)
    for result in results[1:]:
        differ |= _differs(results[0], result)
    return differ


def _results(replay: Replay, given: Sequence[Garbage]) -> Iterator[torch.Tensor]:
    """Yield the call's result with each filling; one that torch refuses (an index out of range) yields none."""
    for filling in range(_FILLINGS):
        values = list(replay.values)
        for number, garbage in enumerate(given):
            if garbage.mask.any():
                values[number] = _filled(values[number], garbage, filling)
        try:
            yield replay(values).detach()
        except CannotReplayError:
            raise
        except Exception:  # noqa: S112 - torch raises many kinds; the other fillings decide
            continue


def _filled(value: torch.Tensor, garbage: Garbage, filling: int) -> torch.Tensor:
    spread = torch.from_numpy(garbage.positions % 7)
    mask = torch.from_numpy(garbage.mask)
    return torch.where(mask, _fillings(value.dtype, spread)[filling], value)


_FILLINGS = 4


def _fillings(dtype: torch.dtype, spread: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Return what may lie in memory: small, large, below zero, and not a number where there is such."""
    if dtype == torch.bool:
        odd = spread % 2 == 1
        return (odd, ~odd, odd, ~odd)
    if dtype.is_floating_point or dtype.is_complex:
        real = spread.to(torch.float64)
        found = (real / 8, real + 30_000.5, -real - 20_000.25, torch.full_like(real, torch.nan))
    else:
        # few are in range where they serve as indices, and those of uint8 stay below 256
        found = (spread * 0, spread * 0 + 1, spread + 90, (spread + 11) * (-1 if dtype.is_signed else 3))
    return tuple(filled.to(dtype) for filled in found)


def _differs(one: torch.Tensor, other: torch.Tensor) -> Mask:
    equal = torch.eq(one, other) | (torch.ne(one, one) & torch.ne(other, other))
    return ~np.asarray(equal.numpy(), dtype=np.bool_)
