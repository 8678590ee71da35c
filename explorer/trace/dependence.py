"""Which elements an output depends on, found by changing them and making the call again."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from time import perf_counter

import torch
from torch.func import vmap

from explorer.trace.perturbations import alternatives, numbers_in
from explorer.trace.replay import Replay

# Elements of a batch of calls: all its changed arguments and its results.
CHUNK_ELEMENTS = 1 << 22
# Up to this many elements in all calls together, every element is tried by itself.
EXACT_ELEMENTS = 1 << 24
# Beyond this many nothing is tried.
MOST_ELEMENTS = 1 << 30
# A group of elements that reaches the output is divided into this many.
PARTS = 8


class TooLargeError(ValueError):
    """Trying the elements would take too many calls."""


@dataclass(frozen=True, eq=False)
class Trial:
    """Calls to make: in call `rows[j]`, the element `ids[j]` (numbered through all tensors) is changed."""

    rows: torch.Tensor
    ids: torch.Tensor
    count: int

    def part(self, start: int, end: int) -> Trial:
        """Return the calls from `start` to `end`, numbered from 0."""
        here = (self.rows >= start) & (self.rows < end)
        return Trial(self.rows[here] - start, self.ids[here], end - start)


@dataclass(eq=False)
class Prober:
    """Tries other values in a call's tensors and tells which elements of its result change.

    Args:
        replay: The call.
        elements: Flat numbers of the elements of its result that matter, shape (m,).
        baseline: The result with the values as they were.
        choices: For each tensor of the call, the values to try, each flat.
        until: When to give up, by `perf_counter`.

    Attributes:
        calls: How many calls were made so far.
    """

    replay: Replay
    elements: torch.Tensor
    baseline: torch.Tensor
    choices: list[list[torch.Tensor]]
    until: float = math.inf
    calls: int = field(default=0, init=False)

    @cached_property
    def bounds(self) -> list[int]:
        """Where each tensor's elements begin in the numbering through all of them, and where the last ends."""
        ends = [0]
        for value in self.replay.values:
            ends.append(ends[-1] + value.numel())
        return ends

    @property
    def size(self) -> int:
        """Elements of one call: its tensors and its result."""
        return self.bounds[-1] + self.baseline.numel() + 1

    def try_values(self, trial: Trial, choice: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Make the calls with the values number `choice` in the places of the trial.

        Returns:
            Whether each element of `elements` changed in each call, shape (calls, m), and whether torch refused
            the call, shape (calls,).
        """
        step = max(1, CHUNK_ELEMENTS // self.size)
        parts = [self._try(trial.part(n, min(n + step, trial.count)), choice) for n in range(0, trial.count, step)]
        return torch.cat([changed for changed, _ in parts]), torch.cat([failed for _, failed in parts])

    def _try(self, trial: Trial, choice: int) -> tuple[torch.Tensor, torch.Tensor]:
        self._check_time()
        self.calls += trial.count
        touched = {number: self._changed(number, trial, choice) for number in self._tensors_of(trial)}
        outputs = self._at_once(touched) if not self.replay.draws else None
        if outputs is not None:
            changed = self._differs(outputs[1:], outputs[0])
            return changed, torch.zeros(trial.count, dtype=torch.bool)
        results = [self._alone({n: rows[r + 1] for n, rows in touched.items()}) for r in range(trial.count)]
        failed = torch.tensor([result is None for result in results])
        nothing = torch.zeros(len(self.elements), dtype=torch.bool)
        return torch.stack([nothing if result is None else result for result in results]), failed

    def _tensors_of(self, trial: Trial) -> list[int]:
        found = torch.bucketize(trial.ids, torch.tensor(self.bounds[1:]), right=True)
        return sorted(set(found.tolist()))

    def _changed(self, number: int, trial: Trial, choice: int) -> torch.Tensor:
        """Return a tensor's values in each call, after a first row with the values as they were."""
        value, choices = self.replay.values[number], self.choices[number]
        start, end = self.bounds[number], self.bounds[number + 1]
        here = (trial.ids >= start) & (trial.ids < end)
        rows = value.reshape(1, -1).repeat(trial.count + 1, 1)
        places = trial.ids[here] - start
        as_bits(rows)[trial.rows[here] + 1, places] = as_bits(choices[min(choice, len(choices) - 1)])[places]
        return rows.reshape(trial.count + 1, *value.shape)

    def _at_once(self, touched: dict[int, torch.Tensor]) -> torch.Tensor | None:
        """Return the results of all calls, batched; None when vmap refuses or computes something else.

        Some operations write to their arguments (running statistics), which must be batched then as well.
        """
        count = len(next(iter(touched.values())))
        for others in (False, True):
            same = enumerate(self.replay.values if others else ())
            outputs = self._vmapped({n: v.expand(count, *v.shape).clone() for n, v in same} | touched)
            if outputs is None or outputs.shape[1:] != self.baseline.shape:
                continue
            if not self._differs_anywhere(outputs[0]):
                return outputs
        return None

    def _vmapped(self, batched: dict[int, torch.Tensor]) -> torch.Tensor | None:
        numbers = list(batched)

        def call(*rows: torch.Tensor) -> torch.Tensor:
            values = list(self.replay.values)
            for number, row in zip(numbers, rows, strict=True):
                values[number] = row
            return self.replay(values)

        try:
            with torch.no_grad():
                outputs: torch.Tensor = vmap(call)(*batched.values())
        except Exception:  # torch raises many kinds for what cannot be batched, and for values that it does not take
            return None
        return outputs

    def _check_time(self) -> None:
        if perf_counter() > self.until:
            raise TooLargeError(f"after {self.calls:,} calls it was still not clear, and the time for it was over")

    def _alone(self, touched: dict[int, torch.Tensor]) -> torch.Tensor | None:
        """Return which elements changed in one call, shape (m,); None when torch refuses it."""
        self._check_time()
        values = [touched.get(number, value) for number, value in enumerate(self.replay.values)]
        try:
            with torch.no_grad():
                output = self.replay(values)
        except Exception:  # a value that the operation does not take
            return None
        if output.shape == self.baseline.shape:
            return self._differs(output[None], self.baseline)[0]
        return self._differs_in_shape(output)

    def _differs(self, outputs: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
        new = outputs.reshape(len(outputs), reference.numel())[:, self.elements]
        return differs(new, reference.reshape(-1)[self.elements])

    def _differs_anywhere(self, output: torch.Tensor) -> bool:
        same = output.dtype == self.baseline.dtype and torch.equal(as_bits(output), as_bits(self.baseline))
        return not same and bool(differs(output, self.baseline).any())

    def _differs_in_shape(self, output: torch.Tensor) -> torch.Tensor:
        """Compare with a result of another shape: an element that is not there any more has changed."""
        if output.dim() != self.baseline.dim():
            return torch.ones(len(self.elements), dtype=torch.bool)
        common = tuple(slice(0, min(a, b)) for a, b in zip(output.shape, self.baseline.shape, strict=True))
        changed = torch.ones(self.baseline.shape, dtype=torch.bool)
        changed[common] = differs(output[common], self.baseline[common])
        return changed.reshape(-1)[self.elements]


def as_bits(value: torch.Tensor) -> torch.Tensor:
    """Return the same memory as integers: torch writes to and compares few kinds of numbers of all (not uint16)."""
    same_size = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}.get(value.itemsize)
    return value if same_size is None or value.dtype == torch.bool else value.view(same_size)


def differs(new: torch.Tensor, old: torch.Tensor) -> torch.Tensor:
    """Tell where values are not the same, NaN being the same as NaN and floats within rounding of the last digits."""
    if new.dtype != old.dtype:
        return torch.ones_like(new, dtype=torch.bool)
    if not (new.dtype.is_floating_point or new.dtype.is_complex):
        return new != old
    wide = torch.complex128 if new.dtype.is_complex else torch.float64
    tolerance = 16 * torch.finfo(new.dtype).eps
    return ~torch.isclose(new.to(wide), old.to(wide), rtol=tolerance, atol=0.0, equal_nan=True)


def prober_of(replay: Replay, elements: torch.Tensor, baseline: torch.Tensor, seconds: float | None = None) -> Prober:
    """Return a prober that tries the alternatives of each of the call's tensors."""
    numbers = list(numbers_in([replay.call.arguments, replay.call.keywords]))
    choices = [alternatives(replay.values, number, numbers, baseline) for number in range(len(replay.values))]
    return Prober(replay, elements, baseline, choices, math.inf if seconds is None else perf_counter() + seconds)


def dependence(prober: Prober, known: torch.Tensor) -> torch.Tensor:
    """Complete a mask of what elements of the output depend on, by trying all that is not in it.

    Args:
        prober: Makes the calls.
        known: Dependences that are known already, shape (m, elements of all tensors).

    Raises:
        TooLargeError: It would take too many calls.
    """
    one_by_one = _cost(prober, (~known).any(0))
    in_groups = 4 * prober.size * len(known) * max(map(len, prober.choices), default=0)
    if one_by_one > EXACT_ELEMENTS and in_groups < one_by_one:
        _check(in_groups)
        rows = [_by_groups(replace(prober, elements=prober.elements[n : n + 1]), known[n]) for n in range(len(known))]
        return torch.stack(rows)
    _check(one_by_one)
    return _one_by_one(prober, known)


def _check(elements: int) -> None:
    if elements > MOST_ELEMENTS:
        raise TooLargeError(f"it would take calls with {elements:,} elements, more than {MOST_ELEMENTS:,}")


def _cost(prober: Prober, open_elements: torch.Tensor) -> int:
    """Return the number of elements in all calls that try elements one by one."""
    return prober.size * sum(
        int(open_elements[start:end].sum()) * len(prober.choices[number])
        for number, (start, end) in enumerate(zip(prober.bounds, prober.bounds[1:], strict=False))
    )


def _one_by_one(prober: Prober, known: torch.Tensor) -> torch.Tensor:
    mask = known.clone()
    for number, (start, end) in enumerate(zip(prober.bounds, prober.bounds[1:], strict=False)):
        for choice in range(len(prober.choices[number])):
            other = prober.choices[number][choice] != prober.replay.values[number].reshape(-1)
            ids = start + (other & (~mask[:, start:end]).any(0)).nonzero()[:, 0]
            if not len(ids):
                continue
            changed, _ = prober.try_values(Trial(torch.arange(len(ids)), ids, len(ids)), choice)
            mask[:, ids] |= changed.T
    return mask


def _by_groups(prober: Prober, known: torch.Tensor) -> torch.Tensor:
    """Complete the mask of one element of the output: change many elements at once, divide groups that reach it."""
    mask = known.clone()
    groups = _first_groups(prober, (~known).nonzero()[:, 0])
    while groups:
        if prober.calls * prober.size > MOST_ELEMENTS:
            raise TooLargeError(f"after calls with {prober.calls * prober.size:,} elements it was still not clear")
        reached, failed = _reach(prober, groups)
        for group, hit in zip(groups, reached.tolist(), strict=True):
            if hit and len(group) == 1:
                mask[group] = True
        divisible = (reached | failed).tolist()
        groups = [
            part
            for group, hit in zip(groups, divisible, strict=True)
            if hit and len(group) > 1
            for part in group.tensor_split(min(PARTS, len(group)))
        ]
    return mask


def _first_groups(prober: Prober, ids: torch.Tensor) -> list[torch.Tensor]:
    """Return all floats as one group, and each other tensor as its own: torch refuses many values of indices."""
    numbers = torch.bucketize(ids, torch.tensor(prober.bounds[1:]), right=True)
    floats = torch.tensor([v.dtype.is_floating_point or v.dtype.is_complex for v in prober.replay.values])
    is_float = floats[numbers]
    groups = [ids[is_float], *(ids[~is_float & (numbers == n)] for n in range(len(prober.replay.values)))]
    return [group for group in groups if len(group)]


def _reach(prober: Prober, groups: list[torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
    """Tell which groups change the element of the output with any values, and which torch refused with any."""
    rows = torch.cat([torch.full((len(group),), row) for row, group in enumerate(groups)])
    trial = Trial(rows, torch.cat(groups), len(groups))
    reached = torch.zeros(len(groups), dtype=torch.bool)
    failed = torch.zeros(len(groups), dtype=torch.bool)
    for choice in range(max(map(len, prober.choices))):
        changed, refused = prober.try_values(trial, choice)
        reached |= changed[:, 0]
        failed |= refused
    return reached, failed
