"""NumPy arrays beside the tensors: which names hold some, whose memory they look at, and what was written through them.

A write through an array is no torch call, and torch's version counter does not see it: what torch and NumPy share
is compared with what it was, each time that a line of the program has run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from explorer.trace import values
from explorer.trace.model import ArrayBinding

if TYPE_CHECKING:
    from explorer.trace.frames import Activation
    from explorer.trace.states import StateKeeper
    from explorer.trace.values import Array


class ArrayKeeper:
    """Knows the storages that NumPy shares with torch, what they held last, and the names of arrays after each step.

    `active` is set by the first call that takes or gives an array; until then nothing is looked at.
    """

    def __init__(self, states: StateKeeper) -> None:
        self.active = False
        self.bindings: list[tuple[ArrayBinding, ...]] = []
        self._states = states
        self._shared: dict[int, torch.Tensor] = {}
        self._held: dict[int, Array] = {}

    @property
    def sharing(self) -> bool:
        """Whether any storage is shared."""
        return bool(self._shared)

    def note_call(self, arguments: Iterable[object], result: object, tensors: Iterable[torch.Tensor]) -> None:
        """Note what a call shares: the arrays among its arguments and results with the tensors among both."""
        arrays = [value for value in (*arguments, result) if isinstance(value, np.ndarray)]
        if not arrays:
            return
        self.active = True
        for tensor in tensors:
            if values.has_values(tensor) and any(_inside(array, tensor) for array in arrays):
                number = self._states.storages.number(tensor)
                self._states.storages.shared_with_numpy.add(number)
                self._shared.setdefault(number, tensor)

    def refresh(self) -> None:
        """Remember what the shared storages hold now: torch itself may have written to them."""
        if self._shared:
            self._held = {number: _read(tensor) for number, tensor in self._shared.items()}

    def written(self) -> tuple[torch.Tensor, ...]:
        """Return a tensor of each shared storage that holds something else than was remembered, and remember it."""
        before = self._held
        self.refresh()
        return tuple(
            self._shared[number] for number, held in before.items() if held.tobytes() != self._held[number].tobytes()
        )

    def settle(self, stack: Iterable[Activation], count: int) -> None:
        """Give the newest of `count` steps the names of arrays."""
        if len(self.bindings) < count:
            found = [self._named(one.frame.f_locals, one.number) for one in stack] if self.active else []
            self.bindings += [tuple(binding for names in found for binding in names)] * (count - len(self.bindings))

    def finish(self, names: Mapping[str, Any], count: int) -> None:
        """Note what the names of the top level hold at the end."""
        final = self._named(names, 0) if self.active else ()
        self.bindings += [final] * (count + 1 - len(self.bindings))

    def _named(self, names: Mapping[str, Any], activation: int) -> tuple[ArrayBinding, ...]:
        return tuple(
            self._binding(name, value, activation)
            for name, value in names.items()
            if isinstance(value, np.ndarray) and not name.startswith(("__", "_tmp"))
        )

    def _binding(self, name: str, array: np.ndarray[Any, Any], activation: int) -> ArrayBinding:
        found = ((number, tensor) for number, tensor in self._shared.items() if _inside(array, tensor))
        number, tensor = next(found, (None, None))
        offset = 0 if tensor is None else _start(array) - tensor.untyped_storage().data_ptr()
        strides = tuple(step // array.itemsize for step in array.strides)
        return ArrayBinding(
            name, number, array.shape, strides, offset // array.itemsize, str(array.dtype), array.nbytes, activation
        )


def _start(array: np.ndarray[Any, Any]) -> int:
    return int(array.__array_interface__["data"][0])


def _inside(array: np.ndarray[Any, Any], tensor: torch.Tensor) -> bool:
    """Tell whether the array's first element lies in the tensor's storage."""
    if tensor.device.type != "cpu" or array.size == 0:
        return False
    storage = tensor.untyped_storage()
    return 0 <= _start(array) - storage.data_ptr() < storage.nbytes()


def _read(tensor: torch.Tensor) -> Array:
    """Return what the storage holds, as far as it is recorded."""
    return values.read_storage(tensor, None if values.can_keep_storage(tensor) else values.HEAD_ELEMENTS)
