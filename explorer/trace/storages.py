"""Numbers the storages of a program's tensors, and counts the writes to each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.trace.values import has_storage

if TYPE_CHECKING:
    import torch


class StorageKeeper:
    """Knows storages again: by their implementation object, or by their address where two objects share memory.

    It holds on to every storage that it has seen, so that neither is used again while the program runs.
    `held_bytes` is what they take.
    """

    def __init__(self) -> None:
        self.held_bytes = 0
        self.count = 0
        self.shared_with_numpy: set[int] = set()
        self._numbers: dict[int, tuple[int, int]] = {}
        self._addresses: dict[tuple[torch.device, int], int] = {}
        self._without: dict[int, int] = {}
        self._held: list[torch.UntypedStorage] = []
        self._writes: dict[int, int] = {}
        self._generation = 0

    def knows(self, tensor: torch.Tensor) -> bool:
        """Tell whether a tensor with this storage was seen before."""
        if not has_storage(tensor):
            return id(tensor) in self._without
        storage = tensor.untyped_storage()
        return storage._cdata in self._numbers or (tensor.device, _address(tensor, storage)) in self._addresses

    def find(self, tensor: torch.Tensor, storage: torch.UntypedStorage) -> int | None:
        """Return the number of the storage of `tensor`, or None when it was not seen before."""
        known = self._numbers.get(storage._cdata)
        if known is not None:
            return known[0]
        address = _address(tensor, storage)
        return self._addresses.get((tensor.device, address)) if address else None

    def spare(self) -> int:
        """Return a number for a storage that is not held on to, and that will not be known again."""
        return self._next()

    def number(self, tensor: torch.Tensor) -> int:
        """Return the number of the tensor's storage, a new one when it was not seen before."""
        if not has_storage(tensor):
            if id(tensor) not in self._without:
                self._without[id(tensor)] = self._next()
            return self._without[id(tensor)]
        storage = tensor.untyped_storage()
        return self.number_of(tensor, storage, storage._cdata)

    def number_of(self, tensor: torch.Tensor, storage: torch.UntypedStorage, implementation: int) -> int:
        """Do as `number`, with what was looked up already."""
        address = _address(tensor, storage)
        number, before = self._numbers.get(implementation, (None, 0))
        if number is not None and address == before:
            return number
        place = (tensor.device, address)
        if number is not None:  # resized: what it left may be given to another
            self._addresses.pop((tensor.device, before), None)
        if number is None:
            number = self._addresses.get(place) if address else None
        if number is None:
            number = self._next()
            self.held_bytes += storage.nbytes() if tensor.device.type != "meta" else 0
        if implementation not in self._numbers:
            self._held.append(storage)
        self._numbers[implementation] = (number, address)
        if address:
            self._addresses.setdefault(place, number)
        return number

    def note_write(self, number: int) -> None:
        """Note that this storage was written to.

        `x.data` has a version counter of its own: a write through it changes `x` though x's counter stands still.
        """
        self._writes[number] = self._writes.get(number, 0) + 1

    def forget(self) -> None:
        """Note that any of them may have been written to."""
        self._generation += 1

    def written(self, number: int) -> int:
        """Return a count that grows with each write to this storage that was noted."""
        return self._writes.get(number, 0) + self._generation

    def _next(self) -> int:
        self.count += 1
        return self.count - 1


def _address(tensor: torch.Tensor, storage: torch.UntypedStorage) -> int:
    """Return where the memory is; 0 when there is none."""
    return 0 if tensor.device.type == "meta" else storage.data_ptr()
