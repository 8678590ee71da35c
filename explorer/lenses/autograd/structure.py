"""From which elements of the gradients that come in each element of a gradient that goes out is made.

A node's backward is linear in the gradient. Vectors with 1 in one place would give all of its derivatives, at a pass
for each place. Most nodes take each element from one place only; two passes (all ones, and 1, 2, 3, …) then tell
the derivative and the place, and a third, with random numbers, whether it is so.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
import torch

from explorer.lenses.relations.cells import Indices, stretched
from explorer.trace.revival import Twin, close

# Passes with a 1 in one place, and entries of the matrix that they give.
MAX_PLACES = 1_024
MAX_ENTRIES = 1 << 20
_RANDOM = 20_260_000
# How far from a whole number the place of an element may come out, in 8 bits of precision.
_NEAR = 0.25


@dataclass(frozen=True, eq=False)
class Entries:
    """The derivatives of one gradient that goes out by one that comes in, those that are 0 left out.

    Attributes:
        outgoing: For each entry the flat element of the gradient that goes out; 1-d.
        incoming: The flat element of the gradient that comes in; 1-d.
        derivatives: The derivative, in the dtype of the pass; 1-d.
    """

    outgoing: Indices
    incoming: Indices
    derivatives: torch.Tensor


@dataclass(frozen=True, eq=False)
class Probe:
    """Asks a node for the gradient of one of its inputs, with one of the gradients that come in varied.

    Attributes:
        twin: The node.
        given: The gradients that come in; the others than `varied` are taken as 0.
        varied: Which of them is varied.
        asked: Which gradient that goes out is looked at.
        deadline: When to give up (`time.thread_time`).
    """

    twin: Twin
    given: tuple[torch.Tensor | None, ...]
    varied: int
    asked: int
    deadline: float

    @property
    def like(self) -> torch.Tensor:
        """The gradient that is varied."""
        gradient = self.given[self.varied]
        if gradient is None:
            raise ValueError("there is no such gradient")
        return gradient

    def raw(self, gradient: torch.Tensor) -> torch.Tensor | None:
        """Return what the node itself gives: not yet summed over what was broadcast."""
        filled = [None if one is None else torch.zeros_like(one) for one in self.given]
        filled[self.varied] = gradient
        return self.twin.raw(filled)[self.asked]

    def fitted(self, gradient: torch.Tensor) -> torch.Tensor | None:
        """Return what the engine would hand on."""
        filled = [None if one is None else torch.zeros_like(one) for one in self.given]
        filled[self.varied] = gradient
        return self.twin(filled)[self.asked]


def entries_of(probe: Probe) -> Entries | None:
    """Return the derivatives behind one gradient that goes out; None where finding them would take too long.

    Raises:
        CannotReplayError: The node does not take such gradients.
    """
    if probe.like.is_complex():
        return None
    found = _from_one_place(probe)
    return _place_by_place(probe) if found is None else found


def _from_one_place(probe: Probe) -> Entries | None:
    """Return the entries where each element is taken from one place at most, before sums over what was broadcast."""
    like = probe.like
    count = like.numel()
    slope = probe.raw(torch.ones_like(like))
    if slope is None or slope.layout != torch.strided or slope.is_complex():
        return None
    labels = torch.arange(1, count + 1, dtype=torch.float64).to(like.dtype).reshape(like.shape)
    labelled = probe.raw(labels)
    if labelled is None:
        return None
    places = _places(slope, labelled, count, same=slope.shape == like.shape)
    if not _holds(probe, slope, places):
        return None
    taken = places >= 0
    shape = probe.twin.inputs[probe.asked]
    outgoing = _landing(tuple(slope.shape), () if shape is None else shape[0])
    return Entries(outgoing[taken], places[taken], slope.reshape(-1)[torch.from_numpy(taken)])


def _places(slope: torch.Tensor, labelled: torch.Tensor, count: int, *, same: bool) -> Indices:
    """Return which element each is taken from; -1: none. With `same` shapes, a derivative of 0 is of the same place."""
    ratio = (labelled.double() / slope.double()).reshape(-1)
    nearest = ratio.round()
    known = (nearest >= 1) & (nearest <= count) & ((ratio - nearest).abs() < _NEAR)
    places = torch.where(known, nearest - 1, -1.0).to(torch.int64)
    if same:
        places = torch.where(places < 0, torch.arange(count), places)
    return np.asarray(places.numpy())


def _holds(probe: Probe, slope: torch.Tensor, places: Indices) -> bool:
    """See with random numbers of both signs whether each element is its derivative times the element at its place."""
    like = probe.like
    generator = torch.Generator().manual_seed(_RANDOM)
    numbers = torch.rand(like.shape, generator=generator, dtype=torch.float64).add(0.5)
    numbers = numbers.mul_(torch.where(torch.rand(like.shape, generator=generator) < 0.5, -1, 1)).to(like.dtype)
    given = probe.raw(numbers)
    if given is None or given.shape != slope.shape:
        return False
    index = torch.from_numpy(places)
    flat = numbers.reshape(-1)
    read = flat[index.clamp(min=0)] if flat.numel() else torch.zeros_like(slope).reshape(-1)
    taken = read * slope.reshape(-1)
    expected = torch.where(index >= 0, taken, torch.zeros_like(taken))
    return close(given.reshape(-1), expected.to(given.dtype))


def _landing(shape: tuple[int, ...], onto: tuple[int, ...]) -> Indices:
    """Return the element of a broadcast tensor's gradient that each element of the full one is added to."""
    return stretched(onto, shape, np.arange(math.prod(shape), dtype=np.int64))


def _place_by_place(probe: Probe) -> Entries | None:
    """Return the entries from a pass for each place."""
    like = probe.like
    size = probe.twin.inputs[probe.asked]
    count = like.numel()
    if size is None or count > MAX_PLACES or count * math.prod(size[0]) > MAX_ENTRIES:
        return None
    rows = []
    one_hot = torch.zeros(count, dtype=like.dtype)
    for place in range(count):
        if time.thread_time() > probe.deadline:
            return None
        one_hot[place] = 1
        row = probe.fitted(one_hot.reshape(like.shape).clone())
        one_hot[place] = 0
        if row is None or row.layout != torch.strided:
            return None
        rows.append(row.reshape(-1))
    matrix = torch.stack(rows) if rows else torch.zeros((0, math.prod(size[0])))
    if not bool(matrix.isfinite().all()):
        return None
    incoming, outgoing = matrix.nonzero(as_tuple=True)
    return Entries(outgoing.numpy(), incoming.numpy(), matrix[incoming, outgoing])
